/**
 * Checks whether a client returns redirects to its caller. The check uses a request that cannot be sent.
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
 * The client follows redirects itself, or might do so, even though its requests can contain a credential or a body.
 *
 * **Details**
 *
 * - `unknown`: the client is not `fetch`, undici or `node:http`. A client that is based on `XMLHttpRequest` always follows
 *   redirects. `cause` is the client's error, if it failed.
 * - `overridden`: the client calls `fetch` with its own redirect mode, regardless of `RequestInit`.
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
    "the HTTP client is not fetch, undici or node:http, so it may follow redirects automatically and send credentials with them: use one of these clients",
  overridden:
    'the HTTP client calls fetch with its own redirect mode: make it pass on redirect: "manual" from FetchHttpClient.RequestInit',
  follows:
    "the HTTP client follows redirects automatically and resends the body of the request: remove HttpClient.followRedirects",
} as const

/**
 * Fails if a client follows redirects itself, or if the check cannot determine whether it does. Returns the client unchanged.
 *
 * **When to use**
 *
 * Use this check if the program does not choose its client itself, or if the program runs in a browser. The redirect rule
 * instructs every client that is based on `fetch` to return redirects. A client that cannot be instructed to return redirects
 * sends the request to the other origin, and the call fails only afterwards.
 *
 * **Details**
 *
 * Executes one GET request for `data:,`, with a recording function in place of `fetch`. The request never reaches the
 * network. The URL of the request has no host, and one of its header names is invalid, so undici, `node:http`,
 * `XMLHttpRequest` and the real `fetch` all reject the request before they connect. The check skips request transformations
 * (`mapRequest`, a base URL, a token). The check runs once, without a tracing span, and takes at most 15 s.
 *
 * A client passes if it calls `fetch` with `redirect: "manual"` and does not follow the 302 that it then receives. A client
 * also passes if undici or `node:http` rejects the request, because neither follows redirects by default.
 *
 * **Gotchas**
 *
 * The check cannot detect redirects that are followed outside undici and `node:http`, either by `HttpClient.followRedirects`
 * or by the redirect interceptor of a dispatcher. The check does not call the program's own `FetchHttpClient.Fetch`, so it
 * does not detect a custom `fetch` that ignores `redirect`. If a client replaces both the URL and the headers of each
 * request, the check's GET request is actually sent. A client created by a test (`HttpClient.make`) is reported as `unknown`,
 * and so is a client that retries failed requests for more than 15 s. Verify a client before you wrap it in retries.
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
 * Provides the client from the context after `verify` has checked it. The layer fails to build if the client follows
 * redirects itself, or if the check cannot determine whether it does.
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

/** RFC 6761 reserves `.invalid`, so such a name never resolves to an address. */
const target = "https://redirect-probe.invalid/"

/**
 * The credential distinguishes a client that follows redirects only for plain requests, such as `Redirect.follow`, from a
 * client that follows all redirects.
 */
const probe = /* @__PURE__ */ HttpClientRequest.get("data:,", {
  headers: { "holdfast redirect probe": "never sent", authorization: "Bearer none" },
})

/**
 * Creates a `fetch` that records its arguments. This `fetch` responds with 204 to a request for the redirect target, and
 * redirects all other requests to that target.
 */
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

/** The error codes with which undici and `node:http` reject the URL or the header of the probe. */
const codes: ReadonlySet<unknown> = new Set([
  "UND_ERR_INVALID_ARG",
  "ERR_INVALID_URL",
  "ERR_INVALID_PROTOCOL",
  "ERR_INVALID_HTTP_TOKEN",
])

/** Whether the failure or one of its outermost causes has one of these codes. */
const isKnown = (failure: unknown, depth = 4): boolean =>
  typeof failure === "object" &&
  failure !== null &&
  depth > 0 &&
  (("code" in failure && codes.has(failure.code)) || ("cause" in failure && isKnown(failure.cause, depth - 1)))
