/**
 * The options of budgets, with their validation.
 */
import type * as Duration from "effect/Duration"
import { reader } from "../../pipeline/InvalidPolicy.ts"

/** The options of any kind of budget, as data that can be represented in JSON. The default kind is `tokenBucket`. */
export type Options = TokenBucketOptions | RatioOptions | UnlimitedOptions

const read = /* @__PURE__ */ reader("RetryBudget")

/** Rejects options that belong to a different kind of budget. */
const sameKind = <Kind extends string>(kind: Kind, given: string | undefined): Kind =>
  given === kind ? kind : read.refuse("kind", given, `"${kind}", the kind of this budget`)

/** The options of a token bucket. The numeric options are integers, so that rounding never loses a token. */
export interface TokenBucketOptions {
  readonly kind?: "tokenBucket"
  readonly name?: string
  /** The number of tokens in a full bucket. The bucket starts full. Default: 500. */
  readonly capacity?: number
  /** The number of tokens that a retry or a hedge costs. Default: 14. */
  readonly cost?: number
  /**
   * The number of tokens that a retry costs after a throttling error, whose verdict has the pace `throttled`. Default: 5.
   */
  readonly throttledCost?: number
  /** The number of tokens that a call adds to the bucket when it succeeds without a retry. Default: 1. */
  readonly reward?: number
}

// The defaults of a token bucket; `defaults.ts` has their sources.
export const defaultCapacity = 500
export const defaultCost = 14
export const defaultThrottledCost = 5
export const defaultReward = 1

/** The checked options. */
export interface CheckedTokenBucket {
  readonly capacity: number
  readonly cost: number
  readonly throttledCost: number
  readonly reward: number
}

/** Validates the options and throws an `InvalidPolicy` if they are invalid. */
export const checkedTokenBucket = (options: TokenBucketOptions): CheckedTokenBucket => {
  sameKind("tokenBucket", options.kind ?? "tokenBucket")
  read.known(options, { kind: true, name: true, capacity: true, cost: true, throttledCost: true, reward: true })
  const cost = read.integer("cost", options.cost ?? defaultCost, { min: 1 })
  const throttledCost = read.integer("throttledCost", options.throttledCost ?? defaultThrottledCost, {
    min: 1,
  })
  const reward = read.integer("reward", options.reward ?? defaultReward, { min: 0 })
  // A full bucket that cannot pay for a retry would be a hidden off switch.
  const capacity = read.integer("capacity", options.capacity ?? defaultCapacity, {
    min: Math.max(cost, throttledCost),
  })
  return { capacity, cost, throttledCost, reward }
}

/** The options of a ratio budget. */
export interface RatioOptions {
  readonly kind: "ratio"
  readonly name?: string
  /** The number of retries allowed per hundred calls, at most 1000. Default: 20. */
  readonly percent?: number
  /** The period over which calls and retries are counted, from 1 s to 60 s. Default: 10 s. */
  readonly window?: Duration.Input
  /** The number of retries per second that are allowed regardless of the number of calls. Default: 10. */
  readonly floor?: number
}

// The defaults of a ratio; the window is in milliseconds. `defaults.ts` has their sources.
export const defaultPercent = 20
export const defaultWindow = 10_000
export const defaultFloor = 10

/** The validated options, with the window in milliseconds. */
export interface CheckedRatio {
  readonly percent: number
  readonly windowMs: number
  readonly floor: number
}

/** Checks the options; throws an `InvalidPolicy` if they are invalid. */
export const checkedRatio = (options: RatioOptions): CheckedRatio => {
  sameKind("ratio", options.kind)
  read.known(options, { kind: true, name: true, percent: true, window: true, floor: true })
  const percent = read.number("percent", options.percent ?? defaultPercent, { min: 0, max: 1000 })
  const windowMs = read.millis("window", options.window ?? defaultWindow, { min: 1_000, max: 60_000 })
  const floor = read.number("floor", options.floor ?? defaultFloor, { min: 0 })
  if (floor > 0 && (floor * windowMs) / 1000 < 1) {
    read.refuse("floor", floor, `0 or a number >= ${1000 / windowMs}, which is one retry per window`)
  }
  return { percent, windowMs, floor }
}

export interface UnlimitedOptions {
  readonly kind: "unlimited"
}

/** Checks the options of an unlimited budget; throws an `InvalidPolicy` if they are invalid. */
export const checkedUnlimited = (options: Options): void => {
  sameKind("unlimited", options.kind)
  read.known(options as UnlimitedOptions, { kind: true })
}
