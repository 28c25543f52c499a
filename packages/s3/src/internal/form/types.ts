/**
 * What an upload by form takes and gives.
 */
import type { TransportError } from "@holdfast/http/TransportError"
import type * as Stream from "effect/Stream"
import type { LintError } from "../../Lint.ts"
import type { S3Error } from "../../S3Error.ts"
import type { Unverified } from "../../Unverified.ts"
import type { FileLengthMismatch, InvalidPostOption, SenderNotLoaded, StreamNeedsLength } from "./errors.ts"

/** A file that is held whole: by memory, or by the platform as a Blob. */
export type HeldFile = Blob | ArrayBuffer | ArrayBufferView | string

/**
 * A file that arrives while it is sent.
 *
 * **Gotchas**
 *
 * Every attempt runs an Effect stream again. A `ReadableStream` or an async iterable, which Node's streams are, can
 * be read once: a second attempt fails with a `FileLengthMismatch` of 0 bytes.
 */
export interface StreamFile {
  readonly stream: Stream.Stream<Uint8Array, unknown> | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>
  /** Bytes: exactly as many as the stream gives. */
  readonly size: number
  /** The file's name, which S3 puts in the place of `${filename}` in the key. Default `blob`, as in a browser. */
  readonly name?: string | undefined
  /** The media type of the part, which S3 does not read: the object gets its type from the field `Content-Type`. */
  readonly type?: string | undefined
}

/** Whatever can be uploaded. */
export type UploadFile = HeldFile | StreamFile

/** S3's word that the file is stored. */
export interface Receipt {
  /** 200, 201, 204, or 303 where the form asks for a redirect. */
  readonly status: number
  /** The ETag without its quotes. */
  readonly etag?: string
  /** The object's key: as S3 says it, else as the form asks for it unless S3 puts the file's name in. */
  readonly key?: string
  readonly bucket?: string
  /** The object's address. */
  readonly location?: string
  readonly requestId?: string
}

/** Whatever can go wrong in an upload; each carries a verdict. */
export type UploadError =
  | S3Error
  | TransportError
  | FileLengthMismatch
  | InvalidPostOption
  | LintError
  | SenderNotLoaded
  | StreamNeedsLength
  | Unverified
