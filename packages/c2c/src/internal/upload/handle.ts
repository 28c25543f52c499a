/**
 * Opens a file for reading, reads it at offsets, and compares its attributes.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as FsPromises from "node:fs/promises"
import * as LocalFileError from "../../LocalFileError.ts"
import * as Batches from "./batches.ts"
import * as RawNames from "./rawNames.ts"

/** The file attributes that identify a version of the file's content. */
const identity = (stats: Fs.BigIntStats) => ({
  size: stats.size,
  "modification time": stats.mtimeNs,
  "change time": stats.ctimeNs,
  inode: stats.ino,
  device: stats.dev,
})

/** Describes which attributes differ between two readings, or returns `undefined` if none differ. */
export const difference = (earlier: Fs.BigIntStats, later: Fs.BigIntStats): string | undefined => {
  const [before, after] = [identity(earlier), identity(later)]
  const keys = ["size", "modification time", "change time", "inode", "device"] as const
  const differing = keys.filter((key) => before[key] !== after[key])
  return differing.length === 0 ? undefined : differing.join(", ")
}

/** Runs a file operation. The operation cannot be interrupted, because the kernel may still be using its buffer. */
export const attempt = <A>(path: string, run: () => Promise<A>) =>
  Effect.uninterruptible(Effect.tryPromise({ try: run, catch: (cause) => LocalFileError.fromCause(path, cause) }))

// Without O_NONBLOCK, opening a named pipe waits for a writer, possibly forever. Windows has no such flag.
const flags = Fs.constants.O_RDONLY | (Fs.constants.O_NONBLOCK ?? 0)

/** Returns the error for a path that does not refer to a regular file. */
export const refuse = (path: string, stats: Fs.BigIntStats): LocalFileError.LocalFileError | undefined => {
  const verdict = Verdict.never({ change: "human" })
  if (stats.isDirectory()) return new LocalFileError.IsDirectory({ path, verdict })
  if (!stats.isFile()) return new LocalFileError.NotRegularFile({ path, verdict })
  return undefined
}

/** Like `attempt`, for an operation that calls back. */
export const called = <A>(
  path: string,
  run: (done: Batches.Done<A>) => void,
): Effect.Effect<A, LocalFileError.LocalFileError> =>
  Effect.uninterruptible(
    Effect.callback((resume) =>
      run((error, value) =>
        resume(error === null ? Effect.succeed(value) : Effect.fail(LocalFileError.fromCause(path, error))),
      ),
    ),
  )

/** Reads until the buffer is full. Fails with `FileChanged` if fewer bytes are available. */
export const read = (path: string, handle: FsPromises.FileHandle) => {
  const request = Batches.reader(handle.fd)
  const rest = (buffer: Uint8Array, offset: number): Effect.Effect<void, LocalFileError.LocalFileError> =>
    Effect.flatMap(
      called<number>(path, (done) => request({ buffer, offset, done })),
      (bytesRead) => {
        if (bytesRead === 0) return Effect.fail(LocalFileError.changed(path, `the file now ends at byte ${offset}`))
        // One positioned read may return fewer bytes than requested (at most 2 GiB, or after a signal), so it is repeated.
        return bytesRead < buffer.byteLength ? rest(buffer.subarray(bytesRead), offset + bytesRead) : Effect.void
      },
    )
  return (buffer: Uint8Array, offset: number) => (buffer.byteLength === 0 ? Effect.void : rest(buffer, offset))
}

/** Returns whether the content ends where the size indicates: the last byte can be read, and no byte follows it. */
const endsAt = (path: string, handle: FsPromises.FileHandle, size: number) =>
  Effect.gen(function* () {
    const two = new Uint8Array(2)
    const start = Math.max(0, size - 1)
    const { bytesRead } = yield* attempt(path, () => handle.read(two, 0, 2, start))
    return start + bytesRead === size
  })

/** Reads the whole content. Returns `undefined` unless one read returned as many bytes as the size indicates. */
const contentOf = (path: string, handle: FsPromises.FileHandle, size: number) =>
  Effect.gen(function* () {
    const buffer = new Uint8Array(Buffer.allocUnsafeSlow(size + 1).buffer)
    const { bytesRead } = yield* attempt(path, () => handle.read(buffer, 0, size + 1, 0))
    return bytesRead === size ? buffer.subarray(0, size) : undefined
  })

/**
 * The maximum number of times that the size is read: a file may still be growing, or a share may have cached an old size.
 */
const looks = 3

/** The attributes of a file, and its content if that has been read. */
interface Sized {
  readonly stats: Fs.BigIntStats
  readonly content: Uint8Array<ArrayBuffer> | undefined
}

/**
 * Returns the attributes of a file after verifying that its size matches its content. Also returns the content if the
 * file is at most `atMost` bytes long, because reading it verifies the size as well.
 *
 * Files in `/proc` and on some shares have content but report a size of 0, and files in `/sys` report a size of 4096. A share
 * may report an old size until the content is read, so the size is read again.
 */
export const sized = (path: string, handle: FsPromises.FileHandle, atMost = -1) =>
  Effect.gen(function* () {
    const sizes = new Set<bigint>()
    for (let look = 0; look < looks; look++) {
      const stats = yield* attempt(path, () => handle.stat({ bigint: true }))
      const refused = refuse(path, stats)
      if (refused !== undefined) return yield* refused
      const size = Number(stats.size)
      const content = size <= atMost ? yield* contentOf(path, handle, size) : undefined
      if (content !== undefined || (yield* endsAt(path, handle, size))) return { stats, content } satisfies Sized
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

/** Opens a regular file. The file is closed when the scope closes. */
export const acquire = (
  path: string,
): Effect.Effect<FsPromises.FileHandle, LocalFileError.LocalFileError, Scope.Scope> =>
  Effect.acquireRelease(
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
