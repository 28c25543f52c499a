/**
 * Opens a file for an upload, and compares it with the bytes that were sent.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Chunk } from "../../ChunkPlan.ts"
import * as LocalFile from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import type { Files, SourceError, SourceFile } from "../../source/SourceFile.ts"

/** The retry policy for reading the file. Each use starts with a new state, and creating one takes longer than reading the attributes. */
const retry = /* @__PURE__ */ Retry.policy()

/**
 * The longest file whose content is read when it is opened, in bytes: 256 KiB. Each operation on a file takes about as much CPU
 * time as sending 64 KiB, and this saves two of seven. Up to 32 small files wait for their assets at once.
 */
const smallFile = 256 * 1024

export const open = (files: Files, path: string): Effect.Effect<SourceFile, SourceError, Scope.Scope> =>
  Effect.retry(files.open(path, { contentUpTo: smallFile }), retry)

/**
 * Checks that the file is unchanged. The check is retried, because reading the attributes may fail on a busy card after hours
 * of sending.
 */
export const unchanged = (file: SourceFile): Effect.Effect<void, SourceError> => Effect.retry(file.unchanged, retry)

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
      ).pipe(Effect.retry(retry)),
    { discard: true },
  )
