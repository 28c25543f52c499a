import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel"

const policy = wrap(
  retry(handleAll, { maxAttempts: 7, backoff: new ExponentialBackoff() }),
  circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
  timeout(15_000, TimeoutStrategy.Aggressive),
  bulkhead(100, 0),
)

console.log(await policy.execute(() => 1))
