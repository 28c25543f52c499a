/**
 * The rule for redirects: a request with a credential or a body is sent only to the host that the caller named.
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

/** A request as a client sends it. */
export type Request = HttpClientRequest.HttpClientRequest
/** A response as a client receives it. */
export type Response = HttpClientResponse.HttpClientResponse
/** A request that was or will be executed by a client. */
type Execution = Effect.Effect<Response, HttpClientError.HttpClientError>

/**
 * Whether a request may follow redirects: a GET or HEAD without a body and without a credential.
 *
 * **Details**
 *
 * Credentials are user info and signatures in the URL, everything `Redacted`, and headers and parameters whose name or value
 * marks them: `authorization`, `cookie`, `proxy-authorization`, `x-api-key`, `x-amz-security-token`, and names with words such
 * as token, secret, password, signature or key.
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
 * The error of a redirect response (301, 302, 303, 307 or 308 with a `location`, or status 0 if a browser hides it), which names
 * the origin of the target; `undefined` for every other response.
 *
 * **Details**
 *
 * The verdict is `never`, because a retry would get the same redirect. For 307 and 308 `reached` is `nothing`, because they ask
 * the client to repeat the request at another address. For the others the server may have acted.
 */
export const refusal = (response: Response): TransportError | undefined => {
  const detail = leads(response)
  return detail === undefined
    ? undefined
    : refused(response.request, response.status === 0 ? undefined : response.status, detail)
}

/** Describes the target of a redirect by its origin: `leads to https://…`; `undefined` for every other response. */
export const leads = (response: Response): string | undefined => {
  if (isHidden(response)) return hidden
  const target = targetOf(response)
  return target === undefined ? undefined : Location.leads(target)
}

/**
 * Wraps a client so that it returns redirects as responses and follows none.
 *
 * **Details**
 *
 * It sets `redirect: "manual"` for a client made of `fetch`. A browser then hides the target and reports status 0. If a client
 * nevertheless followed a redirect of a request with a credential or a body, the response of the other origin is a failure,
 * which `TransportCause.fromHttpClientError` turns into a `RedirectRefused`.
 *
 * **Gotchas**
 *
 * A client made of `XMLHttpRequest` always follows redirects: the request has reached the other origin before the response
 * shows this, and only then the call fails. `layer` and `verify` reject such a client before its first request. Do not use
 * `HttpClient.followRedirects`: its requests to the target look like the caller's. A `RequestInit` that only the fetch layer
 * has, and not the program, is replaced.
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
 * Applies the rule to a client: a request without a credential or body follows up to ten redirects; any other request fails with
 * the first.
 *
 * **Details**
 *
 * Follows only `http` and `https`, and never from `https` to `http`. Only well-known headers are sent to another origin.
 * `isAnswer` selects redirects that are returned to the caller as responses.
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

/** Sets the redirect mode of a client made of `fetch`. Other clients ignore it. */
const asked = (execution: Execution, redirect: RequestRedirect): Execution =>
  Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
    Effect.provideService(execution, FetchHttpClient.RequestInit, { ...Option.getOrUndefined(init), redirect }),
  )

/** Whether the response is an opaque redirect of a browser. */
const isHidden = (response: Response): boolean => response.status === 0

const hidden = "leads to a target that the browser hides"

const targetOf = ({ headers, status, url }: Response): Location.Target | undefined =>
  Location.targetOf(status, headers["location"], url)

/** The error of a response that a client received by following a redirect that the rule forbids. */
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

/** The request to the target exactly as the server wrote it, with only headers that every host may receive. */
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
