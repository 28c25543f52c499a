import pRetry from "p-retry"

console.log(await pRetry(() => 1))
