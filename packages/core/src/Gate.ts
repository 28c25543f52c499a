/**
 * A gate: callers pass while it is open and wait while it is closed.
 *
 * A gate closes for a reason that concerns every call (the network is gone, the token was refused), so that one fiber
 * looks for the way back while all others wait without spending attempts.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"

/** What a gate is doing, and why; `since` is in milliseconds of the epoch. */
export type State =
  | { readonly _tag: "Open" }
  | { readonly _tag: "Closed"; readonly reason: string; readonly since: number }
  | { readonly _tag: "NeedsHuman"; readonly reason: string; readonly action: string; readonly since: number }

/** How often a gate closed, and for how long (ms) it kept at least one caller waiting. */
export interface Stats {
  readonly closed: number
  readonly waitedMs: number
}

/** A gate. */
export interface Gate<Name extends string = string> {
  readonly name: Name
  /** The state now. */
  readonly state: SubscriptionRef.SubscriptionRef<State>
  /** The state now and every later one. */
  readonly changes: Stream.Stream<State>
  readonly isOpen: () => boolean
  /** Returns at once when the gate is open; otherwise waits its turn after the gate has opened. */
  readonly awaitOpen: Effect.Effect<void>
  readonly open: Effect.Effect<void>
  /** Closes an open gate; a gate that is closed keeps its first reason. */
  readonly close: (reason: string) => Effect.Effect<void>
  /** Keeps the gate closed until a person has done something. */
  readonly needsHuman: (reason: string, action: string) => Effect.Effect<void>
  readonly stats: Effect.Effect<Stats>
}

/** How waiters are let through after a gate has opened. */
export interface Options {
  /** Where the gate begins. Default: open. */
  readonly initial?: State
  /** The time between two waves of re-admitted waiters. Default: 100 ms. */
  readonly ramp?: Duration.Input
}

/**
 * The wave that a waiter goes with, by its place in the queue from 0: waves of 1, 2, 4, 8 … so that a server that has
 * just come back meets one call first, and 100 000 waiters are through after 17 waves.
 */
export const wave = (place: number): number => Math.floor(Math.log2(place + 1))

const opened: State = { _tag: "Open" }

/** Makes a gate. */
export const make = <const Name extends string>(name: Name, options: Options = {}): Effect.Effect<Gate<Name>> =>
  Effect.gen(function* () {
    const initial = options.initial ?? opened
    const ramp = Duration.toMillis(options.ramp ?? "100 millis")
    const state = yield* SubscriptionRef.make<State>(initial)
    let isOpen = initial._tag === "Open"
    let closed = 0
    let waitingSince = 0
    let waitedMs = 0
    let admitted = 0
    const waiters = new Set<(admission: Effect.Effect<void>) => void>()

    /** The waiters were there until now. */
    const count = (now: number): void => {
      waitedMs += now - waitingSince
      waitingSince = now
    }

    // A closed gate may hold a hundred thousand callers: what each of them costs is a place in the set and a callback.
    const admission: Effect.Effect<void> = Effect.withFiber((fiber) =>
      Effect.callback<void>((resume) => {
        if (isOpen) return resume(Effect.void)
        const clock = fiber.getRef(Clock.Clock)
        if (waiters.size === 0) waitingSince = clock.currentTimeMillisUnsafe()
        waiters.add(resume)
        return Effect.sync(() => {
          if (waiters.delete(resume) && waiters.size === 0) count(clock.currentTimeMillisUnsafe())
        })
      }),
    )

    // A wave may find the gate closed once more: hence the loop.
    const queue: Effect.Effect<void> = Effect.flatMap(admission, () => (isOpen ? Effect.void : queue))

    const admit = (resume: (admission: Effect.Effect<void>) => void): void => {
      const delay = wave(admitted++) * ramp
      // Even the first wave yields before it goes on: whoever opens the gate shall not run the calls that waited at it.
      resume(delay === 0 ? Effect.yieldNow : Effect.sleep(delay))
    }

    const shut = (next: (now: number) => State) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (isOpen) closed++
        isOpen = false
        return SubscriptionRef.set(state, next(now))
      })

    return {
      name,
      state,
      changes: SubscriptionRef.changes(state),
      isOpen: () => isOpen,
      awaitOpen: Effect.suspend(() => (isOpen ? Effect.void : queue)),
      open: Effect.suspend(() => {
        if (isOpen) return Effect.void
        admitted = 0
        return Effect.andThen(
          SubscriptionRef.set(state, opened),
          Effect.map(Clock.currentTimeMillis, (now) => {
            isOpen = true
            if (waiters.size > 0) count(now)
            const waves = [...waiters]
            waiters.clear()
            waves.forEach(admit)
          }),
        )
      }),
      close: (reason) =>
        Effect.suspend(() => (isOpen ? shut((now) => ({ _tag: "Closed", reason, since: now })) : Effect.void)),
      needsHuman: (reason, action) => shut((now) => ({ _tag: "NeedsHuman", reason, action, since: now })),
      stats: Effect.map(Clock.currentTimeMillis, (now) => ({
        closed,
        waitedMs: waitedMs + (waiters.size > 0 ? now - waitingSince : 0),
      })),
    }
  })

/**
 * Waits until all gates are open at the same moment.
 *
 * **Gotchas**
 *
 * Waiting for one after the other is not enough: the first may have closed again while the second opened.
 */
export const awaitAll = (gates: ReadonlyArray<Gate>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const closed = gates.find((gate) => !gate.isOpen())
    return closed === undefined ? Effect.void : Effect.andThen(closed.awaitOpen, awaitAll(gates))
  })
