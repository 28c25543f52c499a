/**
 * Resolves the path of a token file, and checks whether secrets may be stored in the file.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Verdict from "@holdfast/core/Verdict"
import { TokensUnusable } from "../../../TokenStoreError.ts"

/** The user ID of this process, or `undefined` on systems without file owners and modes, such as Windows. */
const User = Context.Reference<number | undefined>("@holdfast/oauth/internal/User", {
  defaultValue: () => process.getuid?.(),
})

/** The maximum number of symbolic links to follow, which is also the limit on Linux. */
const mostLinks = 40

/**
 * Returns the path of the file itself, after following symbolic links. Symbolic links are followed, so that a save replaces
 * the target of the link and keeps the link itself.
 *
 * **Details**
 *
 * Fails with `TokensUnusable` if the path does not refer to a regular file, or if another user owns or can access the file. A
 * missing file is accepted.
 */
export const locate = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
): Effect.Effect<string, TokensUnusable> =>
  Effect.gen(function* () {
    const target = yield* follow(fs, path, file, mostLinks)
    if (target === undefined) return yield* unusable(file, "too many symbolic links", "choose another file")
    // A file that `stat` cannot read cannot be opened either; opening it reports why.
    const info = yield* Effect.option(fs.stat(target))
    if (Option.isSome(info)) yield* inspect(target, info.value, yield* User)
    return target
  })

const follow = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
  left: number,
): Effect.Effect<string | undefined> =>
  fs.readLink(file).pipe(
    Effect.flatMap((link) =>
      left === 0
        ? Effect.undefined
        : // The folder itself may be a link, and `..` is relative to its target.
          Effect.flatMap(fs.realPath(path.dirname(file)), (folder) =>
            follow(fs, path, path.resolve(folder, link), left - 1),
          ),
    ),
    // The path is not a link.
    Effect.catch(() => Effect.succeed(file)),
  )

/**
 * Fails if the file system does not support owners and modes. On these file systems, a new file with mode 0600 is reported
 * with a different mode.
 *
 * **Details**
 *
 * FAT, exFAT, and Windows drives under Linux do not support owners and modes. This check runs before the user signs in,
 * because every later start of the program would reject the file.
 */
export const checkNew = (fs: FileSystem.FileSystem, made: string, file: string): Effect.Effect<void, TokensUnusable> =>
  Effect.gen(function* () {
    const info = yield* Effect.option(fs.stat(made))
    if (Option.isNone(info)) return
    yield* Effect.mapError(inspect(file, info.value, yield* User), ({ path, verdict }) => {
      const detail = "the file system cannot protect files from other users"
      return new TokensUnusable({ path, detail, verdict, action: "choose a folder on another disk" })
    })
  })

const inspect = (
  path: string,
  { type, mode, uid }: FileSystem.File.Info,
  user: number | undefined,
): Effect.Effect<void, TokensUnusable> => {
  if (type === "Directory") return unusable(path, "the path is a folder", "move the folder, or choose another file")
  if (type !== "File")
    return unusable(path, `the path is ${kinds[type] ?? "not a regular file"}`, "choose another file")
  if (user === undefined) return Effect.void
  if (Option.isSome(uid) && uid.value !== user) {
    return unusable(
      path,
      "the file belongs to another user",
      "remove the file, or run this program as the file's owner",
    )
  }
  const bits = mode & 0o777
  return (bits & 0o077) === 0
    ? Effect.void
    : unusable(
        path,
        `other users of this machine can access the file (mode ${bits.toString(8).padStart(4, "0")})`,
        `run chmod 600 ${path}`,
      )
}

const kinds: Readonly<Record<string, string>> = {
  FIFO: "a pipe",
  Socket: "a socket",
  BlockDevice: "a device",
  CharacterDevice: "a device",
}

const unusable = (path: string, detail: string, action: string) =>
  Effect.fail(new TokensUnusable({ path, detail, action, verdict: Verdict.never({ change: "human" }) }))
