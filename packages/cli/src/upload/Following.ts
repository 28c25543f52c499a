/**
 * Copies the states of uploads that another process sends to the files of this run.
 */
import type { UploadReceipt } from "@holdfast/c2c/Uploader"
import type { JournalError } from "@holdfast/durable/JournalError"
import { Queue } from "@holdfast/durable/Queue"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import * as Effect from "effect/Effect"
import * as ExitCode from "../process/ExitCode.ts"
import type { Output } from "../terminal/Output.ts"
import type * as Adding from "./Adding.ts"
import type { UploadState } from "./State.ts"

/** Reports the ends of files. */
export interface Results extends Adding.Results {
  readonly done: (index: number, receipt: UploadReceipt) => Effect.Effect<void, never, Output>
}

/** The error of an upload that a person canceled. */
export const canceled = {
  tag: "Canceled",
  message: "canceled by a command in another process",
  exitCode: ExitCode.code("some"),
} as const

const removed = {
  tag: "Removed",
  message: "removed from the queue by a command in another process",
  exitCode: ExitCode.code("some"),
} as const

/** A file that the run no longer keeps has ended. */
const hasEnded = (run: UploadState, index: number): boolean => {
  const entry = run.files.at(index)
  return entry === undefined || entry.outcome !== undefined
}

/** Copies the state of every file that has not ended, and reports the files that have ended meanwhile. */
export const mirror = (
  run: UploadState,
  indexes: Adding.Indexes,
  records: ReadonlyArray<UploadRecord>,
  results: Results,
): Effect.Effect<void, JournalError, Queue | Output> =>
  Effect.gen(function* () {
    const missing = new Map(indexes)
    for (const record of records) {
      const index = indexes.get(record.id)
      missing.delete(record.id)
      if (index !== undefined && !hasEnded(run, index)) yield* one(run, index, record, results)
    }
    for (const index of missing.values()) {
      if (!hasEnded(run, index)) yield* results.ended(index, removed)
    }
  })

const one = (run: UploadState, index: number, record: UploadRecord, results: Results) =>
  Effect.gen(function* () {
    const { assetId, chunks = 0, confirmed, error, file, resentBytes, resumed, state, wanted } = record
    run.update(index, { bytes: file.bytes, assetId, chunks, resumed, resentBytes })
    switch (state) {
      case "sending":
        return yield* run.follow(index, file.bytes, confirmed)
      case "done": {
        yield* run.follow(index, file.bytes, file.bytes)
        const { receipt } = yield* Queue
        return yield* results.done(index, yield* receipt(record))
      }
      case "canceled":
        // The process that sends the queue has not carried the request out yet.
        if (wanted === undefined) yield* results.ended(index, canceled)
        return
      case "failed":
      case "uncertain":
        if (wanted === undefined && error !== undefined) yield* results.ended(index, error)
    }
  })
