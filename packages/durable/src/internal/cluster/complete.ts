/**
 * The last activity of a run: reads in the journal how the upload ended.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Outcome } from "../../cluster/UploadWorkflow.ts"
import type { JournalError } from "../../JournalError.ts"
import type { PartRecord, UploadRecord } from "../../UploadRecord.ts"
import type { Run, Runner } from "./types.ts"

/** The time after which the journal is read again if it could not be read. */
const readAgainAfter = "1 second"

const confirmedBytes = (parts: ReadonlyArray<PartRecord>): number =>
  parts.reduce((sum, part) => sum + (part.state === "confirmed" ? part.length : 0), 0)

const outcomeOf = (record: UploadRecord | undefined, run: number): Outcome => {
  if (record === undefined || record.run !== run) return "superseded"
  switch (record.state) {
    case "done":
    case "failed":
    case "uncertain":
    case "canceled":
      return record.state
    default:
      return "superseded"
  }
}

const read = (
  { journal }: Pick<Runner, "journal">,
  { run, upload }: Pick<Run, "run" | "upload">,
): Effect.Effect<Outcome, JournalError> =>
  Effect.gen(function* () {
    const record = yield* journal.get(upload)
    const outcome = outcomeOf(record, run)
    if (record === undefined || outcome !== "done") return outcome
    const confirmed = confirmedBytes(yield* journal.parts(upload))
    return confirmed === record.file.bytes
      ? outcome
      : yield* Effect.die(new Error(`${confirmed} of ${record.file.bytes} bytes of the upload ${upload} are confirmed`))
  })

/** Returns how the upload ended. A success is checked against the confirmed parts. */
export const run = (runner: Pick<Runner, "journal">, run: Pick<Run, "run" | "upload">): Effect.Effect<Outcome> =>
  read(runner, run).pipe(
    Effect.tapError((error) => Effect.logWarning(error.message, { upload: run.upload })),
    Effect.retry(Schedule.spaced(readAgainAfter)),
    Effect.orDie,
  )
