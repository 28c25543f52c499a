/**
 * Keeps an activity going while the journal cannot be used, or another owner has its upload.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { JournalError } from "../../JournalError.ts"
import { open, type UploadRecord } from "../../UploadRecord.ts"
import type { Run, Runner } from "./types.ts"

/** The time after which an activity that the journal stopped is repeated. */
const repeatAfter = Duration.seconds(1)

/**
 * The time after which an activity takes back an upload that another owner took, if the runner still has the shard. It is longer
 * than the 2 s within which a runner that was suspended notices that its shards are gone.
 */
const takeBackAfter = Duration.seconds(4)

/** How often the state of the upload is read while another owner has it. */
const lookEvery = Duration.seconds(1)

/** Returns the upload while this run has to do with it: while it is open and was not put back into the queue since. */
export const current = ({ journal }: Pick<Runner, "journal">, { run, upload }: Pick<Run, "run" | "upload">) =>
  Effect.map(journal.get(upload), (record): UploadRecord | undefined =>
    record !== undefined && record.run === run && open.has(record.state) ? record : undefined,
  )

/**
 * Repeats the body until it has succeeded. An upload that is over makes it unnecessary.
 *
 * **Details**
 *
 * An activity must not fail because the database is away: its result would be stored, and the upload would stay open. It must not
 * end because another owner has the upload either, since the result of that owner counts. The engine does not end the activities
 * of a runner that was suspended at once, so an activity waits while another runner has its shard.
 */
export const persistently = <A>(
  runner: Pick<Runner, "journal">,
  run: Run,
  over: A,
  body: (record: UploadRecord) => Effect.Effect<A, JournalError>,
): Effect.Effect<A> => {
  const look = current(runner, run)
  const once: Effect.Effect<A, JournalError> = Effect.flatMap(look, (record) => {
    if (record === undefined) return Effect.succeed(over)
    return run.isMine() ? body(record) : Effect.andThen(Effect.sleep(lookEvery), once)
  })
  const waitForOther = (left: Duration.Duration): Effect.Effect<void, JournalError> =>
    Duration.isLessThanOrEqualTo(left, Duration.zero)
      ? Effect.void
      : Effect.flatMap(look, (record) =>
          record === undefined
            ? Effect.void
            : Effect.andThen(Effect.sleep(lookEvery), waitForOther(Duration.subtract(left, lookEvery))),
        )
  return once.pipe(
    Effect.tapError((error) => Effect.logWarning(error.message, { upload: run.upload })),
    Effect.tapError((error) =>
      error._tag === "JournalFenced" ? Effect.ignore(waitForOther(takeBackAfter)) : Effect.sleep(repeatAfter),
    ),
    Effect.retry(Schedule.forever),
    Effect.orDie,
  )
}
