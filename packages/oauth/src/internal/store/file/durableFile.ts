/**
 * Writes a small private file so that a power failure leaves either the old or the new content, never a mixture.
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"

/** The file mode that allows only the owner to read and write. */
const ownerOnly = 0o600

/** Syncs the entries of a folder, because a power failure can otherwise undo a rename. */
const syncFolder = (fs: FileSystem.FileSystem, folder: string): Effect.Effect<void, PlatformError> =>
  fs.open(folder, { flag: "r" }).pipe(
    Effect.flatMap((handle) => handle.sync),
    Effect.scoped,
    // Windows cannot open folders. Its file system journal has to suffice.
    Effect.catchIf(
      (error) => error.reason._tag === "PermissionDenied" || error.reason._tag === "BadResource",
      () => Effect.void,
    ),
  )

/**
 * A temporary file that is more than this many milliseconds older than the target file is treated as left behind by a crash,
 * because a reservation lasts only as long as a refresh.
 */
const leftOverAfter = 600_000

/**
 * Removes temporary files that a crash left behind, because they contain secrets.
 *
 * The function compares the ages of files only with each other, so the system clock does not matter. A temporary file that is
 * still being written is not removed.
 */
const sweep = (fs: FileSystem.FileSystem, path: Path.Path, file: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const folder = path.dirname(file)
    const newest = modified(yield* fs.stat(file))
    for (const name of yield* temporaries(fs, path, file)) {
      const temporary = path.join(folder, name)
      if (modified(yield* fs.stat(temporary)) < newest - leftOverAfter) yield* fs.remove(temporary)
    }
  }).pipe(Effect.ignore)

/** Returns the names of the temporary files next to a file. */
const temporaries = (fs: FileSystem.FileSystem, path: Path.Path, file: string) => {
  const begin = `${path.basename(file)}.`
  return Effect.map(fs.readDirectory(path.dirname(file)), (names) =>
    names.filter((name) => name.startsWith(begin) && /^[0-9a-f]+\.tmp$/.test(name.slice(begin.length))),
  )
}

const modified = (info: FileSystem.File.Info): number => Option.getOrUndefined(info.mtime)?.getTime() ?? Number.NaN

const exists = (error: PlatformError): boolean => error.reason._tag === "AlreadyExists"

/** Writes and syncs a new temporary file with a unique name next to the file. */
const temporary = (
  fs: FileSystem.FileSystem,
  file: string,
  content: Uint8Array,
): Effect.Effect<string, PlatformError> => {
  const create = (word: number, left: number): Effect.Effect<string, PlatformError> => {
    const name = `${file}.${word.toString(16)}.tmp`
    return fs.open(name, { flag: "wx", mode: ownerOnly }).pipe(
      Effect.tap((handle) => handle.writeAll(content)),
      Effect.flatMap((handle) => handle.sync),
      Effect.scoped,
      // Does not run after EEXIST, because that file belongs to another writer.
      Effect.tapError((error) => (exists(error) ? Effect.void : remove(fs, name))),
      Effect.as(name),
      Effect.catchIf(
        (error) => exists(error) && left > 0,
        () => create(word + 1, left - 1),
      ),
    )
  }
  return Effect.flatMap(Random.nextIntBetween(0, 2 ** 48), (word) => create(word, 16))
}

const remove = (fs: FileSystem.FileSystem, name: string) => Effect.ignore(fs.remove(name, { force: true }))

/**
 * Creates a folder and its missing parents with mode 0700.
 *
 * Node's `recursive` option hangs if a file system returns ENOENT below an existing folder, as automounters and /proc do.
 * Therefore, each folder is created separately, and a second ENOENT is reported as the failure.
 */
export const makeFolder = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  folder: string,
): Effect.Effect<void, PlatformError> => {
  const isFolder = Effect.match(fs.stat(folder), {
    onSuccess: ({ type }) => type === "Directory",
    onFailure: () => false,
  })
  const one = fs
    .makeDirectory(folder, { mode: 0o700 })
    .pipe(Effect.catch((error) => Effect.flatMap(isFolder, (found) => (found ? Effect.void : Effect.fail(error)))))
  return one.pipe(
    Effect.catchIf(
      (error) => error.reason._tag === "NotFound" && path.dirname(folder) !== folder,
      () => Effect.andThen(makeFolder(fs, path, path.dirname(folder)), one),
    ),
  )
}

/** Renames a temporary file so that it replaces the target file. */
const settle = (fs: FileSystem.FileSystem, path: Path.Path, name: string, file: string) =>
  fs.rename(name, file).pipe(
    Effect.tapError(() => remove(fs, name)),
    Effect.andThen(syncFolder(fs, path.dirname(file))),
    Effect.andThen(sweep(fs, path, file)),
  )

/**
 * Replaces a file in four steps: write a temporary file in the same folder, call fsync on it, rename it, and call fsync on
 * the folder.
 *
 * **Details**
 *
 * Creates the folder if it does not exist. The temporary file has a unique name, so two concurrent writers do not mix their
 * content. If the machine stops and leaves a temporary file behind, a later write removes that file.
 */
export const replace = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
  content: string,
): Effect.Effect<void, PlatformError> =>
  makeFolder(fs, path, path.dirname(file)).pipe(
    Effect.andThen(temporary(fs, file, new TextEncoder().encode(content))),
    Effect.flatMap((name) => settle(fs, path, name, file)),
  )

/** Removes a file and all its temporary files. Call this function only while no other process is writing the file. */
export const removeAll = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
): Effect.Effect<void, PlatformError> =>
  fs.remove(file, { force: true }).pipe(
    Effect.andThen(
      Effect.ignore(
        Effect.gen(function* () {
          const folder = path.dirname(file)
          for (const name of yield* temporaries(fs, path, file)) yield* remove(fs, path.join(folder, name))
          yield* syncFolder(fs, folder)
        }),
      ),
    ),
  )

/** Disk space that is reserved for replacing a file once. */
export interface Reservation {
  /** The path of the temporary file that reserves the space. */
  readonly name: string
  /** Replaces the file in the same way as `replace`, but uses the reserved space. */
  readonly replace: (content: string) => Effect.Effect<void, PlatformError>
}

/**
 * Reserves the disk space for one replacement until the scope closes, so that a full disk is detected in advance.
 *
 * **Details**
 *
 * The reservation is a temporary file with a size of `bytes`. The replacement overwrites, truncates and renames this file.
 * The content of the temporary file is incompressible, because some file systems do not allocate space for zeros.
 *
 * **Gotchas**
 *
 * A file system that never overwrites in place (btrfs, ZFS) can still run out of space. If overwriting the reservation fails,
 * the reservation is removed so that the replacement can use its space.
 */
export const reserve = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
  bytes: number,
): Effect.Effect<Reservation, PlatformError, Scope.Scope> =>
  Effect.gen(function* () {
    yield* makeFolder(fs, path, path.dirname(file))
    let unused = true
    const reserved = yield* Effect.acquireRelease(
      temporary(fs, file, noise(bytes, yield* Random.nextIntBetween(1, 2 ** 31))),
      (name) => (unused ? remove(fs, name) : Effect.void),
    )
    return {
      name: reserved,
      replace: (content) =>
        Effect.suspend(() => {
          if (!unused) return replace(fs, path, file, content)
          unused = false
          return overwrite(fs, reserved, new TextEncoder().encode(content)).pipe(
            Effect.andThen(settle(fs, path, reserved, file)),
            Effect.catch(() => Effect.andThen(remove(fs, reserved), replace(fs, path, file, content))),
          )
        }),
    }
  })

const overwrite = (fs: FileSystem.FileSystem, name: string, content: Uint8Array): Effect.Effect<void, PlatformError> =>
  fs.open(name, { flag: "r+" }).pipe(
    Effect.tap((handle) => handle.writeAll(content)),
    Effect.tap((handle) => handle.truncate(content.length)),
    Effect.flatMap((handle) => handle.sync),
    Effect.scoped,
  )

/** Returns incompressible bytes, generated with xorshift. */
const noise = (bytes: number, seed: number): Uint8Array => {
  const words = new Uint32Array(Math.ceil(bytes / 4))
  let state = seed | 1
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  return new Uint8Array(words.buffer, 0, bytes)
}
