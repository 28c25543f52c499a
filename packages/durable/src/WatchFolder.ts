/**
 * Watches a folder for finished files.
 *
 * **When to use**
 *
 * Use a watch folder if cameras, recorders or other programs write files into a folder, and each file is to be uploaded when it
 * is complete. Cameras pause while they write, so a file that just stopped growing is often half a file.
 *
 * **Details**
 *
 * A file is finished when its size, modification time and inode have stayed unchanged for the quiet time. The quiet time is
 * measured with the monotonic clock from the first sight of a version, so neither a wrong clock nor a modification time in
 * the future shortens it. On local file systems the operating system reports changes. These reports are hints: every few
 * minutes the whole folder is scanned. A file system that does not report changes, such as a network share, is polled.
 *
 * A file that is renamed is the same file. A file whose content changes after it was emitted is emitted again, as `Changed`. A
 * file that replaces another one under the same name is a new file, even if size and modification time are equal. Files that
 * disappear are not reported, and a file that comes back unchanged is not emitted again.
 *
 * **Gotchas**
 *
 * The state is in memory: after a restart, the files that are in the folder are emitted again. FAT, exFAT, SMB and FUSE have
 * no lasting inode numbers, so a file that is renamed there after it was emitted is emitted again. A change is not detected
 * if the program that writes the file restores its size and modification time.
 */
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import * as Path from "node:path"
import type { SkipReason, WatchedFile, WatchEvent } from "./WatchEvent.ts"
import * as Quiet from "./internal/recording/quiet.ts"
import * as Loop from "./internal/watch/loop.ts"
import * as Names from "./internal/watch/names.ts"
import type { Tree } from "./internal/watch/scan.ts"
import * as Selection from "./FileSelection.ts"
import * as Sidecars from "./internal/watch/sidecars.ts"
import type { SidecarRule } from "./internal/watch/sidecars.ts"
import * as Skips from "./internal/watch/skips.ts"
import * as Tracker from "./internal/watch/tracker.ts"
import { WatchFiles } from "./internal/watch/watchFiles.ts"
import * as Watchers from "./internal/watch/watchers.ts"

export type { SkipReason, WatchedFile, WatchEvent }
export type { SidecarRule }

export interface Options {
  /**
   * Patterns of the files to emit. A pattern without `/` is matched against the name, and one with `/` against the path
   * relative to the watched folder: `*.{mov,MOV}`, `DCIM/**`. Patterns are case-sensitive. Default: all files.
   */
  readonly include?: ReadonlyArray<string> | undefined
  /** Patterns of the files and folders to leave out, even if `include` matches them. Default: none. */
  readonly exclude?: ReadonlyArray<string> | undefined
  /**
   * Whether hidden names (`.name`), temporary names (`.part`, `.partial`, `.tmp`, `.temp`, `.download`, `.crdownload`, `name~`,
   * `~$name`) and the folders of operating systems (`lost+found`, `System Volume Information`, `$RECYCLE.BIN`) are left out.
   * Default: true.
   */
  readonly ordinaryOnly?: boolean | undefined
  /** How long a file must stay unchanged. Default: 60 s. */
  readonly quietTime?: Duration.Input | undefined
  /**
   * Emits `Growing` for each file that grows while it is watched, as soon as the file contains more than this number of bytes.
   * Default: `Growing` is not emitted.
   */
  readonly growingAbove?: number | undefined
  /** Rules for files that have a sidecar. Default: none. */
  readonly sidecars?: ReadonlyArray<SidecarRule> | undefined
  /** How often the whole folder is scanned if the operating system reports changes. Default: 5 min. */
  readonly rescanInterval?: Duration.Input | undefined
  /** How often the watcher checks for the folder, and how often it scans a folder that must be polled. Default: 10 s. */
  readonly pollInterval?: Duration.Input | undefined
}

/** The defaults of the durations. */
export const defaults = {
  quietTime: Quiet.defaultTime,
  rescanInterval: Duration.minutes(5),
  pollInterval: Duration.seconds(10),
} as const

/** The number of emitted files that are remembered after they disappear, at about 500 bytes each. */
const remembered = 100_000

/**
 * The number of events that are buffered while the consumer of the stream is busy. The watcher pauses when the buffer is
 * full.
 */
const bufferSize = 1024

const known = {
  include: true,
  exclude: true,
  ordinaryOnly: true,
  quietTime: true,
  growingAbove: true,
  sidecars: true,
  rescanInterval: true,
  pollInterval: true,
} as const

const settingsOf = (root: string, options: Options) => {
  const read = InvalidPolicy.reader("WatchFolder")
  read.known(options, known)
  const patterns = (option: string, list: ReadonlyArray<string> = []) =>
    list.map((pattern, index) => read.text(`${option}[${index}]`, pattern))
  const sidecars = (options.sidecars ?? []).map(({ files, sidecar, then }, index) => {
    const option = `sidecars[${index}]`
    if (!/\{(?:stem|name)\}/.test(sidecar)) read.refuse(`${option}.sidecar`, sidecar, "a name with {stem} or {name}")
    if (/[/\\]/.test(sidecar)) read.refuse(`${option}.sidecar`, sidecar, "a name in the folder of the file")
    return {
      files: read.text(`${option}.files`, files),
      sidecar,
      then: read.oneOf(`${option}.then`, then, ["wait", "finish"]),
    }
  })
  const positive = { min: 0, above: true }
  return {
    root: Path.resolve(read.text("root", root)),
    selection: Selection.make({
      include: patterns("include", options.include),
      exclude: patterns("exclude", options.exclude),
      ordinaryOnly: options.ordinaryOnly ?? true,
    }),
    hasSidecars: sidecars.length > 0,
    sidecarsOf: Sidecars.make(sidecars),
    growingAbove:
      options.growingAbove === undefined ? undefined : read.integer("growingAbove", options.growingAbove, { min: 0 }),
    quietMillis: read.millis("quietTime", options.quietTime ?? defaults.quietTime, positive),
    rescanMillis: read.millis("rescanInterval", options.rescanInterval ?? defaults.rescanInterval, positive),
    pollMillis: read.millis("pollInterval", options.pollInterval ?? defaults.pollInterval, positive),
  }
}

/** Joins the watched folder and a path in it, without normalizing either. */
const pathIn = (root: string): ((relative: string) => string) => {
  const prefix = root.endsWith(Path.sep) ? root : root + Path.sep
  return (relative) => (relative === "" ? root : prefix + relative.replaceAll("/", Path.sep))
}

/**
 * Watches a folder until the stream is interrupted. The stream fails only if an option is invalid.
 *
 * **Example** (Printing finished files)
 *
 * ```ts
 * import { WatchFolder } from "@holdfast/durable"
 * import { Console, Stream } from "effect"
 *
 * export const main = WatchFolder.watch("/media/card", { include: ["*.mov", "*.mxf"] }).pipe(
 *   Stream.runForEach((event) => ("file" in event ? Console.log(event._tag, event.file.relative) : Console.log(event._tag))),
 * )
 * ```
 */
export const watch = (root: string, options: Options = {}): Stream.Stream<WatchEvent, InvalidPolicy.InvalidPolicy> =>
  Stream.unwrap(
    Effect.map(
      InvalidPolicy.build(() => settingsOf(root, options)),
      (settings) =>
        Stream.callback<WatchEvent>(
          (queue) =>
            Effect.flatMap(WatchFiles, (files) =>
              Loop.run(settings, (wake): Tree => ({
                files,
                tracker: Tracker.make({ ...settings, remembered }),
                watchers: Watchers.make(files, wake),
                names: Names.make(settings.hasSidecars),
                skips: Skips.make(),
                selection: settings.selection,
                pathOf: pathIn(settings.root),
                emit: (event) => Effect.asVoid(Queue.offer(queue, event)),
              })),
            ),
          { bufferSize, strategy: "suspend" },
        ),
    ),
  )
