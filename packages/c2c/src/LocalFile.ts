/**
 * Reads a file in pieces at given offsets, and checks that the file has not changed since it was opened.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Batches from "./internal/upload/batches.ts"
import * as Handle from "./internal/upload/handle.ts"
import * as InOrder from "./internal/source/inOrder.ts"
import * as LocalFileError from "./LocalFileError.ts"

/**
 * The attributes by which a later process recognizes a version of a file.
 *
 * **Details**
 *
 * The modification time, in nanoseconds since the epoch, and the inode are decimal strings. The device is not included,
 * because its number may differ after a restart. The change time is not included, because renaming a file or changing its
 * owner changes it.
 */
export interface FileVersion {
  readonly bytes: number
  readonly modifiedNs: string
  readonly inode: string
}

/** An open file. */
export interface LocalFile {
  readonly path: string
  /** The size in bytes at the time when the file was opened. */
  readonly bytes: number
  /** The time at which the content of the file was last written, in epoch milliseconds. */
  readonly modifiedAt: number
  /** The attributes by which a later process recognizes this version of the file. */
  readonly version: FileVersion
  /** The whole content, which was read when the file was opened. `undefined` if the file is longer than `contentUpTo`. */
  readonly content: Uint8Array<ArrayBuffer> | undefined
  /**
   * Fills `buffer` with bytes from the file, starting at `offset`.
   *
   * **Gotchas**
   *
   * The read cannot be interrupted, because the kernel uses the buffer until the read completes. If the buffer were returned
   * to its pool before then, bytes of this chunk could end up in another chunk. Fails with `FileChanged` if fewer bytes are
   * available than requested.
   */
  readonly read: (buffer: Uint8Array, offset: number) => Effect.Effect<void, LocalFileError.LocalFileError>
  /**
   * Fails with `FileChanged` unless the file that is now at the path has the same size, modification time, change time, inode
   * and device as the file that was opened. An inode is not used again while its file is open, so it is the same file.
   *
   * **Gotchas**
   *
   * The change time also advances when the mode, the owner or the number of links changes. The change time is compared
   * anyway, because a program can reset the modification time to an earlier value but cannot reset the change time.
   */
  readonly unchanged: Effect.Effect<void, LocalFileError.LocalFileError>
}

/** The options for opening a file. */
export interface OpenOptions {
  /** The length, in bytes, up to which the whole content is read at once. Default: it is not read. */
  readonly contentUpTo?: number | undefined
}

/**
 * Opens a regular file for reading. The file is closed when the scope closes.
 *
 * **Details**
 *
 * Fails with `SizeUnreliable` if the content is longer or shorter than the reported size. An empty file can be opened.
 *
 * **Gotchas**
 *
 * Nothing shows that `content` belongs to the opened version of the file until `unchanged` succeeds after the read.
 */
export const open = (
  path: string,
  { contentUpTo }: OpenOptions = {},
): Effect.Effect<LocalFile, LocalFileError.LocalFileError, Scope.Scope> =>
  Effect.gen(function* () {
    const handle = yield* Handle.acquire(path)
    const { content, stats: before } = yield* Handle.sized(path, handle, contentUpTo)
    const attributes = Batches.shared<Fs.BigIntStats>((done) => Fs.stat(path, { bigint: true }, done))
    return {
      path,
      content,
      bytes: Number(before.size),
      modifiedAt: Number(before.mtimeMs),
      version: { bytes: Number(before.size), modifiedNs: String(before.mtimeNs), inode: String(before.ino) },
      read: Handle.read(path, handle),
      unchanged: Effect.matchEffect(
        // Chunks that were read at the same time share a check.
        Handle.called(path, attributes),
        {
          onFailure: (error) =>
            Effect.fail(
              error._tag === "FileMissing" ? LocalFileError.changed(path, "the file was removed or renamed") : error,
            ),
          onSuccess: (after) => {
            const detail = Handle.difference(before, after)
            return detail === undefined ? Effect.void : Effect.fail(LocalFileError.changed(path, detail))
          },
        },
      ),
    }
  })

/**
 * Returns the current version of a regular file that may still be growing. The file is opened, so that a file that cannot be
 * read is reported.
 */
export const version = (path: string): Effect.Effect<FileVersion, LocalFileError.LocalFileError> =>
  Effect.gen(function* () {
    const handle = yield* Handle.acquire(path)
    const stats = yield* Handle.attempt(path, () => handle.stat({ bigint: true }))
    const refused = Handle.refuse(path, stats)
    return refused === undefined
      ? { bytes: Number(stats.size), modifiedNs: String(stats.mtimeNs), inode: String(stats.ino) }
      : yield* refused
  }).pipe(Effect.scoped)

/** The number of bytes that are hashed at a time: 1 MiB. */
const hashedPiece = 1024 * 1024

export type { Readable } from "./internal/source/inOrder.ts"

/** Computes the hash of `length` bytes of an open file, starting at `offset`, in hexadecimal. */
const hash = <E>(
  algorithm: "md5" | "sha256",
  file: InOrder.Readable<E>,
  offset: number,
  length: number,
): Effect.Effect<string, E> =>
  Effect.gen(function* () {
    const next = yield* InOrder.from(file, offset, length)
    const hash = Crypto.createHash(algorithm)
    const buffer = new Uint8Array(Math.min(hashedPiece, length))
    for (let done = 0; done < length;) {
      const piece = buffer.subarray(0, Math.min(hashedPiece, length - done))
      yield* next(piece)
      hash.update(piece)
      done += piece.byteLength
    }
    return hash.digest("hex")
  }).pipe(Effect.scoped)

/** Computes the SHA-256 of `length` bytes of an open file, starting at `offset`, in hexadecimal. */
export const sha256 = <E>(file: InOrder.Readable<E>, offset: number, length: number): Effect.Effect<string, E> =>
  hash("sha256", file, offset, length)

/** Computes the MD5 of `length` bytes of an open file, starting at `offset`, in hexadecimal. */
export const md5 = <E>(file: InOrder.Readable<E>, offset: number, length: number): Effect.Effect<string, E> =>
  hash("md5", file, offset, length)
