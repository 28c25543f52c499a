/**
 * The implementation of the `RetryBudget.unlimited` budget.
 */
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { RetryBudget } from "./budget.ts"
import { checkedUnlimited, type Options } from "./options.ts"

export class Unlimited implements RetryBudget {
  readonly name = "budget"

  begin(): void {}

  charge(): number {
    return 0
  }

  refund(): void {}

  success(): void {}

  balance(): number {
    return Infinity
  }

  describe(): string {
    return "no budget"
  }

  loadFactor(): number {
    return Infinity
  }

  check(options: Options): InvalidPolicy.InvalidPolicy | undefined {
    return InvalidPolicy.problem(() => checkedUnlimited(options))
  }

  apply(options: Options): void {
    checkedUnlimited(options)
  }
}
