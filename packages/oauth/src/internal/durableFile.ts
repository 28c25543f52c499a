/**
 * Writing a small private file so that a power cut leaves either the old content or the new, never half of one.
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"

/** Read and write for the owner, nothing for anybody else. */
const ownerOnly = 0o600

/** Creates a file that must not exist yet, for its owner only; its content is on the disk when this returns. */
export const create = (fs: FileSystem.FileSystem, file: string, content: string): Effect.Effect<void, PlatformError> =>
  fs.open(file, { flag: "wx", mode: ownerOnly }).pipe(
    Effect.tap((handle) => handle.writeAll(new TextEncoder().encode(content))),
    Effect.flatMap((handle) => handle.sync),
    Effect.scoped,
  )

/** Puts the entries of a folder on the disk: without it, a rename can be forgotten by a power cut. */
const syncFolder = (fs: FileSystem.FileSystem, folder: string): Effect.Effect<void, PlatformError> =>
  fs.open(folder, { flag: "r" }).pipe(
    Effect.flatMap((handle) => handle.sync),
    Effect.scoped,
    // Windows opens no folders; there, the file system's journal has to do.
    Effect.catchIf(
      (error) => error.reason._tag === "PermissionDenied" || error.reason._tag === "BadResource",
      () => Effect.void,
    ),
  )

/** Temporary files of writers that did not come to their end, once they are this much older (ms) than what came after. */
const leftOverAfter = 60_000

/**
 * Removes what crashes have left: it holds secrets too.
 *
 * Ages are compared between files, so that this device's clock does not matter, and the file of a writer who is at work now
 * stays.
 */
const sweep = (fs: FileSystem.FileSystem, path: Path.Path, file: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const folder = path.dirname(file)
    const newest = modified(yield* fs.stat(file))
    const begin = `${path.basename(file)}.`
    const names = yield* fs.readDirectory(folder)
    for (const name of names.filter(
      (name) => name.startsWith(begin) && /^[0-9a-f]+\.tmp$/.test(name.slice(begin.length)),
    )) {
      const temporary = path.join(folder, name)
      if (modified(yield* fs.stat(temporary)) < newest - leftOverAfter) yield* fs.remove(temporary)
    }
  }).pipe(Effect.ignore)

const modified = (info: FileSystem.File.Info): number => Option.getOrUndefined(info.mtime)?.getTime() ?? Number.NaN

/**
 * Replaces a file: temporary file in the same folder, fsync, rename, fsync of the folder.
 *
 * **Details**
 *
 * The folder is made when it is missing. The temporary file is gone afterwards unless the machine stops;
 * the name is different each time, so two processes that write at once do not mix their content. A later write removes it.
 */
export const replace = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
  content: string,
): Effect.Effect<void, PlatformError> =>
  Effect.gen(function* () {
    const folder = path.dirname(file)
    yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
    const word = yield* Random.nextIntBetween(0, 2 ** 48)
    const temporary = `${file}.${word.toString(16)}.tmp`
    yield* create(fs, temporary, content).pipe(
      Effect.andThen(fs.rename(temporary, file)),
      // Not after EEXIST: that file is another writer's.
      Effect.tapError((error) =>
        error.reason._tag === "AlreadyExists" ? Effect.void : Effect.ignore(fs.remove(temporary, { force: true })),
      ),
    )
    yield* syncFolder(fs, folder)
    yield* sweep(fs, path, file)
  })
