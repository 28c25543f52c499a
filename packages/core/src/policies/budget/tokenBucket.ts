/**
 * The bucket of tokens behind `RetryBudget.tokenBucket`.
 */
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Options, RetryBudget } from "./RetryBudget.ts"
import type { Verdict } from "../../errors/Verdict.ts"
import { read, sameKind } from "./options.ts"

/** How a bucket differs from AWS's of 2026. Whole numbers, so that no rounding loses a token. */
export interface TokenBucketOptions {
  readonly kind?: "tokenBucket"
  readonly name?: string
  /** The tokens of a full bucket; it begins full. Default: 500. */
  readonly capacity?: number
  /** What a retry or a hedge costs. Default: 14. */
  readonly cost?: number
  /** What a retry costs after an error whose verdict has the pace `throttled`. Default: 5. */
  readonly throttledCost?: number
  /** What a call gives back that succeeded without a retry. Default: 1. */
  readonly reward?: number
}

interface Figures {
  readonly capacity: number
  readonly cost: number
  readonly throttledCost: number
  readonly reward: number
}

const figures = (options: TokenBucketOptions): Figures => {
  sameKind("tokenBucket", options.kind ?? "tokenBucket")
  read.known(options, { kind: true, name: true, capacity: true, cost: true, throttledCost: true, reward: true })
  const cost = read.integer("cost", options.cost ?? 14, { min: 1 })
  const throttledCost = read.integer("throttledCost", options.throttledCost ?? 5, { min: 1 })
  const reward = read.integer("reward", options.reward ?? 1, { min: 0 })
  // A bucket that could not pay for a retry when it is full would be a hidden switch.
  const capacity = read.integer("capacity", options.capacity ?? 500, { min: Math.max(cost, throttledCost) })
  return { capacity, cost, throttledCost, reward }
}

export class TokenBucket implements RetryBudget {
  readonly name: string
  private figures: Figures
  private tokens: number

  constructor(options: TokenBucketOptions) {
    this.name = options.name ?? "budget"
    this.figures = figures(options)
    this.tokens = this.figures.capacity
  }

  begin(): void {}

  charge(_now: number, verdict: Verdict | undefined): number | undefined {
    const cost = verdict?.pace === "throttled" ? this.figures.throttledCost : this.figures.cost
    if (cost > this.tokens) return undefined
    this.tokens -= cost
    return cost
  }

  refund(_now: number, charged: number): void {
    this.tokens = Math.min(this.tokens + charged, this.figures.capacity)
  }

  success(now: number, charged: number): void {
    this.refund(now, charged === 0 ? this.figures.reward : charged)
  }

  balance(): number {
    return this.tokens
  }

  describe(): string {
    const { capacity, cost, throttledCost } = this.figures
    return `budget ${capacity} tokens, ${cost} a retry${throttledCost === cost ? "" : `, ${throttledCost} when throttled`}`
  }

  loadFactor(): number {
    const { cost, reward, throttledCost } = this.figures
    return 1 + Math.max(1, reward / Math.min(cost, throttledCost))
  }

  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => figures(options as TokenBucketOptions))
  }

  apply(options: Options): void {
    this.figures = figures(options as TokenBucketOptions)
    this.tokens = Math.min(this.tokens, this.figures.capacity)
  }
}
