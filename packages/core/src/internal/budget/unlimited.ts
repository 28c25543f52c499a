/**
 * The budget behind `RetryBudget.unlimited`.
 */
import type { InvalidPolicy } from "../../InvalidPolicy.ts"
import type { Options, RetryBudget } from "../../RetryBudget.ts"
import { checked, sameKind } from "./checked.ts"

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

  check(options: Options): InvalidPolicy | undefined {
    return checked(() => sameKind("unlimited", options.kind))
  }

  apply(): void {}
}
