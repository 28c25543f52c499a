/**
 * Opens the files that are uploaded, wherever they are.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Path from "node:path"
import * as LocalFile from "../LocalFile.ts"
import type { LocalFileError } from "../LocalFileError.ts"
import { ObjectsUnsupported, type ObjectError } from "./ObjectError.ts"

/** The errors of reading a file or an object. */
export type SourceError = LocalFileError | ObjectError

/** A file or an object that is open for reading; see `LocalFile`. */
export interface SourceFile extends Omit<LocalFile.LocalFile, "read" | "unchanged"> {
  /** Fills `buffer` with bytes from the file, starting at `offset`. */
  readonly read: (buffer: Uint8Array, offset: number) => Effect.Effect<void, SourceError>
  /** Fails with `FileChanged` unless the file is still the one that was opened. */
  readonly unchanged: Effect.Effect<void, SourceError>
  /**
   * Returns a function that fills buffers with consecutive bytes of a range, with a single request. Default: each buffer is
   * filled with `read`.
   */
  readonly sequence?: (
    offset: number,
    length: number,
  ) => Effect.Effect<(buffer: Uint8Array) => Effect.Effect<void, SourceError>, SourceError, Scope.Scope>
}

/** Opens the files that are uploaded. */
export interface Files {
  /** Opens a file for reading. */
  readonly open: (path: string, options?: LocalFile.OpenOptions) => Effect.Effect<SourceFile, SourceError, Scope.Scope>
  /** Returns the current version of a file that may still be growing. */
  readonly version: (path: string) => Effect.Effect<LocalFile.FileVersion, SourceError>
  /** Returns the paths of all objects below the path of a folder in S3; see `isObjectFolder`. */
  readonly list: (folder: string) => Effect.Effect<ReadonlyArray<string>, SourceError>
}

/**
 * Opens the files that are uploaded. By default, files on this machine.
 *
 * **Details**
 *
 * The uploaders and the queue take the value of the context in which their layers are built. `S3Source.layer` adds the objects
 * of S3, whose paths have the form `s3://BUCKET/KEY`. Without it, such a path fails with `ObjectsUnsupported`.
 */
export const SourceFiles = Context.Reference<Files>("@holdfast/c2c/SourceFiles", {
  defaultValue: () => local({ detail: "it has no credentials for them", action: "provide S3Source.layer" }),
})

/** Whether a path names an object in S3 instead of a file. */
export const isObject = (path: string): boolean => path.startsWith("s3://")

/** Whether a path names a bucket, or ends in a slash and so names the objects of S3 whose keys begin with its key. */
export const isObjectFolder = (path: string): boolean => /^s3:\/\/[^/]+(?:\/(?:.*\/)?)?$/s.test(path)

/** Returns the absolute path of a file. The path of an object is absolute. */
export const absolute = (path: string): string => (isObject(path) ? path : Path.resolve(path))

/** Opens files on this machine, and fails for objects for the given reason. */
export const local = (unsupported: Pick<ObjectsUnsupported, "action" | "detail">): Files => {
  const refused = (path: string) =>
    Effect.fail(new ObjectsUnsupported({ path, verdict: Verdict.never({ change: "human" }), ...unsupported }))
  return {
    open: (path, options) => (isObject(path) ? refused(path) : LocalFile.open(path, options)),
    version: (path) => (isObject(path) ? refused(path) : LocalFile.version(path)),
    list: refused,
  }
}
