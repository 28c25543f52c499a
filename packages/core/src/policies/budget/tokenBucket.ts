/**
 * The implementation of the token bucket that `RetryBudget.tokenBucket` creates.
 */
import type { Verdict } from "../../errors/Verdict.ts"
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { RetryBudget } from "./budget.ts"
import { checkedTokenBucket, type CheckedTokenBucket, type Options, type TokenBucketOptions } from "./options.ts"

export class TokenBucket implements RetryBudget {
  readonly name: string
  private figures: CheckedTokenBucket
  private tokens: number

  constructor(options: TokenBucketOptions) {
    this.name = options.name ?? "budget"
    this.figures = checkedTokenBucket(options)
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
    return InvalidPolicy.problem(() => checkedTokenBucket(options as TokenBucketOptions))
  }

  apply(options: Options): void {
    this.figures = checkedTokenBucket(options as TokenBucketOptions)
    this.tokens = Math.min(this.tokens, this.figures.capacity)
  }
}
