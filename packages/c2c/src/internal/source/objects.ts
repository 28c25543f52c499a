/**
 * Opens objects of S3.
 */
import * as S3Listing from "@holdfast/s3/S3Listing"
import * as S3Object from "@holdfast/s3/S3Object"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import type { FileVersion } from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import type { SourceError, SourceFile } from "../../source/SourceFile.ts"
import * as Failure from "./failure.ts"

/** Distinguishes the ETag of an object from the inode of a file. */
const tag = "etag:"

const versionOf = ({ bytes, etag, modifiedAt }: S3Object.Attributes): FileVersion => ({
  bytes,
  modifiedNs: String(BigInt(modifiedAt) * 1_000_000n),
  inode: `${tag}${etag}`,
})

/** The least rate at which a storage must send, in bytes a second: the one at which a chunk must be sent. */
const slowest = 8 * 1024

/** The longest time that reading a number of bytes may take. The minute is for the response to begin. */
const longest = (bytes: number): Duration.Duration => Duration.seconds(60 + bytes / slowest)

/** Opens the objects of a storage. */
export const make = (client: HttpClient.HttpClient, storage: S3Object.Storage) => {
  const attributes = (path: string) =>
    Effect.flatMap(Failure.location(path), (location) =>
      Effect.map(S3Object.attributes(client, storage, location), (found) => ({ location, found })).pipe(
        Effect.mapError((error) => Failure.of(path, error)),
      ),
    )

  const open = (path: string): Effect.Effect<SourceFile, SourceError> =>
    Effect.gen(function* () {
      const { found, location } = yield* attributes(path)
      const { bytes, etag } = found
      /** Whether a read has succeeded since the last check. A read succeeds only for this version of the object. */
      let isProven = true

      const sequence: NonNullable<SourceFile["sequence"]> = (offset, length) =>
        Effect.gen(function* () {
          if (length === 0) return () => Effect.void
          const pull = yield* Stream.toPull(
            S3Object.range(client, storage, location, { etag, offset, length }).pipe(
              Stream.mapError((error) => Failure.of(path, error)),
            ),
          )
          let rest: ReadonlyArray<Uint8Array> = []
          let left = length
          const more = Pull.catchDone(pull, () => Effect.succeed<ReadonlyArray<Uint8Array>>([]))
          return (buffer: Uint8Array) =>
            Effect.gen(function* () {
              let filled = 0
              while (filled < buffer.byteLength) {
                const [first, ...others] = rest.length > 0 ? rest : yield* more
                if (first === undefined) return yield* LocalFileError.changed(path, "the object ends early")
                const part = first.subarray(0, buffer.byteLength - filled)
                buffer.set(part, filled)
                filled += part.byteLength
                rest = part.byteLength < first.byteLength ? [first.subarray(part.byteLength), ...others] : others
              }
              left -= filled
              // A connection is used again only if the response was read to its end.
              if (left === 0) yield* Effect.repeat(more, { until: (pieces) => pieces.length === 0 })
              isProven = true
            }).pipe(
              Effect.timeoutOrElse({
                duration: longest(buffer.byteLength),
                orElse: () => Effect.fail(Failure.unavailable(path, `it sends less than ${slowest} bytes a second`)),
              }),
            )
        })

      return {
        path,
        bytes,
        modifiedAt: found.modifiedAt || (yield* Clock.currentTimeMillis),
        version: versionOf(found),
        content: undefined,
        sequence,
        read: (buffer, offset) =>
          Effect.flatMap(sequence(offset, buffer.byteLength), (fill) => fill(buffer)).pipe(Effect.scoped),
        unchanged: Effect.suspend((): Effect.Effect<void, SourceError> => {
          if (isProven) {
            isProven = false
            return Effect.void
          }
          return Effect.matchEffect(attributes(path), {
            onFailure: (error) =>
              Effect.fail(
                error._tag === "ObjectMissing" ? LocalFileError.changed(path, "the object was deleted") : error,
              ),
            onSuccess: ({ found: now }) =>
              now.etag === etag ? Effect.void : Effect.fail(LocalFileError.changed(path, "ETag")),
          })
        }),
      }
    })

  const list = (path: string): Effect.Effect<ReadonlyArray<string>, SourceError> =>
    Effect.flatMap(Failure.folder(path), (folder) =>
      S3Listing.objects(client, storage, folder).pipe(
        Effect.map((found) => found.map(({ key }) => `s3://${folder.bucket}/${key}`)),
        Effect.mapError((error) => Failure.of(path, error, "folder")),
      ),
    )

  return { open, list, version: (path: string) => Effect.map(attributes(path), ({ found }) => versionOf(found)) }
}

/** Whether a version is that of an object. */
export const isVersion = ({ inode }: FileVersion): boolean => inode.startsWith(tag)
