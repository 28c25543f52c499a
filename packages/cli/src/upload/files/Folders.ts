/**
 * Replaces each folder on the command line with the files in it.
 */
import { isObject, isObjectFolder, SourceFiles, type SourceError } from "@holdfast/c2c/SourceFile"
import * as Retry from "@holdfast/core/Retry"
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

/** Returns the selected objects below a folder in S3, sorted by key. A storage that does not answer is asked three times. */
const objectsIn = (folder: string, selection: FileSelection.Selection) =>
  Effect.gen(function* () {
    const { list } = yield* SourceFiles
    const found = yield* Effect.retry(list(folder), Retry.policy({ attempts: 3 }))
    const root = folder.endsWith("/") ? folder : `${folder}/`
    return found.filter((path) => isSelected(path.slice(root.length), selection)).toSorted()
  })

const isSelected = (inside: string, selection: FileSelection.Selection): boolean => {
  for (let at = inside.indexOf("/"); at !== -1; at = inside.indexOf("/", at + 1)) {
    if (!selection.folder(inside.slice(0, at))) return false
  }
  return selection.file(inside)
}

/**
 * Returns the files to send, with the files of each folder sorted by name.
 *
 * **Details**
 *
 * Hidden files, temporary files and the folders of operating systems are left out. Symbolic links in a folder are not
 * followed, because a link may lead out of the folder or form a loop. A path that cannot be read is kept, so that opening it
 * reports the reason. A folder in S3 consists of the objects below it. If it cannot be listed, the effect fails.
 */
export const expand = (paths: ReadonlyArray<string>, patterns: Patterns): Effect.Effect<Expanded, SourceError> =>
  Effect.gen(function* () {
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

    const isFolder = (path: string): Promise<boolean> =>
      FsPromises.stat(path).then(
        (stats) => stats.isDirectory(),
        () => false,
      )

    for (const path of paths) {
      const before = files.length
      if (isObjectFolder(path)) {
        for (const object of yield* objectsIn(path, selection)) files.push(object)
      } else if (!isObject(path) && (yield* Effect.promise(() => isFolder(path)))) {
        yield* Effect.promise(() => walk(path, ""))
      } else {
        files.push(path)
        continue
      }
      if (files.length === before) empty.push(path)
    }
    return { paths: files, skipped, empty }
  })

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error"
