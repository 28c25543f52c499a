/**
 * Replaces each folder on the command line with the files in it.
 */
import { isObject } from "@holdfast/c2c/SourceFile"
import * as FileSelection from "@holdfast/durable/FileSelection"
import * as Effect from "effect/Effect"
import * as FsPromises from "node:fs/promises"
import * as Path from "node:path"

/** The files and folders in a folder that are not sent, with the reason. */
export interface Skipped {
  readonly path: string
  readonly reason: string
}

/** The files to send. */
export interface Expanded {
  readonly paths: ReadonlyArray<string>
  readonly skipped: ReadonlyArray<Skipped>
  /** The folders that contain no selected file. */
  readonly empty: ReadonlyArray<string>
}

/** The patterns that select files in folders. Files that are named on the command line are always sent. */
export interface Patterns {
  readonly include: ReadonlyArray<string>
  readonly exclude: ReadonlyArray<string>
}

/**
 * Returns the files to send, with the files of each folder sorted by name.
 *
 * **Details**
 *
 * Hidden files, temporary files and the folders of operating systems are left out. Symbolic links in a folder are not
 * followed, because a link may lead out of the folder or form a loop. A path that cannot be read is kept, so that opening it
 * reports the reason.
 */
export const expand = (paths: ReadonlyArray<string>, patterns: Patterns): Effect.Effect<Expanded> =>
  Effect.promise(async () => {
    const selection = FileSelection.make({ ...patterns, ordinaryOnly: true })
    const files: Array<string> = []
    const skipped: Array<Skipped> = []
    const empty: Array<string> = []

    const walk = async (folder: string, relative: string): Promise<void> => {
      const entries = await FsPromises.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
        skipped.push({ path: folder, reason: `the folder cannot be read (${codeOf(error)})` })
        return []
      })
      for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = Path.join(folder, entry.name)
        const inside = relative === "" ? entry.name : `${relative}/${entry.name}`
        if (entry.isDirectory()) {
          if (selection.folder(inside)) await walk(path, inside)
        } else if (entry.isFile()) {
          if (selection.file(inside)) files.push(path)
        } else if (selection.file(inside)) {
          skipped.push({ path, reason: entry.isSymbolicLink() ? "links are not followed" : "not a regular file" })
        }
      }
    }

    for (const path of paths) {
      const isFolder =
        !isObject(path) &&
        (await FsPromises.stat(path).then(
          (stats) => stats.isDirectory(),
          () => false,
        ))
      if (!isFolder) {
        files.push(path)
        continue
      }
      const before = files.length
      await walk(path, "")
      if (files.length === before) empty.push(path)
    }
    return { paths: files, skipped, empty }
  })

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error"
