/**
 * Writes a file completely or not at all.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import { LocalProblem } from "../process/PersonError.ts"
import * as Columns from "../terminal/Columns.ts"

const remedies: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ["no such directory", "create the directory first"],
  ENOTDIR: ["no such directory", "create the directory first"],
  EISDIR: ["is a directory", "name a file in it"],
  EACCES: ["no permission to write to this location", "change its permissions, or choose another file"],
  EPERM: ["no permission to write to this location", "change its permissions, or choose another file"],
  EROFS: ["the disk is read-only", "choose a file on another disk"],
  ENOSPC: ["the disk is full", "free some space on the disk, or choose a file on another disk"],
  EDQUOT: ["the disk is full", "free some space on the disk, or choose a file on another disk"],
  ENAMETOOLONG: ["the name is too long", "name another file"],
}

const problemOf =
  (path: string) =>
  (error: PlatformError.PlatformError): LocalProblem => {
    const code = codeOf(error)
    const [problem, remedy] = remedies[code] ?? [`cannot be written (${code})`, "name another file"]
    return new LocalProblem({ problem: `${Columns.clean(path)}: ${problem}`, remedy })
  }

const codeOf = (error: unknown): string => {
  for (let at = error; typeof at === "object" && at !== null;) {
    if ("code" in at && typeof at.code === "string") return at.code
    at = "cause" in at ? at.cause : "reason" in at ? at.reason : undefined
  }
  return "unknown reason"
}

/**
 * Writes the text to a temporary file in the target's directory, flushes the file to disk, and then renames the file to the
 * target. Another process reads either the old file or the new file, but never a partially written file.
 *
 * **Details**
 *
 * A link stays a link. If the target is not a regular file (a device or a pipe, for example), the text is written directly to
 * the target.
 */
export const write = (
  target: string,
  text: string,
): Effect.Effect<void, LocalProblem, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const paths = yield* Path.Path
    const path = yield* fs.realPath(target).pipe(Effect.catch(() => Effect.succeed(target)))
    const found = yield* fs.stat(path).pipe(Effect.catch(() => Effect.undefined))
    if (found !== undefined && found.type !== "File") return yield* fs.writeFileString(path, text)
    const beside = paths.join(paths.dirname(path), `.${paths.basename(path)}.${process.pid}.tmp`)
    const written = Effect.scoped(
      Effect.gen(function* () {
        const file = yield* fs.open(beside, { flag: "wx", mode: found === undefined ? 0o666 : found.mode & 0o777 })
        yield* file.writeAll(new TextEncoder().encode(text))
        yield* file.sync
      }),
    )
    // Removes only a file of its own: `wx` fails if the file already exists.
    yield* Effect.andThen(written, fs.rename(beside, path)).pipe(
      Effect.onError(() => Effect.ignore(fs.remove(beside, { force: true }))),
    )
  }).pipe(Effect.mapError(problemOf(target)))
