/**
 * Checks that every request must pass before a route handles it.
 *
 * **Details**
 *
 * The sandbox listens on loopback, where every page in the user's browser can reach it. A page can make its own host name
 * resolve to 127.0.0.1 (DNS rebinding) and post forms across origins. Therefore, a request must name a loopback host, and a
 * request from a page must come from the sandbox's own origin. Storage is exempt from the second check: an application's page
 * uploads there with a signed URL or form, and the signature authorizes it.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Multipart from "effect/http/Multipart"

/**
 * The maximum number of bytes of a body that an API route reads into memory. The largest body is that of a request for ten
 * thousand parts.
 */
const largestBody = 1024 ** 2

/** The maximum size of a form field in bytes, and the maximum number of fields. */
const largestField = 64 * 1024
const mostFields = 100

const bounds = Multipart.limitsServices({
  maxParts: mostFields,
  maxFieldSize: largestField,
  maxTotalSize: largestBody,
})

/** Wraps the server's routes. Pages from other origins may access the paths that begin with a prefix in `storage`. */
export const admitted = <E, R>(
  routes: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
  storage: ReadonlyArray<string>,
) =>
  Effect.gen(function* () {
    const { headers, url } = yield* HttpServerRequest.HttpServerRequest
    const host = headers["host"] ?? ""
    if (!isLoopback(host)) return refused(421, "the sandbox accepts only requests for a loopback host")
    if (storage.some((beginning) => url.startsWith(beginning))) return yield* routes
    const { origin } = headers
    if (origin !== undefined && origin !== `http://${host}`) {
      return refused(403, "the sandbox accepts requests only from pages of its own origin")
    }
    return yield* Effect.provideContext(routes, bounds)
  })

/**
 * `127.0.0.0/8`, `localhost` and `[::1]`, with or without a port. Any port is accepted because a test proxy listens on
 * another one.
 */
const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host)

const refused = (status: number, reason: string) => HttpServerResponse.text(`${reason}\n`, { status })
