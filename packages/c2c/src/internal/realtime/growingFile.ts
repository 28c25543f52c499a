/**
 * Reads a file while another program appends to it.
 */
import * as Retry from "@holdfast/core/Retry"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Fs from "node:fs"
import * as FsPromises from "node:fs/promises"
import type { FileVersion, LocalFile } from "../../LocalFile.ts"
import * as LocalFileError from "../../LocalFileError.ts"
import * as Handle from "../upload/handle.ts"

type Failure = LocalFileError.LocalFileError

/** An open file that may grow until it is ended. */
export interface GrowingFile {
  readonly path: string
  /** The attributes when the file was opened. */
  readonly version: FileVersion
  /** The time when the file was created, or last written if the file system does not record it, in epoch milliseconds. */
  readonly createdAt: number
  readonly read: LocalFile["read"]
  /** Returns the current size. Fails with `FileChanged` if the file was removed, replaced or shortened. */
  readonly size: Effect.Effect<number, Failure>
  /** Runs the checks of `size`. After `end`, it also fails if an attribute differs from the attributes at the end. */
  readonly unchanged: Effect.Effect<void, Failure>
  /** Saves the attributes of the finished recording, and returns them. */
  readonly end: Effect.Effect<FileVersion, Failure>
}

const versionOf = (stats: Fs.BigIntStats): FileVersion => ({
  bytes: Number(stats.size),
  modifiedNs: String(stats.mtimeNs),
  inode: String(stats.ino),
})

/** File systems without a creation time report 0, or a time that a later write changes. */
const createdAt = ({ birthtimeMs, mtimeMs }: Fs.BigIntStats): number =>
  Number(birthtimeMs > 0n && birthtimeMs < mtimeMs ? birthtimeMs : mtimeMs)

/**
 * Opens a file that may still grow. The file is closed when the scope closes. Fails with `FileChanged` if the file contains
 * fewer than `atLeast` bytes.
 *
 * **Gotchas**
 *
 * Some recorders reserve space before they write, and shorten the file at the end. Such a file contains zeros where nothing
 * has been written yet, and shortening it is reported as a change.
 */
export const open = (path: string, atLeast = 0): Effect.Effect<GrowingFile, Failure, Scope.Scope> =>
  Effect.gen(function* () {
    const handle = yield* Handle.acquire(path)
    const byHandle = Handle.attempt(path, () => handle.stat({ bigint: true }))
    const byPath = Handle.attempt(path, () => FsPromises.stat(path, { bigint: true })).pipe(
      Effect.catchTag("FileMissing", () =>
        Effect.fail(LocalFileError.changed(path, "the file was removed or renamed")),
      ),
    )
    const opened = yield* byHandle
    const refused = Handle.refuse(path, opened)
    if (refused !== undefined) return yield* refused

    let longest = BigInt(atLeast)
    let final: Fs.BigIntStats | undefined
    const check = Effect.gen(function* () {
      // The path is checked first: a removal also changes the attributes of the open file, and "removed" is more precise.
      const there = yield* byPath
      if (there.ino !== opened.ino || there.dev !== opened.dev) {
        return yield* LocalFileError.changed(path, "the file was replaced by another file")
      }
      const stats = yield* byHandle
      if (stats.size < longest) {
        return yield* LocalFileError.changed(path, `the file was shortened from ${longest} to ${stats.size} bytes`)
      }
      longest = stats.size
      const detail = final === undefined ? undefined : Handle.difference(final, stats)
      return detail === undefined
        ? stats
        : yield* LocalFileError.changed(path, `${detail} after the end of the recording`)
    })
    const size = Effect.map(check, (stats) => Number(stats.size))
    const file: GrowingFile = {
      path,
      version: versionOf(opened),
      createdAt: createdAt(opened),
      read: Handle.read(path, handle),
      size,
      unchanged: Effect.asVoid(check),
      end: Effect.andThen(
        Effect.map(Handle.sized(path, handle), ({ stats }) => {
          final = stats
        }),
        Effect.map(check, versionOf),
      ),
    }
    yield* size
    return file
  })

/**
 * Returns the same file with operations that are retried, because a card may be busy while the recorder is writing to it.
 */
export const retried = (file: GrowingFile): GrowingFile => ({
  ...file,
  size: Effect.retry(file.size, Retry.policy()),
  end: Effect.retry(file.end, Retry.policy()),
})
