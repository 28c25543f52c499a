import { StandardRetryStrategy } from "@smithy/util-retry"

const strategy = new StandardRetryStrategy(8)
const token = await strategy.acquireInitialRetryToken("bench")
strategy.recordSuccess(token)
console.log(token.getRetryCount())
