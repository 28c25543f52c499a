/**
 * Defines the failures of a local file, each with its own verdict.
 *
 * **Details**
 *
 * Busy files, I/O errors and a full descriptor table are transient, so the pipeline retries these failures with its usual
 * waits. The other known failures require human intervention. The codes are the error codes documented in `errno(3)`. A
 * failure with an unknown code is retried once, like an unlisted response from the vendor.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Schema from "effect/Schema"

const fields = {
  path: Schema.String,
  verdict: VerdictSchema,
  /** The error code from the operating system, if the operating system reported the failure. */
  code: Schema.optionalKey(Schema.String),
  detail: Schema.optionalKey(Schema.String),
  cause: Schema.optionalKey(Schema.Defect()),
}

/** No file exists at this path. */
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

/** The path refers to a device, a pipe or a socket, which has no size and cannot be read at an offset. */
export class NotRegularFile extends Schema.TaggedError<NotRegularFile>()("NotRegularFile", fields) {
  override get message() {
    return `${this.path}: is not a regular file`
  }
}

/** The user does not have permission to read the file. */
export class NoPermission extends Schema.TaggedError<NoPermission>()("NoPermission", fields) {
  override get message() {
    return `${this.path}: you do not have permission to read this file`
  }
}

/** The path is invalid: it is too long, or its symbolic links form a cycle. */
export class BadPath extends Schema.TaggedError<BadPath>()("BadPath", fields) {
  override get message() {
    return `${this.path}: is not a valid path (${this.code ?? "?"})`
  }
}

/** Another process is using the file, or the operating system reported that the call should be tried again. */
export class FileBusy extends Schema.TaggedError<FileBusy>()("FileBusy", fields) {
  override get message() {
    return `${this.path}: is busy (${this.code ?? "?"})`
  }
}

/** The storage medium did not return the bytes. If the cause is a worn card or a loose cable, the next read may succeed. */
export class ReadFailed extends Schema.TaggedError<ReadFailed>()("ReadFailed", fields) {
  override get message() {
    return `${this.path}: could not be read (${this.code ?? "?"})`
  }
}

/** The process or the system has temporarily run out of file descriptors or memory. */
export class TooManyOpenFiles extends Schema.TaggedError<TooManyOpenFiles>()("TooManyOpenFiles", fields) {
  override get message() {
    return `${this.path}: too many open files (${this.code ?? "?"})`
  }
}

/** The storage medium is no longer available: a card was removed, or a disk or network share was disconnected. */
export class MediumGone extends Schema.TaggedError<MediumGone>()("MediumGone", fields) {
  override get message() {
    return `${this.path}: its card, disk or network share was disconnected (${this.code ?? "?"})`
  }
}

/** The file changed after the upload began, so the bytes that were sent match neither the old file nor the new one. */
export class FileChanged extends Schema.TaggedError<FileChanged>()("FileChanged", fields) {
  override get message() {
    return `${this.path}: changed during the upload${this.detail === undefined ? "" : ` (${this.detail})`}`
  }
}

/**
 * The content does not end where the size indicates, so no chunk plan fits the file. This happens in `/proc`, in `/sys` and
 * on some shares.
 */
export class SizeUnreliable extends Schema.TaggedError<SizeUnreliable>()("SizeUnreliable", fields) {
  override get message() {
    return `${this.path}: its content does not match its size${this.detail === undefined ? "" : ` (${this.detail})`}`
  }
}

/**
 * A name in the path contains bytes that are not valid UTF-8. The API accepts only text as a name, so the name of the asset
 * would differ from the name of the file. `detail` is the path, with the invalid bytes escaped in the syntax of `printf` and
 * `$'…'`.
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

/** The union of all failures of a local file. */
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

/** The error codes that are mapped to a specific class. */
export const codes: ReadonlyArray<string> = Object.keys(rows)

const isListed = (code: string): code is keyof typeof rows => Object.hasOwn(rows, code)

/** Converts an exception from `node:fs` to a typed error. */
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

/** Builds the error for a file that has changed. Sending the file from the start requires a new upload. */
export const changed = (path: string, detail: string): FileChanged =>
  new FileChanged({ path, detail, verdict: Verdict.never({ change: "plan" }) })

/** Builds the error for a file whose content length does not match its size, even after the size was read again. */
export const wrongSize = (path: string, size: bigint): SizeUnreliable =>
  new SizeUnreliable({
    path,
    detail: `the file system reports a size of ${size} bytes, but the content ${size === 0n ? "is longer" : "has a different length"}`,
    verdict: Verdict.never({ change: "human" }),
  })
