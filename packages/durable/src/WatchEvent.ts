/**
 * The events of a watched folder.
 *
 * **Details**
 *
 * `Found` means that a new file was seen, or a file whose content changed; the file may still be growing. `Finished` means
 * that the file stayed unchanged for the quiet time, or that its sidecar arrived. `Growing` means that a file grows and contains
 * more bytes than `growingAbove`; it is emitted once, between `Found` and `Finished` or `Changed`. `Changed` means that a file changed after
 * it was emitted, and then stayed unchanged: its new content is emitted here, and `previous` is the version that was emitted
 * before. `Skipped` means that a name is not emitted, and states the reason; it is reported once for each reason, until the
 * reason no longer applies. `RootMissing` means that the watcher is waiting for the folder; no file counts as deleted.
 * `RootBack` ends this state. `Degraded` means that the operating system does not report changes, so the folder is polled.
 */

/** A version of a file in a watched folder. The decimal strings are exact where a number would be rounded. */
export interface WatchedFile {
  /** The absolute path. */
  readonly path: string
  /** The path relative to the watched folder, with `/` as the separator. */
  readonly relative: string
  readonly bytes: number
  /** The time at which the content was last written, in epoch milliseconds, as reported by the file system. */
  readonly modifiedAt: number
  /** The time at which the content was last written, in nanoseconds since the epoch. */
  readonly modifiedNs: string
  /** The time at which the file was created, in nanoseconds since the epoch; `0` if the file system does not report it. */
  readonly createdNs: string
  readonly inode: string
  readonly device: string
}

/** Why a name in a watched folder is not emitted. */
export type SkipReason =
  /** A symbolic link. The watcher does not follow links inside the folder. */
  | "symbolicLink"
  /** A socket, a named pipe or a device. */
  | "notAFile"
  /** The operating system refuses to list the folder or to open the file. */
  | "unreadable"
  /** The name is not valid UTF-8, so no string can represent it. */
  | "nameNotUtf8"
  /** The folder contains itself, through a mount. */
  | "folderLoop"
  /** A second name of a file that is emitted under its first name. */
  | "hardLink"
  /**
   * The file is quiet, but the sidecar that a rule requires has not arrived. The file is emitted as soon as the sidecar
   * arrives.
   */
  | "sidecarMissing"

export type WatchEvent =
  | { readonly _tag: "Found"; readonly file: WatchedFile }
  | { readonly _tag: "Growing"; readonly file: WatchedFile }
  | { readonly _tag: "Finished"; readonly file: WatchedFile }
  | { readonly _tag: "Changed"; readonly file: WatchedFile; readonly previous: WatchedFile }
  | { readonly _tag: "Skipped"; readonly path: string; readonly reason: SkipReason; readonly detail: string }
  | { readonly _tag: "RootMissing"; readonly path: string; readonly reason: string }
  | { readonly _tag: "RootBack"; readonly path: string }
  | { readonly _tag: "Degraded"; readonly path: string; readonly reason: string }
