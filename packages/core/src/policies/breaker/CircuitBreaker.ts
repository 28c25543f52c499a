/**
 * After too many failures, a circuit breaker rejects calls immediately until a probe shows that the service has recovered.
 *
 * **Details**
 *
 * - *Closed*: every call is sent. The circuit opens after `consecutive` failures in a row, or when too many outcomes in a
 *   `window` are failures or slow calls. A success opens the circuit only if the call was slow.
 * - *Open*: every call is rejected with {@link CircuitOpen} for the open time, which is the longer of `open` and the
 *   `Retry-After` of the failure that opened the circuit, but at most `maxOpen`.
 * - *Half-open*: the next calls are sent as probes, up to `probes` at once. The circuit closes after `successThreshold`
 *   successful probes. The circuit opens again if a probe fails, is slow, or has no outcome when its lease ends.
 * - *Recovering*: the circuit is closed, and with a `ramp` a growing share of the calls is admitted.
 * - *Isolated*: an operator has stopped all calls.
 *
 * Whether the breaker counts an error as a failure depends on the outcome in the error's verdict. The outcomes `failure` and
 * `overload` count as failures, and so does an attempt that was in flight when its deadline passed. Calls with the outcome
 * `ignored` and calls canceled by their caller count neither as successes nor as failures. If a probe is canceled by its
 * caller or has the outcome `ignored`, the next call becomes the probe. The breaker ignores the outcomes of calls that it
 * admitted before the circuit opened, and the outcomes of probes that finish after their lease has expired.
 *
 * A growing open time depends on how many times the circuit has opened. The count of openings restarts once the circuit has
 * stayed closed for as long as it was last open.
 *
 * The breaker has no timer or fiber. The breaker advances lazily: each call first applies the transitions that are due.
 *
 * **Gotchas**
 *
 * A probe that takes longer than `probeLease` counts as failed, so `probeLease` must be longer than the timeout of an
 * attempt.
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
import { checked, type Options } from "./options.ts"
import { none, shareAt } from "./ramp.ts"

export { CircuitOpen } from "./circuitOpen.ts"
export type { CircuitBreaker, Keyed }
export type { Transition } from "./breaker.ts"
export type { KeyedOptions } from "./keyed.ts"
export type { Phase, PhaseChange } from "./phase.ts"
export type { Growing, Options, RampOptions, Window, WindowRates } from "./options.ts"
export { scheduled } from "./scheduled.ts"

/** Creates a circuit breaker that has its own state. Fails with an `InvalidPolicy` if an option is invalid. */
export const make = (options: Options = {}): Effect.Effect<CircuitBreaker, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** Like {@link make}, but throws the `InvalidPolicy` instead of failing with it. */
export const makeUnsafe = (options: Options = {}): CircuitBreaker =>
  new Breaker(options.name ?? "breaker", checked(options), options.classify)

/** Runs an effect through a breaker without using a pipeline. */
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

/** The counters of a breaker since its creation, and the current contents of its window. */
export interface Counts {
  readonly successes: number
  readonly failures: number
  /** The number of calls that took longer than `slowCall.over`. Each slow call is also counted as a success or a failure. */
  readonly slow: number
  /** The number of outcomes that do not indicate whether the service is healthy. */
  readonly ignored: number
  /** The number of outcomes that arrived too late to affect the circuit. */
  readonly late: number
  /** The number of calls that were rejected, or that would have been rejected without `dryRun`. */
  readonly rejected: number
  /** The current number of failures in a row. */
  readonly streak: number
  /** The current contents of the window. */
  readonly window: { readonly calls: number; readonly failures: number; readonly slow: number } | undefined
  /** The current count of openings, from which a growing open time is computed. */
  readonly openings: number
}

/**
 * The state of a circuit.
 *
 * **Details**
 *
 * `since` is a date for display, in epoch milliseconds. `since` is 0 if the circuit has never changed state. The breaker
 * itself uses the monotonic clock, so an adjustment of the wall clock changes the date in `since` but not the open time.
 */
export type State = { readonly since: number; readonly counts: Counts } & (
  | { readonly _tag: "Closed" }
  | { readonly _tag: "Open"; readonly reason: string; readonly retryAfter: Duration.Duration }
  /** `probing` is the number of probes in flight, and `succeeded` is the number of probes that have succeeded. */
  | { readonly _tag: "HalfOpen"; readonly probing: number; readonly succeeded: number }
  /** `share` is the fraction of calls that are admitted. */
  | { readonly _tag: "Recovering"; readonly share: number }
  | { readonly _tag: "Isolated"; readonly reason: string }
)

/** Runs an operation on the breaker's state machine and reports the transitions that the operation causes. */
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

/** Returns the current state of the breaker after applying the transitions that are due. */
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
 * A stream of the breaker's state changes that occur while the stream runs.
 *
 * **Details**
 *
 * A transition caused by elapsed time is reported when the next call arrives or when {@link state} runs. The `at` field of a
 * transition is the date when the transition was due, in epoch milliseconds.
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

/** A handle for ending one isolation of a breaker. */
export interface Isolation {
  readonly reason: string
  /**
   * Ends this isolation. When the last isolation ends, the circuit returns to its underlying state (closed, open, half-open
   * or recovering). Releasing an isolation a second time has no effect.
   */
  readonly release: Effect.Effect<void>
}

/**
 * Rejects every call until the isolation is released.
 *
 * **Details**
 *
 * Several isolations with different reasons can overlap, and the circuit stays isolated until the last one is released. Calls
 * in flight continue, and their outcomes are ignored. The breaker cannot predict when an isolation ends, so each rejection
 * reports the next open time as its `retryAfter`.
 */
export const isolate = (breaker: CircuitBreaker, reason: string): Effect.Effect<Isolation> =>
  on(breaker, (machine, now) => {
    const isolation = machine.isolate(now, reason)
    return { reason, release: on(breaker, (machine, now) => machine.release(now, isolation)) }
  })

/** Like {@link isolate}, but releases the isolation when the scope closes. */
export const isolateScoped = (breaker: CircuitBreaker, reason: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(isolate(breaker, reason), ({ release }) => release))

/** Closes the circuit and clears its failure streak and window, but keeps its isolations and counters. */
export const reset = (breaker: CircuitBreaker): Effect.Effect<void> => on(breaker, (machine, now) => machine.reset(now))

/**
 * Changes the options of a running breaker. The breaker keeps its state, failure streak, window, current open time and
 * probes.
 *
 * **Details**
 *
 * The new options replace all earlier options. An absent option is reset to its default, except that the breaker keeps its
 * `classify` function and its name. If only the size of the window changes, the new window keeps the outcomes that fit. If
 * the kind of window changes, the new window starts empty. An open circuit keeps its current open time.
 */
export const reload = (breaker: CircuitBreaker, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => breaker.apply(options))

// ---------------------------------------------------------------------------------------------------------------------
// Breakers by key
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Creates a breaker for each key when the key is first used.
 *
 * **Details**
 *
 * Up to `capacity` keys are kept. When the capacity is reached, a new key evicts one of the least recently used keys,
 * preferably a key whose breaker has no state. A breaker has no state if the circuit is closed, the failure streak is 0, the
 * window is empty, and enough time has passed since the circuit last opened. If every examined breaker has state, the new key
 * evicts a key whose circuit is closed or, failing that, the least recently used key that is not isolated. Isolated keys are
 * never evicted, so only they can cause the capacity to be exceeded.
 *
 * **Gotchas**
 *
 * Each breaker is named `name/key`, and this name appears in events and errors.
 */
export const keyed = (options: KeyedOptions = {}): Effect.Effect<Keyed, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => new KeyedBreakers(options))

/**
 * Returns the breaker for a key. Look up the breaker again for every request, because a breaker that has been evicted is not
 * shared with later callers.
 */
export const at = (keyed: Keyed, key: string): Effect.Effect<CircuitBreaker> =>
  Effect.map(Monotonic.millis, (now) => keyed.at(key, now))
