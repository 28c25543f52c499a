/**
 * Reports the events of a run that involve no gate: a storage that requests a wait, a wrong clock, replaced upload
 * URLs.
 */
import * as Policies from "@holdfast/c2c/Policies"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Format from "../terminal/Format.ts"
import type { Output } from "../terminal/Output.ts"

/** The minimum wait that is reported when a storage requests it, in milliseconds. */
const worthSaying = 60_000

/** The maximum wait, in milliseconds. A longer hint ends the upload with an error that names it. */
const longestHint = Duration.toMillis(Policies.chunkRetry.hintCap ?? 0)

/** The message about a wrong local clock: by how much, in which direction, and what to do. */
export const clock = (aheadMillis: number): string =>
  `the clock of this machine is ${Format.longSpan(Math.abs(aheadMillis))} ` +
  `${aheadMillis < 0 ? "behind" : "ahead of"} the server's; this upload uses the server's time, but set the clock ` +
  "of this machine (NTP), because secure connections require the correct time"

/**
 * The message about replaced upload URLs. It quotes the storage's reason, which distinguishes an expiry from other
 * errors.
 */
const refused = (reason: string): string =>
  `the storage rejects the upload URLs (${reason.replace(/\s+/g, " ").trim().replace(/\.$/, "")}); sending the ` +
  "file again with new URLs"

/**
 * Creates the reporter of a run's events.
 *
 * **Details**
 *
 * A wrong clock is reported once in a run, even with `--quiet`, because a person has to set it. A wait that a storage
 * requests is reported once for all chunks that wait until the same time.
 */
export const make = (output: Output["Service"], quiet: boolean): ((event: UploadEvent) => Effect.Effect<void>) => {
  let until = Number.NEGATIVE_INFINITY
  let hasClock = false
  const say = (text: string) => output.message(`holdfast: ${text}`)
  return (event) => {
    switch (event._tag) {
      case "ClockSkewed":
        if (hasClock) return Effect.void
        hasClock = true
        return say(clock(event.aheadMillis))
      case "Recreated":
        return quiet ? Effect.void : say(refused(event.reason))
      case "ChunkFailed": {
        const hint = event.error.verdict.retryAfter
        const millis = hint === undefined ? 0 : Duration.toMillis(hint)
        if (quiet || millis < worthSaying || millis > longestHint) return Effect.void
        return Effect.flatMap(Monotonic.millis, (now) => {
          if (now < until) return Effect.void
          until = now + millis
          return say(`the storage requests a wait of ${Format.span(millis)}`)
        })
      }
      default:
        return Effect.void
    }
  }
}
