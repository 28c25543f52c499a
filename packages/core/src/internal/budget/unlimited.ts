/**
 * The budget behind `RetryBudget.unlimited`.
 */
import * as InvalidPolicy from "../../InvalidPolicy.ts"
import type { Options, RetryBudget } from "../../RetryBudget.ts"
import { sameKind } from "./options.ts"

export interface UnlimitedOptions {
  readonly kind: "unlimited"
}

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
    return InvalidPolicy.problem(() => sameKind("unlimited", options.kind))
  }

  apply(options: Options): void {
    sameKind("unlimited", options.kind)
  }
}
