/**
 * A circuit breaker: after too many failures calls are rejected at once, until a probe shows that the service answers.
 *
 * **Details**
 *
 * - *Closed*: every call is sent. It opens after `consecutive` failures in a row, or when of the outcomes in a `window`
 *   too many failed or were slow. A success never opens it, unless it was slow.
 * - *Open*: every call is rejected with {@link CircuitOpen}, for the open time: `open`, or the server's `Retry-After` of
 *   the failure that opened it where that is longer, and never more than `maxOpen`.
 * - *Half-open*: the next calls are the probes, `probes` at once. When `successThreshold` of them have succeeded the
 *   circuit closes; when one fails, is slow, or has no outcome at the end of its lease, it opens again.
 * - *Recovering*: closed, and with a `ramp` a growing share of the calls is admitted.
 * - *Isolated*: an operator has stopped all calls.
 *
 * The outcome of an error's verdict decides: `failure` and `overload` are failures, and so is an attempt that was in flight
 * when its deadline passed. `ignored` counts neither way, as does a call that its caller cancels; a probe that ends so gives
 * its place to the next call. Outcomes of calls admitted before the circuit opened are ignored, and so is a probe that
 * answers after its lease.
 *
 * The openings that a growing open time counts are forgotten when the circuit has stayed closed for as long as it was
 * last open.
 *
 * The breaker has no timer or fiber. It advances lazily: each call first applies the transitions that were due by now.
 *
 * **Gotchas**
 *
 * A probe that needs longer than `probeLease` has failed: the lease has to be longer than the timeout of an attempt.
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

/** Makes a breaker. */
export const make = (options: Options = {}): Effect.Effect<CircuitBreaker, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options = {}): CircuitBreaker => new Breaker(options)

/** Runs an effect through a breaker, without a pipeline. */
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
// What it does
// ---------------------------------------------------------------------------------------------------------------------

/** What a breaker has counted since it was made, and what it holds now. */
export interface Counts {
  readonly successes: number
  readonly failures: number
  /** Calls that took longer than `slowCall.over`; they are among the successes and the failures too. */
  readonly slow: number
  /** Outcomes that said nothing about the service. */
  readonly ignored: number
  /** Outcomes that came too late to count. */
  readonly late: number
  /** Calls that were rejected, or would have been in a dry run. */
  readonly rejected: number
  /** The failures in a row until now. */
  readonly streak: number
  /** What the window holds now. */
  readonly window: { readonly calls: number; readonly failures: number; readonly slow: number } | undefined
  /** The openings that a growing open time counts. */
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
  /** `probing` is how many probes are in flight, `succeeded` how many have succeeded. */
  | { readonly _tag: "HalfOpen"; readonly probing: number; readonly succeeded: number }
  /** `share` is that of the calls that are admitted. */
  | { readonly _tag: "Recovering"; readonly share: number }
  | { readonly _tag: "Isolated"; readonly reason: string }
)

/** Does something with the machine, and tells of what has changed by it. */
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

/** The state now; what has become due by now is done, as it is when a call comes. */
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
 * Every change of the state from now on, once each.
 *
 * **Details**
 *
 * A change is reported when it is made, and one that time makes at the next call or {@link state}. Its `at` is the date at
 * which it was due, in milliseconds of the epoch.
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
// What is done to it
// ---------------------------------------------------------------------------------------------------------------------

/** One reason to let no call through. */
export interface Isolation {
  readonly reason: string
  /** Takes this reason back; when it was the last one, the circuit goes on where it was. Doing it again does nothing. */
  readonly release: Effect.Effect<void>
}

/**
 * Rejects every call until the isolation is released.
 *
 * **Details**
 *
 * Isolations for several reasons may overlap, and the circuit stays isolated until the last is released. Calls in
 * flight continue, and their outcomes are ignored. How long it lasts is unknown, so a rejection names the open time.
 */
export const isolate = (breaker: CircuitBreaker, reason: string): Effect.Effect<Isolation> =>
  on(breaker, (machine, now) => {
    const isolation = machine.isolate(now, reason)
    return { reason, release: on(breaker, (machine, now) => machine.release(now, isolation)) }
  })

/** {@link isolate} that is released with the scope. */
export const isolateScoped = (breaker: CircuitBreaker, reason: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(Effect.acquireRelease(isolate(breaker, reason), ({ release }) => release))

/** Closes the circuit and forgets what it has seen; isolations and counters stay. */
export const reset = (breaker: CircuitBreaker): Effect.Effect<void> => on(breaker, (machine, now) => machine.reset(now))

/**
 * Changes the options of a running breaker. Its state, streak, window, open time and probes stay.
 *
 * **Details**
 *
 * The options are all of them: one that is absent gets its default, apart from `classify` and from the name, which stays.
 * A window of another size keeps what fits; one of another kind begins empty. An open circuit stays open until the time
 * that it had.
 */
export const reload = (breaker: CircuitBreaker, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => breaker.apply(options))

// ---------------------------------------------------------------------------------------------------------------------
// Many of them
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Makes a breaker for each key, when it is first asked for.
 *
 * **Details**
 *
 * `capacity` keys are remembered. For one more, the key that was not used for longest is forgotten of those that are as
 * new: closed, without failures in a row, with an empty window, and long enough after the last opening. Where there is
 * none, it is the key that was not used for longest of all that are not isolated, whatever its state. So only isolated
 * keys can exceed the capacity.
 *
 * **Gotchas**
 *
 * The name of each breaker is `name/key`, and goes into events and errors.
 */
export const keyed = (options: KeyedOptions = {}): Effect.Effect<Keyed, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => new KeyedBreakers(options))

/** The breaker of a key. Ask for it with every call: a breaker that was evicted is not shared with later callers. */
export const at = (keyed: Keyed, key: string): Effect.Effect<CircuitBreaker> =>
  Effect.map(Monotonic.millis, (now) => keyed.at(key, now))
