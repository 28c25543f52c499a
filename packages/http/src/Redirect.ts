/**
 * Implements the rule for redirects: a request with a credential or a body is sent only to the host that the caller
 * specified.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Credentials from "./internal/redirect/credentials.ts"
import { discard } from "./internal/body/discard.ts"
import * as Location from "./internal/redirect/location.ts"
import { publicHeaders } from "./internal/diagnosis/vocabulary.ts"
import { hrefOf } from "./internal/request/requestLine.ts"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

export { layer, RedirectsUncontrolled, verify } from "./internal/redirect/probe.ts"

/** A request that a client sends. */
export type Request = HttpClientRequest.HttpClientRequest
/** A response that a client receives. */
export type Response = HttpClientResponse.HttpClientResponse
/** An effect that executes a request with a client. */
type Execution = Effect.Effect<Response, HttpClientError.HttpClientError>

/**
 * Whether a request may follow redirects. Only a GET or HEAD request without a body and without a credential may follow
 * redirects.
 *
 * **Details**
 *
 * Credentials are user info and signatures in the URL, all `Redacted` values, and all headers and parameters whose name or
 * value identifies them as credentials, for example `authorization`, `cookie`, `proxy-authorization`, `x-api-key`,
 * `x-amz-security-token`, and names that contain words such as `token`, `secret`, `password`, `signature` or `key`.
 */
export const isPlain = (request: Request): Effect.Effect<boolean> =>
  Effect.withFiber((fiber) => {
    if ((request.method !== "GET" && request.method !== "HEAD") || request.body._tag !== "Empty") {
      return Effect.succeed(false)
    }
    if (Array.from(request.urlParams).some(([, value]) => Redacted.isRedacted(value))) return Effect.succeed(false)
    const marked = Context.get(fiber.context, Headers.CurrentRedactedNames)
    const isMarked = (name: string) => Headers.isRedactedName(name, marked)
    return Effect.succeed(
      !Credentials.carries({ url: hrefOf(request), headers: Object.entries(request.headers), isMarked }),
    )
  })

/**
 * Returns the error for a redirect response. The error names the origin of the target. A redirect response has status 301,
 * 302, 303, 307 or 308 and a `location`, or status 0 if a browser hides the redirect. For every other response, the result is
 * `undefined`.
 *
 * **Details**
 *
 * The verdict is `never`, because a retry would receive the same redirect. For statuses 307 and 308, `reached` is `nothing`,
 * because these statuses ask the client to repeat the request at another address. For the other redirect statuses, the server
 * may have acted on the request.
 */
export const refusal = (response: Response): TransportError | undefined => {
  const detail = leads(response)
  return detail === undefined
    ? undefined
    : refused(response.request, response.status === 0 ? undefined : response.status, detail)
}

/**
 * Describes the target of a redirect by its origin: the result is a phrase such as `leads to https://…`. For every other
 * response, the result is `undefined`.
 */
export const leads = (response: Response): string | undefined => {
  if (isHidden(response)) return hidden
  const target = targetOf(response)
  return target === undefined ? undefined : Location.leads(target)
}

/**
 * Wraps a client so that it returns redirect responses instead of following redirects.
 *
 * **Details**
 *
 * For a client that uses `fetch`, the wrapper sets `redirect: "manual"`. With this setting, a browser hides the target of a
 * redirect and reports status 0. If a client nevertheless follows a redirect for a request with a credential or a body, the
 * response from the other origin is treated as a failure. `TransportCause.fromHttpClientError` converts this failure into a
 * `RedirectRefused`.
 *
 * **Gotchas**
 *
 * A client that uses `XMLHttpRequest` always follows redirects. The call fails only after the request has reached the other
 * origin, because only the response reveals the redirect. `layer` and `verify` detect a client that follows redirects on its
 * own and reject it before its first request. Do not use `HttpClient.followRedirects`, because the requests that it sends to
 * the target look like requests from the caller. A `RequestInit` that is provided only to the fetch layer, and not to the
 * program, is replaced.
 */
export const unfollowed = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (execution) =>
    Effect.flatMap(asked(execution, "manual"), (response) =>
      Effect.flatMap(strayed(response), (error) =>
        error === undefined ? Effect.succeed(response) : refuse(error, response),
      ),
    ),
  )

/**
 * Applies the redirect rule to a client. A GET or HEAD request without a credential or body follows up to ten redirects. Any
 * other request fails at the first redirect.
 *
 * **Details**
 *
 * The client follows only redirects to `http` and `https` URLs, and never a redirect from `https` to `http`. Only well-known
 * headers are sent to another origin. `isAnswer` selects the redirects that are returned to the caller as responses.
 */
export const follow = (
  client: HttpClient.HttpClient,
  isAnswer: (response: Response) => boolean = () => false,
): HttpClient.HttpClient => {
  const judge =
    (sent: Request, hops: number) =>
    (response: Response): Execution =>
      isHidden(response)
        ? Effect.flatMap(isPlain(sent), (plain) =>
            // Only the browser can follow a redirect that it hides. It never downgrades https and stops at a loop.
            plain
              ? asked(client.postprocess(Effect.succeed(sent)), "follow")
              : refuse(refused(sent, undefined, hidden), response),
          )
        : Effect.flatMap(strayed(response), (error) => {
            if (error !== undefined) return refuse(error, response)
            const target = targetOf(response)
            return target === undefined ? Effect.succeed(response) : go(sent, target, hops, response)
          })

  const go = (sent: Request, target: Location.Target, hops: number, response: Response): Execution =>
    Effect.flatMap(isPlain(sent), (plain) => {
      if (isAnswer(response)) return Effect.succeed(response)
      const obstacle = plain ? Location.obstacle(target, response.url, hops) : Location.leads(target)
      if (obstacle !== undefined || target === "unreadable") {
        return refuse(refused(sent, response.status, obstacle ?? Location.leads(target)), response)
      }
      const next = toward(target, sent, response.url)
      const execution = asked(client.postprocess(Effect.succeed(next)), "manual")
      return Effect.andThen(discard(response), Effect.flatMap(execution, judge(next, hops + 1)))
    })

  return HttpClient.transform(client, (execution, request) =>
    Effect.flatMap(asked(execution, "manual"), judge(request, 0)),
  )
}

/** Sets the redirect mode of a client that uses `fetch`. Clients that do not use `fetch` ignore this setting. */
const asked = (execution: Execution, redirect: RequestRedirect): Execution =>
  Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
    Effect.provideService(execution, FetchHttpClient.RequestInit, { ...Option.getOrUndefined(init), redirect }),
  )

/** Whether the response is an opaque redirect from a browser. */
const isHidden = (response: Response): boolean => response.status === 0

const hidden = "leads to a target that the browser hides"

const targetOf = ({ headers, status, url }: Response): Location.Target | undefined =>
  Location.targetOf(status, headers["location"], url)

/** Returns an error if the client received the response by following a forbidden redirect. */
const strayed = (response: Response): Effect.Effect<TransportError | undefined> => {
  const { request, status, url } = response
  if (url === request.url || !Location.strayed(hrefOf(request), url)) return settled
  return Effect.map(isPlain(request), (plain) =>
    plain
      ? undefined
      : TransportCause.make("RedirectRefused", request, {
          status,
          detail: `the HTTP client followed a redirect to ${new URL(url).origin} by itself`,
        }),
  )
}

const settled: Effect.Effect<undefined> = Effect.succeed(undefined)

const refused = (request: Request, status: number | undefined, detail: string): TransportError =>
  TransportCause.make(status === 307 || status === 308 ? "RedirectRefused unacted" : "RedirectRefused", request, {
    ...(status === undefined ? {} : { status }),
    detail,
  })

/** Fails with an `HttpClientError` and releases the connection. */
const refuse = (error: TransportError, response: Response): Execution =>
  Effect.andThen(
    discard(response),
    Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request: response.request, cause: error }),
      }),
    ),
  )

/**
 * Returns the request to the target of a redirect, with the target's URL unchanged. If the target has another origin, the
 * request contains only headers that any host may receive.
 */
const toward = (target: URL, request: Request, from: string): Request =>
  HttpClientRequest.makeWith(
    request.method,
    target.href,
    UrlParams.empty,
    Option.none(),
    Location.strayed(from, target.href)
      ? Headers.fromInput(
          Object.entries(request.headers).filter(([name]) => publicHeaders.has(name) && name !== "host"),
        )
      : request.headers,
    request.body,
  )
