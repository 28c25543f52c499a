/**
 * Sends bytes to a presigned PUT URL: one request, exactly as it was signed.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Recorder from "@holdfast/http/Recorder"
import * as Redirect from "@holdfast/http/Redirect"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { requestIdIn } from "./internal/errors/response.ts"
import { unquoted } from "./internal/upload/etag.ts"
import * as UploadResponse from "./internal/upload/response.ts"
import * as Lint from "./Lint.ts"
import * as PresignedUrl from "./PresignedUrl.ts"
import type { S3Error } from "./S3Error.ts"
import * as StorageMarks from "./StorageMarks.ts"
import * as Unverified from "./Unverified.ts"

/**
 * What is sent: bytes in memory, or a stream of known length for what does not fit there.
 *
 * **Gotchas**
 *
 * Bytes are not copied: leave the buffer alone until the effect has ended. A stream costs several times the CPU of a
 * buffer, and every attempt runs it again; pieces of 1 MiB or more keep that bearable.
 */
export type Body = Uint8Array | { readonly stream: Stream.Stream<Uint8Array, unknown> }

/** One PUT. */
export interface Request {
  /** The URL as the signer gave it; it is not re-encoded, for its query is what was signed. */
  readonly url: Redacted.Redacted<string> | string
  readonly body: Body
  /** Bytes of the body: the `content-length` that is sent, never a chunked body, which S3 refuses. */
  readonly length: number
  /** The headers that the signer expects. No others are sent, besides `host` and `content-length`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** `false` sends what S3 will refuse, too: for the tests of a server. */
  readonly lint?: boolean | undefined
  /**
   * The time by the server's clock, in epoch milliseconds, which decides whether the URL has expired; `null` if it is unknown,
   * and then only the storage decides. Default: the time by the clock here.
   */
  readonly serverTime?: number | null | undefined
}

/** S3's confirmation that the bytes are stored. */
export interface Receipt {
  /** 200, 201 or 204. */
  readonly status: number
  /** The ETag without its quotes. */
  readonly etag: string | undefined
  /**
   * The MD5 of the stored bytes, in lower-case hex, if the ETag is one. The ETag of a multipart object is not an MD5, and neither is
   * that of an object encrypted with other keys than S3's own, although it looks like one.
   */
  readonly md5: string | undefined
  readonly requestId: string | undefined
}

/** The errors of a PUT. */
export type PutError = S3Error | TransportError | Lint.LintError | Unverified.Unverified

/**
 * Puts a body to a presigned URL and reads the complete response.
 *
 * **Details**
 *
 * A request that S3 must refuse is not sent and fails with a `LintError`: a URL that has expired by the local clock, a missing
 * signed header, an unsigned `x-amz-` header, the checksum of an empty body (see `Lint`).
 *
 * A success is 200, 201 or 204 with a mark of the storage: its request id, an ETag, its `Server` header (`StorageMarks`) or its
 * own document. In a browser, where CORS hides those headers, an empty body is enough. An empty response without a mark, or a
 * response that came before the complete stream was read, is `Unverified` and not retried. Any other body is `NotFromS3`, or a
 * `CaptivePortal` if it is a page. A status from 300 up is an `S3Error`, or a `CaptivePortal` for a page or redirect without S3's
 * request id. Sends once: retries, gates and the time limit are the caller's pipeline. Reads at most 64 KiB of the response.
 *
 * **Gotchas**
 *
 * The request has no span and no trace headers, whatever the client: a presigned URL is a credential and would end up
 * in the span, and S3 refuses some headers that were not signed. A client that adds headers by itself breaks the
 * signature, so pass a bare one, and one that keeps `content-length` for streams (undici's, not fetch's).
 */
export const put = (client: HttpClient.HttpClient, request: Request): Effect.Effect<Receipt, PutError> => {
  const { length } = request
  if (request.body instanceof Uint8Array && request.body.byteLength !== length) {
    return Effect.die(new RangeError(`a body of ${request.body.byteLength} bytes was announced as ${length}`))
  }
  const send = Effect.suspend(() => {
    let answer: Recorder.Failed["answer"]
    const { read, body } = counted(request.body)
    const sent = toHttp({ ...request, body })
    return Redirect.unfollowed(client)
      .execute(sent)
      .pipe(
        Effect.provideService(HttpClient.TracerDisabledWhen, always),
        Effect.mapError(TransportCause.fromHttpClientError),
        Effect.flatMap((response) => {
          const { headers, status } = response
          answer = { status, headers }
          return receipt(response, (body) => {
            answer = { status, headers, body }
          })
        }),
        Effect.tap(() => {
          const known = read()
          if (known === undefined || known >= length) return Effect.void
          return Effect.fail(
            Unverified.make(sent, answer?.status ?? 200, `${early} (${known} of ${length} bytes)`, true),
          )
        }),
        Effect.tapError((error) => Recorder.record({ request: sent, answer, failure: Recorder.failureOf(error) })),
      )
  })
  if (request.lint === false) return send
  const inspected = Effect.tapError(inspect(request), () => Recorder.record({ request: toHttp(request) }))
  return Effect.andThen(inspected, send)
}

/**
 * Inspects every attempt, because a URL that was valid for the first may have expired by the last.
 *
 * S3 decides by its own clock. A URL that was signed later than the time known here shows that this time is behind.
 */
const inspect = ({ headers = {}, length, serverTime, url }: Request): Effect.Effect<void, Lint.LintError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const text = Redacted.isRedacted(url) ? Secret.value(url) : url
    const earliest = (time: number) => Math.max(time, PresignedUrl.signedAt(text) ?? time)
    const clocks =
      serverTime === null
        ? {}
        : serverTime === undefined
          ? { at: earliest(now) }
          : { at: now, serverTime: earliest(serverTime) }
    return Lint.refuse({ method: "PUT", url: text, headers, size: length }, clocks)
  })

const always = () => true

/** The reason of an `Unverified` error for a response that came before the end of the body. */
const early = "the answer came before the whole body was read"

/** A body that counts how many of its bytes the client has read. Bytes in memory are not counted. */
const counted = (body: Body): { readonly body: Body; readonly read: () => number | undefined } => {
  if (body instanceof Uint8Array) return { body, read: () => undefined }
  let read = 0
  const stream = Stream.suspend(() => {
    // A client that retries by itself reads the stream again.
    read = 0
    return Stream.tap(body.stream, (piece) => Effect.sync(() => (read += piece.byteLength)))
  })
  return { body: { stream }, read: () => read }
}

const toHttp = ({ body, headers = {}, length, url }: Request): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.put(Redacted.isRedacted(url) ? Secret.value(url) : url).pipe(
    HttpClientRequest.setBody(
      body instanceof Uint8Array ? HttpBody.uint8Array(body) : HttpBody.stream(body.stream, undefined, length),
    ),
    // The body brings a content type of its own, which a version 2 signature would not cover.
    HttpClientRequest.removeHeader("content-type"),
    HttpClientRequest.setHeaders(headers),
  )

/** The encryptions under which an ETag is still the MD5 of the bytes are none, and the one with S3's own keys. */
const md5Of = (etag: string | undefined, headers: Readonly<Record<string, string>>): string | undefined => {
  if (etag === undefined || !/^[0-9a-f]{32}$/i.test(etag)) return undefined
  const keyed = Object.entries(headers).some(
    ([name, value]) => isEncryption.test(name) && !(name === "x-amz-server-side-encryption" && value === "AES256"),
  )
  return keyed ? undefined : etag.toLowerCase()
}

/** `x-amz-server-side-encryption-customer-algorithm`, `x-goog-encryption-kms-key-name`, `x-oss-server-side-encryption` … */
const isEncryption = /^x-[a-z]+-(?:server-side-)?encryption(?!-bucket-key)/

const receipt = (
  response: HttpClientResponse.HttpClientResponse,
  read: (body: string) => void,
): Effect.Effect<Receipt, S3Error | TransportError | Unverified.Unverified> => {
  const { headers, request, status } = response
  const etag = unquoted(headers["etag"])
  const stored: Receipt = { status, etag, md5: md5Of(etag, headers), requestId: requestIdIn(headers) }
  // The usual answer to a PUT has nothing to read, and its connection is free already.
  const isEmpty = UploadResponse.isSuccess(status) && headers["content-length"] === "0"
  if (isEmpty && StorageMarks.isStored(response)) return Effect.succeed(stored)
  return Effect.flatMap(ResponseBody.readBounded(response), (body) => {
    read(body)
    const sent = { method: request.method, url: request.url, headers: request.headers }
    return Effect.as(UploadResponse.accepted(sent, response, body), stored)
  })
}
