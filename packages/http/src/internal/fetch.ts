/**
 * A `fetch` whose calls go through a pipeline.
 */
import { DeadlineExceeded } from "@holdfast/core/Deadline"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeline from "@holdfast/core/Timeline"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpMethod from "effect/http/HttpMethod"
import * as Redacted from "effect/Redacted"
import { ErrorStatus } from "../ErrorStatus.ts"
import * as Idempotency from "../Idempotency.ts"
import * as RetryHint from "../RetryHint.ts"
import * as TransportCause from "../TransportCause.ts"
import type { TransportError } from "../TransportError.ts"
import type { AnyPipeline } from "./client.ts"
import * as DeadlineHeader from "./deadlineHeader.ts"
import * as Resend from "./resend.ts"

type Fetch = typeof globalThis.fetch
type Input = Parameters<Fetch>[0]

/** What is true of all calls of a `fetch`. */
export interface Options {
  /**
   * What becomes of an answer from status 400 up when the attempts have ended. `resolve` (the default) gives the answer,
   * as `fetch` does; `reject` the `ErrorStatus`, whose `response` is the answer.
   */
  readonly onStatus?: "resolve" | "reject" | undefined
  /** Whether every request may be sent twice, whatever its method is. Default: no. */
  readonly idempotent?: boolean | undefined
  /** Tells the server in this header how much time is left, where there is a deadline. */
  readonly deadlineHeader?: DeadlineHeader.Name | undefined
  /** The context of every call: observers, a tracer, a clock. Default: none. */
  readonly context?: Context.Context<never> | undefined
}

/** Surrounds a `fetch`. */
export const piped = (pipeline: AnyPipeline, fetch: Fetch | undefined, options: Options): Fetch => {
  const { context = Context.empty(), onStatus = "resolve" } = options
  const run = Effect.runForkWith(context)
  // While a hedge may still take an older answer for the better one, none can be thrown away.
  const hedged = pipeline.stages.some(({ name }: { readonly name: string }) => name === "hedge")
  return (input, init) =>
    new Promise((resolve, reject) => {
      const call = new Call(fetch ?? globalThis.fetch, input, init, options, !hedged)
      const { signal } = call
      if (signal?.aborted === true) return reject(signal.reason)
      const fiber = run(
        Pipeline.run(pipeline, (attempt) => call.send(attempt), {
          repeatable: call.resend.repeatable && !call.resend.oneShot,
          mayResend: (error) => call.sends.mayResend(error, call.resend),
          timedOut: (afterMs) => Resend.timedOut(call.request(), afterMs),
        }),
      )
      const abort = () => {
        reject(signal?.reason)
        fiber.interruptUnsafe()
      }
      signal?.addEventListener("abort", abort, { once: true })
      fiber.addObserver((exit) => {
        signal?.removeEventListener("abort", abort)
        const [response, failure] = answer(exit, onStatus)
        const error = Resend.settled(failure, call.resend)
        call.discard(response ?? (error instanceof ErrorStatus ? error.response : undefined))
        if (response === undefined) reject(error)
        else resolve(response)
      })
    })
}

type Failed = TransportError | ErrorStatus

/** The response of a call, or why there is none. */
const answer = (
  exit: Exit.Exit<Response, unknown>,
  onStatus: "resolve" | "reject",
): readonly [response: Response | undefined, error: unknown] => {
  if (exit._tag === "Success") return [exit.value, undefined]
  const error = Cause.squash(exit.cause)
  // A deadline that leaves no time for another attempt ends the attempts as their number does; there is an answer.
  const last = error instanceof DeadlineExceeded && error.left > 0 ? error.last : error
  if (onStatus === "reject" || !(last instanceof ErrorStatus)) return [undefined, error]
  const { response } = last
  return [response && Timeline.attach(response, Timeline.of(error)), error]
}

/** One call: what it sends, and the answers that nobody has read. */
class Call {
  readonly resend: Resend.Resend
  readonly signal: AbortSignal | undefined
  readonly sends = new Resend.Sends()
  private readonly fetch: Fetch
  private readonly input: Input
  private readonly init: RequestInit | undefined
  private readonly deadlineHeader: DeadlineHeader.Name | undefined
  private readonly discards: boolean
  private unread: Array<Response> = []

  constructor(fetch: Fetch, input: Input, init: RequestInit | undefined, options: Options, discards: boolean) {
    this.fetch = fetch
    this.input = input
    this.init = init
    this.deadlineHeader = options.deadlineHeader
    this.discards = discards
    const given = asRequest(input)
    this.signal = (init?.signal === undefined ? given?.signal : init.signal) ?? undefined
    this.resend = {
      repeatable:
        options.idempotent === true || Idempotency.isIdempotent(this.method()) || this.headers().has("idempotency-key"),
      // A request lends its body to one sending, whatever it was made of.
      oneShot: Resend.isOneShot(init?.body ?? given?.body),
    }
  }

  /** Sends one attempt; an answer from status 400 up is a failure. */
  send({ token }: Pipeline.Attempt): Effect.Effect<Response, Failed> {
    this.sends.begin()
    if (this.discards) this.discard(undefined)
    const sent =
      this.deadlineHeader === undefined
        ? this.exchange(token, undefined)
        : Effect.flatMap(DeadlineHeader.value(this.deadlineHeader), (left) => this.exchange(token, left))
    return Effect.flatMap(sent, (response) =>
      response.status < 400
        ? Effect.succeed(response)
        : Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.fail(this.refused(response, now, token))),
    )
  }

  /** Lets the connections of all answers go that nobody will read. */
  discard(except: Response | undefined): void {
    for (const response of this.unread) {
      // Whatever becomes of it, nobody waits for it.
      if (response !== except) void response.body?.cancel().catch(() => undefined)
    }
    this.unread = []
  }

  /** Method and address, for errors. */
  request(): HttpClientRequest.HttpClientRequest {
    const { input } = this
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url
    return HttpClientRequest.make(this.method() as HttpMethod.HttpMethod)(url)
  }

  private method(): string {
    return (this.init?.method ?? asRequest(this.input)?.method ?? "GET").toUpperCase()
  }

  private headers(): Headers {
    return new Headers(this.init?.headers ?? asRequest(this.input)?.headers)
  }

  private exchange(
    token: Pipeline.Attempt["token"],
    left: string | undefined,
  ): Effect.Effect<Response, TransportError> {
    return Effect.tryPromise({
      try: (interrupted) =>
        (0, this.fetch)(this.input, {
          ...this.init,
          ...(token === undefined && left === undefined ? {} : { headers: this.added(token, left) }),
          // The signal of the call stays in force when the attempt is over: the body is read after it.
          signal: this.signal === undefined ? interrupted : AbortSignal.any([this.signal, interrupted]),
        }),
      catch: (cause) => fromFetch(this.request(), cause),
    })
  }

  private added(token: Pipeline.Attempt["token"], left: string | undefined): Headers {
    const headers = this.headers()
    if (token !== undefined) headers.set("authorization", `Bearer ${Redacted.value(token)}`)
    if (this.deadlineHeader !== undefined && left !== undefined) headers.set(this.deadlineHeader, left)
    return headers
  }

  private refused(response: Response, now: number, token: Pipeline.Attempt["token"]): ErrorStatus {
    this.unread.push(response)
    const { headers, status } = response
    const hint = RetryHint.parse(headers.get("retry-after") ?? "", RetryHint.httpDate(headers.get("date") ?? "") ?? now)
    const retryAfter = hint === undefined ? undefined : Duration.millis(hint)
    return ErrorStatus.withResponse(Resend.status(this.request(), status, retryAfter, token), response)
  }
}

/** `fetch` takes a request of any realm and library, so no class tells one. */
const asRequest = (input: Input): Request | undefined =>
  typeof input === "object" && "method" in input ? input : undefined

/** What browsers say of a failed exchange, with the same class of error that they have for a wrong argument. */
const lost = /failed to fetch|load failed|NetworkError when|^network ?error$/i

/**
 * The transport error of a rejection.
 *
 * A `TypeError` without a cause is about an argument, unless a browser says it: that is no news about the network. Its
 * words repeat headers and address, which may be secrets, so they are left out.
 */
const fromFetch = (request: HttpClientRequest.HttpClientRequest, cause: unknown): TransportError => {
  if (!(cause instanceof TypeError) || lost.test(cause.message)) return TransportCause.fromCause(request, cause)
  const inner: unknown = cause.cause
  if (inner === undefined)
    return TransportCause.make("UND_ERR_INVALID_ARG", request, { detail: "fetch takes no such argument" })
  return inner instanceof TypeError && "code" in inner && inner.code === "ERR_INVALID_URL"
    ? TransportCause.make("InvalidUrlError", request, { detail: "the address is not a URL" })
    : TransportCause.fromCause(request, cause)
}
