/**
 * Implements an interprocess lock as an open write transaction on an empty SQLite file.
 *
 * Node has no `flock`. SQLite locks files with `fcntl`. The kernel therefore releases the lock when the process ends, even on
 * SIGKILL, so there are no stale process IDs to detect. The transaction does not write anything, so neither the file nor a
 * journal requires disk space.
 */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import type { DatabaseSync } from "node:sqlite"
import { networkFileSystem } from "../../FileSystemKind.ts"
import { LockRefused } from "./lock.ts"
import type { Held } from "./lock.ts"
import * as NodeSqlite from "./nodeSqlite.ts"

/**
 * Acquires the lock, or returns `undefined` if the lock is already held. Creates the file if it is missing. The file is not
 * removed when the lock is released.
 */
export const tryAcquire = (file: string): Effect.Effect<Held | undefined, LockRefused> =>
  Effect.suspend(() => {
    const refused = inspect(file)
    if (refused !== undefined) return Effect.fail(new LockRefused({ path: file, ...refused }))
    const sqlite = NodeSqlite.load()
    if (sqlite === undefined) return Effect.fail(new LockRefused({ path: file, ...noSqlite }))
    let database: DatabaseSync | undefined
    try {
      // Waiting inside SQLite would block the event loop.
      database = new sqlite.DatabaseSync(file, { timeout: 0 })
      // A journal file would need space.
      database.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE")
    } catch (error) {
      database?.close()
      const code = sqliteCode(error)
      if (code === busy) return Effect.undefined
      return Effect.fail(new LockRefused({ path: file, ...meaning(code, error) }))
    }
    const held = database
    // Closing the database rolls the transaction back.
    return Effect.succeed({ release: Effect.sync(() => held.close()) })
  })

interface Refusal {
  readonly detail: string
  readonly action: string
}

const noSqlite: Refusal = {
  detail: "this build of Node.js has no node:sqlite, which the lock requires",
  action: "use Node.js 22.19 or newer, built with SQLite",
}

/** Checks the file before SQLite opens it, because SQLite follows links and would block on a pipe. */
const inspect = (file: string): Refusal | undefined => {
  try {
    const network = networkFileSystem(Path.dirname(file))
    if (network !== undefined) {
      return {
        detail: `the folder is on a network file system (${network}), where locks are not reliable`,
        action: "choose a folder on a local disk",
      }
    }
    const found = Fs.lstatSync(file, { throwIfNoEntry: false })
    if (found === undefined) {
      // Not while this process holds the lock: closing any descriptor of the file would release it.
      Fs.closeSync(Fs.openSync(file, "wx", 0o600))
      return undefined
    }
    const uid = process.getuid?.()
    if (!found.isFile()) return { detail: `the path is ${kind(found)}`, action: "remove it" }
    if (uid !== undefined && found.uid !== uid) {
      return {
        detail: "the file belongs to another user",
        action: "remove the file, or run this program as the file's owner",
      }
    }
    return undefined
  } catch (error) {
    const code = systemCode(error)
    // Another process created it in the meantime.
    return code === "EEXIST" ? undefined : bySystemCode(code)
  }
}

const kind = (stats: Fs.Stats): string =>
  stats.isSymbolicLink()
    ? "a symbolic link"
    : stats.isDirectory()
      ? "a folder"
      : stats.isFIFO()
        ? "a pipe"
        : stats.isSocket()
          ? "a socket"
          : "a device"

const access = "grant your user account access to the file and its folder"

const bySystemCode = (code: string | undefined): Refusal => {
  switch (code) {
    case "EACCES":
    case "EPERM":
      return { detail: "no permission", action: access }
    case "EROFS":
      return { detail: "the disk is read-only", action: "make the disk writable, or choose another folder" }
    case "ENOSPC":
    case "EDQUOT":
      return { detail: "no space left on the disk", action: "free some space" }
    case "ENOENT":
      return { detail: "the file's folder does not exist", action: "create the folder" }
    case "ENOTDIR":
      return { detail: "part of the path is a file instead of a folder", action: "move that file away" }
    default:
      return { detail: code ?? "the disk failed", action: "check the disk and the folder" }
  }
}

/** SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const busy = 5
const bySqliteCode: Readonly<Record<number, Refusal>> = {
  3: bySystemCode("EACCES"),
  8: { detail: "the file is read-only", action: access },
  10: {
    detail: "the disk failed, or its file system does not support locks",
    action: "check the disk, or choose another folder",
  },
  11: { detail: "the file is damaged", action: "close all programs that use the file, then remove the file" },
  13: bySystemCode("ENOSPC"),
  14: { detail: "the file cannot be opened", action: access },
  26: {
    detail: "the file is damaged, or belongs to another program",
    action: "close all programs that use the file, then remove the file",
  },
}

const meaning = (code: number | undefined, error: unknown): Refusal =>
  (code === undefined ? undefined : bySqliteCode[code]) ?? {
    detail: error instanceof Error ? error.message : "the lock failed",
    action: "check the disk and the folder",
  }

/** Returns SQLite's primary result code, which is the low byte of the extended result code. */
const sqliteCode = (error: unknown): number | undefined =>
  typeof error === "object" && error !== null && "errcode" in error && typeof error.errcode === "number"
    ? error.errcode & 0xff
    : undefined

const systemCode = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined
