/**
 * Keeps the last known state of each journal outside of the journal's folder, so that an older copy of the folder is
 * detected.
 *
 * **Details**
 *
 * A mark is only a hint. The mark is written after the journal, without a sync, so it is never ahead of the journal. If the
 * mark cannot be read or written, an older copy is not detected, and nothing else changes.
 */
import { createHash } from "node:crypto"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

/** The last known state of a journal. */
export interface Mark {
  readonly id: string
  readonly path: string
  readonly epoch: number
  readonly batch: number
  readonly uploads: number
}

/** Returns the folder for marks in the user's cache. */
export const defaultFolder = (): string => {
  const home = Os.homedir()
  const cache =
    process.platform === "darwin"
      ? Path.join(home, "Library", "Caches")
      : process.platform === "win32"
        ? (process.env["LOCALAPPDATA"] ?? Path.join(home, "AppData", "Local"))
        : (process.env["XDG_CACHE_HOME"] ?? Path.join(home, ".cache"))
  return Path.join(cache, "holdfast", "journals")
}

/** Returns the mark of a journal, or `undefined` if there is none. */
export const byId = (folder: string, id: string): Mark | undefined =>
  all(folder, (name) => name.endsWith(`-${id}.json`)).find((mark) => mark.id === id)

/** Returns the mark of the journal that was last used at a path, or `undefined` if there is none. */
export const byPath = (folder: string, path: string): Mark | undefined =>
  all(folder, (name) => name.startsWith(`${hash(path)}-`)).find((mark) => mark.path === path)

/** Replaces the mark of a journal. */
export const write = (folder: string, mark: Mark): void => {
  if (!isId(mark.id)) return
  try {
    Fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    const name = `${hash(mark.path)}-${mark.id}.json`
    const file = Path.join(folder, name)
    const isNew = !Fs.existsSync(file)
    Fs.writeFileSync(`${file}.tmp`, JSON.stringify(mark), { mode: 0o600 })
    Fs.renameSync(`${file}.tmp`, file)
    if (isNew) sweep(folder, name, mark)
  } catch {
    // The mark is only a hint.
  }
}

/** The age in milliseconds, relative to the newest mark, at which the mark of a journal that no longer exists is removed. */
const keptFor = 180 * 24 * 3_600_000

/** Removes the marks of the same journal at other paths, and old marks of journals that are gone. */
const sweep = (folder: string, newest: string, { id }: Mark): void => {
  const now = Fs.statSync(Path.join(folder, newest)).mtimeMs
  for (const name of Fs.readdirSync(folder)) {
    if (name === newest) continue
    const file = Path.join(folder, name)
    const isOld = () => now - Fs.statSync(file).mtimeMs > keptFor && !Fs.existsSync(read(file)?.path ?? "")
    if (name.endsWith(`-${id}.json`) || isOld()) Fs.rmSync(file, { force: true })
  }
}

const all = (folder: string, matches: (name: string) => boolean): ReadonlyArray<Mark> => {
  try {
    return Fs.readdirSync(folder)
      .filter(matches)
      .flatMap((name) => read(Path.join(folder, name)) ?? [])
  } catch {
    return []
  }
}

const hash = (path: string): string => createHash("sha256").update(path).digest("hex").slice(0, 16)

const isId = (id: string): boolean => /^[0-9a-z]+$/.test(id)

const read = (file: string): Mark | undefined => {
  try {
    const mark: unknown = JSON.parse(Fs.readFileSync(file, "utf8"))
    return isMark(mark) ? mark : undefined
  } catch {
    return undefined
  }
}

const isMark = (value: unknown): value is Mark =>
  typeof value === "object" &&
  value !== null &&
  "id" in value &&
  typeof value.id === "string" &&
  "path" in value &&
  typeof value.path === "string" &&
  ["epoch", "batch", "uploads"].every((key) => Number.isSafeInteger((value as Record<string, unknown>)[key]))
