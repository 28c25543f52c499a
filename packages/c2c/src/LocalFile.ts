/**
 * Reads a file in pieces at given offsets, and checks that the file has not changed since it was opened.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as FsPromises from "node:fs/promises"
import * as RawNames from "./internal/upload/rawNames.ts"
import * as LocalFileError from "./LocalFileError.ts"

/**
 * The attributes by which a later process recognizes a version of a file.
 *
 * **Details**
 *
 * The modification time is in nanoseconds since the epoch, as a decimal number, and so is the inode. The device is not
 * included, because its number may differ after a restart. The change time is not included, because renaming a file or
 * copying its owner changes it.
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
   * Fails with `FileChanged` unless the size, modification time, change time, inode and device are the same as when the file
   * was opened. Both the open file and the file that is now at the path are checked.
   *
   * **Gotchas**
   *
   * The change time also advances when the mode, the owner or the number of links changes. The change time is compared
   * anyway, because a program can reset the modification time to an earlier value but cannot reset the change time.
   */
  readonly unchanged: Effect.Effect<void, LocalFileError.LocalFileError>
}

/** The file attributes that identify a version of the file's content. */
const identity = (stats: Fs.BigIntStats) => ({
  size: stats.size,
  "modification time": stats.mtimeNs,
  "change time": stats.ctimeNs,
  inode: stats.ino,
  device: stats.dev,
})
type Identity = ReturnType<typeof identity>

/** Describes which attributes differ between two readings, or returns `undefined` if none differ. */
const difference = (before: Identity, after: Identity): string | undefined => {
  const keys = ["size", "modification time", "change time", "inode", "device"] as const
  const differing = keys.filter((key) => before[key] !== after[key])
  return differing.length === 0 ? undefined : differing.join(", ")
}

const attempt = <A>(path: string, run: () => Promise<A>) =>
  Effect.uninterruptible(Effect.tryPromise({ try: run, catch: (cause) => LocalFileError.fromCause(path, cause) }))

// Without O_NONBLOCK, opening a named pipe waits for a writer, possibly forever. Windows has no such flag.
const flags = Fs.constants.O_RDONLY | (Fs.constants.O_NONBLOCK ?? 0)

const refuse = (path: string, stats: Fs.BigIntStats): LocalFileError.LocalFileError | undefined => {
  const verdict = Verdict.never({ change: "human" })
  if (stats.isDirectory()) return new LocalFileError.IsDirectory({ path, verdict })
  if (!stats.isFile()) return new LocalFileError.NotRegularFile({ path, verdict })
  return undefined
}

const read = (path: string, handle: FsPromises.FileHandle) => (buffer: Uint8Array, offset: number) =>
  Effect.gen(function* () {
    // One positioned read may return fewer bytes than requested (at most 2 GiB, or after a signal), so it is repeated.
    let filled = 0
    while (filled < buffer.byteLength) {
      const { bytesRead } = yield* attempt(path, () =>
        handle.read(buffer, filled, buffer.byteLength - filled, offset + filled),
      )
      if (bytesRead === 0) return yield* LocalFileError.changed(path, `the file now ends at byte ${offset + filled}`)
      filled += bytesRead
    }
  })

/** Returns whether the content ends where the size indicates: the last byte can be read, and no byte follows it. */
const endsAt = (path: string, handle: FsPromises.FileHandle, size: number) =>
  Effect.gen(function* () {
    const two = new Uint8Array(2)
    const start = Math.max(0, size - 1)
    const { bytesRead } = yield* attempt(path, () => handle.read(two, 0, 2, start))
    return start + bytesRead === size
  })

/**
 * The maximum number of times that the size is read: a file may still be growing, or a share may have cached an old size.
 */
const looks = 3

/**
 * Returns the attributes of a file after verifying that its size matches its content.
 *
 * Files in `/proc` and on some shares have content but report a size of 0, and files in `/sys` report a size of 4096. A share
 * may report an old size until the content is read, so the size is read again.
 */
const sized = (path: string, handle: FsPromises.FileHandle) =>
  Effect.gen(function* () {
    const sizes = new Set<bigint>()
    for (let look = 0; look < looks; look++) {
      const stats = yield* attempt(path, () => handle.stat({ bigint: true }))
      const refused = refuse(path, stats)
      if (refused !== undefined) return yield* refused
      if (yield* endsAt(path, handle, Number(stats.size))) return stats
      sizes.add(stats.size)
    }
    const [size = 0n, ...others] = sizes
    return yield* others.length === 0
      ? LocalFileError.wrongSize(path, size)
      : LocalFileError.changed(path, "the file is still being written")
  })

/** Fails if the path refers to a file whose name is not valid UTF-8. */
const named = (path: string): Effect.Effect<void, LocalFileError.NameNotUtf8> =>
  Effect.flatMap(
    Effect.promise(() => RawNames.find(path).catch(() => undefined)),
    (detail) =>
      detail === undefined
        ? Effect.void
        : Effect.fail(new LocalFileError.NameNotUtf8({ path, detail, verdict: Verdict.never({ change: "human" }) })),
  )

/**
 * Opens a regular file for reading. The file is closed when the scope closes.
 *
 * **Details**
 *
 * Fails with `SizeUnreliable` if the content is longer or shorter than the reported size. An empty file can be opened.
 */
export const open = (path: string): Effect.Effect<LocalFile, LocalFileError.LocalFileError, Scope.Scope> =>
  Effect.gen(function* () {
    const handle = yield* Effect.acquireRelease(
      attempt(path, () => FsPromises.open(path, flags)).pipe(
        // Opening a socket fails with the same code as a medium that is gone.
        Effect.catchTag("MediumGone", (error) =>
          Effect.flatMap(
            attempt(path, () => FsPromises.stat(path, { bigint: true })),
            (stats) => Effect.fail(refuse(path, stats) ?? error),
          ),
        ),
        Effect.catchTag("FileMissing", (error) =>
          RawNames.isSuspect(path) ? Effect.flatMap(named(path), () => Effect.fail(error)) : Effect.fail(error),
        ),
      ),
      // The file was only read, so a failed close loses nothing.
      (handle) => Effect.ignore(attempt(path, () => handle.close())),
    )
    const before = yield* sized(path, handle)
    const compare = (stat: () => Promise<Fs.BigIntStats>) =>
      Effect.flatMap(attempt(path, stat), (after) => {
        const detail = difference(identity(before), identity(after))
        return detail === undefined ? Effect.void : Effect.fail(LocalFileError.changed(path, detail))
      })
    return {
      path,
      bytes: Number(before.size),
      modifiedAt: Number(before.mtimeMs),
      version: { bytes: Number(before.size), modifiedNs: String(before.mtimeNs), inode: String(before.ino) },
      read: read(path, handle),
      // The path is checked first: a removal also changes the change time of the open file, and "removed" is more precise.
      unchanged: Effect.andThen(
        compare(() => FsPromises.stat(path, { bigint: true })).pipe(
          Effect.catchTag("FileMissing", () =>
            Effect.fail(LocalFileError.changed(path, "the file was removed or renamed")),
          ),
        ),
        compare(() => handle.stat({ bigint: true })),
      ),
    }
  })

/** The number of bytes that are hashed at a time: 1 MiB. */
const hashedPiece = 1024 * 1024

/** Computes the hash of `length` bytes of an open file, starting at `offset`, in hexadecimal. */
const hash = (
  algorithm: "md5" | "sha256",
  file: LocalFile,
  offset: number,
  length: number,
): Effect.Effect<string, LocalFileError.LocalFileError> =>
  Effect.gen(function* () {
    const hash = Crypto.createHash(algorithm)
    const buffer = new Uint8Array(Math.min(hashedPiece, length))
    for (let done = 0; done < length;) {
      const piece = buffer.subarray(0, Math.min(hashedPiece, length - done))
      yield* file.read(piece, offset + done)
      hash.update(piece)
      done += piece.byteLength
    }
    return hash.digest("hex")
  })

/** Computes the SHA-256 of `length` bytes of an open file, starting at `offset`, in hexadecimal. */
export const sha256 = (
  file: LocalFile,
  offset: number,
  length: number,
): Effect.Effect<string, LocalFileError.LocalFileError> => hash("sha256", file, offset, length)

/** Computes the MD5 of `length` bytes of an open file, starting at `offset`, in hexadecimal. */
export const md5 = (
  file: LocalFile,
  offset: number,
  length: number,
): Effect.Effect<string, LocalFileError.LocalFileError> => hash("md5", file, offset, length)
