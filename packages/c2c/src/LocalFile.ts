/**
 * A file that is read in pieces at offsets, and can prove that it stayed the same meanwhile.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Fs from "node:fs"
import * as FsPromises from "node:fs/promises"
import * as LocalFileError from "./LocalFileError.ts"

/** An open file. */
export interface LocalFile {
  readonly path: string
  /** The size when it was opened. */
  readonly bytes: number
  /** When its content was last written, in milliseconds since the epoch. */
  readonly modifiedAt: number
  /**
   * Fills `buffer` with the bytes from `offset`.
   *
   * **Gotchas**
   *
   * Not interruptible: until the kernel has answered it owns the buffer, and a buffer that went back to its pool too
   * early would get the bytes of this chunk into another one. Fewer bytes than asked for are a `FileChanged`.
   */
  readonly read: (buffer: Uint8Array, offset: number) => Effect.Effect<void, LocalFileError.LocalFileError>
  /**
   * Fails with `FileChanged` unless size, modification time and inode are those of the opening, both of the open file
   * and of what the path names now.
   */
  readonly unchanged: Effect.Effect<void, LocalFileError.LocalFileError>
}

/** The identity of a file's content, as far as the file system tells it. */
const identity = (stats: Fs.BigIntStats) => ({
  size: stats.size,
  "modification time": stats.mtimeNs,
  inode: stats.ino,
  device: stats.dev,
})
type Identity = ReturnType<typeof identity>

/** What differs between two looks at a file, in words, or nothing. */
const difference = (before: Identity, after: Identity): string | undefined => {
  const keys = ["size", "modification time", "inode", "device"] as const
  const differing = keys.filter((key) => before[key] !== after[key])
  return differing.length === 0 ? undefined : differing.join(", ")
}

const attempt = <A>(path: string, run: () => Promise<A>) =>
  Effect.uninterruptible(Effect.tryPromise({ try: run, catch: (cause) => LocalFileError.fromCause(path, cause) }))

// Without O_NONBLOCK, opening a named pipe waits for a writer, perhaps for ever. Windows has no such flag.
const flags = Fs.constants.O_RDONLY | (Fs.constants.O_NONBLOCK ?? 0)

const refuse = (path: string, stats: Fs.BigIntStats): LocalFileError.LocalFileError | undefined => {
  const verdict = Verdict.never({ change: "human" })
  if (stats.isDirectory()) return new LocalFileError.IsDirectory({ path, verdict })
  if (!stats.isFile()) return new LocalFileError.NotRegularFile({ path, verdict })
  return undefined
}

const read = (path: string, handle: FsPromises.FileHandle) => (buffer: Uint8Array, offset: number) =>
  Effect.gen(function* () {
    // One positioned read; the kernel may give less than was asked for (2 GiB at most, or a signal), so go on.
    let filled = 0
    while (filled < buffer.byteLength) {
      const { bytesRead } = yield* attempt(path, () =>
        handle.read(buffer, filled, buffer.byteLength - filled, offset + filled),
      )
      if (bytesRead === 0) return yield* LocalFileError.changed(path, `it ends at byte ${offset + filled}`)
      filled += bytesRead
    }
  })

/**
 * Opens a regular file for reading; the scope closes it.
 */
export const open = (path: string): Effect.Effect<LocalFile, LocalFileError.LocalFileError, Scope.Scope> =>
  Effect.gen(function* () {
    const handle = yield* Effect.acquireRelease(
      attempt(path, () => FsPromises.open(path, flags)),
      // Nothing was written, so a failed close loses nothing.
      (handle) => Effect.ignore(attempt(path, () => handle.close())),
    )
    const before = yield* attempt(path, () => handle.stat({ bigint: true }))
    const refused = refuse(path, before)
    if (refused !== undefined) return yield* refused
    const compare = (stat: () => Promise<Fs.BigIntStats>) =>
      Effect.flatMap(attempt(path, stat), (after) => {
        const detail = difference(identity(before), identity(after))
        return detail === undefined ? Effect.void : Effect.fail(LocalFileError.changed(path, detail))
      })
    return {
      path,
      bytes: Number(before.size),
      modifiedAt: Number(before.mtimeMs),
      read: read(path, handle),
      unchanged: Effect.andThen(
        compare(() => handle.stat({ bigint: true })),
        compare(() => FsPromises.stat(path, { bigint: true })).pipe(
          Effect.catchTag("FileMissing", () => Effect.fail(LocalFileError.changed(path, "it was removed or renamed"))),
        ),
      ),
    }
  })
