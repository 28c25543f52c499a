/**
 * A queue without a journal, which sends its uploads one after another.
 */
import type { UploadError } from "@holdfast/c2c/UploadError"
import type { UploadReceipt, UploadRequest } from "@holdfast/c2c/Uploader"
import type { UploadRecord } from "@holdfast/durable/UploadRecord"
import { Queue } from "@holdfast/durable"
import { Effect, identity, Layer, Stream } from "effect"
import { record } from "./uploadRecords.ts"

/** The size is unknown until the file is opened. */
const queued = (path: string, seq: number): UploadRecord =>
  record({ id: String(seq), seq, path, file: { bytes: 0, modifiedNs: "0", inode: "0" } })

/** Provides a queue that sends each file with the given function. */
export const layer = (upload: (request: UploadRequest) => Effect.Effect<UploadReceipt, UploadError>) =>
  Layer.sync(Queue, () => {
    const records: Array<UploadRecord> = []
    return Queue.of({
      add: (files) =>
        Effect.sync(() => {
          const added = files.map(({ path }, n) => queued(path, records.length + n))
          records.push(...added)
          return added
        }),
      list: Effect.sync(() => records),
      receipt: () => Effect.die("no other process sends this queue"),
      retry: () => Effect.void,
      cancel: () => Effect.void,
      cancelAll: Effect.void,
      prioritize: () => Effect.void,
      pause: Effect.void,
      resume: Effect.void,
      clean: () => Effect.succeed(0),
      changes: Stream.never,
      drain: ({ around = identity, onEvent = () => Effect.void } = {}) =>
        Effect.forEach(
          records,
          (record) => {
            const { id, path } = record
            const sent = upload({ path, onEvent: (event) => onEvent({ _tag: "Upload", id, path, event }) })
            return Effect.andThen(
              onEvent({ _tag: "Started", record }),
              Effect.uninterruptibleMask((restore) =>
                Effect.matchEffect(restore(around(sent, record)), {
                  onSuccess: (receipt) => onEvent({ _tag: "Done", record, receipt }),
                  onFailure: (error) => onEvent({ _tag: "Failed", record, error }),
                }),
              ),
            )
          },
          { discard: true },
        ),
    })
  })
