/**
 * A gate lets callers pass while it is open and makes them wait while it is closed.
 *
 * A gate closes for a reason that affects every call, such as a network outage or a rejected token. A single fiber probes for
 * recovery while the calls wait without using up attempts.
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

/**
 * The state of a gate, with the reason if the gate is closed. `since` is a time in epoch milliseconds, for display as a date.
 */
export type State =
  | { readonly _tag: "Open" }
  | { readonly _tag: "Closed"; readonly reason: string; readonly since: number }
  | {
      readonly _tag: "NeedsHuman"
      readonly reason: string
      readonly action: string
      readonly since: number
      /** The kind of action that the user has to take. Default: `sign-in`. */
      readonly need?: Need
    }

/**
 * The action that the user has to take: `sign-in` means signing in again, `machine` means fixing the machine (for example, a
 * full disk or an inaccessible file), and `settings` means correcting the settings of the program (for example, its
 * credentials or an address). With `machine` and `settings`, the sign-in itself may still be valid.
 */
export type Need = "sign-in" | "machine" | "settings"

/**
 * The number of times that a gate has closed, and the time in milliseconds during which at least one caller was waiting at
 * the gate.
 */
export interface Stats {
  readonly closed: number
  readonly waitedMs: number
}

/** A named gate. */
export interface Gate<Name extends string = string> {
  readonly name: Name
  /** The current state. */
  readonly state: SubscriptionRef.SubscriptionRef<State>
  /** A stream of the current state and all later states. */
  readonly changes: Stream.Stream<State>
  readonly isOpen: () => boolean
  /**
   * Returns whether a call would pass without waiting, which means that the gate is open and no earlier call is still queued.
   */
  readonly isClear: () => boolean
  /**
   * Returns immediately if a call can pass the gate without waiting. If the gate is not clear, waits until it opens and
   * admits this caller.
   */
  readonly awaitOpen: Effect.Effect<void>
  readonly open: Effect.Effect<void>
  /** Closes the gate if it is open. A gate that is already closed keeps its original reason. */
  readonly close: (reason: string) => Effect.Effect<void>
  /**
   * Keeps the gate closed until the user has taken the required action. Logs a warning with the reason once per closing,
   * unless signing in is the only required action.
   */
  readonly needsHuman: (reason: string, action: string, need?: Need) => Effect.Effect<void>
  readonly stats: Effect.Effect<Stats>
}

/** Options for the initial state of a gate, and for the admission of waiters after the gate opens. */
export interface Options {
  /** The initial state. Default: open. */
  readonly initial?: State
  /** The interval between two waves in which waiters are admitted. Default: 100 ms. */
  readonly ramp?: Duration.Input
}

const opened: State = { _tag: "Open" }

/** Admits a waiter and passes it the gate's current count of openings. */
type Resume = (admission: Effect.Effect<number>) => void

/**
 * Creates a gate that admits waiters in the order in which they arrived.
 *
 * **Details**
 *
 * Each time the gate opens, it starts a new ramp: it admits one waiter immediately and then waves of 2, 4, 8 … waiters,
 * separated by the `ramp` interval. A server that has just recovered receives a single call first. After 17 waves, 100 000
 * waiters have been admitted. A call that arrives while other calls are still waiting joins the end of the queue. If the gate
 * closes during the ramp, the remaining waiters keep their order until the gate opens again. Throws an `InvalidPolicy` if an
 * option is invalid or unknown.
 */
export const make = <const Name extends string>(name: Name, options: Options = {}): Effect.Effect<Gate<Name>> => {
  const read = reader("Gate")
  read.known(options, { initial: true, ramp: true })
  const ramp = read.millis("ramp", options.ramp ?? 100)
  return Effect.gen(function* () {
    const initial = options.initial ?? opened
    const state = yield* SubscriptionRef.make<State>(initial)
    let isOpen = initial._tag === "Open"
    let isAnnounced = false
    let openings = 0
    let closed = 0
    let waitingSince = 0
    let waitedMs = 0
    const waiters = new Set<Resume>()
    /** Waiters that were admitted but did not run before the gate closed. These waiters are first in the queue. */
    const returned = new Set<Resume>()
    let admitting: Fiber.Fiber<void> | undefined

    const isClear = (): boolean => isOpen && waiters.size === 0 && returned.size === 0

    /** Adds the time since the first waiter arrived to the total waiting time; called only when no waiters are left. */
    const count = (clock: Clock.Clock): void => {
      waitedMs += millisOf(clock) - waitingSince
    }

    const stopAdmitting = (): void => {
      admitting?.interruptUnsafe()
      admitting = undefined
    }

    // A closed gate may hold a hundred thousand callers, so each costs only a set entry and a callback.
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

    /** Admits up to `most` waiters. Returns whether any waiters remain. */
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

    /** Admits the second and all later waves of waiters. */
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
      isAnnounced = false
      openings++
      const clock = fiber.getRef(Clock.Clock)
      if (admit(ramp === 0 ? Infinity : 1, clock)) {
        admitting = Effect.runForkWith(fiber.context)(waves(1, clock))
      }
      return Effect.uninterruptible(SubscriptionRef.set(state, opened))
    })

    /**
     * Without the warning, a program would not show that its calls are waiting for settings that only the user can correct. A
     * missing sign-in is not logged as a warning, because it is a normal state that programs display themselves.
     */
    const announce = (reason: string, action: string, need: Need): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (isAnnounced || need === "sign-in") return Effect.void
        isAnnounced = true
        return Effect.logWarning(`calls wait at the gate ${name} until a person acts: ${reason}; ${action}`)
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
      needsHuman: (reason, action, need) => {
        const closing = shut((now) => ({
          _tag: "NeedsHuman",
          reason,
          action,
          since: now,
          ...(need === undefined || need === "sign-in" ? {} : { need }),
        }))
        return Effect.andThen(closing, announce(reason, action, need ?? "sign-in"))
      },
      stats: Effect.map(Clock.Clock, (clock) => ({
        closed,
        waitedMs: waitedMs + (waiters.size + returned.size > 0 ? millisOf(clock) - waitingSince : 0),
      })),
    }
  })
}

/**
 * Waits until all gates are open at the same time.
 *
 * **Details**
 *
 * Waits for admission at each gate and then checks all gates again, because the first gate may have closed while the call was
 * waiting at the second gate.
 */
export const awaitAll = (gates: ReadonlyArray<Gate>): Effect.Effect<void> => awaitFrom(gates, 0)

/**
 * Continues with the gate at index `from`. The gates before this index have already admitted the caller, so they only have to
 * be open.
 */
const awaitFrom = (gates: ReadonlyArray<Gate>, from: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const at = nextGate(gates, from)
    const gate = gates[at]
    return gate === undefined ? Effect.void : Effect.andThen(gate.awaitOpen, awaitFrom(gates, Math.max(from, at + 1)))
  })
