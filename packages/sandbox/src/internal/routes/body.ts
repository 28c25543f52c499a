/**
 * Reads what a client posts: a form in either encoding, or JSON.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as Multipart from "effect/http/Multipart"
import * as Stream from "effect/Stream"

/**
 * The fields of a form; if a name is repeated, the last value wins. `undefined` if the content type is not a form or the body
 * is malformed.
 */
export const form = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  switch (mediaType(request)) {
    case "multipart/form-data":
      return yield* request.multipartStream.pipe(
        Stream.filter(Multipart.isField),
        Stream.runFold(
          () => new Map<string, string>(),
          (fields, part) => fields.set(part.key, part.value),
        ),
        Effect.map((fields) => Object.fromEntries(fields)),
      )
    case "application/x-www-form-urlencoded":
      return Object.fromEntries(new URLSearchParams(yield* request.text))
    default:
      return undefined
  }
}).pipe(Effect.orElseSucceed(() => undefined))

/** Reads a body that is either JSON or a URL-encoded form. */
export const jsonOrForm = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  return mediaType(request) === "application/json" ? yield* request.json : yield* form
}).pipe(Effect.orElseSucceed(() => undefined))

/** The content type without its parameters, in lower case; empty if the request has none. */
export const mediaType = (request: HttpServerRequest.HttpServerRequest): string =>
  (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? ""
