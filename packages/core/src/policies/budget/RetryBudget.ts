/**
 * Limits the load that retries and hedges add across all calls, so that an outage does not turn each call into eight
 * attempts.
 *
 * **Details**
 *
 * A retry is charged in two phases. The budget is charged when the retry is *scheduled*. Otherwise, a thousand waiting
 * callers could all count on the same credit and then retry at the same time. The charge is refunded if the retry is never
 * sent because its wait was interrupted, a limit or a breaker rejected it, or the deadline passed.
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
 * A token bucket from which each retry takes tokens. A successful retry returns its tokens.
 *
 * **Details**
 *
 * The defaults match those of the AWS SDKs of 2026. The capacity is 500 tokens. A retry costs 14 tokens, or 5 after a
 * throttling error. A call that succeeds without a retry returns 1 token. A full bucket pays for 35 failing retries. An empty
 * bucket allows one retry for every 14 calls that succeed on the first attempt, and does not allow any retries while all
 * calls fail. The load in an outage is therefore 1×.
 *
 * A successful retry costs nothing, because its tokens are returned, and each call has at most one successful retry. Suppose
 * that a share *a* of the calls succeeds on the first attempt and the rest succeed after a retry. Then the load is at most
 * `1 + (1 - a) + a · reward / cost`, which is 2× if every call needs its retry. If the retries fail, the load is at most
 * `1 + 1/14` ≈ 1.07× (1.2× if the server asked for fewer requests). `loadFactor` returns the highest load of all these cases.
 *
 * **Gotchas**
 *
 * Time does not refill the bucket. A client that makes a few calls an hour and has emptied its bucket cannot retry until
 * enough of its calls have succeeded. Use {@link ratio} for clients that make few calls.
 */
export const tokenBucket = (options?: TokenBucketOptions): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => tokenBucketUnsafe(options))

/** Like {@link tokenBucket}, but throws the `InvalidPolicy` instead of failing with it. */
export const tokenBucketUnsafe = (options: TokenBucketOptions = {}): RetryBudget => new TokenBucket(options)

/**
 * Allows retries in proportion to calls: a percentage of the calls that began in any window, plus a floor.
 *
 * **Details**
 *
 * The defaults are those of Finagle: 20 % of the calls in the last 10 s, plus 10 retries per second, which is 100 per window.
 * The floor helps clients that make few calls, for which 20 % would not allow any retries. The floor applies even if there is
 * no traffic. The window has ten slices and moves with the clock, so old calls are dropped even if no new calls arrive.
 *
 * Each hedge and each retry after throttling counts as one retry. A successful call does not return anything to the budget.
 * Therefore, in any window, the number of retries is at most percentage · calls + floor. In the long run, the load is at most
 * `1 + percent / 100`, not counting the floor.
 */
export const ratio = (options?: RatioOptions): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => ratioUnsafe(options))

/** Like {@link ratio}, but throws the `InvalidPolicy` instead of failing with it. */
export const ratioUnsafe = (options: RatioOptions = { kind: "ratio" }): RetryBudget => new Ratio(options)

/** A budget without a limit, which allows every call to use all of its attempts. */
export const unlimited: RetryBudget = /* @__PURE__ */ new Unlimited()

/** Creates a budget of the kind that the options specify. For configuration. */
export const make = (options: Options = {}): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => makeUnsafe(options))

/** Like {@link make}, but throws the `InvalidPolicy` instead of failing with it. */
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

/** Returns the current balance: the tokens in a token bucket, or the retries that a ratio still allows. */
export const balance = (budget: RetryBudget): Effect.Effect<number> =>
  Effect.map(Monotonic.millis, (now) => budget.balance(now))

/**
 * Changes the options of a running budget without resetting what has already been spent.
 *
 * **Details**
 *
 * The new options replace all earlier options, and an absent option is reset to its default. The kind of a budget cannot be
 * changed.
 */
export const reload = (budget: RetryBudget, options: Options): Effect.Effect<void, InvalidPolicy> =>
  build(() => budget.apply(options))
