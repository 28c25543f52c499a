/**
 * Where a token file really is, and whether it may hold secrets.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import * as Verdict from "@holdfast/core/Verdict"
import { TokensUnusable } from "../../TokenStoreError.ts"

/** The user this process runs as; `undefined` on a system whose files have no owner and mode, such as Windows. */
export const User = Context.Reference<number | undefined>("@holdfast/oauth/internal/User", {
  defaultValue: () => process.getuid?.(),
})

/** As many symbolic links as Linux follows. */
const mostLinks = 40

/**
 * The path of the file itself: a symbolic link is followed, so that a save replaces its target and keeps the link.
 *
 * **Details**
 *
 * Fails with `TokensUnusable` when something other than a regular file is there, or a file that another user owns or can
 * access. A file that does not exist is fine.
 */
export const locate = (
  fs: FileSystem.FileSystem,
  path: Path.Path,
  file: string,
): Effect.Effect<string, TokensUnusable> =>
  Effect.gen(function* () {
    const target = yield* follow(fs, path, file, mostLinks)
    if (target === undefined) return yield* unusable(file, "too many symbolic links", "choose another file")
    // A file that cannot be examined cannot be opened either: what opens it says why.
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
        : // The folder may be a link itself: `..` counts from where it leads.
          Effect.flatMap(fs.realPath(path.dirname(file)), (folder) =>
            follow(fs, path, path.resolve(folder, link), left - 1),
          ),
    ),
    // No link.
    Effect.catch(() => Effect.succeed(file)),
  )

/**
 * Fails when a new file, made for its owner alone, is not: the file system keeps no owners and modes.
 *
 * **Details**
 *
 * So do FAT and exFAT, and Windows drives under Linux. Found out before anyone signs in, since every later start would refuse
 * the file.
 */
export const checkNew = (fs: FileSystem.FileSystem, made: string, file: string): Effect.Effect<void, TokensUnusable> =>
  Effect.gen(function* () {
    const info = yield* Effect.option(fs.stat(made))
    if (Option.isNone(info)) return
    yield* Effect.mapError(inspect(file, info.value, yield* User), ({ path, verdict }) => {
      const detail = "its file system does not keep files from other users"
      return new TokensUnusable({ path, detail, verdict, action: "choose a folder on another disk" })
    })
  })

const inspect = (
  path: string,
  { type, mode, uid }: FileSystem.File.Info,
  user: number | undefined,
): Effect.Effect<void, TokensUnusable> => {
  if (type === "Directory") return unusable(path, "it is a folder", "move the folder away, or choose another file")
  if (type !== "File") return unusable(path, `it is ${kinds[type] ?? "no regular file"}`, "choose another file")
  if (user === undefined) return Effect.void
  if (Option.isSome(uid) && uid.value !== user) {
    return unusable(path, "it belongs to another user", "remove it, or run this as that user")
  }
  const bits = mode & 0o777
  return (bits & 0o077) === 0
    ? Effect.void
    : unusable(
        path,
        `other users of this machine have access to it (mode ${bits.toString(8).padStart(4, "0")})`,
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
