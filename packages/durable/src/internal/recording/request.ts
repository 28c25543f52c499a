/**
 * Builds the request for the upload of a recording of the queue.
 */
import * as LocalFileError from "@holdfast/c2c/LocalFileError"
import type { RealtimeEvent, RealtimeRequest } from "@holdfast/c2c/RealtimeUploader"
import type { UploadEvent } from "@holdfast/c2c/UploadEvent"
import type { UploadRequest } from "@holdfast/c2c/Uploader"
import type { Saved } from "@holdfast/c2c/UploadSession"
import * as Effect from "effect/Effect"
import type { UploadRecord } from "../../UploadRecord.ts"
import * as Quiet from "./quiet.ts"

/** Whether an event occurs in the upload of a complete file, too. */
export const isUploadEvent = (event: RealtimeEvent | UploadEvent): event is UploadEvent =>
  event._tag !== "Grown" && event._tag !== "Ended" && event._tag !== "Rewritten"

/** Builds the request from the request for a complete file. */
export const make = (
  request: UploadRequest,
  { chunks = 0, file, quietMillis = 0 }: UploadRecord,
  options: Pick<RealtimeRequest, "onRewrite"> & Required<Pick<RealtimeRequest, "onEvent">>,
): RealtimeRequest => ({
  ...request,
  ...options,
  finished: Quiet.wait(request.path, quietMillis, chunks > 0 ? file : undefined),
})

/**
 * Fails with `FileChanged` if the recording continued after its final part may have been sent. Frame.io may have completed the
 * asset then.
 */
export const check = (
  { chunks = 0, file, path }: UploadRecord,
  saved: Saved | undefined,
): Effect.Effect<void, LocalFileError.LocalFileError> =>
  saved === undefined || chunks === 0 || !saved.begun.has(chunks - 1)
    ? Effect.void
    : Effect.flatMap(Quiet.differs(path, file), (differs) =>
        differs
          ? Effect.fail(LocalFileError.changed(path, "the recording continued after its final part may have been sent"))
          : Effect.void,
      )
