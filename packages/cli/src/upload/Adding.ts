/**
 * Adds the files of a run to the queue.
 */
import type { SourceError } from "@holdfast/c2c/SourceFile"
import * as Retry from "@holdfast/core/Retry"
import type { JournalError } from "@holdfast/durable/JournalError"
import type { FailedUpload } from "@holdfast/durable/Queue"
import { Queue } from "@holdfast/durable/Queue"
import type { SavedError, UploadRecord } from "@holdfast/durable/UploadRecord"
import * as Effect from "effect/Effect"
import { willBeSent } from "../queue/Actions.ts"
import * as Format from "../terminal/Format.ts"
import { Output } from "../terminal/Output.ts"
import type { Failures } from "./failures/Failures.ts"
import type * as Files from "./files/Files.ts"
import type { UploadState } from "./State.ts"

/** Reports the files that did not arrive. */
export interface Results {
  readonly failed: (index: number, error: FailedUpload, failures: Failures) => Effect.Effect<void, never, Output>
  /** Reports a file whose error is only known from the journal. */
  readonly ended: (index: number, error: SavedError) => Effect.Effect<void, never, Output>
}

/** The options for the files to add. */
export interface Options {
  readonly createAgain: boolean
  /** Whether files are left out whose content was already uploaded. Default: no. */
  readonly skipUploaded?: boolean
  /** The device of a cluster to which the files belong. Default: the default device. */
  readonly device?: string | undefined
  /** The exchanges that have failed in this run. */
  readonly failures: Failures
}

/** The files of the run by the identifiers of their uploads. */
export type Indexes = Map<string, number>

/**
 * Adds every file that has no outcome yet. If a file cannot be added, the file fails, and the other files are added.
 */
export const add = (
  run: UploadState,
  options: Options,
  results: Results,
): Effect.Effect<Indexes, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const waiting = run.files.open()
    const { createAgain, device, skipUploaded = false } = options
    const request = (path: string) => ({ path, createAgain, skipUploaded, device })
    const indexes: Indexes = new Map()
    const put = (index: number, record: UploadRecord | undefined): Effect.Effect<void, never, Output> => {
      if (record === undefined) return Effect.void
      const { error, id, state, wanted } = record
      run.update(index, { bytes: record.file.bytes })
      if (state === "done") return skip(run, index, record)
      // The queue has reported the lost response before, and does not report it again.
      if (state === "uncertain" && wanted === undefined && error !== undefined) return results.ended(index, error)
      indexes.set(id, index)
      return Effect.void
    }
    const single = ([index, { path }]: (typeof waiting)[number]) =>
      queue.add([request(path)]).pipe(
        // A busy file may be available a moment later.
        Effect.retry({ schedule: Retry.policy(), while: isOfFile }),
        Effect.matchEffect({
          onSuccess: ([record]) => put(index, record),
          onFailure: (error) => (isOfFile(error) ? results.failed(index, error, options.failures) : Effect.fail(error)),
        }),
      )
    if (waiting.length === 0) return indexes
    yield* Effect.matchEffect(queue.add(waiting.map(([, { path }]) => request(path))), {
      onSuccess: (records) => Effect.forEach(waiting, ([index], n) => put(index, records[n]), { discard: true }),
      onFailure: (error) =>
        isOfFile(error) ? Effect.forEach(waiting, single, { concurrency: 16, discard: true }) : Effect.fail(error),
    })
    return indexes
  })

/** Adds the uploads of the queue that no file of this run has to the run. Says so, unless `silent`. */
export const takeRest = (
  run: UploadState,
  indexes: Indexes,
  silent: boolean,
): Effect.Effect<void, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const queue = yield* Queue
    const output = yield* Output
    const others = (yield* queue.list).filter((record) => willBeSent(record) && !indexes.has(record.id))
    for (const { file, id, path } of others) indexes.set(id, run.add(path, file.bytes))
    if (others.length === 0 || silent) return
    const count = Format.count(others.length, "file", "files")
    yield* output.message(`holdfast: continuing with ${count} that an earlier run left in the queue`)
  })

/** Leaves out a file whose content was uploaded before, and says so. */
const skip = (run: UploadState, index: number, record: UploadRecord): Effect.Effect<void, never, Output> =>
  Effect.gen(function* () {
    const path = run.files.at(index)?.path ?? record.path
    run.update(index, known(record))
    yield* Output.use((output) => output.message(`holdfast: ${path} was uploaded before`))
    yield* run.emit({ type: "file", path, outcome: "uploaded" })
  })

/** The state of a file whose content was uploaded before. */
const known = ({ assetId, chunks = 0, file }: UploadRecord): Partial<Files.Entry> => ({
  outcome: "ok",
  alreadyUploaded: true,
  verified: true,
  bytes: file.bytes,
  assetId,
  chunks,
})

const isOfFile = (error: JournalError | SourceError): error is SourceError => !error._tag.startsWith("Journal")
