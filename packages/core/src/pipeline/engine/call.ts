/**
 * One call on its way through a pipeline: what its stages have to know of each other.
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

/** Tells an observer of an event; one that throws must not keep guards from giving their places back. */
export const publish = (observer: Watch, event: Event, about: About): Effect.Effect<void> | undefined => {
  try {
    return observer.event(event, about)
  } catch (defect) {
    return Effect.die(defect)
  }
}

/** Which attempt this is, from 1, and the token to send with it, when the pipeline has an authorization gate. */
export interface Attempt {
  readonly number: number
  readonly token: Redacted.Redacted<string> | undefined
}

/** What is sent: the same effect each time, or what a function makes of each attempt. */
export type Source =
  | Effect.Effect<unknown, unknown, unknown>
  | ((attempt: Attempt) => Effect.Effect<unknown, unknown, unknown>)

/** What is true of one call and not of every call of its pipeline. */
export interface CallOptions {
  /** Whether sending the call twice does what sending it once does. Hedges need `true`; `false` forbids `defects: "once"`. */
  readonly repeatable?: boolean | undefined
  /**
   * Whether the call may be sent again after this error, if its verdict allows it. Default: yes.
   *
   * The verdict stays what the error says of the service, which limits and breakers read; that a request was carried out
   * perhaps, or that its body is gone, is true of this call alone.
   */
  readonly mayResend?: ((error: Classified) => boolean) | undefined
  /**
   * Called with an error after which the call continues, so that the resources of its attempt can be released: the call is
   * retried, or copies of it are still running. In the latter case (`mayAnswer`) the call may still end with this error.
   */
  readonly released?: ((error: Classified, mayAnswer: boolean) => void) | undefined
  /** Which waiters go first where there is a queue: the higher number. Default: 0. */
  readonly priority?: number | undefined
  /** The error of an attempt that takes too long, instead of `AttemptTimedOut`. */
  readonly timedOut?: ((afterMs: number) => Classified) | undefined
}

/** The gates of a pipeline, as its other stages see them. */
export interface Closing {
  /** Whether an unreachable service is handled by a gate. */
  readonly connectivity: boolean
  /** Closes the gate that a failure names; `undefined` if it names none. */
  readonly close: (call: Call, error: Classified) => Effect.Effect<void> | undefined
}

/** A stage with everything inside of it: what it does to one call. */
// oxlint-disable-next-line typescript/no-explicit-any -- stages pass on what they do not look at; `Pipeline.run` types both ends
export type Step = (call: Call) => Effect.Effect<any, any, any>

/** A deadline enforced by a pipeline, which interrupts what runs under it. Other deadlines in a context are not enforced. */
export class Kept implements Deadline.Deadline {
  readonly at: number
  readonly limit: number
  /** The deadline of an outer pipeline, which may be the one that interrupts. */
  readonly outer: Kept | undefined
  private ended = false

  constructor(at: number, limit: number, outer: Kept | undefined) {
    this.at = at
    this.limit = limit
    this.outer = outer
  }

  /** Marks the deadline as passed: from now on it interrupts the effects under it. */
  end(): void {
    this.ended = true
  }

  get over(): boolean {
    return this.ended || this.outer?.over === true
  }
}

/** What calls find in the context in which they run. Looking it up costs more than the rest of a call that succeeds. */
export class Ambient {
  readonly clock: Clock.Clock
  readonly observer: Watch | undefined
  readonly deadline: number
  /** The deadline, if an outer pipeline enforces it. */
  readonly kept: Kept | undefined

  constructor(context: Context.Context<never>) {
    this.clock = Context.get(context, Clock.Clock)
    this.observer = Context.get(context, Observer)
    const deadline = Context.get(context, Deadline.Current)
    this.deadline = deadline?.at ?? Infinity
    this.kept = deadline instanceof Kept ? deadline : undefined
  }
}

/** By context, because a program has few of them. Weakly, because the context of a request references the request. */
const ambients = new WeakMap<Context.Context<never>, Ambient>()

let misses = 0

/**
 * The services that calls read from a context.
 *
 * **Details**
 *
 * Caching a context costs much more than reading it, so only one in sixteen new contexts is cached: spans make a new context for
 * every call.
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
 * Everything that only a failure or a wait needs is absent until then: a call that succeeds at once pays for nothing else.
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
  /** Whether the attempt before failed for its token. */
  refused = false
  /** The attempts that failed so far; absent before the first failure. */
  history: History | undefined = undefined
  /** Where the time goes; absent without a deadline of the pipeline. */
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

  /** The moment, in monotonic milliseconds, after which a result is useless; `Infinity` without a deadline. */
  get deadline(): number {
    return this.own?.at ?? this.ambient.deadline
  }

  /** The time, in monotonic milliseconds. */
  now(): number {
    return millisOf(this.ambient.clock)
  }

  /** Whether an attempt is in flight: sent, and not known to have failed. One that entered without a time has `NaN`. */
  get inFlight(): boolean {
    return !(this.sentAt < 0)
  }

  /** Whether an interruption comes from the deadline. For a deadline that no pipeline enforces, only the time tells. */
  overdue(now: number): boolean {
    return (this.own ?? this.ambient.kept)?.over === true || now >= this.deadline
  }

  /** Tells the observer, if there is one; what it returns has to be run. */
  publish(event: Event): Effect.Effect<void> | undefined {
    return this.observer && publish(this.observer, event, this)
  }

  /** Records the error that the call had no time to retry. */
  expire(error: Classified): void {
    if (this.ledger !== undefined) this.ledger.outOfTime = error
  }

  /** Ends the current phase and begins another; returns the one that ended. Time is counted only under a deadline. */
  begin(phase: CallPhase): CallPhase {
    return this.ledger === undefined ? phase : this.ledger.begin(phase, this.now())
  }
}
