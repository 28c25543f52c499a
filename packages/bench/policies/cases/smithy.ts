/** The standard retry strategy of Amazon's SDKs, called as by their middleware for a successful call. */
import { StandardRetryStrategy } from "@smithy/util-retry"
import { awaiting, type Case } from "../Case.ts"

const strategy = new StandardRetryStrategy(8)

export const cases: Readonly<Record<string, Case>> = {
  standard: awaiting(async (action) => {
    const token = await strategy.acquireInitialRetryToken("bench")
    const result = await action()
    strategy.recordSuccess(token)
    return result
  }),
}
