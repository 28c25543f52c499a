/**
 * The rule for redirects: a request that carries a credential or a body goes to the host that the caller named, or nowhere.
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
import * as Credentials from "./internal/credentials.ts"
import { discard } from "./internal/discard.ts"
import * as Location from "./internal/location.ts"
import { publicHeaders } from "./internal/vocabulary.ts"
import * as TransportCause from "./TransportCause.ts"
import type { TransportError } from "./TransportError.ts"

type Request = HttpClientRequest.HttpClientRequest
type Response = HttpClientResponse.HttpClientResponse
type Exchange = Effect.Effect<Response, HttpClientError.HttpClientError>

/**
 * Whether a request may follow a redirect: a GET or HEAD without a body that carries no credential.
 *
 * **Details**
 *
 * Credentials are user info and signatures in the URL, whatever is `Redacted`, and headers and parameters whose name or
 * value says so: `authorization`, `cookie`, `proxy-authorization`, `x-api-key`, `x-amz-security-token`, and names with
 * words such as token, secret, password, signature or key.
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
 * The error of a response that is a redirect (301, 302, 303, 307 or 308 with a `location`, or status 0 where a browser hides
 * it), which names the origin of the target; `undefined` for every other response.
 *
 * **Details**
 *
 * The verdict is `never`: the same request gets the same redirect. After 307 and 308 `reached` is `nothing`, because they
 * ask for the request itself at another address; after the others the server may have acted.
 */
export const refusal = (response: Response): TransportError | undefined => {
  const detail = leads(response)
  return detail === undefined
    ? undefined
    : refused(response.request, response.status === 0 ? undefined : response.status, detail)
}

/** Where a redirect leads, in words that name the origin: `leads to https://…`; `undefined` for every other response. */
export const leads = (response: Response): string | undefined => {
  if (isHidden(response)) return hidden
  const target = targetOf(response)
  return target === undefined ? undefined : Location.leads(target)
}

/**
 * Surrounds a client so that redirects come out as responses, none of them followed.
 *
 * **Details**
 *
 * A client made of `fetch` is asked with `redirect: "manual"`; a browser then hides status and target, and the status is 0.
 * The answer of another origin to a request that is not plain, which a client got by following a redirect all the same, is
 * a failure: `TransportCause.fromHttpClientError` makes a `RedirectRefused` of it.
 *
 * **Gotchas**
 *
 * Nothing can ask a client made of `XMLHttpRequest`: the request is at the other origin by the time its response shows that,
 * and the call fails. A client surrounded with `HttpClient.followRedirects` looks as if it had been asked for the target
 * itself, so leave that out. A `RequestInit` that was given to the fetch layer alone, and not to the program, is replaced.
 */
export const unfollowed = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.transform(client, (exchange) =>
    Effect.flatMap(asked(exchange, "manual"), (response) =>
      Effect.flatMap(strayed(response), (error) =>
        error === undefined ? Effect.succeed(response) : refuse(error, response),
      ),
    ),
  )

/**
 * Surrounds a client with the rule: a plain request follows up to ten redirects, any other one fails with the first.
 *
 * **Details**
 *
 * Only `http` and `https` are followed, and never from `https` to `http`. Headers that are not public knowledge do not go
 * to another origin. `isAnswer` says which redirects are answers to the caller: those come out as they are.
 */
export const follow = (
  client: HttpClient.HttpClient,
  isAnswer: (response: Response) => boolean = () => false,
): HttpClient.HttpClient => {
  const judge =
    (sent: Request, hops: number) =>
    (response: Response): Exchange =>
      isHidden(response)
        ? Effect.flatMap(isPlain(sent), (plain) =>
            // Only the browser itself can follow what it hides, and it neither leaves https nor runs in a circle.
            plain
              ? asked(client.postprocess(Effect.succeed(sent)), "follow")
              : refuse(refused(sent, undefined, hidden), response),
          )
        : Effect.flatMap(strayed(response), (error) => {
            if (error !== undefined) return refuse(error, response)
            const target = targetOf(response)
            return target === undefined ? Effect.succeed(response) : go(sent, target, hops, response)
          })

  const go = (sent: Request, target: Location.Target, hops: number, response: Response): Exchange =>
    Effect.flatMap(isPlain(sent), (plain) => {
      if (isAnswer(response)) return Effect.succeed(response)
      const obstacle = plain ? Location.obstacle(target, response.url, hops) : Location.leads(target)
      if (obstacle !== undefined || target === "unreadable") {
        return refuse(refused(sent, response.status, obstacle ?? Location.leads(target)), response)
      }
      const next = toward(target, sent, response.url)
      const exchange = asked(client.postprocess(Effect.succeed(next)), "manual")
      return Effect.andThen(discard(response), Effect.flatMap(exchange, judge(next, hops + 1)))
    })

  return HttpClient.transform(client, (exchange, request) =>
    Effect.flatMap(asked(exchange, "manual"), judge(request, 0)),
  )
}

/** Says to a client that is made of `fetch` what becomes of redirects; others do not read it. */
const asked = (exchange: Exchange, redirect: RequestRedirect): Exchange =>
  Effect.flatMap(Effect.serviceOption(FetchHttpClient.RequestInit), (init) =>
    Effect.provideService(exchange, FetchHttpClient.RequestInit, { ...Option.getOrUndefined(init), redirect }),
  )

/** Whether the response is what a browser shows of a redirect that it was asked not to follow. */
const isHidden = (response: Response): boolean => response.status === 0

const hidden = "the browser does not tell where it leads"

const targetOf = ({ headers, status, url }: Response): Location.Target | undefined =>
  Location.targetOf(status, headers["location"], url)

/** The error of an answer that a client got from another origin by itself, to a request that was not to leave for it. */
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

/** Fails as clients fail, with the connection released. */
const refuse = (error: TransportError, response: Response): Exchange =>
  Effect.andThen(
    discard(response),
    Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request: response.request, cause: error }),
      }),
    ),
  )

/** The request at its new address: exactly as the server wrote it, with headers that every host may know. */
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

const hrefOf = (request: Request): string =>
  Option.match(HttpClientRequest.toUrl(request), { onNone: () => request.url, onSome: (url) => url.href })
