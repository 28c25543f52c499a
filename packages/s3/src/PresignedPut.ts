/**
 * Sends bytes to a presigned PUT URL in a single request, exactly as the request was signed.
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
 * The request body, which is either bytes in memory or, for larger files, a stream of known length.
 *
 * **Gotchas**
 *
 * Bytes are not copied, so do not change the buffer until the effect has ended. A stream uses several times as much CPU time
 * as a buffer, and every attempt reads the stream again from the start. Chunks of at least 1 MiB limit the CPU cost of a
 * stream.
 */
export type Body = Uint8Array | { readonly stream: Stream.Stream<Uint8Array, unknown> }

/** The options for one PUT request. */
export interface Request {
  /** The signer's URL. The URL is not encoded again, because its query is signed. */
  readonly url: Redacted.Redacted<string> | string
  readonly body: Body
  /**
   * The length of the body in bytes, sent as `content-length`. The body is never sent with chunked encoding, because S3
   * rejects chunked bodies.
   */
  readonly length: number
  /** The headers that the signer expects. The request contains only these headers, `host` and `content-length`. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Set this option to `false` to send the request even if S3 would reject it, for example to test a server. */
  readonly lint?: boolean | undefined
  /**
   * The server's time in epoch milliseconds, which determines whether the URL has expired. `null` means that the time is
   * unknown, so only the storage server checks the expiry. The default is the local time.
   */
  readonly serverTime?: number | null | undefined
}

/** S3's confirmation that the bytes are stored. */
export interface Receipt {
  /** The response status: 200, 201 or 204. */
  readonly status: number
  /** The ETag without its quotes. */
  readonly etag: string | undefined
  /**
   * The MD5 of the stored bytes in lowercase hexadecimal, if the ETag is an MD5. The ETag of a multipart object is not an
   * MD5. The ETag of an object that is encrypted with keys other than S3's own is not an MD5 either, although it looks like
   * one.
   */
  readonly md5: string | undefined
  readonly requestId: string | undefined
}

/** The errors of a PUT. */
export type PutError = S3Error | TransportError | Lint.LintError | Unverified.Unverified

/**
 * Sends a body to a presigned URL with PUT and reads the complete response.
 *
 * **Details**
 *
 * If S3 would reject the request, it is not sent and the effect fails with a `LintError`. S3 would reject, for example, a URL
 * that has expired according to the local clock, a missing signed header, an unsigned `x-amz-` header, or a checksum of an
 * empty body (see `Lint`).
 *
 * An upload succeeds if the response is a 200, 201 or 204 that demonstrably comes from the storage: the response contains a
 * request id, an ETag, the storage's `Server` header (`StorageMarks`) or the storage's own document. In a browser, where CORS
 * hides these headers, an empty body is sufficient. An empty response without these headers, or a response that arrives
 * before the whole stream has been read, is `Unverified` and is not retried. Any other body causes `NotFromS3`, or
 * `CaptivePortal` if it is a page. A status of 300 or above causes an `S3Error`, or a `CaptivePortal` if the response is a
 * page or redirect without an S3 request id. Sends one request. Retries, gates and the time limit belong to the caller's
 * pipeline. Reads at most 64 KiB of the response.
 *
 * **Gotchas**
 *
 * The request never has a span or trace headers, regardless of the client. A span would expose the presigned URL, which is a
 * credential, and trace headers would be unsigned headers, some of which S3 rejects. A client that adds headers invalidates
 * the signature. Use a client that adds no headers and keeps `content-length` for streams (undici's client, not fetch's).
 */
export const put = (client: HttpClient.HttpClient, request: Request): Effect.Effect<Receipt, PutError> => {
  const { length } = request
  if (request.body instanceof Uint8Array && request.body.byteLength !== length) {
    return Effect.die(
      new RangeError(`the body has ${request.body.byteLength} bytes, but the specified length is ${length}`),
    )
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
 * Checks each attempt, because a URL that was valid for the first attempt may have expired before a later one.
 *
 * S3 uses its own clock to decide. If a URL was signed after the given time, the clock that provided that time is slow.
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

/** The reason in an `Unverified` error for a response that arrived before the body was completely sent. */
const early = "the response arrived before the whole body was read"

/** Wraps a body so that the bytes read by the client are counted. Bytes that are already in memory are not counted. */
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
    // Omits the body's own content type, which a version 2 signature would not cover.
    HttpClientRequest.removeHeader("content-type"),
    HttpClientRequest.setHeaders(headers),
  )

/**
 * Whether the ETag is the MD5 of the bytes, which is the case only if the object is unencrypted or encrypted with S3's own
 * keys.
 */
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
  // The usual response to a PUT has no body, and its connection is already free.
  const isEmpty = UploadResponse.isSuccess(status) && headers["content-length"] === "0"
  if (isEmpty && StorageMarks.isStored(response)) return Effect.succeed(stored)
  return Effect.flatMap(ResponseBody.readBounded(response), (body) => {
    read(body)
    const sent = { method: request.method, url: request.url, headers: request.headers }
    return Effect.as(UploadResponse.accepted(sent, response, body), stored)
  })
}
