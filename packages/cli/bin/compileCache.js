/**
 * Chooses the directory for Node's compile cache: one that no other user of the machine can write to.
 *
 * Node's default is a directory below the shared temporary one. Its name is predictable, so another local user can
 * create it first and fill it with code that the command would then run.
 *
 * This is plain JavaScript that Node 18 can read, like `holdfast.js`.
 */
import { lstatSync, mkdirSync, realpathSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, isAbsolute, join } from "node:path"

/**
 * Returns the directory, created with mode 0700 if it is missing. Without a safe directory it returns `undefined`, and
 * nothing is cached.
 *
 * @param {Readonly<Record<string, string | undefined>>} [environment]
 * @param {number | null} [user] the effective user id; `null` on Windows, which has none
 * @returns {string | undefined}
 */
export function directory(environment = process.env, user = process.geteuid?.() ?? null) {
  try {
    const base = baseDirectory(environment, user)
    if (base === undefined) return undefined
    const directory = join(base, "holdfast")
    makeDirectory(directory)
    return user === null || isPrivate(directory, user) ? directory : undefined
  } catch {
    // The home directory is missing, read-only or full: the command starts without a cache.
    return undefined
  }
}

/**
 * Creates a directory and its parents. Node's `recursive` hangs where a file system answers ENOENT below an existing
 * directory, as automounters and /proc do.
 */
function makeDirectory(directory) {
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    if (error.code === "EEXIST") return
    if (error.code !== "ENOENT" || dirname(directory) === directory) throw error
    makeDirectory(dirname(directory))
    mkdirSync(directory, { mode: 0o700 })
  }
}

/** The user's cache directory. On Windows it is in the profile, which only its user can write to. */
function baseDirectory(environment, user) {
  if (user === null) return environment["LOCALAPPDATA"] || undefined
  const named = environment["XDG_CACHE_HOME"]
  // The XDG Base Directory Specification says to ignore a relative path.
  if (named !== undefined && isAbsolute(named)) return named
  const home = environment["HOME"] || homedir()
  return isAbsolute(home) ? join(home, ".cache") : undefined
}

/** Whether the directory belongs to the user and no other user can replace it. */
function isPrivate(directory, user) {
  const found = lstatSync(directory)
  const isOwn = found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0
  // Checks the path as written and the real path, because a link on the path must be safe too.
  return isOwn && isSafeWay(dirname(directory), user) && isSafeWay(dirname(realpathSync(directory)), user)
}

/** Whether only the user and root can rename a folder on this path, up to the root. */
function isSafeWay(folder, user) {
  for (let at = folder; ; at = dirname(at)) {
    const found = lstatSync(at)
    const isShared = !found.isSymbolicLink() && (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0
    if (isShared || (found.uid !== user && found.uid !== 0)) return false
    if (at === dirname(at)) return true
  }
}
