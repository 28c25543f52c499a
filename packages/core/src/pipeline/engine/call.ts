/**
 * The state of one call in a pipeline, through which its stages communicate.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Redacted from "effect/Redacted"
import type { Classified } from "../../errors/Verdict.ts"
import * as Deadline from "../../policies/deadline/Deadline.ts"
import { Observer, type About, type Event, type Watch } from "../../telemetry/Observer.ts"
import { millisOf } from "../../time/Monotonic.ts"
import type { History } from "./history.ts"
import type { Ledger, CallPhase } from "./ledger.ts"

/** Notifies an observer of an event. An exception of the observer must not keep guards from releasing their permits. */
export const publish = (observer: Watch, event: Event, about: About): Effect.Effect<void> | undefined => {
  try {
    return observer.event(event, about)
  } catch (defect) {
    return Effect.die(defect)
  }
}

/** The number of the attempt, from 1, and the token to send with it if the pipeline has an authorization gate. */
export interface Attempt {
  readonly number: number
  readonly token: Redacted.Redacted<string> | undefined
}

/** What to send: the same effect each time, or a function that builds the effect for each attempt. */
export type Source =
  | Effect.Effect<unknown, unknown, unknown>
  | ((attempt: Attempt) => Effect.Effect<unknown, unknown, unknown>)

/** Properties of one call, as opposed to its pipeline. */
export interface CallOptions {
  /**
   * Whether sending the call twice has the same effect as sending it once. Hedges need `true`; `false` forbids `defects:
   * "once"`.
   */
  readonly repeatable?: boolean | undefined
  /**
   * Whether the call may be sent again after this error, if its verdict allows it. Default: yes.
   *
   * The verdict describes the service, and limits and breakers read it. This function decides for the one call: its request may
   * already have been carried out, or its body may be consumed.
   */
  readonly mayResend?: ((error: Classified) => boolean) | undefined
  /**
   * Called with an error after which the call continues, so that the resources of its attempt can be released: the call is
   * retried, or copies of it are still running. In the latter case (`mayAnswer`) the call may still end with this error.
   */
  readonly released?: ((error: Classified, mayAnswer: boolean) => void) | undefined
  /** The priority in queues; higher goes first. Default: 0. */
  readonly priority?: number | undefined
  /** Makes the error of an attempt that times out, in place of `AttemptTimedOut`. */
  readonly timedOut?: ((afterMs: number) => Classified) | undefined
}

/** The gates of a pipeline, as seen by its other stages. */
export interface Closing {
  /** Whether a gate handles an unreachable service. */
  readonly connectivity: boolean
  /** Closes the gate that a failure names; `undefined` if it names none. */
  readonly close: (call: Call, error: Classified) => Effect.Effect<void> | undefined
}

/** A stage combined with everything inside it: runs one call. */
// oxlint-disable-next-line typescript/no-explicit-any -- stages pass on what they do not look at; `Pipeline.run` types both ends
export type Step = (call: Call) => Effect.Effect<any, any, any>

/** A deadline enforced by a pipeline, which interrupts what runs under it. Other deadlines in a context are not enforced. */
export class Kept implements Deadline.Deadline {
  readonly at: number
  readonly limit: number
  /** The deadline of an outer pipeline, which may pass first. */
  readonly outer: Kept | undefined
  private ended = false

  constructor(at: number, limit: number, outer: Kept | undefined) {
    this.at = at
    this.limit = limit
    this.outer = outer
  }

  /** Marks the deadline as passed, so that effects under it see that it interrupts them. */
  end(): void {
    this.ended = true
  }

  get over(): boolean {
    return this.ended || this.outer?.over === true
  }
}

/** What calls read from the context in which they run. Looking it up costs more than the rest of a successful call. */
export class Ambient {
  readonly clock: Clock.Clock
  readonly observer: Watch | undefined
  readonly deadline: number
  /** The deadline, if an outer pipeline enforces one. */
  readonly kept: Kept | undefined

  constructor(context: Context.Context<never>) {
    this.clock = Context.get(context, Clock.Clock)
    this.observer = Context.get(context, Observer)
    const deadline = Context.get(context, Deadline.Current)
    this.deadline = deadline?.at ?? Infinity
    this.kept = deadline instanceof Kept ? deadline : undefined
  }
}

/**
 * Cached by context, because a program has few of them. The map is weak, because the context of a request references the
 * request.
 */
const ambients = new WeakMap<Context.Context<never>, Ambient>()

let misses = 0

/**
 * The services that calls read from a context.
 *
 * **Details**
 *
 * Caching a context costs much more than reading it. Spans make a new context for every call, so only one in sixteen new
 * contexts is cached.
 */
export const ambientOf = (context: Context.Context<never>): Ambient => {
  const known = ambients.get(context)
  if (known !== undefined) return known
  const ambient = new Ambient(context)
  if (misses++ % 16 === 0) ambients.set(context, ambient)
  return ambient
}

/**
 * The state of one call.
 *
 * **Details**
 *
 * Fields that only a failure or a wait needs are absent until then, so that a call that succeeds immediately does not pay for
 * them.
 */
export class Call {
  readonly fiber: Fiber.Fiber<unknown, unknown>
  readonly ambient: Ambient
  readonly source: Source
  readonly options: CallOptions
  /** The name of the pipeline, for events. */
  readonly pipeline: string
  /** The deadline of this call's own pipeline. */
  own: Kept | undefined = undefined
  /** The number of the attempt in flight, or of the last one. */
  number = 0
  /** When the attempt in flight was sent, in monotonic milliseconds; -1 while none is. */
  sentAt = -1
  token: Redacted.Redacted<string> | undefined = undefined
  /** The gates of the pipeline, if it has any. */
  gates: Closing | undefined = undefined
  /** Whether the previous attempt failed because its token was rejected. */
  refused = false
  /** The failed attempts so far; absent before the first failure. */
  history: History | undefined = undefined
  /** Records how the time is spent; absent if the pipeline has no deadline. */
  ledger: Ledger | undefined = undefined

  constructor(
    fiber: Fiber.Fiber<unknown, unknown>,
    ambient: Ambient,
    source: Source,
    options: CallOptions,
    pipeline: string,
  ) {
    this.fiber = fiber
    this.ambient = ambient
    this.source = source
    this.options = options
    this.pipeline = pipeline
  }

  /** The observer of the call, if there is one. */
  get observer(): Watch | undefined {
    return this.ambient.observer
  }

  /** When the result becomes useless, in monotonic milliseconds; `Infinity` without a deadline. */
  get deadline(): number {
    return this.own?.at ?? this.ambient.deadline
  }

  /** The current time in monotonic milliseconds. */
  now(): number {
    return millisOf(this.ambient.clock)
  }

  /**
   * Whether an attempt is in flight: sent, and not known to have failed. `sentAt` is `NaN` for an attempt that entered without
   * a time.
   */
  get inFlight(): boolean {
    return !(this.sentAt < 0)
  }

  /** Whether the deadline caused an interruption. A deadline that no pipeline enforces can only be compared with the time. */
  overdue(now: number): boolean {
    return (this.own ?? this.ambient.kept)?.over === true || now >= this.deadline
  }

  /** Notifies the observer, if there is one. The caller must run the returned effect. */
  publish(event: Event): Effect.Effect<void> | undefined {
    return this.observer && publish(this.observer, event, this)
  }

  /** Records the error that the call had no time left to retry. */
  expire(error: Classified): void {
    if (this.ledger !== undefined) this.ledger.outOfTime = error
  }

  /** Ends the current phase and begins another; returns the one that ended. Does nothing without a deadline. */
  begin(phase: CallPhase): CallPhase {
    return this.ledger === undefined ? phase : this.ledger.begin(phase, this.now())
  }
}
