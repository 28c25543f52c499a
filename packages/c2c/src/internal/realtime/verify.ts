/**
 * Compares a recording with the parts that were sent.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import * as LocalFile from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import * as RecordingRewritten from "../../realtime/RecordingRewritten.ts"
import type { ConfirmedPart, Saved } from "../../UploadSession.ts"
import type { GrowingFile } from "./growingFile.ts"

/** Returns the parts whose bytes in the file differ from the bytes that were sent. Reads every part. */
export const differing = (
  file: GrowingFile,
  parts: ReadonlyArray<ConfirmedPart>,
): Effect.Effect<ReadonlyArray<ConfirmedPart>, LocalFileError.LocalFileError> =>
  Effect.filter(parts, ({ length, md5, offset }) =>
    Effect.map(LocalFile.md5(file, offset, length), (now) => now !== md5).pipe(Effect.retry(Retry.policy())),
  )

/** The minimum number of bytes that the file contained when the earlier process stopped. */
export const bytesOf = ({ asset, confirmed }: Saved): number =>
  Math.max(asset.file.bytes, ...confirmed.map(({ length, offset }) => offset + length))

/**
 * Checks that a file is the recording that an earlier process began to send.
 *
 * **Details**
 *
 * With `resend`, changed parts are accepted, because the comparison before the final part finds them again. If there are
 * several parts and every one has changed, the file is a different recording.
 */
export const sameRecording = (
  file: GrowingFile,
  { asset, confirmed }: Saved,
  onRewrite: "fail" | "resend",
): Effect.Effect<void, LocalFileError.LocalFileError | RecordingRewritten.RecordingRewritten> =>
  Effect.gen(function* () {
    if (file.version.inode !== asset.file.inode) {
      return yield* LocalFileError.changed(file.path, "inode since the upload began")
    }
    const changed = yield* differing(file, confirmed)
    if (changed.length === 0) return
    if (onRewrite === "fail") return yield* RecordingRewritten.make(file.path, changed)
    if (changed.length === confirmed.length && changed.length > 1) {
      return yield* LocalFileError.changed(file.path, "every part that was sent has changed")
    }
  })
