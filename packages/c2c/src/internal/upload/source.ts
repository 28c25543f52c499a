/**
 * Compares a file with the bytes that were sent.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import type { Chunk } from "../../ChunkPlan.ts"
import * as LocalFile from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import type { SourceError, SourceFile } from "../../source/SourceFile.ts"

/** Fails with `FileChanged` if a chunk of the file differs from the bytes that were sent. */
export const compare = (
  file: SourceFile,
  chunks: ReadonlyArray<Chunk>,
  digests: ReadonlyMap<number, string>,
): Effect.Effect<void, SourceError> =>
  Effect.forEach(
    chunks,
    (chunk) =>
      Effect.flatMap(LocalFile.sha256(file, chunk.offset, chunk.length), (sha256) =>
        sha256 === digests.get(chunk.index)
          ? Effect.void
          : Effect.fail(
              LocalFileError.changed(
                file.path,
                `chunk ${chunk.index} of the file differs from the bytes that were sent`,
              ),
            ),
      ).pipe(Effect.retry(Retry.policy())),
    { discard: true },
  )
