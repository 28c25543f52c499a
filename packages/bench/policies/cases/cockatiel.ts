/** cockatiel: policies over promises, with the most similar features. */
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  SamplingBreaker,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel"
import { awaiting, limit, making, permits, refused, type Case } from "../Case.ts"

const hour = 3_600_000

const retries = () =>
  retry(handleAll, { maxAttempts: 7, backoff: new ExponentialBackoff({ initialDelay: 500, maxDelay: 32_000 }) })

const consecutive = (failures: number) =>
  circuitBreaker(handleAll, { halfOpenAfter: hour, breaker: new ConsecutiveBreaker(failures) })

const sampling = () =>
  circuitBreaker(handleAll, {
    halfOpenAfter: hour,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 }),
  })

const open = consecutive(1)
const opened = open.execute(() => Promise.reject(new Error("refused"))).catch(() => undefined)

const only = (policy: { readonly execute: (action: () => Promise<number>) => Promise<number> }): Case =>
  awaiting((action) => policy.execute(action))

export const cases: Readonly<Record<string, Case>> = {
  retry: only(retries()),
  consecutive: only(consecutive(5)),
  sampling: only(sampling()),
  timeout: only(timeout(limit, TimeoutStrategy.Aggressive)),
  "timeout-kept": only(timeout(limit, { strategy: TimeoutStrategy.Aggressive, abortOnReturn: false })),
  bulkhead: only(bulkhead(permits, 0)),
  wrap: only(wrap(retries(), consecutive(5), timeout(limit, TimeoutStrategy.Aggressive), bulkhead(permits, 0))),
  "wrap-plain": only(wrap(retries(), consecutive(5), bulkhead(permits, 0))),
  made: making(() => wrap(retries(), bulkhead(permits, 0), consecutive(5))),
  rejection: {
    time: async () => {
      await opened
      const { time } = refused((action) => open.execute(action))
      if (time === undefined) throw new Error("not timed")
      return time()
    },
  },
}
