/**
 * What a run reports on the way that needs no gate: a storage that asks to wait, a wrong clock, upload URLs that were replaced.
 */
import * as Policies from "@holdfast/c2c/Policies"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Format from "../terminal/Format.ts"
import type { Output } from "../terminal/Output.ts"

/** A storage's request to wait is reported from this length on, in milliseconds; shorter waits pass unnoticed. */
const worthSaying = 60_000

/** A longer hint ends the upload, whose error names it. */
const longestHint = Duration.toMillis(Policies.chunkRetry.hintCap ?? 0)

/** What is said of a clock that is wrong by the server's: how far, in which direction, and what to do. */
export const clock = (aheadMillis: number): string =>
  `the clock of this machine is ${Format.longSpan(Math.abs(aheadMillis))} ${aheadMillis < 0 ? "behind" : "ahead of"} ` +
  "the server's; this upload goes by the server's time, but set the clock of this machine (NTP): secure connections need it"

/** What is said of upload URLs that are replaced: the storage's own reason tells an expiry from other refusals. */
const refused = (reason: string): string =>
  `the storage refuses the upload URLs (${reason.replace(/\s+/g, " ").trim().replace(/\.$/, "")}); sending the file again to new ones`

/**
 * Reports events of a run.
 *
 * **Details**
 *
 * A wrong clock is reported once in a run, even with `--quiet`, because a person has to set it. A storage that asks to wait is
 * reported once for all chunks that wait for the same time.
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
          return say(`the storage asks to wait ${Format.span(millis)}`)
        })
      }
      default:
        return Effect.void
    }
  }
}
