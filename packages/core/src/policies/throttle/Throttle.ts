/**
 * Client-side throttling: requests that the service would probably not accept are not sent.
 */
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Random from "effect/Random"
import { Refusal } from "../../errors/stackless.ts"
import type { Classified, Verdict } from "../../errors/Verdict.ts"
import type { Call, CallOptions } from "../../pipeline/engine/call.ts"
import { guarded, type Guard, type Refuses } from "../../pipeline/engine/guard.ts"
import type { GuardData } from "../../pipeline/engine/guardData.ts"
import type { Reloadable } from "../../pipeline/engine/reload.ts"
import { sending, through } from "../../pipeline/engine/send.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Outcome } from "../../telemetry/Observer.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import { round } from "../../time/units.ts"
import { throttled } from "../limits/refusal.ts"
import { accepted } from "../limits/sent.ts"
import { checked, type Checked, type Options } from "./options.ts"
import { Recent } from "./recent.ts"

export type { Options } from "./options.ts"

/**
 * The throttle rejected a call because the service has recently accepted too few requests. The call was not sent.
 *
 * **Details**
 *
 * `probability` is the probability of a rejection. `requests` and `accepts` are the counts in the window. The verdict is
 * `always` because the throttle may admit the next attempt or a later call. The pace of the verdict is `throttled` because an
 * immediate retry would have the same probability of being rejected. The verdict does not have a `retryAfter`, because it is
 * unknown when the service will recover. The backoff determines the wait.
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
    return `${throttle}: ${accepts} of ${requests} recent requests were accepted; ${round(100 * probability)} % of new requests are rejected`
  }
}

/** The current contents of a throttle's window. */
export interface Stats {
  /** The number of requests that were sent and have ended, plus the requests that the throttle rejected. */
  readonly requests: number
  readonly accepts: number
  /** The probability that the next call is rejected. */
  readonly probability: number
}

/**
 * A throttle. The ticket of a call is the number of the last attempt that was sent before the throttle received the call.
 */
export class Throttle implements Guard<number, Throttled>, Reloadable<Options> {
  declare readonly [Refuses]?: Throttled
  readonly kind = "throttle"
  readonly name: string
  /**
   * The window moves when the throttle receives a call.
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
    // The service never received a call that an inner limit or breaker rejected.
    if (call.number === ticket) return
    const taken = accepted(outcome, error)
    if (taken !== undefined) this.recent.add(this.refusedBefore(call) ? 0 : 1, taken ? 1 : 0, now)
  }

  /**
   * A success can be counted at its start time, because the window is long and discards whole slices.
   *
   * @internal
   */
  timeless(): boolean {
    return true
  }

  /**
   * The probability that the throttle rejects a call: `(requests - K · accepts) / (requests + 1)`, limited to the range from
   * 0 to `maxRejection`.
   */
  probability(now: number): number {
    const { recent } = this
    const { k, maxRejection, minimum } = this.options
    recent.advance(now)
    if (recent.requests < minimum) return 0
    return Math.min(Math.max((recent.requests - k * recent.accepts) / (recent.requests + 1), 0), maxRejection)
  }

  /** @internal */
  data(): GuardData {
    return { kind: "throttle", data: this.options }
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

  /**
   * Whether this throttle rejected, and therefore already counted, the previous attempt of the call.
   */
  private refusedBefore(call: Call): boolean {
    const error = call.history?.last?.error
    return error instanceof Throttled && error.throttle === this.name
  }
}

/**
 * Makes a throttle: Google's client-side throttling, as described in Site Reliability Engineering, chapter 21.
 *
 * **Details**
 *
 * Within the window, `requests` counts the requests that were sent and have ended, plus the requests that the throttle
 * rejected. `accepts` counts the requests that the service accepted. A call is rejected with the probability
 * `(requests - K · accepts) / (requests + 1)`. While the service accepts all requests, the throttle does not reject any
 * calls. During an outage, the throttle sends the service about K times as many requests as it accepts, but never less than a
 * share of 1 minus `maxRejection` of all requests.
 *
 * A request is counted when it ends, so calls in flight do not count as failures. A rejected request that is retried counts
 * only once. The formula measures the demand from callers, and retrying a rejected call does not add to that demand. A
 * request that is sent again after a failure counts twice.
 *
 * Every response that is not a failure of the service counts as accepted, including client errors and rejected tokens.
 * Failures, overloads, attempts that timed out, and attempts that a deadline interrupted do not count as accepted. Three
 * kinds of calls are not counted: calls that the caller interrupted, calls that an inner limit or breaker rejected, and calls
 * that could not reach the service, if a connectivity gate handles that failure.
 *
 * **Gotchas**
 *
 * Rejections by the throttle count against the service, so recovery is gradual. After an outage longer than the window, the
 * throttle needs about two windows to admit all requests again, and recovers slowly during the first window. With a lower
 * `maxRejection` or a shorter window, the throttle recovers faster.
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

/** Like {@link make}, but throws the `InvalidPolicy` instead of failing with it. */
export const makeUnsafe = (options: Options = {}): Throttle => new Throttle(options)

/** Runs an effect through a throttle, outside a pipeline. */
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

/** Returns the current contents of the window and the probability of a rejection. */
export const stats = (throttle: Throttle): Effect.Effect<Stats> =>
  Effect.map(Monotonic.millis, (now) => {
    const probability = throttle.probability(now)
    const { accepts, requests } = throttle.recent
    return { requests, accepts, probability }
  })

/**
 * Changes the options of a running throttle. The throttle keeps the counts that fall within the new window.
 *
 * **Details**
 *
 * The new options replace all previous options. An omitted option is reset to its default. The name is kept.
 */
export const reload = (throttle: Throttle, options: Options): Effect.Effect<void, InvalidPolicy.InvalidPolicy> =>
  InvalidPolicy.build(() => throttle.apply(options))
