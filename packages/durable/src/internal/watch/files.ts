/**
 * The part of the file system that a watch folder needs, as an interface that tests can implement.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** The operating system rejected an operation. `code` is its code, such as `ENOENT`. */
export class FileFault extends Data.TaggedError("FileFault")<{ readonly code: string }> {
  override get message(): string {
    return this.code
  }
}

/** What a path names. A link is not followed. */
export interface Stats {
  readonly kind: "file" | "folder" | "link" | "other"
  readonly bytes: bigint
  readonly modifiedNs: bigint
  /** The time of creation; 0 if the file system does not state it. */
  readonly createdNs: bigint
  readonly inode: bigint
  readonly device: bigint
  /** The number of names that the file has. */
  readonly links: bigint
}

/** A name in a folder. A name that is not valid UTF-8 is written with escapes such as `\xff`. */
export interface Name {
  readonly text: string
  readonly isText: boolean
}

/** The volume that contains a folder, and the folder's own attributes. */
export interface Volume {
  readonly stats: Stats
  /** Differs between volumes, and stays the same if a volume is unmounted and mounted again. */
  readonly mark: string
  /** Whether a file keeps its inode number as long as it exists. */
  readonly keepsInodes: boolean
  /** The name of the file system if the operating system does not report its changes, or `undefined` if it reports them. */
  readonly unreported: string | undefined
}

export interface Watcher {
  readonly close: () => void
}

export interface Files {
  /** Reads the attributes of the watched folder. If the path is a link, the link is followed. */
  readonly volume: (folder: string) => Effect.Effect<Volume, FileFault>
  readonly list: (folder: string) => Effect.Effect<ReadonlyArray<Name>, FileFault>
  readonly stat: (path: string) => Effect.Effect<Stats, FileFault>
  /** Fails if this process must not open the file. */
  readonly readable: (path: string) => Effect.Effect<void, FileFault>
  /**
   * Reports changes of the names in one folder, and of the files that they name. `onChange` receives `undefined` if the
   * operating system does not state the name. `onFailure` is called if the watcher stops later.
   */
  readonly watch: (
    folder: string,
    onChange: (name: string | undefined) => void,
    onFailure: (code: string) => void,
  ) => Effect.Effect<Watcher, FileFault>
}
