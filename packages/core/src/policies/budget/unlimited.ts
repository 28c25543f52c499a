/**
 * The budget behind `RetryBudget.unlimited`.
 */
import * as InvalidPolicy from "../../pipeline/InvalidPolicy.ts"
import type { Options, RetryBudget } from "./RetryBudget.ts"
import { read, sameKind } from "./options.ts"

export interface UnlimitedOptions {
  readonly kind: "unlimited"
}

const check = (options: Options): void => {
  sameKind("unlimited", options.kind)
  read.known(options as UnlimitedOptions, { kind: true })
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
    return InvalidPolicy.problem(() => check(options))
  }

  apply(options: Options): void {
    check(options)
  }
}
