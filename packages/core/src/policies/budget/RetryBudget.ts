/**
 * What retries and hedges may cost all calls together: an outage must not turn one call into eight.
 *
 * **Details**
 *
 * A charge has two phases. It is made when the retry is *scheduled*, so that a thousand callers cannot all begin their
 * wait on the same credit and arrive together. It is given back when the retry does not run after all: interrupted in its
 * wait, refused by a limit or a breaker, overtaken by the deadline, so that a retry that was never sent costs nothing.
 *
 * One budget is for one service, and shared by everything that calls it: pipelines, retries and hedges.
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
 * A bucket of tokens: a retry takes some, and a retry that led to success brings them back.
 *
 * **Details**
 *
 * The figures are those of the AWS SDKs of 2026: 500 tokens, 14 a retry, 5 one after a server that asked to send less,
 * and 1 back for a call that needed no retry. So a full bucket pays for 35 retries that lead nowhere. From then on there
 * is one for every 14 calls that succeed at once, and none while nothing succeeds: in an outage the load is 1×.
 *
 * A retry that succeeds is free, and a call has one of those at most. With a share *a* of the calls succeeding at once
 * and the rest after a retry, the load is at most `1 + (1 - a) + a · reward / cost`: 2× where every call needs its retry,
 * and `1 + 1/14` ≈ 1.07× where retries lead nowhere (1.2× where the server asked to send less). `loadFactor` is the
 * greatest of these.
 *
 * **Gotchas**
 *
 * Time alone refills nothing: a client of a few calls an hour that has emptied its bucket is without retries until calls
 * succeed again. Such clients are better off with {@link ratio}.
 */
export const tokenBucket = (options?: TokenBucketOptions): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => tokenBucketUnsafe(options))

/** {@link tokenBucket} that throws its `InvalidPolicy`. */
export const tokenBucketUnsafe = (options: TokenBucketOptions = {}): RetryBudget => new TokenBucket(options)

/**
 * Retries in proportion to calls: in any window, a percentage of the calls that began in it, and a floor.
 *
 * **Details**
 *
 * The figures are Finagle's: 20 % of the calls of the last 10 s, and 10 retries a second on top, that is 100 a window.
 * The floor is there for clients of few calls, of which 20 % would be nothing; it is there with no traffic at all. The
 * window has ten slices and moves with the clock, not with calls: what is older than the window is forgotten, also
 * without calls.
 *
 * Every retry, hedge or not, throttled or not, counts as one, and a success gives nothing back. So in any window
 * retries ≤ percentage · calls + floor, and in the long run the load is at most `1 + percent / 100`, apart from the floor.
 */
export const ratio = (options?: RatioOptions): Effect.Effect<RetryBudget, InvalidPolicy> =>
  build(() => ratioUnsafe(options))

/** {@link ratio} that throws its `InvalidPolicy`. */
export const ratioUnsafe = (options: RatioOptions = { kind: "ratio" }): RetryBudget => new Ratio(options)

/** A budget that refuses nothing: every call may use all the attempts it has. */
export const unlimited: RetryBudget = /* @__PURE__ */ new Unlimited()

/** A budget of the kind that the options name: for configuration. */
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

/** What is left: tokens of a bucket, retries of a ratio. */
export const balance = (budget: RetryBudget): Effect.Effect<number> =>
  Effect.map(Monotonic.millis, (now) => budget.balance(now))

/**
 * Changes the options of a running budget; what has been spent stays spent.
 *
 * **Details**
 *
 * The options are all of them: one that is absent gets its default, not its former value. The kind cannot change.
 */
export const reload = (budget: RetryBudget, options: Options): Effect.Effect<void, InvalidPolicy> =>
  build(() => budget.apply(options))
