/**
 * The state of one call in a pipeline, through which its stages communicate.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Fiber from "effect/Fiber"
import type * as Redacted from "effect/Redacted"
import type { Classified } from "../../errors/Verdict.ts"
import * as Deadline from "../../policies/deadline/Deadline.ts"
import { Observer, type About, type Event, type Watch } from "../../telemetry/Observer.ts"
import { millisOf } from "../../time/Monotonic.ts"
import type { History } from "./history.ts"
import type { Ledger, CallPhase } from "./ledger.ts"

/**
 * Notifies an observer of an event. An exception thrown by the observer must not prevent guards from releasing their permits.
 */
export const publish = (observer: Watch, event: Event, about: About): Effect.Effect<void> | undefined => {
  try {
    return observer.event(event, about)
  } catch (defect) {
    return Effect.die(defect)
  }
}

/**
 * The number of the attempt, counted from 1, and the token to send with the attempt if the pipeline has an authorization
 * gate.
 */
export interface Attempt {
  readonly number: number
  readonly token: Redacted.Redacted<string> | undefined
}

/** The effect to send for every attempt, or a function that builds a new effect for each attempt. */
export type Source =
  | Effect.Effect<unknown, unknown, unknown>
  | ((attempt: Attempt) => Effect.Effect<unknown, unknown, unknown>)

/** Options that apply to a single call rather than to its whole pipeline. */
export interface CallOptions {
  /**
   * Whether sending the call twice has the same effect as sending it once. Hedges require the value `true`; with `false`, the
   * `defects: "once"` option has no effect.
   */
  readonly repeatable?: boolean | undefined
  /**
   * Whether the call may be sent again after an error whose verdict allows it. Default: yes.
   *
   * Limits and breakers read the verdict, which describes the service. This function decides only whether this call may be
   * sent again: the server may already have acted on the request, or the request body may already have been consumed.
   */
  readonly mayResend?: ((error: Classified) => boolean) | undefined
  /**
   * Called with an error that does not end the call, so that the resources of the failed attempt can be released. The call
   * does not end because it is retried or because copies of it are still running. If copies are still running (`mayAnswer` is
   * true), the call may still end with this error.
   */
  readonly released?: ((error: Classified, mayAnswer: boolean) => void) | undefined
  /** The priority of the call in queues; calls with a higher priority are admitted first. Default: 0. */
  readonly priority?: number | undefined
  /** Creates the error for an attempt that times out, in place of `AttemptTimedOut`. */
  readonly timedOut?: ((afterMs: number) => Classified) | undefined
}

/** The interface through which the other stages of a pipeline use its gates. */
export interface Closing {
  /** Whether the pipeline has a gate that handles an unreachable service. */
  readonly connectivity: boolean
  /** Closes the gate that the verdict of the error specifies; returns `undefined` if no gate has to be closed. */
  readonly close: (call: Call, error: Classified) => Effect.Effect<void> | undefined
}

/** The interface through which a call passes through the guards of its pipeline. */
export interface Passage {
  /** Enters the guards and sends the attempt. */
  readonly pass: (call: Call) => Effect.Effect<unknown, unknown, unknown>
}

/** A stage combined with all stages inside it, as a function that runs one call. */
// oxlint-disable-next-line typescript/no-explicit-any -- stages pass on what they do not look at; `Pipeline.run` types both ends
export type Step = (call: Call) => Effect.Effect<any, any, any>

/** A deadline enforced by a pipeline, which interrupts what runs under it. Other deadlines in a context are not enforced. */
export class Kept implements Deadline.Deadline {
  readonly at: number
  readonly limit: number
  /** The deadline of an outer pipeline, which may expire before this deadline. */
  readonly outer: Kept | undefined
  private ended = false

  constructor(at: number, limit: number, outer: Kept | undefined) {
    this.at = at
    this.limit = limit
    this.outer = outer
  }

  /** Marks the deadline as expired, so that effects running under it can detect that the deadline interrupted them. */
  end(): void {
    this.ended = true
  }

  get over(): boolean {
    return this.ended || this.outer?.over === true
  }
}

/**
 * The values that a call reads from the context in which it runs. Looking up these values costs more than the rest of a
 * successful call.
 */
export class Ambient {
  readonly clock: Clock.Clock
  readonly observer: Watch | undefined
  readonly deadline: number
  /** The deadline that an outer pipeline enforces, if there is one. */
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
 * The values are cached by context, because a program has few contexts. The map is weak because the context of a request
 * references the request, and the map must not keep the request in memory.
 */
const ambients = new WeakMap<Context.Context<never>, Ambient>()

let misses = 0

/**
 * Returns the values that calls read from a context.
 *
 * **Details**
 *
 * Caching a context costs much more than reading it. Spans create a new context for every call, so only one in sixteen new
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
 * Fields that are needed only after a failure or during a wait are absent until then, so that a call that succeeds
 * immediately does not pay for them.
 *
 * As an effect, a call passes through its guards. Many attempts are in flight at once, and an object or a closure for the
 * passage of each would cost memory. A call has at most one attempt at its guards at a time; copies are calls of their own.
 */
export class Call extends Effectable.Class<unknown, unknown, unknown> {
  /** The fiber that runs the call. A call that has not had to wait for anything may have none. */
  fiber: Fiber.Fiber<unknown, unknown>
  readonly ambient: Ambient
  readonly source: Source
  readonly options: CallOptions
  /** The name of the pipeline, which is used in events. */
  readonly pipeline: string
  /** The deadline of this call's own pipeline. */
  own: Kept | undefined = undefined
  /** The number of the attempt in flight, or of the last attempt if none is in flight. */
  number = 0
  /** The time at which the attempt in flight was sent, in monotonic milliseconds; -1 while no attempt is in flight. */
  sentAt = -1
  token: Redacted.Redacted<string> | undefined = undefined
  /** The gates of the pipeline, if it has any. */
  gates: Closing | undefined = undefined
  /** Whether the previous attempt failed because its token was rejected. */
  refused = false
  /** The failed attempts so far; absent before the first failure. */
  history: History | undefined = undefined
  /** Records how the call spends its time; absent if the pipeline has no deadline. */
  ledger: Ledger | undefined = undefined
  /** The guards of the pipeline; absent until the call reaches them. */
  passage: Passage | undefined = undefined
  /** The number of guards that have admitted the attempt. */
  held = 0
  /** The ticket of the innermost of these guards that has tickets. */
  ticket: unknown = undefined
  /** The tickets of the guards around it. */
  outerTickets: Array<unknown> | undefined = undefined

  constructor(
    fiber: Fiber.Fiber<unknown, unknown>,
    ambient: Ambient,
    source: Source,
    options: CallOptions,
    pipeline: string,
  ) {
    super()
    this.fiber = fiber
    this.ambient = ambient
    this.source = source
    this.options = options
    this.pipeline = pipeline
  }

  asEffect(): Effect.Effect<unknown, unknown, unknown> {
    return (this.passage as Passage).pass(this)
  }

  /** The observer of the call, if there is one. */
  get observer(): Watch | undefined {
    return this.ambient.observer
  }

  /**
   * The time at which the deadline of the call expires, in monotonic milliseconds; `Infinity` if the call has no deadline.
   */
  get deadline(): number {
    return this.own?.at ?? this.ambient.deadline
  }

  /** The current time in monotonic milliseconds. */
  now(): number {
    return millisOf(this.ambient.clock)
  }

  /**
   * Whether an attempt is in flight, which means that it was sent and is not known to have failed. `sentAt` is `NaN` if the
   * clock was not read when the attempt passed the guards.
   */
  get inFlight(): boolean {
    return !(this.sentAt < 0)
  }

  /**
   * Whether the deadline caused an interruption. If no pipeline enforces the deadline, it can only be compared with the
   * current time.
   */
  overdue(now: number): boolean {
    return (this.own ?? this.ambient.kept)?.over === true || now >= this.deadline
  }

  /** Notifies the observer, if there is one. The caller must run the returned effect. */
  publish(event: Event): Effect.Effect<void> | undefined {
    return this.observer && publish(this.observer, event, this)
  }

  /** Records the error after which the call had no time left for a retry. */
  expire(error: Classified): void {
    if (this.ledger !== undefined) this.ledger.outOfTime = error
  }

  /**
   * Ends the current phase, begins the given phase and returns the phase that ended. If the call has no deadline, this method
   * does nothing except return the given phase.
   */
  begin(phase: CallPhase): CallPhase {
    return this.ledger === undefined ? phase : this.ledger.begin(phase, this.now())
  }
}
