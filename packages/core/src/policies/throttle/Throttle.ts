/**
 * The client's own throttle: what the service does not take any more is not sent in the first place.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Random from "effect/Random"
import { Refusal } from "../../errors/stackless.ts"
import type { Classified, Verdict } from "../../errors/Verdict.ts"
import type { Call, CallOptions } from "../../pipeline/engine/call.ts"
import { guarded, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending, through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import { round } from "../../time/units.ts"
import { throttled } from "../limits/refusal.ts"
import { accepted } from "../limits/sent.ts"
import { describe } from "./describe.ts"
import { checked, type Checked, type Options } from "./options.ts"
import { Recent } from "./recent.ts"

export type { Options } from "./options.ts"

/**
 * The throttle refused a call, because the service has recently accepted too few; it was not sent.
 *
 * **Details**
 *
 * `probability` is that of the refusal, `requests` and `accepts` are what the window held. The verdict is `always`: the
 * next try may be let through, and so may a call that comes later. It says `throttled` because trying at once would only
 * roll the dice again. When the service will be back is not known, so there is no `retryAfter`: the backoff decides.
 */
export class Throttled extends /* @__PURE__ */ Refusal("Throttled") {
  readonly throttle: string
  readonly probability: number
  readonly requests: number
  readonly accepts: number
  readonly verdict: Verdict = throttled

  constructor(fields: Omit<Throttled, "verdict" | keyof Error | "_tag">) {
    super()
    this.throttle = fields.throttle
    this.probability = fields.probability
    this.requests = fields.requests
    this.accepts = fields.accepts
  }

  override get message(): string {
    const { accepts, probability, requests, throttle } = this
    return `${throttle}: ${accepts} of ${requests} requests accepted recently, ${round(100 * probability)} % are not sent`
  }
}

/** What the window of a throttle holds now. */
export interface Stats {
  /** What was sent and is answered, and what was refused here. */
  readonly requests: number
  readonly accepts: number
  /** The probability that the next call is refused. */
  readonly probability: number
}

/** A throttle. A ticket is the number of the attempt that was sent last when the call came. */
export class Throttle implements Guard<number, Throttled>, Reloadable<Options> {
  declare readonly [Refuses]?: Throttled
  readonly kind = "throttle"
  readonly name: string
  /**
   * The window moves on when a call comes.
   *
   * @internal
   */
  readonly dated = true
  /** @internal */
  readonly step = guarded(this, sending)
  /** @internal */
  recent: Recent
  private options: Checked

  constructor(options: Options) {
    this.options = checked(options)
    this.name = this.options.name
    this.recent = new Recent(this.options.window)
  }

  /** @internal */
  enter(call: Call, now: number): number | undefined {
    const probability = this.probability(now)
    if (probability === 0) return call.number
    return call.fiber.getRef(Random.Random).nextDoubleUnsafe() < probability ? undefined : call.number
  }

  /** @internal */
  wait(call: Call, now: number): Effect.Effect<never, Throttled> {
    const probability = this.probability(now)
    const { accepts, requests } = this.recent
    if (!this.refusedBefore(call)) this.recent.add(1, 0, now)
    return Effect.fail(new Throttled({ throttle: this.name, probability, requests, accepts }))
  }

  /** @internal */
  exit(
    call: Call,
    ticket: number,
    _enteredAt: number,
    now: number,
    outcome: Outcome,
    error: Classified | undefined,
  ): undefined {
    // What a limit or a breaker further in has refused, the service has never seen.
    if (call.number === ticket) return
    const taken = accepted(outcome, error)
    if (taken !== undefined) this.recent.add(this.refusedBefore(call) ? 0 : 1, taken ? 1 : 0, now)
  }

  /**
   * A success may be counted when it began: a window is long, and forgets by slices.
   *
   * @internal
   */
  timeless(): boolean {
    return true
  }

  /** The probability of a refusal: `(requests - K · accepts) / (requests + 1)`, from 0 to `maxRejection`. */
  probability(now: number): number {
    const { recent } = this
    const { k, maxRejection, minimum } = this.options
    recent.advance(now)
    if (recent.requests < minimum) return 0
    return Math.min(Math.max((recent.requests - k * recent.accepts) / (recent.requests + 1), 0), maxRejection)
  }

  /** @internal */
  describe(): string {
    return describe(this.options)
  }

  /** @internal */
  longestWait(): number {
    return 0
  }

  /** @internal */
  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checked(options))
  }

  /** @internal */
  apply(options: Options): void {
    this.options = checked(options)
    this.recent = this.recent.over(this.options.window)
  }

  /** Whether the same attempt was refused here before, and is counted: it is sent again because of that refusal. */
  private refusedBefore(call: Call): boolean {
    const error = call.history?.last?.error
    return error instanceof Throttled && error.throttle === this.name
  }
}

/**
 * Makes a throttle: Google's client-side throttling (Site Reliability Engineering, chapter 21).
 *
 * **Details**
 *
 * Over the window, `requests` counts what was sent and answered, and what was refused here; `accepts` what the service
 * took. A call is refused with the probability `(requests - K · accepts) / (requests + 1)`. So while the service takes
 * everything nothing is refused, and in an outage the service gets about K times what it takes, and never less than the
 * share that `maxRejection` leaves.
 *
 * A request is counted when it has its answer: calls that are on their way are no refusals. It counts once, however often
 * it is refused here and tried again, because the formula is about what callers want, and a retry of a refusal wants
 * nothing new; what was sent and failed, and is sent again, is two requests.
 *
 * Any answer whose outcome is not the service's failure is an accept: a client error and a refused token too. Failures,
 * overloads, attempts that timed out and attempts that the deadline interrupted are not. What the caller interrupted, what
 * a limit or breaker further in refused, and what never reached the service while a connectivity gate answers for that, is
 * not counted.
 *
 * **Gotchas**
 *
 * What is refused here counts against the service, so the way back is gradual: after an outage of more than a window it
 * takes about two windows until everything is sent again, of which the first is slow. A lower `maxRejection` or a shorter
 * window is sooner back.
 *
 * **Example**
 *
 * ```ts
 * const throttle = yield* Throttle.make({ k: 1.5 })
 * yield* send.pipe(Throttle.protect(throttle))
 * ```
 */
export const make = (options: Options = {}): Effect.Effect<Throttle, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => makeUnsafe(options))

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options = {}): Throttle => new Throttle(options)

/** Runs an effect behind a throttle that stands alone, outside of a pipeline. */
export const protect: {
  (
    throttle: Throttle,
    options?: CallOptions,
  ): <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | Throttled, R>
  <A, E extends Classified, R>(
    effect: Effect.Effect<A, E, R>,
    throttle: Throttle,
    options?: CallOptions,
  ): Effect.Effect<A, E | Throttled, R>
} = /* @__PURE__ */ dual(
  (args) => Effect.isEffect(args[0]),
  <A, E extends Classified, R>(effect: Effect.Effect<A, E, R>, throttle: Throttle, options?: CallOptions) =>
    through<A, E, R, Throttled>(throttle.step, effect, options),
)

/** What the window holds, and how likely a refusal is. */
export const stats = (throttle: Throttle): Effect.Effect<Stats> =>
  Effect.map(Monotonic.millis, (now) => {
    const probability = throttle.probability(now)
    const { accepts, requests } = throttle.recent
    return { requests, accepts, probability }
  })

/**
 * Changes the options of a running throttle. What it has counted stays, as far back as the new window reaches.
 *
 * **Details**
 *
 * The options are all of them: one that is absent gets its default. The name stays.
 */
export const reload = (throttle: Throttle, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => throttle.apply(options))
