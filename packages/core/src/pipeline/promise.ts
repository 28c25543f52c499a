/**
 * Runs promises through a pipeline, for programs that do not use Effect.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type * as Types from "effect/Types"
import { type Classified, always, isClassified, type Verdict } from "../errors/Verdict.ts"
import { Stackless } from "../errors/stackless.ts"
import type * as Fallback from "../policies/fallback/Fallback.ts"
import * as Attachments from "../telemetry/attachments.ts"
import * as Observer from "../telemetry/Observer.ts"
import { directOf } from "./assemble.ts"
import type { Attempt, CallOptions, Source } from "./engine/call.ts"
import * as Direct from "./engine/direct.ts"
import { kindOf, reader } from "./InvalidPolicy.ts"
import { type AnyEffect, type ListOf, type Judged, type Pipeline, run, type Stages } from "./run.ts"

/** The options of one call in a program that uses promises. */
export interface PromiseOptions extends CallOptions {
  /** Aborts the call in any phase. When the signal aborts, the promise is rejected with the abort reason of the signal. */
  readonly signal?: AbortSignal | undefined
  /**
   * Assigns a verdict to a rejection reason that has none. If this function is absent or returns `undefined`, a default
   * applies: `Verdict.always()` is used, so that every such rejection is retried and counts as a failure of the service.
   */
  readonly classify?: ((reason: unknown) => Verdict | undefined) | undefined
  /** Receives the events of the call. Create the observer with `Telemetry.make()` or `RetryLog.make()`. */
  readonly observer?: Observer.Watch | undefined
}

const optionNames: { readonly [Name in keyof PromiseOptions]-?: true } = {
  signal: true,
  classify: true,
  observer: true,
  repeatable: true,
  mayResend: true,
  released: true,
  priority: true,
  timedOut: true,
}

/** The error that represents a rejected promise to the policies; `cause` contains the rejection reason. */
export class PromiseRejected extends /* @__PURE__ */ Stackless("PromiseRejected") {
  readonly verdict: Verdict
  override readonly cause: unknown

  constructor(reason: unknown, verdict: Verdict) {
    super()
    this.cause = reason
    this.verdict = verdict
  }

  override get message(): string {
    return this.cause instanceof Error ? this.cause.message : String(this.cause)
  }
}

/**
 * Runs a promise-returning function through a pipeline.
 *
 * **When to use**
 *
 * Use `promise` in programs that do not use Effect. In Effect programs, use `run`.
 *
 * **Details**
 *
 * The function receives the number of the attempt and an abort signal. The signal aborts when the attempt times out, loses to
 * a hedge or is abandoned. The promise is rejected with the rejection reason of the last attempt (the same object) or with an
 * error from a policy (`CircuitOpen`, `DeadlineExceeded`, `AttemptTimedOut`). `Timeline.of(reason)` returns the attempts of
 * the call. A pipeline with a `decode` or `classify` stage receives the rejection reasons unchanged.
 *
 * A call without options runs without a fiber until it has to wait, if the pipeline has only a retry, bulkheads and breakers.
 * Nothing aborts such an attempt, so a function that declares no parameters receives a signal that all calls share.
 *
 * **Gotchas**
 *
 * A function that ignores the signal keeps running after its attempt has ended, and the pipeline does not wait for it.
 *
 * **Example**
 *
 * ```ts
 * const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }), Pipeline.timeout("5 seconds"))
 * const user = await Pipeline.promise(pipeline, (signal) => fetchUser(id, { signal }))
 * ```
 */
export const promise = <const S extends Stages, A extends Judged<S>>(
  pipeline: Pipeline<S>,
  send: (signal: AbortSignal, attempt: Attempt) => A | PromiseLike<A>,
  options: PromiseOptions = noOptions,
): Promise<Types.NoInfer<A> | Fallback.Success<ListOf<S>>> =>
  // The function's own signature states the types; inside, the stages are untyped.
  (withoutFiber(pipeline, send, options) ?? inFiber(pipeline, send, options)) as Promise<never>

const noOptions: PromiseOptions = {}

const isPipeline = (given: Partial<Pipeline> | undefined): boolean => given?.step !== undefined

type Send = (signal: AbortSignal, attempt: Attempt) => unknown

const inFiber = async (pipeline: Pipeline, send: Send, options: PromiseOptions): Promise<unknown> => {
  if (typeof send !== "function" || !isPipeline(pipeline)) {
    const given = `${kindOf(pipeline)} and ${kindOf(send)}`
    throw new TypeError(`Pipeline.promise needs a pipeline and a function that starts the promise (got ${given})`)
  }
  reader("Pipeline.promise").known<PromiseOptions>(options, optionNames)
  const { classify, observer, signal, ...call } = options
  signal?.throwIfAborted()
  const sent = run(pipeline, sourceOf(pipeline, send, classify) as never, call) as Effect.Effect<unknown, Classified>
  const watched: AnyEffect = observer === undefined ? sent : Observer.observe(observer)(sent)
  return ended(watched, signal)
}

const ended = async (effect: AnyEffect, signal: AbortSignal | undefined): Promise<unknown> => {
  const exit = await Effect.runPromiseExit(effect as Effect.Effect<unknown, unknown>, { signal })
  if (exit._tag === "Success") return exit.value
  throw reasonOf(exit.cause, signal)
}

/** Builds the effect of each attempt. */
const sourceOf = (pipeline: Pipeline, send: Send, classify: PromiseOptions["classify"]) => {
  // The stage that decodes turns any reason into an error with a verdict.
  const isDecoded = pipeline.stages.some(({ name }) => name === "decode")
  const failed = (reason: unknown): Classified => (isDecoded ? (reason as Classified) : classified(reason, classify))
  return (attempt: Attempt) =>
    Effect.tryPromise({ try: (aborted) => Promise.resolve(send(aborted, attempt)), catch: failed })
}

const classified = (reason: unknown, classify: PromiseOptions["classify"]): Classified =>
  isClassified(reason) ? reason : new PromiseRejected(reason, classify?.(reason) ?? always())

/** Runs a call without a fiber until it has to wait; returns `undefined` if it needs a fiber from the start. */
const withoutFiber = (pipeline: Pipeline, send: Send, options: PromiseOptions): Promise<unknown> | undefined => {
  // Options are rare, and they can abort or observe the call.
  if (options !== noOptions || typeof send !== "function" || !isPipeline(pipeline)) return undefined
  const direct = (pipeline.direct ??= directOf(pipeline.built))
  if (direct === false) return undefined
  const source: Source = (attempt) => sourceOf(pipeline, send, undefined)(attempt)
  const call = Direct.begin(direct, source, options, pipeline.name)
  return call && Direct.finish(direct, call, (attempt) => send(signalFor(send), attempt), causeOf, ended)
}

/** A rejection reason may be any object, whose properties may throw: the call leaves its guards nevertheless. */
const causeOf = (reason: unknown): Cause.Cause<Classified> => {
  try {
    return Cause.fail(classified(reason, undefined))
  } catch (defect) {
    return Cause.die(defect)
  }
}

/** Nothing aborts a call without a fiber: it has no timeout, no deadline, no hedge and no signal of its caller. */
const neverAborted = /* @__PURE__ */ new AbortController()

/** A function that uses the signal gets its own one, because listeners of all calls would accumulate on a shared one. */
const signalFor = (send: Send): AbortSignal => (send.length === 0 ? neverAborted.signal : new AbortController().signal)

const reasonOf = (cause: Cause.Cause<unknown>, signal: AbortSignal | undefined): unknown => {
  const failure = cause.reasons.find(Cause.isFailReason)
  if (failure !== undefined) return original(failure.error)
  const defect = cause.reasons.find(Cause.isDieReason)
  if (defect !== undefined) return defect.defect
  return signal?.aborted === true ? signal.reason : new DOMException("The call was interrupted", "AbortError")
}

/** Returns the rejection reason itself and links it to the attempts recorded for the wrapping error. */
const original = (error: unknown): unknown => {
  if (!(error instanceof PromiseRejected)) return error
  const { cause } = error
  const timeline = Attachments.find(error)?.timeline
  if (timeline !== undefined && typeof cause === "object" && cause !== null) Attachments.attach(cause, timeline)
  return cause
}
