/**
 * What every request has to pass before a route sees it.
 *
 * **Details**
 *
 * The sandbox listens on loopback, where any page in the person's browser can reach it. A page can get its own host name
 * to resolve to 127.0.0.1 (DNS rebinding), and can post forms across origins. So a request must name a loopback host, and
 * one that comes from a page must come from the sandbox's own. Storage is exempt from the second check: an application's
 * page uploads there with a signed URL or form, and the signature is the proof.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Multipart from "effect/http/Multipart"

/** Bytes of a body that a route of the API reads into memory. The largest is a request for ten thousand parts. */
const largestBody = 1024 ** 2

/** Bytes of one field of a form, and how many fields a form may have. */
const largestField = 64 * 1024
const mostFields = 100

const bounds = Multipart.limitsServices({
  maxParts: mostFields,
  maxFieldSize: largestField,
  maxTotalSize: largestBody,
})

/** Surrounds the routes of the server; `storage` are the beginnings of the paths that pages of other origins may use. */
export const admitted = <E, R>(
  routes: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  storage: ReadonlyArray<string>,
) =>
  Effect.gen(function* () {
    const { headers, url } = yield* HttpServerRequest.HttpServerRequest
    const host = headers["host"] ?? ""
    if (!isLoopback(host)) return refused(421, "the sandbox answers requests to a loopback host only")
    if (storage.some((beginning) => url.startsWith(beginning))) return yield* routes
    const { origin } = headers
    if (origin !== undefined && origin !== `http://${host}`) {
      return refused(403, "the sandbox answers no page but its own")
    }
    return yield* Effect.provideContext(routes, bounds)
  })

/** `127.0.0.0/8`, `localhost` and `[::1]`, with or without a port: a proxy for tests listens on another one. */
const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host)

const refused = (status: number, reason: string) => HttpServerResponse.text(`${reason}\n`, { status })
