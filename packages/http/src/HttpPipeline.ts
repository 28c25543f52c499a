/**
 * Pipelines that wrap an `HttpClient`, or a `fetch` for programs that do not use Effect.
 */
import { InvalidPolicy, kindOf, reader } from "@holdfast/core/InvalidPolicy"
import type * as Pipeline from "@holdfast/core/Pipeline"
import type { Classified } from "@holdfast/core/Verdict"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { ErrorStatus } from "./ErrorStatus.ts"
import type { HttpAnswer } from "./HttpAnswer.ts"
import { type AnyPipeline, piped } from "./internal/client/client.ts"
import * as DeadlineHeader from "./internal/request/deadlineHeader.ts"
import * as Fetching from "./internal/fetch/fetch.ts"
import * as Resend from "./internal/request/resend.ts"
import * as RetryAfter from "./RetryAfter.ts"
import type { TransportError } from "./TransportError.ts"

export { from as deadlineFrom } from "./internal/request/deadlineHeader.ts"
export type { Name as DeadlineHeader, Source as DeadlineSource } from "./internal/request/deadlineHeader.ts"
export type { Options as FetchOptions } from "./internal/fetch/fetch.ts"

/** Any list of stages. */
export type Stages = ReadonlyArray<Pipeline.Stage>

/** The names of the stages. */
export type Names<S extends Stages> = S[number]["name"]

/**
 * The result type of a pipeline that runs requests that succeed with `A` or fail with `E`. An attempt that times out fails
 * with `RequestTimedOut`.
 */
export type Ended<S extends Stages, A, E> = ReturnType<typeof Pipeline.run<S, Effect.Effect<A, E>, TransportError>>

/**
 * The errors of a call include transport errors, the error for the status or the vendor's errors, and the errors that stages
 * add, except for the errors that a fallback removes.
 */
export type Failure<S extends Stages, E = ErrorStatus> = Effect.Error<
  Ended<S, HttpClientResponse.HttpClientResponse, E | TransportError>
>

/** Pipelines that can wrap an HTTP client. No stage decodes responses, and a fallback must return a response. */
export type Fitting<S extends Stages, A> = [Extract<S[number], { readonly decode: unknown }>] extends [never]
  ? [Effect.Success<Ended<S, A, never>>, Effect.Services<Ended<S, A, never>>] extends [A, never]
    ? unknown
    : "a fallback around HTTP must return a response and require no services"
  : `HTTP errors are already decoded: pass "decode" as an option instead of a stage`

/** Settings that apply to all calls of a client. `E` is the union of the vendor's errors. */
export interface ClientOptions<E extends Classified = ErrorStatus> {
  /**
   * The vendor's decoder for responses with status 400 or higher. It must not throw. Default: an `ErrorStatus` based on the
   * status and on the limit that the response states.
   */
  readonly decode?: ((answer: HttpAnswer) => E) | undefined
  /**
   * The statuses that are treated as success. Default: 2xx and 304. Any other status below 400 causes the request to fail
   * with `UnexpectedStatus`.
   */
  readonly expects?: ReadonlyArray<number> | undefined
  /**
   * Whether the body of every successful response is JSON. If this option is set, the body is read within the attempt, and an
   * HTML body fails with `CaptivePortal`. Default: false.
   */
  readonly json?: boolean | undefined
  /** Whether every request may be sent more than once, regardless of its method. Default: false. */
  readonly idempotent?: boolean | undefined
  /** The header that carries the remaining time to the server if the call has a deadline. Default: none. */
  readonly deadlineHeader?: DeadlineHeader.Name | undefined
}

/**
 * Wraps an `HttpClient` in a pipeline. The error type contains exactly the errors that can occur.
 *
 * **Details**
 *
 * Each attempt runs the given client again, including its request transformations. Transformations of the resulting client
 * run once per call. The token from an authorization gate is sent as the bearer token. With `json`, the body of a successful
 * response is read and parsed within the attempt. Therefore a truncated response is retried, and the body of the returned
 * response is in memory. A decoder receives at most 64 KiB of a body.
 *
 * Without a decoder, the verdict depends on the status, unless the response reports a limit in wording that its vendor
 * documents. A 403 that reports GitHub's rate limit is retried as a rate limit, and a 429 for an exhausted quota
 * (`insufficient_quota`) is not retried.
 *
 * A request is repeatable because of its method, an `idempotency-key` header, or the `idempotent` option. Any other request
 * is retried only if the verdict of the error states that the server has not executed the request (`applied: "no"`). The
 * default for `applied` depends on the status. Otherwise the call fails with a transport error that has the verdict `never`
 * and `reached: "maybe"`, or with the vendor's error and its own verdict. Hedges copy only repeatable requests, and
 * `defects: "once"` applies only to repeatable requests.
 *
 * A body that can be read only once is sent only once. This applies to a `ReadableStream`, an iterator, a form with a
 * streaming file, and any other body that is not known to be repeatable. Each attempt reads an Effect `Stream` again and
 * compares its bytes with the bytes of earlier attempts. If the bytes differ or the stream ends early, the call fails. A
 * hedge never copies a request whose body is a `Stream`. If the source of a body fails, the failure says nothing about the
 * service, so no circuit opens and no gate closes.
 *
 * `Redirect` defines how redirects are handled. For example, a plain GET follows redirects. A request with a credential or a
 * body fails with `RedirectRefused`, unless `expects` contains the status.
 *
 * **Gotchas**
 *
 * Without `json`, the caller reads the body of a successful response outside the attempt. Therefore the read is not retried,
 * and no timeout applies to it. If the connection breaks while the body is being read, the cause of the `HttpClientError` is
 * a copy of the client's error that contains only the name, code and message.
 *
 * **Example**
 *
 * ```ts
 * const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("1 minute"), Pipeline.retry(), Pipeline.timeout("15 seconds"))
 * const client = HttpPipeline.client(pipeline, yield* HttpClient.HttpClient, { deadlineHeader: "x-request-timeout" })
 * ```
 */
export const client = <
  const S extends Stages,
  E extends Classified = ErrorStatus,
  C extends HttpClient.HttpClient = HttpClient.HttpClient,
>(
  pipeline: Pipeline.Pipeline<S> & Fitting<S, HttpClientResponse.HttpClientResponse>,
  client: C & Pipeline.Surroundable<Names<S>, C>,
  options: ClientOptions<E> = {},
): HttpClient.HttpClient.With<Failure<S, E>> & Pipeline.Surrounded<Names<S>> => {
  const names = { decode: true, expects: true, json: true, idempotent: true, deadlineHeader: true } as const
  const read = reader("HttpPipeline.client")
  read.known<ClientOptions<E>>(options, names)
  const { deadlineHeader, decode, expects, idempotent = false, json = false } = options
  if (deadlineHeader !== undefined) read.oneOf("deadlineHeader", deadlineHeader, DeadlineHeader.names)
  const successes = expects === undefined ? undefined : new Set(expects)
  return piped<Classified>(pipeline as unknown as AnyPipeline, client, {
    decode:
      decode ?? ((answer, request, token) => Resend.status(request, answer, RetryAfter.fromAnswer(answer), token)),
    expected: successes === undefined ? isSuccess : (status) => successes.has(status),
    isAnswer: (status) => successes?.has(status) ?? false,
    json,
    idempotent,
    deadlineHeader,
  }) as HttpClient.HttpClient.With<unknown> as HttpClient.HttpClient.With<Failure<S, E>> & Pipeline.Surrounded<Names<S>>
}

/**
 * Status 304 is the response to a conditional request and therefore counts as a success (RFC 9110, section 15.4.5). A
 * redirect without a target is not a success.
 */
const isSuccess = (status: number): boolean => (status >= 200 && status < 300) || status === 304

/**
 * Wraps a `fetch` in a pipeline, for programs without Effect.
 *
 * **Details**
 *
 * The returned function accepts the same arguments as `fetch`. A failed call is rejected with a tagged error that has a
 * verdict. The error is a transport error or an error from a stage (`CircuitOpen`, `DeadlineExceeded`). If a response has a
 * status of 400 or above, the verdict for that status (RFC 9110, section 15) decides whether the request is retried. The wait
 * before a retry honors the `Retry-After` header of the response. If the last attempt receives a response with an error
 * status, the call returns that response, as `fetch` does, unless `onStatus` is `reject`. If the headers report an exhausted
 * rate limit window (as in GitHub's 403 responses), the status is treated as a rate limit. The body is left for the program
 * to read. `Timeline.of` returns the attempts that led to an error or to a response with an error status. For a successful or
 * aborted call, `Timeline.of` does not return any attempts.
 *
 * If the call's signal is aborted, the call ends immediately, whether it is sending, waiting, held at a gate or queued. The
 * promise is rejected with the signal's reason. The signal also aborts the reading of the body. Reading the body is not part
 * of the attempt, so it is not retried and the attempt's timeout does not apply to it. If the body fails while the program is
 * reading it, the read is rejected with a copy of the platform's error. The copy has only the name, code and message of the
 * error, because errors from undici quote data that the server sent. Errors are copied for every reader of the response, of
 * its clones and of `response.body`.
 *
 * A POST or PATCH request without an `idempotency-key` is retried only if the server has not carried it out. The server has
 * not carried out a request if the request cannot have reached it, or if the status means that the server rejected the
 * request: 400 to 499, 501, 503, 505, 507 and 511. A body that can be read only once is sent only once. The body of a
 * `Request` is also sent only once, so pass the URL and the body separately to allow retries. The headers, the URL and the
 * options are read when the call starts.
 *
 * A GET or HEAD request without a credential follows at most ten redirects, and never a redirect from `https` to `http`. If a
 * request has a credential, a body, or a method other than GET or HEAD, a redirect causes the call to be rejected with
 * `RedirectRefused`, which names the origin of the target. With `redirect: "error"`, every redirect causes the call to be
 * rejected with `RedirectRefused`. With `redirect: "manual"`, the caller receives the redirect response itself.
 *
 * The token from the authorization gate is sent as a bearer token. A response with status 401 closes that gate.
 *
 * **Gotchas**
 *
 * Before a request is retried, the connection of the previous response is released. Reading the body stops after 64 KiB or a
 * quarter of a second. A longer or slower body is canceled. While copies sent by a hedge are still running, a response with
 * an error status is kept in memory, because it may become the result of the call.
 *
 * Some errors from a broken body are not copied, because the platform itself passes them to the `abort` method of a sink that
 * `response.body` is piped to or, in a browser, to the readers of `new Response(response.body)`. If `json()` fails with a
 * `SyntaxError`, the message of the error is not changed. In V8, the message of a `SyntaxError` quotes a few characters of
 * the body.
 *
 * **Example**
 *
 * ```ts
 * const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.timeout("10 seconds"))
 * const steadyFetch = HttpPipeline.fetch(pipeline)
 * const answer = await steadyFetch("https://api.example/reels", { signal: AbortSignal.timeout(60_000) })
 * ```
 */
export const fetch = <const S extends Stages, F extends typeof globalThis.fetch = typeof globalThis.fetch>(
  pipeline: Pipeline.Pipeline<S> & Fitting<S, Response>,
  fetch?: F & Pipeline.Surroundable<Names<S>, F>,
  options: Fetching.Options = {},
): typeof globalThis.fetch & Pipeline.Surrounded<Names<S>> => {
  const names = { onStatus: true, idempotent: true, deadlineHeader: true, context: true } as const
  const read = reader("HttpPipeline.fetch")
  if (fetch !== undefined && typeof fetch !== "function") {
    const allowed = "a function: pass options as the third argument"
    throw new InvalidPolicy({ policy: "HttpPipeline.fetch", option: "fetch", value: kindOf(fetch), allowed })
  }
  read.known(options, names)
  const { deadlineHeader, onStatus } = options
  if (onStatus !== undefined) read.oneOf("onStatus", onStatus, ["resolve", "reject"])
  if (deadlineHeader !== undefined) read.oneOf("deadlineHeader", deadlineHeader, DeadlineHeader.names)
  return Fetching.piped(pipeline as unknown as AnyPipeline, fetch, options) as typeof globalThis.fetch &
    Pipeline.Surrounded<Names<S>>
}
