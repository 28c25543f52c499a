/**
 * The bulkhead limits how many calls run and how many may queue, and rejects a call that would miss its deadline.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { Refusal } from "../../errors/stackless.ts"
import type { Classified, Verdict } from "../../errors/Verdict.ts"
import type { Call, CallOptions, Step } from "../../pipeline/engine/call.ts"
import { guarded, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { GuardData } from "../../pipeline/engine/guardData.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending, through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import { Places, type Reason } from "../limits/places.ts"
import { message, refused } from "../limits/refusal.ts"
import { longestWait } from "../limits/worst.ts"
import { checked, type Options } from "./options.ts"

export type { Reason } from "../limits/places.ts"
export type { Options } from "./options.ts"

/**
 * The bulkhead had no permit for the call, so the call was not sent.
 *
 * **Details**
 *
 * `reason` has one of four values: `full` (the queue is full too), `tooLate` (the call would not get a permit before its
 * deadline), `maxWait` (the call waited for the maximum time) or `displaced` (a call with a higher priority took its slot in
 * the full queue). `expectedWait` is the estimated time, in milliseconds, until a call of this priority would get a permit.
 * The estimate is based on the durations of recent calls and is absent if these are unknown. The `retryAfter` of the verdict
 * has the same value as `expectedWait`.
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

/** A bulkhead. All tickets of a bulkhead are identical, because permits are interchangeable. */
export class Bulkhead implements Guard<number, BulkheadFull>, Reloadable<Options> {
  declare readonly [Refuses]?: BulkheadFull
  readonly kind = "bulkhead"
  /** @internal */
  readonly ticketless = true
  readonly name: string
  /** @internal */
  readonly places: Places
  /**
   * The step that runs a call outside a pipeline, built on first use.
   *
   * @internal
   */
  get step(): Step {
    return (this.ownStep ??= guarded(this, sending))
  }
  private ownStep: Step | undefined = undefined

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

  /** @internal */
  isFree(): boolean {
    return this.places.inFlight < this.places.permits
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
  data(): GuardData {
    return { kind: "bulkhead", data: this.places }
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
 * A call acquires a free permit, or waits in the queue if the queue has room. Each permit goes to the call with the highest
 * `priority`. Among calls with the same priority, the permit goes to the call that has waited longest. No call starves,
 * because at least one of every nine consecutive permits goes to the longest-waiting call. Therefore a call behind `k`
 * longer-waiting calls is admitted after at most `9 · (k + 1)` permits. If the queue is full, a call with a higher priority
 * displaces the most recently queued call of the lowest priority.
 *
 * A call is rejected immediately if the durations of recent calls show that it would be admitted only after its deadline. A
 * call does not wait longer than `maxWait` or past its deadline, and a permit is given only to a call that still has time.
 *
 * **Gotchas**
 *
 * Without `queue`, calls do not wait. A call is rejected if no permit is free, which is also the default in Polly and
 * resilience4j. If `queue` is set without `maxWait` and a call has no deadline, its wait is unbounded.
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

/** Like {@link make}, but throws the `InvalidPolicy` instead of failing with it. */
export const makeUnsafe = (options: Options): Bulkhead => new Bulkhead(options)

/** Runs an effect under the limit of a bulkhead without using a pipeline. */
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

/** Returns the numbers of calls that are in flight and in the queue, and the number of permits. */
export const stats = (bulkhead: Bulkhead): Effect.Effect<Stats> =>
  Effect.sync(() => ({
    inFlight: bulkhead.places.inFlight,
    queued: bulkhead.places.waiting.size,
    permits: bulkhead.places.permits,
  }))

/**
 * Changes the options of a running bulkhead. Calls that are in flight or in the queue are kept.
 *
 * **Details**
 *
 * If the number of permits increases, queued calls are admitted immediately. A lower number of permits does not affect calls
 * in flight, but no queued call is admitted until enough of the calls in flight have ended. A queued call keeps its original
 * `maxWait` and stays in the queue even if the queue now exceeds the new limit. The new options replace all earlier options,
 * and an absent option is reset to its default. The name is kept.
 */
export const reload = (bulkhead: Bulkhead, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => bulkhead.apply(options))
