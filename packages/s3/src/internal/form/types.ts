/**
 * The inputs and results of an upload through a form.
 */
import type { TransportError } from "@holdfast/http/TransportError"
import type * as Stream from "effect/Stream"
import type { LintError } from "../../Lint.ts"
import type { S3Error } from "../../S3Error.ts"
import type { Unverified } from "../../Unverified.ts"
import type { FileLengthMismatch, InvalidPostOption, SenderNotLoaded, StreamNeedsLength } from "./errors.ts"

/** A file whose content is completely available: in memory, or from the platform as a Blob. */
export type HeldFile = Blob | ArrayBuffer | ArrayBufferView | string

/**
 * A file whose content is read while it is sent.
 *
 * **Gotchas**
 *
 * An Effect stream is run again for each attempt. A `ReadableStream` or an async iterable, such as a Node stream, can be read
 * only once, so a second attempt fails with a `FileLengthMismatch` of 0 bytes.
 */
export interface StreamFile {
  readonly stream: Stream.Stream<Uint8Array, unknown> | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
  /** The size in bytes; it must equal the number of bytes that the stream emits. */
  readonly size: number
  /** The name of the file, which replaces `${filename}` in the key. Default: `blob`, as in a browser. */
  readonly name?: string | undefined
  /** The media type of the form part. S3 ignores it and takes the object's type from the `Content-Type` field. */
  readonly type?: string | undefined
}

/** Any type of file that can be uploaded. */
export type UploadFile = HeldFile | StreamFile

/** S3's confirmation that the file is stored. */
export interface Receipt {
  /** The response status: 200, 201, 204, or 303 if the form requests a redirect. */
  readonly status: number
  /** The ETag without its quotes. */
  readonly etag?: string
  /**
   * The object's key, from S3's response if it contains one, and otherwise from the form, unless S3 inserts the file name.
   */
  readonly key?: string
  readonly bucket?: string
  /** The URL of the object. */
  readonly location?: string
  readonly requestId?: string
}

/** All errors of an upload. Each one carries a verdict. */
export type UploadError =
  | S3Error
  | TransportError
  | FileLengthMismatch
  | InvalidPostOption
  | LintError
  | SenderNotLoaded
  | StreamNeedsLength
  | Unverified
