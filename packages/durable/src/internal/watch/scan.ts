/**
 * Reads a tree of folders, and reports each name to the tracker.
 */
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Effect from "effect/Effect"
import type { SkipReason, WatchEvent } from "../../WatchEvent.ts"
import * as Faults from "./faults.ts"
import type { FileFault, Files, Stats, Volume } from "./files.ts"
import type { Names } from "./names.ts"
import type { Selection } from "../../FileSelection.ts"
import type { Skips } from "./skips.ts"
import type { Tracker } from "./tracker.ts"
import { watchedFile } from "./version.ts"
import type { Watchers } from "./watchers.ts"

/** What the scans of one watched folder share. */
export interface Tree {
  readonly files: Files
  readonly tracker: Tracker
  readonly watchers: Watchers
  readonly names: Names
  readonly skips: Skips
  readonly selection: Selection
  /** Returns the absolute path of a relative one. */
  readonly pathOf: (relative: string) => string
  readonly emit: (event: WatchEvent) => Effect.Effect<void>
}

/** A scan, or a check of single names between two scans. */
export interface Pass {
  readonly number: number
  readonly volume: Volume
  /** Whether the folders are watched, or polled. */
  readonly isWatched: boolean
  /** Whether folders that are already watched are entered. */
  readonly isDeep: boolean
  /** The names to report as skipped, if the watched folder still exists after the pass. */
  readonly skipped: Array<WatchEvent>
  /**
   * The paths that no longer exist. A renamed file may be seen under its new name first, so these paths are recorded as gone
   * only when the pass ends.
   */
  readonly gone: Array<string>
  /** The number of faults that may mean that the medium is gone. */
  faults: number
}

/** A folder to enter, with the folders that contain it. */
export interface Folder {
  readonly relative: string
  readonly stats: Stats
  readonly parent: Folder | undefined
}

/**
 * How many names of a folder are checked concurrently. Node runs 4 file operations at a time; the rest queue in its pool, so
 * that it never idles.
 */
const looks = 32

/** How many folders are entered concurrently. */
const entered = 4

export const skip = (tree: Tree, pass: Pass, relative: string, reason: SkipReason, detail: string): void => {
  if (!tree.skips.isNew(relative, reason, pass.number)) return
  pass.skipped.push({ _tag: "Skipped", path: tree.pathOf(relative), reason, detail })
}

const isLoop = ({ parent, stats }: Folder): boolean => {
  for (let above = parent; above !== undefined; above = above.parent) {
    if (above.stats.inode === stats.inode && above.stats.device === stats.device) return true
  }
  return false
}

const onFault = (tree: Tree, pass: Pass, relative: string, { code }: FileFault, kind: "file" | "folder"): void => {
  if (Faults.isGone(code)) {
    pass.gone.push(relative)
    tree.watchers.dropUnder(relative)
    return
  }
  if (!Faults.isLocal(code)) pass.faults++
  skip(tree, pass, relative, "unreadable", `the ${kind} cannot be read: ${Faults.explain(code)}`)
}

const isSelected = ({ selection }: Tree, relative: string): boolean =>
  selection.file(relative) || selection.folder(relative)

/** Looks at one name. Returns the folder to enter, if the name is that of a folder. */
export const look = (tree: Tree, pass: Pass, relative: string, parent: Folder): Effect.Effect<Folder | undefined> =>
  Effect.gen(function* () {
    const stats = yield* tree.files.stat(tree.pathOf(relative))
    tree.names.set(relative, true)
    if (!isSelected(tree, relative)) return undefined
    const isFile = tree.selection.file(relative)
    if (stats.kind === "folder") {
      tree.tracker.vanish(relative)
      if (!tree.selection.folder(relative)) return undefined
      const folder = { relative, stats, parent }
      if (pass.volume.keepsInodes && isLoop(folder)) {
        return void skip(tree, pass, relative, "folderLoop", "the folder contains itself through a mount")
      }
      return pass.isDeep || !tree.watchers.isArmed(relative, stats) ? folder : undefined
    }
    tree.watchers.dropUnder(relative)
    if (stats.kind === "link") {
      return void skip(tree, pass, relative, "symbolicLink", "a symbolic link: the watcher does not follow links")
    }
    if (!isFile) return undefined
    if (stats.kind === "other") {
      return void skip(tree, pass, relative, "notAFile", "a socket, a named pipe or a device")
    }
    const sight = tree.tracker.observe(relative, stats, pass.volume, pass.number, yield* Monotonic.millis)
    if (sight?._tag === "HardLink") {
      return void skip(tree, pass, relative, "hardLink", `another name of ${tree.pathOf(sight.first)}`)
    }
    // A file that cannot be opened is reported until it can be opened, which only its quiet time checks.
    if (sight?._tag === "New") {
      tree.skips.clear(relative)
      yield* tree.emit({ _tag: "Found", file: watchedFile(tree.pathOf(relative), relative, stats) })
    } else tree.skips.keep(relative, pass.number)
    if (sight?._tag === "Growing") {
      yield* tree.emit({ _tag: "Growing", file: watchedFile(tree.pathOf(relative), relative, stats) })
    }
    return undefined
  }).pipe(
    Effect.catchTag("FileFault", (fault) =>
      Effect.sync(() => {
        if (Faults.isGone(fault.code)) tree.names.set(relative, false)
        return void onFault(tree, pass, relative, fault, "file")
      }),
    ),
  )

/** Lists one folder and checks its names. Returns the folders in it, or the fault if it cannot be listed. */
const enter = (tree: Tree, pass: Pass, folder: Folder): Effect.Effect<ReadonlyArray<Folder>, FileFault> =>
  Effect.gen(function* () {
    const { relative, stats } = folder
    // Watched before it is listed: a name that appears later raises an event.
    if (pass.isWatched) yield* tree.watchers.arm(relative, tree.pathOf(relative), stats)
    const listed = yield* tree.files.list(tree.pathOf(relative))
    tree.skips.clear(relative)
    tree.names.list(
      relative,
      listed.map(({ text }) => text),
    )
    const selected = listed.flatMap(({ isText, text }) => {
      const path = relative === "" ? text : `${relative}/${text}`
      if (!isSelected(tree, path)) return []
      if (isText) return [path]
      skip(tree, pass, path, "nameNotUtf8", "the name is not valid UTF-8; rename the file")
      return []
    })
    const found = yield* Effect.forEach(selected, (path) => look(tree, pass, path, folder), { concurrency: looks })
    return found.filter((one) => one !== undefined)
  })

/** Reads folders and all folders in them, level by level. */
export const descend = (tree: Tree, pass: Pass, folders: ReadonlyArray<Folder>): Effect.Effect<void> =>
  Effect.gen(function* () {
    let level = folders
    while (level.length > 0) {
      const inside = yield* Effect.forEach(
        level,
        (folder) =>
          enter(tree, pass, folder).pipe(
            Effect.catchTag("FileFault", (fault) =>
              Effect.sync(() => {
                onFault(tree, pass, folder.relative, fault, "folder")
                return []
              }),
            ),
          ),
        { concurrency: entered },
      )
      level = inside.flat()
    }
  })

/** Reads the whole tree. Fails if the watched folder itself cannot be listed. */
export const whole = (tree: Tree, pass: Pass): Effect.Effect<void, FileFault> =>
  Effect.flatMap(enter(tree, pass, { relative: "", stats: pass.volume.stats, parent: undefined }), (folders) =>
    descend(tree, pass, folders),
  )

/** Lists a folder again, and reads the folders in it that are new. */
export const again = (tree: Tree, pass: Pass, relative: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const stats = relative === "" ? pass.volume.stats : yield* tree.files.stat(tree.pathOf(relative))
    if (stats.kind !== "folder") return
    yield* descend(tree, pass, yield* enter(tree, pass, { relative, stats, parent: undefined }))
  }).pipe(Effect.catchTag("FileFault", (fault) => Effect.sync(() => onFault(tree, pass, relative, fault, "folder"))))

/** Checks some names of a folder, and reads the folders among them that are new. */
export const some = (tree: Tree, pass: Pass, relative: string, names: ReadonlySet<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const parent = { relative, stats: pass.volume.stats, parent: undefined }
    const paths = Array.from(names, (name) => (relative === "" ? name : `${relative}/${name}`))
    // Names that are not selected matter if they may be sidecars.
    const relevant = tree.names.isUsed ? paths : paths.filter((path) => isSelected(tree, path))
    const found = yield* Effect.forEach(relevant, (path) => look(tree, pass, path, parent), { concurrency: looks })
    yield* descend(
      tree,
      pass,
      found.filter((one) => one !== undefined),
    )
  })
