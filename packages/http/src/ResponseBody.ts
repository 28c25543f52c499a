/**
 * Reads the body of a response up to a limit.
 */
import * as Verdict from "@holdfast/core/Verdict"
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

export { discard } from "./internal/body/discard.ts"

/** A response that a client receives. */
export type Response = HttpClientResponse.HttpClientResponse

/**
 * The maximum number of bytes to read from the body of an error response: 64 KiB. A vendor's error response is a few hundred
 * bytes long; a longer body is a web page.
 */
export const errorLimit = 64 * 1024

/** The maximum size of a successful JSON response: 8 MiB, far larger than any response other than a download. */
export const jsonLimit = 8 * 1024 * 1024

/**
 * Reads at most `limit` bytes of a body as UTF-8 text. The rest of the body is not read.
 *
 * **Details**
 *
 * A body that is longer than the limit is not a failure: the result contains the first bytes of the body. If the connection
 * ends before the whole body or `limit` bytes have been read, the effect fails with `TruncatedBody`.
 *
 * **Gotchas**
 *
 * A body can be read only once. If part of the body is left unread, the connection is closed.
 */
export const readBounded = (response: Response, limit = errorLimit): Effect.Effect<string, TransportError> =>
  // Decoding as a stream drops a character that the limit cut in two.
  Effect.map(take(response, limit), ({ bytes, more }) => new TextDecoder().decode(bytes, { stream: more }))

/** Reads a whole body. A body that is longer than `limit` bytes causes a `DecodeFailure`, which is not retried. */
export const readWhole = (response: Response, limit: number): Effect.Effect<Uint8Array<ArrayBuffer>, TransportError> =>
  Effect.flatMap(take(response, limit), ({ bytes, more }) =>
    more
      ? Effect.fail(
          TransportCause.revise(decodeFailure(response, `the body is longer than ${limit} bytes`), {
            verdict: Verdict.never({ change: "plan" }),
          }),
        )
      : Effect.succeed(bytes),
  )

/**
 * Decodes the JSON body of a response. The maximum size of the body is 8 MiB. Every failure is a transport error.
 *
 * **Details**
 *
 * If a `ResilientClient` was created with `json: true`, the body of its response is already in memory, so a `DecodeFailure`
 * is the only possible failure.
 */
export const decodeJson = <S extends Schema.Constraint>(
  schema: S,
): ((response: Response) => Effect.Effect<S["Type"], TransportError, S["DecodingServices"]>) => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(schema))
  return (response) =>
    readWhole(response, jsonLimit).pipe(
      Effect.flatMap((bytes) => parse(response, bytes)),
      Effect.flatMap((body) =>
        Effect.mapError(decode(body), (error) =>
          decodeFailure(response, `unexpected shape: ${error.message.replace(/\s+/g, " ")}`),
        ),
      ),
    )
}

const parse = (response: Response, bytes: Uint8Array): Effect.Effect<unknown, TransportError> => {
  try {
    return Effect.succeed(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return Effect.fail(decodeFailure(response, "the body is not JSON"))
  }
}

const decodeFailure = (response: Response, detail: string): TransportError =>
  TransportCause.make("DecodeFailure", response.request, { status: response.status, detail })

/** Returns the first `limit` bytes of the body, and whether the body is longer. */
const take = (
  response: Response,
  limit: number,
): Effect.Effect<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly more: boolean }, TransportError> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return response.stream.pipe(
      Stream.takeUntil((chunk) => (size += chunk.length) > limit),
      Stream.runForEach((chunk) => Effect.sync(() => void chunks.push(chunk))),
      Effect.catchIf(isEmptyBody, () => Effect.void),
      Effect.mapError(TransportCause.fromHttpClientError),
      Effect.map(() => ({ bytes: join(chunks, Math.min(size, limit)), more: size > limit })),
    )
  })

/** A response without a body (204, HEAD) does not have a stream. The absence of a body is not a failure. */
const isEmptyBody = (error: HttpClientError.HttpClientError): boolean => error.reason._tag === "EmptyBodyError"

const join = (chunks: ReadonlyArray<Uint8Array>, size: number): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    const piece = chunk.subarray(0, size - at)
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
