/**
 * The failures of a local file, each with its own verdict.
 *
 * **Details**
 *
 * Busy files, I/O errors and a full descriptor table are transient, so the pipeline retries them with its usual waits; the
 * others need a person. The codes are those of `errno(3)`. An unknown code is retried once, like an unlisted response of the
 * vendor.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Schema from "effect/Schema"

const fields = {
  path: Schema.String,
  verdict: VerdictSchema,
  /** The code from the operating system, if it reported the failure. */
  code: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect()),
}

/** Nothing is at this path. */
export class FileMissing extends Schema.TaggedError<FileMissing>()("FileMissing", fields) {
  override get message() {
    return `${this.path}: no such file`
  }
}

/** The path is a directory. */
export class IsDirectory extends Schema.TaggedError<IsDirectory>()("IsDirectory", fields) {
  override get message() {
    return `${this.path}: is a directory, not a file`
  }
}

/** The path is a device, a pipe or a socket: it has no size and cannot be read at an offset. */
export class NotRegularFile extends Schema.TaggedError<NotRegularFile>()("NotRegularFile", fields) {
  override get message() {
    return `${this.path}: is not a regular file`
  }
}

/** The user has no permission to read the file. */
export class NoPermission extends Schema.TaggedError<NoPermission>()("NoPermission", fields) {
  override get message() {
    return `${this.path}: you do not have permission to read this file`
  }
}

/** No file can have this path: it is too long, or its links form a cycle. */
export class BadPath extends Schema.TaggedError<BadPath>()("BadPath", fields) {
  override get message() {
    return `${this.path}: is not a valid path (${this.code ?? "?"})`
  }
}

/** Another process holds the file, or the system said to try again. */
export class FileBusy extends Schema.TaggedError<FileBusy>()("FileBusy", fields) {
  override get message() {
    return `${this.path}: is busy (${this.code ?? "?"})`
  }
}

/** The medium did not return the bytes. A worn card or a loose cable may return them on the next read. */
export class ReadFailed extends Schema.TaggedError<ReadFailed>()("ReadFailed", fields) {
  override get message() {
    return `${this.path}: could not be read (${this.code ?? "?"})`
  }
}

/** The process or the system has temporarily no file descriptor or memory left. */
export class TooManyOpenFiles extends Schema.TaggedError<TooManyOpenFiles>()("TooManyOpenFiles", fields) {
  override get message() {
    return `${this.path}: too many open files (${this.code ?? "?"})`
  }
}

/** The medium is gone: a card was pulled, or a disk or network share was disconnected. */
export class MediumGone extends Schema.TaggedError<MediumGone>()("MediumGone", fields) {
  override get message() {
    return `${this.path}: its card, disk or network share was disconnected (${this.code ?? "?"})`
  }
}

/** The file changed since the upload began: what was sent is neither the old file nor the new one. */
export class FileChanged extends Schema.TaggedError<FileChanged>()("FileChanged", fields) {
  override get message() {
    return `${this.path}: changed during the upload${this.detail === undefined ? "" : ` (${this.detail})`}`
  }
}

/** The content does not end where the size says, as in `/proc`, `/sys` and on some shares: no chunk plan fits it. */
export class SizeUnreliable extends Schema.TaggedError<SizeUnreliable>()("SizeUnreliable", fields) {
  override get message() {
    return `${this.path}: its content does not match its size${this.detail === undefined ? "" : ` (${this.detail})`}`
  }
}

/**
 * A name in the path has bytes that are not UTF-8. The API accepts names as text only, so the asset would have another name
 * than the file. `detail` is the path with these bytes escaped, in the syntax of `printf` and `$'…'`.
 */
export class NameNotUtf8 extends Schema.TaggedError<NameNotUtf8>()("NameNotUtf8", fields) {
  override get message() {
    return `${this.detail ?? this.path}: the path contains a name that is not valid UTF-8`
  }
}

/** A failure with a code that the table does not list. */
export class UnknownFileError extends Schema.TaggedError<UnknownFileError>()("UnknownFileError", fields) {
  override get message() {
    return `${this.path}: ${this.code ?? "unknown error"}`
  }
}

/** Every failure of a local file. */
export const LocalFileError = Schema.Union([
  FileMissing,
  IsDirectory,
  NotRegularFile,
  NoPermission,
  BadPath,
  FileBusy,
  ReadFailed,
  TooManyOpenFiles,
  MediumGone,
  FileChanged,
  SizeUnreliable,
  NameNotUtf8,
  UnknownFileError,
]).pipe(Schema.toTaggedUnion("_tag"))
export type LocalFileError = (typeof LocalFileError)["Type"]

const human = Verdict.never({ change: "human" })
const passing = Verdict.always()

const rows = {
  ENOENT: [FileMissing, human],
  ENOTDIR: [FileMissing, human],
  EISDIR: [IsDirectory, human],
  EACCES: [NoPermission, human],
  EPERM: [NoPermission, human],
  ENAMETOOLONG: [BadPath, human],
  ELOOP: [BadPath, human],
  EBUSY: [FileBusy, passing],
  ETXTBSY: [FileBusy, passing],
  EAGAIN: [FileBusy, passing],
  EINTR: [FileBusy, passing],
  EIO: [ReadFailed, passing],
  ETIMEDOUT: [ReadFailed, passing],
  EMFILE: [TooManyOpenFiles, passing],
  ENFILE: [TooManyOpenFiles, passing],
  ENOMEM: [TooManyOpenFiles, passing],
  ENODEV: [MediumGone, human],
  ENXIO: [MediumGone, human],
  ESTALE: [MediumGone, human],
  ENOTCONN: [MediumGone, human],
} as const

/** The codes that have their own class. */
export const codes: ReadonlyArray<string> = Object.keys(rows)

const isListed = (code: string): code is keyof typeof rows => Object.hasOwn(rows, code)

/** Converts an exception of `node:fs` to a typed error. */
export const fromCause = (path: string, thrown: unknown): LocalFileError => {
  const code =
    typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string"
      ? thrown.code
      : undefined
  const cause = ForeignError.keep(thrown)
  if (code === undefined) return new UnknownFileError({ path, verdict: Verdict.once(), cause })
  if (!isListed(code)) return new UnknownFileError({ path, code, verdict: Verdict.once(), cause })
  const [Class, verdict] = rows[code]
  return new Class({ path, code, verdict, cause })
}

/** The error for a changed file; sending the file from the start is a new upload. */
export const changed = (path: string, detail: string): FileChanged =>
  new FileChanged({ path, detail, verdict: Verdict.never({ change: "plan" }) })

/** The error for content that is longer or shorter than the size, even after reading the size again. */
export const wrongSize = (path: string, size: bigint): SizeUnreliable =>
  new SizeUnreliable({
    path,
    detail: `the reported size is ${size} bytes, but the content is ${size === 0n ? "longer" : "not"}`,
    verdict: Verdict.never({ change: "human" }),
  })
