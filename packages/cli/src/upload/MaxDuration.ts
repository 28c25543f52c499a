/**
 * Limits the total duration of a run. The duration includes waits for the network, for a storage service and for a sign-in.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TimeIsUp } from "../process/PersonError.ts"
import * as Format from "../terminal/Format.ts"
import type * as Files from "./files/Files.ts"
import type { UploadState } from "./State.ts"

/** The maximum number of file names to list. */
const most = 3

/**
 * Lists the files that have not been uploaded. After the third name, the message states only the number of remaining files.
 */
export const missing = (entries: ReadonlyArray<Files.Entry>): string => {
  const left = entries.filter(({ outcome }) => outcome === undefined).map(({ path }) => path)
  const more = left.length - most
  const names = left.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "")
  return `${Format.count(left.length, "file was", "files were")} not sent: ${names}`
}

/**
 * Interrupts a run after `limit`, and fails with an error that lists the files that have not been uploaded. If `limit` is
 * `undefined`, the run is returned unchanged.
 */
export const bounded = <E, R>(
  run: Effect.Effect<void, E, R>,
  limit: Duration.Duration | undefined,
  state: UploadState,
): Effect.Effect<void, E | TimeIsUp, R> =>
  limit === undefined
    ? run
    : Effect.timeoutOrElse(run, {
        duration: limit,
        orElse: () =>
          Effect.suspend(() =>
            state.files.open().length === 0
              ? Effect.void
              : Effect.fail(
                  new TimeIsUp({
                    problem: `stopped after ${Format.span(Duration.toMillis(limit))} (--max-duration): ${missing(state.files.kept())}`,
                    remedy: "run the command again to send the missing files",
                  }),
                ),
          ),
      })
