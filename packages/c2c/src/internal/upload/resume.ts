/**
 * Checks that a file is still the file that an earlier process began to send.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import type { ChunkPlan } from "../../ChunkPlan.ts"
import * as LocalFile from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import type { SourceError, SourceFile } from "../../source/SourceFile.ts"
import type { ConfirmedPart, Saved } from "../../UploadSession.ts"
import * as Objects from "../source/objects.ts"

const labels = { bytes: "size", modifiedNs: "modification time" } as const

/** Fails with `FileChanged` if the attributes of the file differ from the saved attributes. */
const sameVersion = (file: SourceFile, { asset }: Saved) => {
  const keys = ["bytes", "modifiedNs", "inode"] as const
  const differing = keys
    .filter((key) => file.version[key] !== asset.file[key])
    .map((key) => (key === "inode" ? (Objects.isVersion(file.version) ? "ETag" : "inode") : labels[key]))
  return differing.length === 0
    ? Effect.void
    : Effect.fail(LocalFileError.changed(file.path, `${differing.join(", ")} since the upload began`))
}

/** Fails with `FileChanged` if the bytes of a confirmed part differ from the bytes that were sent. */
export const sameParts = (file: SourceFile, confirmed: Iterable<ConfirmedPart>): Effect.Effect<void, SourceError> =>
  Effect.forEach(
    confirmed,
    ({ index, length, md5, offset }) =>
      Effect.flatMap(LocalFile.md5(file, offset, length), (now) =>
        now === md5
          ? Effect.void
          : Effect.fail(
              LocalFileError.changed(file.path, `chunk ${index} of the file differs from the bytes that were sent`),
            ),
      ).pipe(Effect.retry(Retry.policy())),
    { discard: true },
  )

/**
 * Compares the confirmed parts with the file, and returns those that do not have to be sent again.
 *
 * **Details**
 *
 * Every confirmed part is read and hashed, because the content of a file can change while its size and times stay the same.
 * Reading a part takes less time than sending it. A part that does not match the plan is sent again.
 */
export const confirmedParts = (
  file: SourceFile,
  saved: Saved,
  { chunks }: ChunkPlan,
): Effect.Effect<ReadonlyMap<number, ConfirmedPart>, SourceError> =>
  Effect.gen(function* () {
    yield* sameVersion(file, saved)
    const fitting = saved.confirmed.filter(({ index, length, offset }) => {
      const chunk = chunks[index]
      return chunk !== undefined && chunk.offset === offset && chunk.length === length
    })
    yield* sameParts(file, fitting)
    return new Map(fitting.map((part) => [part.index, part]))
  })
