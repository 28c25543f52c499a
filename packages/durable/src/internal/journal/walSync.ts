/**
 * Waits until the transactions of a SQLite database are on the disk, without blocking the event loop.
 *
 * **Details**
 *
 * With `synchronous = FULL`, COMMIT syncs the WAL and blocks the event loop meanwhile: about 1 ms on a fast disk, and 10 ms or
 * more on a slow one. With `NORMAL`, COMMIT only writes the WAL, and SQLite syncs the WAL before each checkpoint, so that a
 * power failure can lose the last transactions but cannot damage the database. This module syncs the WAL after a COMMIT in
 * another thread. The transaction counts as written only after that.
 *
 * After a failed sync, a later sync can succeed although the data is not on the disk, because the kernel reports a failure once
 * and then forgets it. A checkpoint therefore follows a failed sync: it writes the same data to the database file, and syncs
 * that file.
 */
import * as Effect from "effect/Effect"
import type { SqlError } from "effect/sql/SqlError"
import * as Fs from "node:fs"
import type { DatabaseSync } from "node:sqlite"

/** The syncs of one connection. */
export interface WalSync {
  /** Returns as soon as the transactions that were committed before are on the disk. Cannot be interrupted. */
  readonly sync: Effect.Effect<void, SqlError>
  /** Closes the file as soon as no sync is running. */
  readonly close: () => void
}

/** SQLite's result codes for a failed write. */
const codes: Readonly<Record<string, number>> = { EDQUOT: 13, ENOSPC: 13, EACCES: 8, EPERM: 8, EROFS: 8 }
const ioError = 10

const withCode = (error: NodeJS.ErrnoException): Error =>
  Object.assign(error, { errcode: codes[error.code ?? ""] ?? ioError })

/** Returns the syncs of a connection to a file, or `undefined` if the file system does not support a WAL. */
export const make = (
  database: DatabaseSync,
  file: string,
  toError: (error: unknown) => SqlError,
): WalSync | undefined => {
  if (database.prepare("PRAGMA journal_mode").get()?.["journal_mode"] !== "wal") return undefined
  database.exec("PRAGMA synchronous = NORMAL")
  let wal: number | undefined
  let running = 0
  let isClosed = false
  let isDoubtful = false

  const closeFile = () => {
    if (wal !== undefined) Fs.closeSync(wal)
    wal = undefined
  }
  // SQLite keeps no locks on the WAL, so closing this descriptor releases none.
  const open = (): number => (wal ??= Fs.openSync(`${file}-wal`, "r+"))

  const checkpoint = Effect.try({
    try: () => {
      const row = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()
      if (row?.["busy"] !== 0) throw Object.assign(new Error("the WAL is in use"), { errcode: ioError })
      isDoubtful = false
    },
    catch: toError,
  })

  const syncFile = Effect.callback<void, SqlError>((resume) => {
    running++
    const ended = (error: NodeJS.ErrnoException | null) => {
      running--
      if (isClosed && running === 0) closeFile()
      if (error !== null) isDoubtful = true
      // If another sync failed meanwhile, the kernel may have reported the failure only to that one.
      if (error === null) resume(isDoubtful ? checkpoint : Effect.void)
      else resume(Effect.fail(toError(withCode(error))))
    }
    try {
      Fs.fdatasync(open(), ended)
    } catch (error) {
      ended(error as NodeJS.ErrnoException)
    }
  })

  return {
    sync: Effect.uninterruptible(Effect.suspend(() => (isDoubtful ? checkpoint : syncFile))),
    close: () => {
      isClosed = true
      if (running === 0) closeFile()
    },
  }
}
