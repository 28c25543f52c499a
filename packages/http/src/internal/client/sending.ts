/**
 * Manages the request body of one client call. Every attempt sends the same bytes or fails.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import * as TransportCause from "../../TransportCause.ts"
import type { TransportError } from "../../TransportError.ts"
import { discard } from "../body/discard.ts"
import { bytesOf, isOneShot, sourceOf } from "../body/oneShot.ts"
import { fingerprintOf, Trail } from "../body/trail.ts"

type Request = HttpClientRequest.HttpClientRequest
type Response = HttpClientResponse.HttpClientResponse

/** Records what the attempts of one call have sent so far. */
export class Sending {
  /** The bytes of an in-memory body, which the caller owns. The caller could overwrite these bytes between two attempts. */
  private readonly bytes: Uint8Array | undefined
  private fingerprint: string | undefined = undefined
  private trail: Trail | undefined = undefined

  constructor(given: Request) {
    this.bytes = inMemory(given.body)
  }

  /** Whether the body can be sent only once, or cannot be compared with the bytes that have already been sent. */
  isOneShot({ body }: Request): boolean {
    switch (body._tag) {
      case "Raw":
        return isOneShot(body.body)
      case "FormData":
        return isOneShot(body.formData)
      case "Stream":
        return this.trail?.isDoubtful() ?? false
      case "Empty":
      case "Uint8Array":
        return false
    }
  }

  /** The request to send. The bytes of a stream are compared with the bytes that earlier attempts read. */
  next(request: Request): Effect.Effect<Request, TransportError> {
    if (this.bytes !== undefined) {
      const fingerprint = fingerprintOf(this.bytes)
      this.fingerprint ??= fingerprint
      if (fingerprint !== this.fingerprint)
        return Effect.fail(changed(request, "the program changed the bytes of the body between attempts"))
    }
    const { body } = request
    if (body._tag === "Raw") {
      const sourced = sourceOf(body.body, (cause) => TransportCause.fromBodySource(request, cause))
      return Effect.succeed(
        sourced === body.body
          ? request
          : withBody(
              request,
              HttpBody.raw(sourced, { contentType: body.contentType, contentLength: body.contentLength }),
            ),
      )
    }
    if (body._tag !== "Stream") return Effect.succeed(request)
    const trail = (this.trail ??= new Trail(body.contentLength))
    const compared = HttpBody.stream(watched(body.stream, trail, request), body.contentType, body.contentLength)
    return Effect.succeed(withBody(request, compared))
  }

  /** Returns the response, or fails if the body that was sent was incomplete or different. */
  received(request: Request, response: Response): Effect.Effect<Response, TransportError> {
    const problem = this.trail?.problem()
    return problem === undefined
      ? Effect.succeed(response)
      : Effect.andThen(discard(response), Effect.fail(changed(request, problem)))
  }
}

/**
 * Returns the request with another body. `setBody` is not used, because it would restore headers that the caller removed.
 */
const withBody = ({ hash, headers, method, url, urlParams }: Request, body: HttpBody.HttpBody): Request =>
  HttpClientRequest.makeWith(method, url, urlParams, hash, headers, body)

const inMemory = (body: HttpBody.HttpBody): Uint8Array | undefined =>
  body._tag === "Uint8Array" ? body.body : body._tag === "Raw" ? bytesOf(body.body) : undefined

const watched = (
  stream: Stream.Stream<Uint8Array, unknown>,
  trail: Trail,
  request: Request,
): Stream.Stream<Uint8Array, unknown> =>
  Stream.suspend(() => {
    const reading = trail.begin()
    const check = (problem: string | undefined) =>
      problem === undefined ? Effect.void : Effect.fail(changed(request, problem))
    const end = Effect.suspend(() => check(reading.finish()))
    // Converted here, where it is known that the source failed and not the network.
    const source = Stream.catchCause(stream, (cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Stream.failCause(cause)
        : Stream.fail(TransportCause.fromBodySource(request, Cause.squash(cause))),
    )
    return Stream.concat(
      Stream.tap(source, (bytes) => check(reading.add(bytes))),
      Stream.drain(Stream.fromEffect(end)),
    )
  })

const changed = (request: Request, detail: string): TransportError =>
  TransportCause.make("RequestBodyChanged", request, { detail })
