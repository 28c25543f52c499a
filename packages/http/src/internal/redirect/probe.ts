/**
 * Checks with a request that cannot be sent whether a client leaves redirects to its caller.
 */
import * as ForeignError from "@holdfast/core/ForeignError"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { discard } from "../body/discard.ts"

/**
 * The client follows redirects itself, or may do so, although its requests can carry a credential or a body.
 *
 * **Details**
 *
 * - `unknown`: the client is not `fetch`, undici or `node:http`. One made of `XMLHttpRequest` always follows redirects. `cause`
 *   is the client's error, if it failed.
 * - `overridden`: the client calls `fetch` with its own redirect mode, whatever `RequestInit` says.
 * - `follows`: the client follows redirects itself, as `HttpClient.followRedirects` does.
 */
export class RedirectsUncontrolled
  extends /* @__PURE__ */ Data.TaggedError("RedirectsUncontrolled")<{
    readonly reason: "unknown" | "overridden" | "follows"
    readonly cause?: unknown
  }>
{
  override get message(): string {
    return messages[this.reason]
  }
}

const messages = {
  unknown:
    "the HTTP client is not fetch, undici or node:http, so it may follow redirects by itself and send credentials with them: use one of these clients",
  overridden:
    'the HTTP client calls fetch with its own redirect mode: let it pass on redirect: "manual" from FetchHttpClient.RequestInit',
  follows:
    "the HTTP client follows redirects by itself and resends the body of the request: remove HttpClient.followRedirects",
} as const

/**
 * Fails if a client follows redirects itself, or if this cannot be determined. Returns the client unchanged.
 *
 * **When to use**
 *
 * Use it if the program does not choose its client itself, or runs in a browser. The rule for redirects asks every client made
 * of `fetch` to return redirects. A client that cannot be asked sends the request to the other origin, and the call fails only
 * afterwards.
 *
 * **Details**
 *
 * Executes one GET of `data:,`, with a recording function in place of `fetch`. It reaches no network: its URL has no host, and the
 * name of one of its headers is not valid, so undici, `node:http`, `XMLHttpRequest` and the real `fetch` all reject it
 * before they connect. Request transformations (`mapRequest`, a base URL, a token) are skipped. The check runs once, without a span,
 * and takes at most 15 s.
 *
 * The client passes if it calls `fetch` with `redirect: "manual"` and does not follow the 302 that it then receives, or if
 * undici or `node:http` reject the request: these follow no redirects by default.
 *
 * **Gotchas**
 *
 * The check cannot detect redirects that are followed around or below undici and `node:http`: by `HttpClient.followRedirects`,
 * or by the redirect interceptor of a dispatcher. It does not call the program's own `FetchHttpClient.Fetch`, so it does not
 * notice one that ignores `redirect`. A client that replaces both the URL and the headers of each request can send the GET. A
 * client made by a test (`HttpClient.make`) is `unknown`, and so is one that repeats failed requests for more than 15 s: verify
 * a client before you wrap it in retries.
 */
export const verify = (client: HttpClient.HttpClient): Effect.Effect<HttpClient.HttpClient, RedirectsUncontrolled> =>
  Effect.suspend(() => {
    const calls: Array<Call> = []
    return client.postprocess(Effect.succeed(probe)).pipe(
      Effect.flatMap(discard),
      Effect.timeout(Timeouts.probe),
      Effect.provideService(FetchHttpClient.Fetch, recording(calls)),
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
      Effect.provideService(HttpClient.TracerDisabledWhen, () => true),
      Effect.exit,
      Effect.flatMap((exit) => {
        const error = judge(calls, Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined)
        return error === undefined ? Effect.succeed(client) : Effect.fail(error)
      }),
    )
  })

/**
 * Provides the client of the context after `verify`: the layer fails to build if the client follows redirects itself.
 *
 * **Example**
 *
 * ```ts
 * const Client = Redirect.layer.pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 */
export const layer: Layer.Layer<HttpClient.HttpClient, RedirectsUncontrolled, HttpClient.HttpClient> =
  /* @__PURE__ */ Layer.effect(HttpClient.HttpClient, /* @__PURE__ */ Effect.flatMap(HttpClient.HttpClient, verify))

interface Call {
  readonly url: string
  readonly redirect: RequestRedirect | undefined
}

/** RFC 6761 reserves `.invalid`: such a name never has an address. */
const target = "https://redirect-probe.invalid/"

/**
 * The credential distinguishes a client that follows only plain requests, such as `Redirect.follow`, from one that follows all.
 */
const probe = /* @__PURE__ */ HttpClientRequest.get("data:,", {
  headers: { "holdfast redirect probe": "never sent", authorization: "Bearer none" },
})

/** A `fetch` that records its arguments. It redirects the first request and answers all others with 204. */
const recording =
  (calls: Array<Call>): typeof globalThis.fetch =>
  (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    calls.push({ url, redirect: init?.redirect ?? (input instanceof Request ? input.redirect : undefined) })
    return Promise.resolve(
      url.includes(target)
        ? new Response(null, { status: 204 })
        : new Response(null, { status: 302, headers: { location: target } }),
    )
  }

const judge = (calls: ReadonlyArray<Call>, failure: unknown): RedirectsUncontrolled | undefined => {
  if (calls.length === 0) {
    return isKnown(failure)
      ? undefined
      : new RedirectsUncontrolled({
          reason: "unknown",
          ...(failure === undefined ? {} : { cause: ForeignError.keep(failure) }),
        })
  }
  if (calls.some(({ url }) => url.includes(target))) return new RedirectsUncontrolled({ reason: "follows" })
  return calls.every(({ redirect }) => redirect === "manual")
    ? undefined
    : new RedirectsUncontrolled({ reason: "overridden" })
}

/** The codes with which undici and `node:http` reject the URL or the header of the probe. */
const codes: ReadonlySet<unknown> = new Set([
  "UND_ERR_INVALID_ARG",
  "ERR_INVALID_URL",
  "ERR_INVALID_PROTOCOL",
  "ERR_INVALID_HTTP_TOKEN",
])

/** Whether one of the outermost causes has such a code. */
const isKnown = (failure: unknown, depth = 4): boolean =>
  typeof failure === "object" &&
  failure !== null &&
  depth > 0 &&
  (("code" in failure && codes.has(failure.code)) || ("cause" in failure && isKnown(failure.cause, depth - 1)))
