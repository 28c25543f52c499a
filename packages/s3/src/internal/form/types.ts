/**
 * The inputs and results of an upload by form.
 */
import type { TransportError } from "@holdfast/http/TransportError"
import type * as Stream from "effect/Stream"
import type { LintError } from "../../Lint.ts"
import type { S3Error } from "../../S3Error.ts"
import type { Unverified } from "../../Unverified.ts"
import type { FileLengthMismatch, InvalidPostOption, SenderNotLoaded, StreamNeedsLength } from "./errors.ts"

/** A file that is completely available: in memory, or from the platform as a Blob. */
export type HeldFile = Blob | ArrayBuffer | ArrayBufferView | string

/**
 * A file that is read while it is sent.
 *
 * **Gotchas**
 *
 * Every attempt runs an Effect stream again. A `ReadableStream` or an async iterable, such as Node's streams, can be
 * read only once: a second attempt fails with a `FileLengthMismatch` of 0 bytes.
 */
export interface StreamFile {
  readonly stream: Stream.Stream<Uint8Array, unknown> | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
  /** The size in bytes, which must equal what the stream delivers. */
  readonly size: number
  /** The file's name, with which S3 replaces `${filename}` in the key. Default: `blob`, as in a browser. */
  readonly name?: string | undefined
  /** The media type of the part, which S3 ignores: the object gets its type from the field `Content-Type`. */
  readonly type?: string | undefined
}

/** Every type of file that can be uploaded. */
export type UploadFile = HeldFile | StreamFile

/** S3's confirmation that the file is stored. */
export interface Receipt {
  /** The status: 200, 201, 204, or 303 if the form requests a redirect. */
  readonly status: number
  /** The ETag without its quotes. */
  readonly etag?: string
  /** The object's key: from S3's response, or else from the form, unless S3 inserts the file's name. */
  readonly key?: string
  readonly bucket?: string
  /** The object's address. */
  readonly location?: string
  readonly requestId?: string
}

/** Every error of an upload; each carries a verdict. */
export type UploadError =
  | S3Error
  | TransportError
  | FileLengthMismatch
  | InvalidPostOption
  | LintError
  | SenderNotLoaded
  | StreamNeedsLength
  | Unverified
