/**
 * Provides a `fetch` function whose calls run through a pipeline.
 */
import { DeadlineExceeded } from "@holdfast/core/Deadline"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Timeline from "@holdfast/core/Timeline"
import * as Secret from "@holdfast/core/Secret"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import { ErrorStatus } from "../../ErrorStatus.ts"
import * as Idempotency from "../../Idempotency.ts"
import * as RetryAfter from "../../RetryAfter.ts"
import * as TransportCause from "../../TransportCause.ts"
import type { TransportError } from "../../TransportError.ts"
import * as BodyErrors from "../body/cleanErrors.ts"
import type { AnyPipeline } from "../client/client.ts"
import * as DeadlineHeader from "../request/deadlineHeader.ts"
import { Answers } from "./answers.ts"
import * as Arguments from "./arguments.ts"
import { requestOf, type Taken } from "./arguments.ts"
import { following } from "./redirect.ts"
import { bytesOf } from "../body/oneShot.ts"
import * as Resend from "../request/resend.ts"
import { fingerprintOf } from "../body/trail.ts"

type Fetch = typeof globalThis.fetch

/** Settings that apply to all calls of a `fetch` function. */
export interface Options {
  /**
   * What to do with a response that still has a status of 400 or above after the last attempt. `resolve` (the default)
   * returns the response, as `fetch` does. `reject` rejects with an `ErrorStatus` whose `response` property contains the
   * response.
   */
  readonly onStatus?: "resolve" | "reject" | undefined
  /** Whether every request may be sent more than once, regardless of its method. Default: false. */
  readonly idempotent?: boolean | undefined
  /** The header that carries the remaining time to the server if the call has a deadline. Default: none. */
  readonly deadlineHeader?: DeadlineHeader.Name | undefined
  /** The context in which every call runs, including its observers, tracer and clock. Default: none. */
  readonly context?: Context.Context<never> | undefined
}

/** Wraps a `fetch` in a pipeline. */
export const piped = (pipeline: AnyPipeline, fetch: Fetch | undefined, options: Options): Fetch => {
  const { context = Context.empty(), onStatus = "resolve" } = options
  const run = Effect.runForkWith(context)
  return (input, init) =>
    new Promise((resolve, reject) => {
      const taken = Arguments.take(input, init, fetch === undefined)
      if (!("init" in taken)) return reject(init?.signal?.aborted === true ? init.signal.reason : taken)
      const call = new Call(fetch ?? globalThis.fetch, taken, options, new Answers(run))
      const { answers } = call
      const { signal } = taken
      if (signal?.aborted === true) return reject(signal.reason)
      const fiber = run(
        Pipeline.run(pipeline, (attempt) => call.send(attempt), {
          repeatable: call.resend.repeatable && !call.resend.oneShot,
          mayResend: (error) => call.sends.mayResend(error, call.resend),
          timedOut: (afterMs) => Resend.timedOut(requestOf(taken), afterMs),
          released: (error, mayAnswer) => {
            if (!mayAnswer) answers.releaseAll()
            else if (error instanceof ErrorStatus && error.response !== undefined) answers.release(error.response, true)
            // An error that is not a status means that a stage did not accept the response as a success.
            else answers.releaseAll((response) => response.status < 400)
          },
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
        answers.close(response ?? (error instanceof ErrorStatus ? error.response : undefined))
        if (response === undefined) reject(error)
        else resolve(response)
      })
    })
}

type Failed = TransportError | ErrorStatus

/** Returns the response to a call, the error of the call, or both. */
const answer = (
  exit: Exit.Exit<Response, unknown>,
  onStatus: "resolve" | "reject",
): readonly [response: Response | undefined, error: unknown] => {
  if (exit._tag === "Success") return [exit.value, undefined]
  const error = Cause.squash(exit.cause)
  // A deadline that leaves no time for another attempt ends the attempts like their number does: the last response is returned.
  const last = error instanceof DeadlineExceeded && error.left > 0 ? error.last : error
  if (onStatus === "reject" || !(last instanceof ErrorStatus)) return [undefined, error]
  const { response } = last
  return [response && Timeline.attach(response, Timeline.of(error)), error]
}

/** The state of one call. */
class Call {
  readonly resend: Resend.Resend
  readonly sends = new Resend.Sends()
  readonly answers: Answers
  private readonly fetch: Fetch
  private readonly taken: Taken
  private readonly deadlineHeader: DeadlineHeader.Name | undefined
  /**
   * A fingerprint of the in-memory body at the first attempt. The fingerprint detects whether the program overwrites the body
   * later.
   */
  private fingerprint: string | undefined = undefined

  constructor(fetch: Fetch, taken: Taken, options: Options, answers: Answers) {
    this.fetch = fetch
    this.taken = taken
    this.answers = answers
    this.deadlineHeader = options.deadlineHeader
    this.resend = {
      repeatable:
        options.idempotent === true || Idempotency.isIdempotent(taken.method) || taken.headers.has("idempotency-key"),
      oneShot: taken.isOneShot,
    }
  }

  /** Sends one attempt. A response with a status of 400 or higher is treated as a failure. */
  send({ token }: Pipeline.Attempt): Effect.Effect<Response, Failed> {
    this.sends.begin()
    const changed = this.changed()
    if (changed !== undefined) return Effect.fail(changed)
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

  private changed(): TransportError | undefined {
    const bytes = bytesOf(this.taken.init.body)
    if (bytes === undefined) return undefined
    const fingerprint = fingerprintOf(bytes)
    this.fingerprint ??= fingerprint
    return fingerprint === this.fingerprint
      ? undefined
      : TransportCause.make("RequestBodyChanged", requestOf(this.taken), { detail: "the program overwrote the body" })
  }

  private exchange(
    token: Pipeline.Attempt["token"],
    left: string | undefined,
  ): Effect.Effect<Response, TransportError> {
    const { fetch, taken } = this
    const isChanged = token !== undefined || left !== undefined
    const headers = isChanged ? this.added(token, left) : taken.headers
    return Effect.tryPromise({
      try: (interrupted) => {
        // The signal of the call stays in force after the attempt, because the caller then reads the body.
        const signal = taken.signal === undefined ? interrupted : AbortSignal.any([taken.signal, interrupted])
        const init = { ...taken.init, ...(isChanged ? { headers } : {}), signal }
        return following(fetch, taken, init, headers).then((response) => {
          // A `fetch` that ignores its signal may respond after the attempt has ended; nothing else takes that response.
          this.answers.add(response, interrupted.aborted)
          return BodyErrors.cleanResponse(response, taken.signal)
        })
      },
      catch: (cause) => Arguments.failureOf(taken, cause),
    })
  }

  private added(token: Pipeline.Attempt["token"], left: string | undefined): Headers {
    const headers = new Headers(this.taken.headers)
    if (token !== undefined) headers.set("authorization", `Bearer ${Secret.value(token)}`)
    if (this.deadlineHeader !== undefined && left !== undefined) headers.set(this.deadlineHeader, left)
    return headers
  }

  private refused(response: Response, now: number, token: Pipeline.Attempt["token"]): ErrorStatus {
    const { status } = response
    const answer = { status, headers: Object.fromEntries(response.headers) }
    const retryAfter = RetryAfter.fromAnswer({ ...answer, receivedAt: now })
    return ErrorStatus.withResponse(Resend.status(requestOf(this.taken), answer, retryAfter, token), response)
  }
}
