/**
 * A gate: callers pass while it is open and wait while it is closed.
 *
 * A gate closes for a reason that concerns every call (the network is gone, the token was refused), so that one fiber
 * looks for the way back while all others wait without spending attempts.
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { reader } from "../pipeline/InvalidPolicy.ts"
import { millisOf } from "../time/Monotonic.ts"
import { nextGate } from "./nextGate.ts"

/** The state of a gate and its reason. `since` is a date for display, in epoch milliseconds. */
export type State =
  | { readonly _tag: "Open" }
  | { readonly _tag: "Closed"; readonly reason: string; readonly since: number }
  | {
      readonly _tag: "NeedsHuman"
      readonly reason: string
      readonly action: string
      readonly since: number
      /** Default: `sign-in`. */
      readonly need?: Need
    }

/**
 * What a person has to do: `sign-in` again, put the `machine` right (a full disk, a file without access) or correct the `settings` of
 * the program (its credentials, an address). In the last two cases the sign-in itself may be valid.
 */
export type Need = "sign-in" | "machine" | "settings"

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
  /** Whether a call passes without waiting: the gate is open and no earlier call still waits for its turn. */
  readonly isClear: () => boolean
  /** Returns immediately if the gate is clear. Otherwise waits for its turn after the gate has opened. */
  readonly awaitOpen: Effect.Effect<void>
  readonly open: Effect.Effect<void>
  /** Closes an open gate; a gate that is closed keeps its first reason. */
  readonly close: (reason: string) => Effect.Effect<void>
  /** Keeps the gate closed until a person has done something. */
  readonly needsHuman: (reason: string, action: string, need?: Need) => Effect.Effect<void>
  readonly stats: Effect.Effect<Stats>
}

/** How waiters are let through after a gate has opened. */
export interface Options {
  /** Where the gate begins. Default: open. */
  readonly initial?: State
  /** The time between two waves of admitted waiters. Default: 100 ms. */
  readonly ramp?: Duration.Input
}

const opened: State = { _tag: "Open" }

/** Admits a waiter, with the number of the opening that admits it. */
type Resume = (admission: Effect.Effect<number>) => void

/**
 * Makes a gate that admits its waiters in the order of their arrival.
 *
 * **Details**
 *
 * Each opening starts a new ramp: one waiter immediately, then 2, 4, 8 … with `ramp` between two waves. A server that has just
 * recovered gets one call first, and 100 000 waiters are admitted after 17 waves. A call that arrives while waiters remain joins
 * the end of their queue. If the gate closes during the ramp, the remaining waiters keep their order for the next opening.
 * Throws an `InvalidPolicy` for invalid options, including unknown ones.
 */
export const make = <const Name extends string>(name: Name, options: Options = {}): Effect.Effect<Gate<Name>> => {
  const read = reader("Gate")
  read.known(options, { initial: true, ramp: true })
  const ramp = read.millis("ramp", options.ramp ?? 100)
  return Effect.gen(function* () {
    const initial = options.initial ?? opened
    const state = yield* SubscriptionRef.make<State>(initial)
    let isOpen = initial._tag === "Open"
    let openings = 0
    let closed = 0
    let waitingSince = 0
    let waitedMs = 0
    const waiters = new Set<Resume>()
    /** Waiters that were admitted but did not run before the gate closed. They are first in the queue. */
    const returned = new Set<Resume>()
    let admitting: Fiber.Fiber<void> | undefined

    const isClear = (): boolean => isOpen && waiters.size === 0 && returned.size === 0

    /** Adds the time since the first waiter arrived, when no waiter is left. */
    const count = (clock: Clock.Clock): void => {
      waitedMs += millisOf(clock) - waitingSince
    }

    const stopAdmitting = (): void => {
      admitting?.interruptUnsafe()
      admitting = undefined
    }

    // A closed gate may hold a hundred thousand callers: what each of them costs is a place in the set and a callback.
    const join = (line: Set<Resume>): Effect.Effect<number> =>
      Effect.withFiber((fiber) =>
        Effect.callback<number>((resume) => {
          if (isClear()) return resume(Effect.succeed(openings))
          const clock = fiber.getRef(Clock.Clock)
          if (waiters.size + returned.size === 0) waitingSince = millisOf(clock)
          line.add(resume)
          return Effect.sync(() => {
            if (!line.delete(resume) || waiters.size + returned.size > 0) return
            count(clock)
            stopAdmitting()
          })
        }),
      )
    // The gate may have closed again, or even reopened, before an admitted waiter runs.
    const pass = (opening: number): Effect.Effect<void> => (isOpen && opening === openings ? Effect.void : rejoin)
    const rejoin: Effect.Effect<void> = Effect.flatMap(join(returned), pass)
    const queue: Effect.Effect<void> = Effect.flatMap(join(waiters), pass)

    /** Admits up to `most` waiters. Returns whether any remain. */
    const admit = (most: number, clock: Clock.Clock): boolean => {
      const before = waiters.size + returned.size
      // Yields first, so that the call does not run inside the fiber that opened the gate.
      const admission = Effect.as(Effect.yieldNow, openings)
      let left = most
      for (const line of [returned, waiters]) {
        for (const resume of line) {
          if (left-- <= 0) return true
          line.delete(resume)
          resume(admission)
        }
      }
      if (before > 0) count(clock)
      return false
    }

    /** Admits the waves after the first. */
    const waves = (n: number, clock: Clock.Clock): Effect.Effect<void> =>
      Effect.flatMap(Effect.sleep(ramp), () => (admit(2 ** n, clock) ? waves(n + 1, clock) : Effect.void))

    const shut = (next: (now: number) => State) =>
      Effect.withFiber((fiber) => {
        if (isOpen) closed++
        isOpen = false
        stopAdmitting()
        const now = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
        return Effect.uninterruptible(SubscriptionRef.set(state, next(now)))
      })

    const open = Effect.withFiber((fiber) => {
      if (isOpen) return Effect.void
      isOpen = true
      openings++
      const clock = fiber.getRef(Clock.Clock)
      if (admit(ramp === 0 ? Infinity : 1, clock)) {
        admitting = Effect.runForkWith(fiber.context)(waves(1, clock))
      }
      return Effect.uninterruptible(SubscriptionRef.set(state, opened))
    })

    return {
      name,
      state,
      changes: SubscriptionRef.changes(state),
      isOpen: () => isOpen,
      isClear,
      awaitOpen: Effect.suspend(() => (isClear() ? Effect.void : queue)),
      open,
      close: (reason) =>
        Effect.suspend(() => (isOpen ? shut((now) => ({ _tag: "Closed", reason, since: now })) : Effect.void)),
      needsHuman: (reason, action, need) =>
        shut((now) => ({
          _tag: "NeedsHuman",
          reason,
          action,
          since: now,
          ...(need === undefined || need === "sign-in" ? {} : { need }),
        })),
      stats: Effect.map(Clock.Clock, (clock) => ({
        closed,
        waitedMs: waitedMs + (waiters.size + returned.size > 0 ? millisOf(clock) - waitingSince : 0),
      })),
    }
  })
}

/**
 * Waits until all gates are open at the same moment.
 *
 * **Details**
 *
 * Waits for its turn at each gate, then checks all of them again, because the first may have closed while the second opened.
 */
export const awaitAll = (gates: ReadonlyArray<Gate>): Effect.Effect<void> => awaitFrom(gates, 0)

/** The gates before `from` have admitted the caller already. They only have to be open still. */
const awaitFrom = (gates: ReadonlyArray<Gate>, from: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const at = nextGate(gates, from)
    const gate = gates[at]
    return gate === undefined ? Effect.void : Effect.andThen(gate.awaitOpen, awaitFrom(gates, Math.max(from, at + 1)))
  })
