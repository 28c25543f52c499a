/**
 * Reports the events of a run that do not involve a gate: a wait requested by a storage service, a wrong clock, and replaced
 * upload URLs.
 */
import * as Policies from "@holdfast/c2c/Policies"
import type { RealtimeEvent } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Format from "../terminal/Format.ts"
import type { Output } from "../terminal/Output.ts"

/** The minimum length, in milliseconds, of a wait that is reported when a storage service requests it. */
const worthSaying = 60_000

/**
 * The maximum wait, in milliseconds, that a storage service can request. If a hint exceeds this maximum, the upload ends with
 * an error that states the requested wait.
 */
const longestHint = Duration.toMillis(Policies.chunkRetry.hintCap ?? 0)

/**
 * Creates the message about a wrong local clock. The message states how far the clock is ahead or behind, and how to correct
 * it.
 */
export const clock = (aheadMillis: number): string =>
  `the clock of this machine is ${Format.longSpan(Math.abs(aheadMillis))} ` +
  `${aheadMillis < 0 ? "behind" : "ahead of"} the server's; this upload uses the server's time, but set the clock ` +
  "of this machine (NTP), because secure connections require the correct time"

/**
 * Creates the message about replaced upload URLs. The message quotes the reason given by the storage service, which
 * distinguishes an expiry from other errors.
 */
const refused = (reason: string): string =>
  `the storage rejects the upload URLs (${reason.replace(/\s+/g, " ").trim().replace(/\.$/, "")}); sending the ` +
  "file again with new URLs"

/**
 * Creates the function that reports the events of a run.
 *
 * **Details**
 *
 * A wrong clock is reported once per run, even with `--quiet`, because the user has to set the clock. A wait requested by a
 * storage service is reported only once, even if several chunks are waiting at the same time.
 */
export const make = (
  output: Output["Service"],
  quiet: boolean,
): ((event: RealtimeEvent | UploadEvent) => Effect.Effect<void>) => {
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
