/**
 * Reads the objects of a bucket in ranges, so that all ranges belong to the same version of the object.
 *
 * **When to use**
 *
 * Use this module to copy an object elsewhere without storing it on this machine.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Address from "./internal/signing/address.ts"
import * as Exchange from "./internal/signing/exchange.ts"
import type { Credentials } from "./internal/signing/options.ts"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import type { S3Error } from "./S3Error.ts"

export type { Credentials } from "./internal/signing/options.ts"

/** A storage service, and the credentials for it. */
export interface Storage {
  readonly region: string
  readonly credentials: Credentials
  /**
   * The address of another S3 server, to which the bucket is appended as a path segment. Default: Amazon's endpoint for the
   * region.
   */
  readonly endpoint?: string | URL | undefined
}

/** The name of an object. */
export interface Location {
  readonly bucket: string
  readonly key: string
}

/** The attributes of an object that identify a version of its content. */
export interface Attributes {
  readonly bytes: number
  /** The ETag as the server sent it, with its quotes. */
  readonly etag: string
  /** When the object was stored, in epoch milliseconds; 0 if the server does not state it. */
  readonly modifiedAt: number
}

/** A range of an object, which is read only if the object still has the ETag. */
export interface Range {
  readonly etag: string
  readonly offset: number
  /** The number of bytes, at least 1. */
  readonly length: number
}

/** A server ignores a part of the request, so nothing that it sends can be used. `reason` names the part. */
export class RangeIgnored extends Schema.TaggedError<RangeIgnored>()("RangeIgnored", {
  verdict: VerdictSchema,
  reason: Schema.String,
}) {
  override get message() {
    return `The server cannot be read in ranges: ${this.reason}`
  }
}

/** No URL expresses the key, because one of its path segments is `.` or `..`, or because it is not valid Unicode. */
export class KeyInexpressible extends Schema.TaggedError<KeyInexpressible>()("KeyInexpressible", {
  verdict: VerdictSchema,
  key: Schema.String,
}) {
  override get message() {
    return `No URL expresses the key ${JSON.stringify(this.key)}`
  }
}

/** The bucket, the region or the endpoint cannot be part of an address. `reason` names it. */
export class StorageInvalid extends Schema.TaggedError<StorageInvalid>()("StorageInvalid", {
  verdict: VerdictSchema,
  reason: Schema.String,
}) {
  override get message() {
    return `The object has no address: ${this.reason}`
  }
}

/** The errors of reading an object. */
export type ReadError = KeyInexpressible | RangeIgnored | S3Error | StorageInvalid | TransportError

/**
 * How long a response may send nothing before the read fails with `RequestTimedOut`. The timeout of a whole range would
 * depend on its length.
 */
const silence = Duration.seconds(60)

const never = Verdict.never({ change: "human", outcome: "ignored", applied: "no" })

const ignored = (reason: string): RangeIgnored => new RangeIgnored({ verdict: never, reason })

/** Sends a signed request, and returns the response if its status is the expected one. */
const send = (
  client: HttpClient.HttpClient,
  { credentials, endpoint, region }: Storage,
  { bucket, key }: Location,
  method: "GET" | "HEAD",
  expected: number,
  headers: Readonly<Record<string, string>>,
): Effect.Effect<HttpClientResponse.HttpClientResponse, ReadError> =>
  Effect.gen(function* () {
    const place = { bucket, region, endpoint }
    const reason = Address.problem(place)
    if (reason !== undefined) return yield* new StorageInvalid({ reason, verdict: never })
    const url = Address.ofObject(place, key)
    if (url === undefined) return yield* new KeyInexpressible({ key, verdict: never })
    return yield* Exchange.send(client, { method, url, region, credentials, expected, headers, unusable: ignored })
  })

/**
 * Returns the attributes of an object.
 *
 * **Details**
 *
 * The response to a HEAD request has no body, so it often does not state the reason of a rejection. After a status from 300 to
 * 499, the first byte is requested as well, and the effect fails with the error in that response.
 */
export const attributes = (
  client: HttpClient.HttpClient,
  storage: Storage,
  location: Location,
): Effect.Effect<Attributes, ReadError> =>
  send(client, storage, location, "HEAD", 200, {}).pipe(
    Effect.catch((error) =>
      "status" in error && error.status !== undefined && error.status >= 300 && error.status < 500
        ? send(client, storage, location, "GET", 206, { range: "bytes=0-0" }).pipe(
            Effect.andThen(ResponseBody.discard),
            Effect.andThen(Effect.fail(error)),
          )
        : Effect.fail(error),
    ),
    Effect.flatMap((response): Effect.Effect<Attributes, ReadError> => {
      const { headers } = response
      const etag = headers["etag"]
      const length = headers["content-length"] ?? ""
      if (etag === undefined || etag.startsWith("W/") || !/^\d{1,15}$/.test(length)) {
        const error = Exchange.refused(response, "", ignored)
        return Effect.fail(
          error._tag === "CaptivePortal" ? error : ignored("the response to HEAD has no length or no strong ETag"),
        )
      }
      const modifiedAt = Date.parse(headers["last-modified"] ?? "")
      return Effect.succeed({ bytes: Number(length), etag, modifiedAt: Number.isNaN(modifiedAt) ? 0 : modifiedAt })
    }),
  )

/**
 * Emits the bytes of a range.
 *
 * **Details**
 *
 * The request is conditional: if the object has another ETag by now, the stream fails with `PreconditionFailed` and emits
 * nothing. The stream emits as many bytes as the range has, or it fails. It holds a connection while it is read, and fails with
 * `RequestTimedOut` if nothing arrives for 60 s.
 */
export const range = (
  client: HttpClient.HttpClient,
  storage: Storage,
  location: Location,
  { etag, length, offset }: Range,
): Stream.Stream<Uint8Array, ReadError> => {
  const last = offset + length - 1
  const headers = { range: `bytes=${offset}-${last}`, "if-match": etag }
  return Stream.unwrap(
    Effect.flatMap(send(client, storage, location, "GET", 206, headers), (response) => {
      const { headers: given, request } = response
      const unusable = (reason: string) => Effect.andThen(ResponseBody.discard(response), Effect.fail(ignored(reason)))
      // Without an ETag, nothing shows that the server has read `If-Match`.
      if (given["etag"] !== etag) return unusable("If-Match has no effect")
      if (given["content-range"]?.startsWith(`bytes ${offset}-${last}/`) !== true) {
        return unusable("the response contains another range")
      }
      let received = 0
      const bytes = response.stream.pipe(
        Stream.mapError(TransportCause.fromHttpClientError),
        Stream.timeoutOrElse({
          duration: silence,
          orElse: () => Stream.fail(TransportCause.make("RequestTimedOut", request, { detail: "no byte within 60 s" })),
        }),
        Stream.tap((piece) =>
          Effect.suspend(() => {
            received += piece.byteLength
            return received > length ? Effect.fail(ignored("the response is longer than the range")) : Effect.void
          }),
        ),
      )
      const whole = Stream.suspend(() =>
        received === length
          ? Stream.empty
          : Stream.fail(
              TransportCause.make("TruncatedBody", request, { detail: `${received} of ${length} bytes arrived` }),
            ),
      )
      return Effect.succeed(Stream.concat(bytes, whole))
    }),
  )
}
