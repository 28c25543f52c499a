/**
 * Limits the load that retries and hedges add to all calls together, so that an outage does not turn each call into eight.
 *
 * **Details**
 *
 * A charge has two phases. It is made when the retry is *scheduled*; otherwise a thousand callers could start waiting on the
 * same credit and then retry together. It is refunded if the retry is never sent: because its wait was interrupted, a limit or
 * a breaker rejected it, or the deadline passed.
 *
 * Use one budget for each service, and share it among all pipelines, retries and hedges that call the service.
 */
import * as Effect from "effect/Effect"
import { build, reader, type InvalidPolicy } from "../../pipeline/InvalidPolicy.ts"
import * as Monotonic from "../../time/Monotonic.ts"
import type { RetryBudget } from "./budget.ts"
import type { Options, RatioOptions, TokenBucketOptions } from "./options.ts"
import { Ratio } from "./ratio.ts"
import { TokenBucket } from "./tokenBucket.ts"
import { Unlimited } from "./unlimited.ts"

export type { RetryBudget } from "./budget.ts"
export type { Options, RatioOptions, TokenBucketOptions, UnlimitedOptions } from "./options.ts"

/**
 * A token bucket: a retry takes tokens, and a successful retry returns them.
 *
 * **Details**
 *
 * The figures are those of the AWS SDKs of 2026: a capacity of 500 tokens, 14 for a retry, 5 for a retry after a server that
 * asked for fewer requests, and 1 back for a call that succeeded without a retry. A full bucket pays for 35 failing retries.
 * After that there is one retry for every 14 calls that succeed on the first attempt, and none while all calls fail: in an
 * outage the load is 1×.
 *
 * A successful retry costs nothing, and a call has at most one. If a share *a* of the calls succeeds on the first attempt and
 * the rest after a retry, the load is at most `1 + (1 - a) + a · reward / cost`: 2× if every call needs its retry, and `1 +
 * 1/14` ≈ 1.07× if retries fail (1.2× if the server asked for fewer requests). `loadFactor` is the largest of these.
 *
 * **Gotchas**
 *
 * Time does not refill the bucket: a client with a few calls an hour that has emptied its bucket has no retries until calls
 * succeed again. Use {@link ratio} for such clients.
 */
export const tokenBucket = (options?: TokenBucketOptions): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => tokenBucketUnsafe(options))

/** {@link tokenBucket} that throws its `InvalidPolicy`. */
export const tokenBucketUnsafe = (options: TokenBucketOptions = {}): RetryBudget => new TokenBucket(options)

/**
 * Retries in proportion to calls: a percentage of the calls that began in any window, plus a floor.
 *
 * **Details**
 *
 * The figures are Finagle's: 20 % of the calls of the last 10 s, plus 10 retries a second, that is 100 per window. The floor is
 * for clients with few calls, for which 20 % would be nothing; it applies without any traffic. The window has ten slices and
 * moves with the clock: old calls are dropped even if no new ones arrive.
 *
 * Every retry counts as one, including hedges and retries after throttling, and a success returns nothing. So in any window
 * retries ≤ percentage · calls + floor, and in the long run the load is at most `1 + percent / 100`, apart from the floor.
 */
export const ratio = (options?: RatioOptions): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => ratioUnsafe(options))

/** {@link ratio} that throws its `InvalidPolicy`. */
export const ratioUnsafe = (options: RatioOptions = { kind: "ratio" }): RetryBudget => new Ratio(options)

/** A budget without a limit: every call may use all its attempts. */
export const unlimited: RetryBudget = /* @__PURE__ */ new Unlimited()

/** Makes a budget of the kind that the options name. For configuration. */
export const make = (options: Options = {}): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => makeUnsafe(options))

/** {@link make} that throws its `InvalidPolicy`. */
export const makeUnsafe = (options: Options = {}): RetryBudget => {
  switch (options.kind) {
    case undefined:
    case "tokenBucket":
      return tokenBucketUnsafe(options)
    case "ratio":
      return ratioUnsafe(options)
    case "unlimited":
      unlimited.apply(options)
      return unlimited
    default:
      return reader("RetryBudget").refuse("kind", (options as Options).kind, kinds)
  }
}

const kinds = `"tokenBucket" or "ratio" or "unlimited"`

/** The current balance: tokens of a bucket, or retries of a ratio. */
export const balance = (budget: RetryBudget): Effect.Effect<number> =>
  Effect.map(Monotonic.millis, (now) => budget.balance(now))

/**
 * Changes the options of a running budget; what has been spent is kept.
 *
 * **Details**
 *
 * The options replace all earlier ones: an absent option gets its default. The kind cannot change.
 */
export const reload = (budget: RetryBudget, options: Options): Effect.Effect<void, InvalidPolicy> =>
  build(() => budget.apply(options))
