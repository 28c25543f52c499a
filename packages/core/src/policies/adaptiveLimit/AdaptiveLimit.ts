/**
 * A concurrency limit that adjusts itself according to the outcomes and the latency of calls.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import { Refusal } from "../../errors/stackless.ts"
import type { Classified, Verdict } from "../../errors/Verdict.ts"
import type { Call, CallOptions } from "../../pipeline/engine/call.ts"
import { guarded, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { GuardData } from "../../pipeline/engine/guardData.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending, through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import { Places, type Reason } from "../limits/places.ts"
import { message, refused } from "../limits/refusal.ts"
import { dropped } from "../limits/sent.ts"
import { longestWait } from "../limits/worst.ts"
import { Aimd } from "./aimd.ts"
import { clamp, type Algorithm, type Bounds } from "./algorithm.ts"
import { Gradient } from "./gradient.ts"
import { checked, type Options } from "./options.ts"

export type { Reason } from "../limits/places.ts"
export type { Options } from "./options.ts"

/**
 * The call would have exceeded the current limit and was not sent.
 *
 * **Details**
 *
 * `reason` and `expectedWait` (in milliseconds) have the same meaning as in `BulkheadFull`. The verdict's `retryAfter` equals
 * `expectedWait`.
 */
export class LimitReached extends /* @__PURE__ */ Refusal("LimitReached") {
  readonly limiter: string
  readonly limit: number
  readonly queued: number
  readonly reason: Reason
  readonly expectedWait: number | undefined
  readonly verdict: Verdict

  constructor(fields: Omit<LimitReached, "verdict" | keyof Error | "_tag">) {
    super()
    this.limiter = fields.limiter
    this.limit = fields.limit
    this.queued = fields.queued
    this.reason = fields.reason
    this.expectedWait = fields.expectedWait
    this.verdict = refused(fields.expectedWait)
  }

  override get message(): string {
    const { expectedWait, limit, limiter, queued, reason } = this
    return message(limiter, reason, limit, queued, expectedWait)
  }
}

/** The current measurements of an adaptive limit. */
export interface Stats {
  /** The maximum number of calls in flight. During a measurement, fewer calls are admitted. */
  readonly limit: number
  readonly inFlight: number
  readonly queued: number
  /**
   * The latency, in milliseconds, that `gradient` considers normal; `undefined` until it has been measured, and always
   * `undefined` for `aimd`.
   */
  readonly baseline: number | undefined
}

const algorithms: Readonly<Record<NonNullable<Options["algorithm"]>, new (limit: number) => Algorithm>> = {
  gradient: Gradient,
  aimd: Aimd,
}

/**
 * After this many milliseconds without a call, the measurements are outdated. This is the duration of 120 windows of minimum
 * length, after which the floor is measured again.
 */
const idleAfter = 120_000

/** An adaptive limit. The ticket of a call is the number of the last attempt sent before the call acquired its permit. */
export class AdaptiveLimit implements Guard<number, LimitReached>, Reloadable<Options> {
  declare readonly [Refuses]?: LimitReached
  readonly kind = "adaptiveLimit"
  readonly name: string
  /** @internal */
  readonly places: Places
  /** @internal */
  readonly step = guarded(this, sending)
  /** @internal */
  algorithm: Algorithm
  private word: NonNullable<Options["algorithm"]>
  private bounds: Bounds
  private initial: number
  /** The time at which a call last ended, in monotonic milliseconds. */
  private endedAt = Infinity

  constructor(options: Options) {
    const { algorithm, bounds, initial, name, room } = checked(options)
    this.name = name
    this.initial = initial
    this.word = algorithm
    this.bounds = bounds
    this.algorithm = new algorithms[algorithm](initial)
    this.places = new Places(initial, room, (reason, expectedWait) => {
      const { permits, waiting } = this.places
      return new LimitReached({ limiter: name, limit: permits, queued: waiting.size, reason, expectedWait })
    })
  }

  /** @internal */
  enter(call: Call, now: number): number | undefined {
    if (this.places.inFlight === 0 && now - this.endedAt > idleAfter) this.forget()
    return this.places.enter() ? call.number : undefined
  }

  /** @internal */
  wait(call: Call, now: number, hold: (ticket: number) => void): Effect.Effect<void, LimitReached> {
    return this.places.wait(call, now, () => hold(call.number)) as Effect.Effect<void, LimitReached>
  }

  /** @internal */
  exit(
    call: Call,
    ticket: number,
    enteredAt: number,
    now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ): undefined {
    const { algorithm, bounds, places } = this
    // An attempt that an inner guard rejected was not sent: its duration says nothing about the service.
    if (call.number > ticket) {
      const sentAt = Math.max(call.sentAt, enteredAt)
      if (outcome === "success") algorithm.succeeded(bounds, now - sentAt, places.inFlight, now)
      else if (dropped(outcome, error)) algorithm.dropped(bounds, sentAt, now)
      places.permits = Math.floor(algorithm.allowed(bounds))
    }
    this.endedAt = now
    places.release(now - enteredAt, now)
  }

  /** Restarts the measurements, so that an outdated low limit does not cause rejections. */
  private forget(): void {
    const limit = Math.max(this.algorithm.limit, this.initial)
    this.algorithm = new algorithms[this.word](limit)
    this.endedAt = Infinity
    this.places.permits = Math.floor(limit)
  }

  /** @internal */
  data(): GuardData {
    return { kind: "adaptiveLimit", data: { bounds: this.bounds, algorithm: this.word, room: this.places.room } }
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
    const { algorithm, bounds, initial, room } = checked(options)
    const limit = clamp(this.algorithm.limit, bounds)
    if (algorithm !== this.word) this.algorithm = new algorithms[algorithm](limit)
    this.algorithm.limit = limit
    this.word = algorithm
    this.bounds = bounds
    this.initial = initial
    this.places.room = room
    this.places.resize(Math.floor(this.algorithm.allowed(bounds)))
  }
}

/**
 * Creates an adaptive limit; fails with an `InvalidPolicy` if an option is invalid.
 *
 * **Details**
 *
 * `gradient` is Netflix's Gradient2 with Netflix's parameters. A window lasts at least 1 s (or twice the latency, if that is
 * longer) and contains at least ten calls. At the end of each window, the limit moves toward `limit · gradient + 4` with a
 * smoothing factor of 0.2. The gradient is 1.5 times the baseline divided by the latency, clamped to the range from 0.5 to 1.
 * The baseline is the long-term mean of the latency. To prevent drift, the baseline is at most `maxHealthy`, and at most
 * `maxDrift` times the latency without queueing at the service. The latency without queueing is measured every 120 windows:
 * the limit halves the number of admitted calls for two windows at a time, until halving no longer lowers the latency
 * significantly.
 *
 * `aimd` adds one to the limit after each round of successes, and multiplies the limit by 0.9 after a round with a drop.
 *
 * Both algorithms count the following as drops: responses with the outcome `overload`, attempts that timed out, and attempts
 * in flight when their deadline expired. Other failures and interruptions are ignored, because they say nothing about the
 * service's capacity. While less than half of the limit is in use, only drops can change the limit. For a service that runs
 * *c* calls at once and queues the rest, `gradient` settles at 1.5 to 1.8 times *c* (plus 4), because it considers this
 * amount of queueing normal.
 *
 * After two minutes without a call, the service may have changed, so the baseline is learned again and a limit below
 * `initial` is raised to `initial`.
 *
 * **Example**
 *
 * ```ts
 * const limit = yield* AdaptiveLimit.make({ max: 100, maxHealthy: "2 seconds" })
 * yield* send.pipe(AdaptiveLimit.protect(limit))
 * ```
 */
export const make = (options: Options = {}): Effect.Effect<AdaptiveLimit, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** Like {@link make}, but throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options = {}): AdaptiveLimit => new AdaptiveLimit(options)

/** Runs an effect under an adaptive limit, outside a pipeline. */
export const protect: {
  (
    limit: AdaptiveLimit,
    options?: CallOptions,
  ): <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | LimitReached, R>
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    limit: AdaptiveLimit,
    options?: CallOptions,
  ): Effect.Effect<A, E | LimitReached, R>
} = /* @__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>, limit: AdaptiveLimit, options?: CallOptions) =>
    through<A, E, R, LimitReached>(limit.step, effect, options),
)

/** Returns the current limit and the measurements on which it is based. */
export const stats = (limit: AdaptiveLimit): Effect.Effect<Stats> =>
  Effect.sync(() => {
    const { algorithm, places } = limit
    return {
      limit: Math.floor(algorithm.limit),
      inFlight: places.inFlight,
      queued: places.waiting.size,
      baseline: algorithm.baseline,
    }
  })

/**
 * Changes the options of a running limit. The current limit is kept, but clamped to the new bounds.
 *
 * **Details**
 *
 * `initial` takes effect only after an idle period. A new `algorithm` starts at the current limit and learns its baseline
 * again. The options replace all earlier options, and an absent option is reset to its default. The name is kept.
 */
export const reload = (limit: AdaptiveLimit, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => limit.apply(options))
