/**
 * The bulkhead limits how many calls run and how many may queue, and rejects a call that would miss its deadline.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { Refusal } from "../../errors/stackless.ts"
import type { Classified, Verdict } from "../../errors/Verdict.ts"
import type { Call, CallOptions } from "../../pipeline/engine/call.ts"
import { guarded, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending, through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import { Places, type Reason } from "../limits/places.ts"
import { message, refused } from "../limits/refusal.ts"
import { longestWait } from "../limits/worst.ts"
import { describe } from "./describe.ts"
import { checked, type Options } from "./options.ts"

export type { Reason } from "../limits/places.ts"
export type { Options } from "./options.ts"

/**
 * The bulkhead has no permit for the call, which was not sent.
 *
 * **Details**
 *
 * `reason` is `full` (the queue too), `tooLate` (the call would not get a permit before its deadline), `maxWait` (it waited for
 * the longest time allowed) or `displaced` (a call of higher priority took its slot in the full queue). `expectedWait`
 * estimates, in milliseconds, when a call of this priority would get a permit, from the durations of recent calls; absent if
 * unknown. The verdict's `retryAfter` has the same value.
 */
export class BulkheadFull extends /* @__PURE__ */ Refusal("BulkheadFull") {
  readonly bulkhead: string
  readonly permits: number
  readonly queued: number
  readonly reason: Reason
  readonly expectedWait: number | undefined
  readonly verdict: Verdict

  constructor(fields: Omit<BulkheadFull, "verdict" | keyof Error | "_tag">) {
    super()
    this.bulkhead = fields.bulkhead
    this.permits = fields.permits
    this.queued = fields.queued
    this.reason = fields.reason
    this.expectedWait = fields.expectedWait
    this.verdict = refused(fields.expectedWait)
  }

  override get message(): string {
    const { bulkhead, expectedWait, permits, queued, reason } = this
    return message(bulkhead, reason, permits, queued, expectedWait)
  }
}

/** The current load of a bulkhead. */
export interface Stats {
  readonly inFlight: number
  readonly queued: number
  readonly permits: number
}

/** A bulkhead. Its tickets are all alike, because permits are interchangeable. */
export class Bulkhead implements Guard<number, BulkheadFull>, Reloadable<Options> {
  declare readonly [Refuses]?: BulkheadFull
  readonly kind = "bulkhead"
  readonly name: string
  /** @internal */
  readonly places: Places
  /** @internal */
  readonly step = guarded(this, sending)

  constructor(options: Options) {
    const { name, permits, room } = checked(options)
    this.name = name
    this.places = new Places(permits, room, (reason, expectedWait) => {
      const { permits, waiting } = this.places
      return new BulkheadFull({
        bulkhead: this.name,
        permits,
        queued: waiting.size,
        reason,
        expectedWait,
      })
    })
  }

  /** @internal */
  enter(): number | undefined {
    return this.places.enter() ? 0 : undefined
  }

  /** @internal */
  wait(call: Call, now: number, hold: (ticket: number) => void): Effect.Effect<void, BulkheadFull> {
    return this.places.wait(call, now, hold) as Effect.Effect<void, BulkheadFull>
  }

  /** @internal */
  exit(_call: Call, _ticket: number, enteredAt: number, now: number): undefined {
    this.places.release(this.timeless() ? undefined : now - enteredAt, now)
  }

  /**
   * Skips reading the clock while fewer than half of the permits are in use: durations matter only under contention.
   *
   * @internal
   */
  timeless(): boolean {
    return this.places.slack
  }

  /** @internal */
  describe(): string {
    return describe(this.places)
  }

  /** @internal */
  longestWait(): number {
    return longestWait(this.places.room)
  }

  /** @internal */
  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checked(options))
  }

  /** @internal */
  apply(options: Options): void {
    const { permits, room } = checked(options)
    this.places.room = room
    this.places.resize(permits)
  }
}

/**
 * Makes a bulkhead.
 *
 * **Details**
 *
 * A call takes a free permit, or waits in the queue if it has room. Permits go to the call of the highest `priority`; among
 * equals, to the one that has waited longest. No call starves: at least one of nine consecutive permits goes to the
 * longest-waiting call, so a call behind `k` longer-waiting ones is admitted after at most `9 · (k + 1)` permits. If the queue
 * is full, a call of higher priority displaces the latest call of the lowest priority.
 *
 * If the durations of recent calls show that a call would be admitted only after its deadline, it is rejected immediately. No
 * call waits longer than `maxWait` or its deadline, and a permit goes only to a call that still has time.
 *
 * **Gotchas**
 *
 * Without `queue` no call waits: if no permit is free, the call is rejected, as by default in Polly and resilience4j. With a
 * `queue` but no `maxWait` and no deadline, the wait of a call has no bound.
 *
 * **Example**
 *
 * ```ts
 * const bulkhead = yield* Bulkhead.make({ permits: 4, queue: 100, maxWait: "10 seconds" })
 * yield* upload(part).pipe(Bulkhead.protect(bulkhead))
 * ```
 */
export const make = (options: Options): Effect.Effect<Bulkhead, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options): Bulkhead => new Bulkhead(options)

/** Runs an effect in a bulkhead, outside a pipeline. */
export const protect: {
  (
    bulkhead: Bulkhead,
    options?: CallOptions,
  ): <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | BulkheadFull, R>
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    bulkhead: Bulkhead,
    options?: CallOptions,
  ): Effect.Effect<A, E | BulkheadFull, R>
} = /* @__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>, bulkhead: Bulkhead, options?: CallOptions) =>
    through<A, E, R, BulkheadFull>(bulkhead.step, effect, options),
)

/** How many calls are in flight and how many are queued. */
export const stats = (bulkhead: Bulkhead): Effect.Effect<Stats> =>
  Effect.sync(() => ({
    inFlight: bulkhead.places.inFlight,
    queued: bulkhead.places.waiting.size,
    permits: bulkhead.places.permits,
  }))

/**
 * Changes the options of a running bulkhead; calls in flight and in the queue are kept.
 *
 * **Details**
 *
 * More permits admit queued calls immediately. Fewer permits do not affect the calls in flight: no queued call is admitted
 * until enough of them have ended. A queued call keeps its original `maxWait`, even in a queue that is now too long. The
 * options replace all earlier ones: an absent option gets its default. The name is kept.
 */
export const reload = (bulkhead: Bulkhead, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => bulkhead.apply(options))
