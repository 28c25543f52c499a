/**
 * A circuit breaker: after too many failures it rejects calls immediately, until a probe shows that the service has recovered.
 *
 * **Details**
 *
 * - *Closed*: every call is sent. The circuit opens after `consecutive` failures in a row, or when too many outcomes in a
 *   `window` are failures or slow calls. A success opens it only if it was slow.
 * - *Open*: every call is rejected with {@link CircuitOpen} for the open time: the longer of `open` and the `Retry-After` of
 *   the failure that opened the circuit, at most `maxOpen`.
 * - *Half-open*: the next calls are sent as probes, up to `probes` at once. The circuit closes after `successThreshold`
 *   successful probes. It opens again if a probe fails, is slow, or has no outcome when its lease ends.
 * - *Recovering*: the circuit is closed, and with a `ramp` a growing share of the calls is admitted.
 * - *Isolated*: an operator has stopped all calls.
 *
 * An error's verdict decides whether it counts. `failure` and `overload` are failures, and so is an attempt that was in flight
 * when its deadline passed. `ignored` and a call that its caller cancels count neither way; if a probe ends like this, the next
 * call becomes the probe. Outcomes of calls admitted before the circuit opened are ignored, and so is a probe that answers
 * after its lease.
 *
 * A growing open time counts openings. The count restarts when the circuit has stayed closed for as long as it was last open.
 *
 * The breaker has no timer or fiber. It advances lazily: each call first applies the transitions that are due.
 *
 * **Gotchas**
 *
 * A probe that takes longer than `probeLease` counts as failed, so the lease must be longer than the timeout of an attempt.
 *
 * **Example**
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const breaker = yield* CircuitBreaker.make({
 *     name: "payments",
 *     window: { duration: "10 seconds", failureRate: 0.5, minimumCalls: 20 },
 *     open: { base: "5 seconds", factor: 2 },
 *   })
 *   return yield* pay.pipe(CircuitBreaker.protect(breaker))
 * })
 * ```
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Classified } from "../../errors/Verdict.ts"
import { publish } from "../../pipeline/engine/call.ts"
import { through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import { Observer } from "../../telemetry/Observer.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import { Breaker, type Breaker as CircuitBreaker, dated, isolationOf, type Transition } from "./breaker.ts"
import type { CircuitOpen } from "./circuitOpen.ts"
import { KeyedBreakers, type KeyedBreakers as Keyed, type KeyedOptions } from "./keyed.ts"
import { never, type Machine } from "./machine.ts"
import type { Options } from "./options.ts"
import { none, shareAt } from "./ramp.ts"

export { CircuitOpen } from "./circuitOpen.ts"
export type { CircuitBreaker, Keyed }
export type { Transition } from "./breaker.ts"
export type { KeyedOptions } from "./keyed.ts"
export type { Phase, PhaseChange } from "./phase.ts"
export type { Growing, Options, RampOptions, Window, WindowRates } from "./options.ts"
export { scheduled } from "./scheduled.ts"

/** Makes a breaker with its own state. Fails if an option is invalid. */
export const make = (options: Options = {}): Effect.Effect<CircuitBreaker, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options = {}): CircuitBreaker => new Breaker(options)

/** Runs an effect through a breaker, outside a pipeline. */
export const protect: {
  (
    breaker: CircuitBreaker,
  ): <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | CircuitOpen, R>
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    breaker: CircuitBreaker,
  ): Effect.Effect<A, E | CircuitOpen, R>
} = /* @__PURE__ */ dual(
  2,
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    breaker: CircuitBreaker,
  ): Effect.Effect<A, E | CircuitOpen, R> => through<A, E, R, CircuitOpen>(breaker.step, effect),
)

// ---------------------------------------------------------------------------------------------------------------------
// State
// ---------------------------------------------------------------------------------------------------------------------

/** The counters of a breaker since it was made, and the current contents of its window. */
export interface Counts {
  readonly successes: number
  readonly failures: number
  /** Calls that took longer than `slowCall.over`. Each is also counted as a success or a failure. */
  readonly slow: number
  /** Outcomes that say nothing about the service. */
  readonly ignored: number
  /** Outcomes that arrived too late to count. */
  readonly late: number
  /** Calls that were rejected, or would have been without `dryRun`. */
  readonly rejected: number
  /** The current number of failures in a row. */
  readonly streak: number
  /** The current contents of the window. */
  readonly window: { readonly calls: number; readonly failures: number; readonly slow: number } | undefined
  /** The number of openings, on which a growing open time depends. */
  readonly openings: number
}

/**
 * The state of a circuit.
 *
 * **Details**
 *
 * `since` is a date for display, in epoch milliseconds, and 0 for a circuit that has never changed. The breaker itself uses the
 * monotonic clock, so a step of the wall clock moves the date and not the open time.
 */
export type State = { readonly since: number; readonly counts: Counts } & (
  | { readonly _tag: "Closed" }
  | { readonly _tag: "Open"; readonly reason: string; readonly retryAfter: Duration.Duration }
  /** `probing` is the number of probes in flight, `succeeded` the number that have succeeded. */
  | { readonly _tag: "HalfOpen"; readonly probing: number; readonly succeeded: number }
  /** `share` is the fraction of calls that are admitted. */
  | { readonly _tag: "Recovering"; readonly share: number }
  | { readonly _tag: "Isolated"; readonly reason: string }
)

/** Runs an operation on the machine and reports the transitions that it causes. */
const on = <A>(
  breaker: CircuitBreaker,
  act: (machine: Machine, now: number, clock: Clock.Clock) => A,
): Effect.Effect<A> =>
  Effect.withFiber((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const result = act(breaker.machine, Monotonic.millisOf(clock), clock)
    const observer = fiber.getRef(Observer)
    breaker.tell(clock, (event) => observer && publish(observer, event, { pipeline: "", number: 0, fiber }))
    const told = breaker.take()
    return told === undefined ? Effect.succeed(result) : Effect.as(told, result)
  })

/** The current state, after applying the transitions that are due. */
export const state = (breaker: CircuitBreaker): Effect.Effect<State> =>
  on(breaker, (machine, now, clock) => {
    machine.look(now)
    machine.window?.forget(now)
    const { counters, openTimes, phase, probes, reason, streak, succeeded, window } = machine
    const since = machine.since === never ? 0 : dated(clock, machine.since)
    const held = window && { calls: window.calls, failures: window.failures, slow: window.slow }
    const counts = { ...counters, streak, window: held, openings: openTimes.openings }
    const isolation = isolationOf(machine)
    if (isolation !== undefined) {
      return { _tag: "Isolated", reason: isolation.reason, since: dated(clock, isolation.since), counts }
    }
    switch (phase) {
      case "Closed":
        return { _tag: phase, since, counts }
      case "Open":
        return { _tag: phase, since, reason, retryAfter: Duration.millis(machine.retryAfter(now)), counts }
      case "HalfOpen":
        return { _tag: phase, since, probing: probes.size, succeeded, counts }
      case "Recovering":
        return { _tag: phase, since, share: shareAt(machine.settings.ramp ?? none, now - machine.since), counts }
    }
  })

/**
 * A stream of all state changes from now on.
 *
 * **Details**
 *
 * A transition that time makes due is reported at the next call or {@link state}. Its `at` is the date when it was due, in
 * epoch milliseconds.
 */
export const transitions = (breaker: CircuitBreaker): Stream.Stream<Transition> =>
  Stream.callback<Transition>((queue) =>
    Effect.acquireRelease(
      Effect.sync(() => {
        const listener = (transition: Transition): void => void Queue.offerUnsafe(queue, transition)
        breaker.listeners.add(listener)
        return listener
      }),
      (listener) => Effect.sync(() => breaker.listeners.delete(listener)),
    ),
  )

// ---------------------------------------------------------------------------------------------------------------------
// Operations
// ---------------------------------------------------------------------------------------------------------------------

/** A handle to one isolation of a breaker. */
export interface Isolation {
  readonly reason: string
  /** Ends this isolation. When the last one ends, the circuit resumes in its former state. Releasing twice does nothing. */
  readonly release: Effect.Effect<void>
}

/**
 * Rejects every call until the isolation is released.
 *
 * **Details**
 *
 * Isolations for several reasons may overlap; the circuit stays isolated until the last is released. Calls in flight continue,
 * and their outcomes are ignored. The end of an isolation is unknown, so a rejection gives the open time as its `retryAfter`.
 */
export const isolate = (breaker: CircuitBreaker, reason: string): Effect.Effect<Isolation> =>
  on(breaker, (machine, now) => {
    const isolation = machine.isolate(now, reason)
    return { reason, release: on(breaker, (machine, now) => machine.release(now, isolation)) }
  })

/** {@link isolate} that is released with the scope. */
export const isolateScoped = (breaker: CircuitBreaker, reason: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(isolate(breaker, reason), ({ release }) => release))

/** Closes the circuit and clears its streak and window; isolations and counters are kept. */
export const reset = (breaker: CircuitBreaker): Effect.Effect<void> => on(breaker, (machine, now) => machine.reset(now))

/**
 * Changes the options of a running breaker. Its state, streak, window, open time and probes are kept.
 *
 * **Details**
 *
 * The options replace all earlier ones: an absent option gets its default, except `classify` and the name, which are kept. A
 * window of another size keeps the outcomes that fit; a window of another kind starts empty. An open circuit keeps its current
 * open time.
 */
export const reload = (breaker: CircuitBreaker, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => breaker.apply(options))

// ---------------------------------------------------------------------------------------------------------------------
// Breakers by key
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Makes a breaker for each key on first use.
 *
 * **Details**
 *
 * Up to `capacity` keys are kept. A further key evicts the least recently used one whose breaker has no state: closed, no
 * failures in a row, an empty window, and long enough since the last opening. If there is none, it evicts the least recently
 * used key that is not isolated, whatever its state. So only isolated keys can exceed the capacity.
 *
 * **Gotchas**
 *
 * The name of each breaker is `name/key`; it appears in events and errors.
 */
export const keyed = (options: KeyedOptions = {}): Effect.Effect<Keyed, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => new KeyedBreakers(options))

/** The breaker of a key. Call it for every request: a breaker that was evicted is not shared with later callers. */
export const at = (keyed: Keyed, key: string): Effect.Effect<CircuitBreaker> =>
  Effect.map(Monotonic.millis, (now) => keyed.at(key, now))
