/**
 * Prepares the folder of a journal, and rejects a folder in which the journal would not be safe or private.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { networkFileSystem } from "@holdfast/oauth/FileSystemKind"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { JournalUnusable } from "../../JournalError.ts"
import { codeOf, meaning } from "./systemFault.ts"
import type { Refusal } from "./systemFault.ts"

/** The files of a journal. */
export const files = (directory: string) => ({
  journal: Path.join(directory, "journal.db"),
  owner: Path.join(directory, "queue.owner"),
  ballast: Path.join(directory, "journal.ballast"),
})

/**
 * Creates the folder and the file if they are missing. Returns why the folder or the file cannot be used, or `undefined` if
 * both can.
 */
export const prepare = (directory: string, shareOf = networkFileSystem): JournalUnusable | undefined => {
  const { journal } = files(directory)
  const refused = (path: string, { action, detail }: Refusal) =>
    new JournalUnusable({ verdict: Verdict.never({ change: "human" }), path, detail, action })
  try {
    const folder = share(directory, shareOf) ?? create(directory) ?? inspect(directory, "folder")
    if (folder !== undefined) return refused(directory, folder)
    // SQLite creates files in the folder even if it only reads.
    Fs.accessSync(directory, Fs.constants.R_OK | Fs.constants.W_OK | Fs.constants.X_OK)
    for (const file of [journal, `${journal}-wal`, `${journal}-shm`]) {
      const found = exists(file) ? inspect(file, "file") : undefined
      if (found !== undefined) return refused(file, found)
    }
    // SQLite gives the mode of this file to the files that it creates beside it.
    if (!exists(journal)) {
      Fs.closeSync(Fs.openSync(journal, "wx", 0o600))
      sync(directory)
    }
    Fs.accessSync(journal, Fs.constants.R_OK | Fs.constants.W_OK)
    return undefined
  } catch (error) {
    // Another process created the file in the meantime.
    return codeOf(error) === "EEXIST" ? undefined : refused(directory, meaning(error))
  }
}

const share = (directory: string, shareOf: typeof networkFileSystem): Refusal | undefined => {
  const existing = exists(directory) ? directory : Path.dirname(directory)
  if (existing !== directory && !exists(existing)) return share(existing, shareOf)
  const network = shareOf(existing)
  return network === undefined
    ? undefined
    : {
        detail: `the folder is on a network file system (${network}), where locks and syncs are not reliable`,
        action: "choose a folder on a local disk",
      }
}

/** Creates the folder and its missing parents, one at a time, because `recursive` hangs on some file systems. */
const create = (directory: string): undefined => {
  if (exists(directory)) return undefined
  const parent = Path.dirname(directory)
  if (parent !== directory) create(parent)
  try {
    Fs.mkdirSync(directory, { mode: 0o700 })
    sync(parent)
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error
  }
  return undefined
}

/** Syncs the entries of a folder, because a power failure can otherwise remove a new file or folder. */
export const sync = (directory: string): void => {
  // Windows cannot open folders. Its file system journal has to suffice.
  if (process.platform === "win32") return
  let handle: number
  try {
    handle = Fs.openSync(directory, "r")
  } catch (error) {
    // A parent may be searchable and not readable.
    if (codeOf(error) === "EACCES") return
    throw error
  }
  try {
    Fs.fsyncSync(handle)
  } finally {
    Fs.closeSync(handle)
  }
}

const inspect = (path: string, expected: "folder" | "file"): Refusal | undefined => {
  const stats = expected === "folder" ? Fs.statSync(path) : Fs.lstatSync(path)
  if (expected === "folder" ? !stats.isDirectory() : !stats.isFile()) {
    return { detail: `the path is not a ${expected}`, action: "move it away, or choose another folder" }
  }
  if (process.getuid === undefined) return undefined
  if (stats.uid !== process.getuid()) {
    return {
      detail: `the ${expected} belongs to another user`,
      action: `run this program as the owner of the ${expected}, or choose another folder`,
    }
  }
  const mode = stats.mode & 0o777
  const wanted = expected === "folder" ? 0o700 : 0o600
  return (mode & 0o077) === 0
    ? undefined
    : {
        detail: `other users have access to the ${expected} (mode ${mode.toString(8).padStart(4, "0")}), and upload URLs are credentials`,
        action: `run chmod ${wanted.toString(8)} ${JSON.stringify(path)}`,
      }
}

const exists = (path: string): boolean => Fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined
