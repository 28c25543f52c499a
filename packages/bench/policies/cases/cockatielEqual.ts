/** cockatiel's `wrap` with the stages of our pipelines. */
import {
  bulkhead,
  circuitBreaker,
  ConsecutiveBreaker,
  ConstantBackoff,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel"
import { failuresInARow, limit, permits, type Case } from "../Case.ts"
import { nameOf, workloads, type Workload } from "../equal.ts"
import { awaited, bodyOf, unlessAborted } from "../workload.ts"

const made = (workload: Workload): Case => {
  const { failures } = workload
  const backoff =
    failures === 0 ? new ExponentialBackoff({ initialDelay: 500, maxDelay: 32_000 }) : new ConstantBackoff(1)
  const stages = [
    retry(handleAll, { maxAttempts: 7, backoff }),
    bulkhead(permits, 0),
    circuitBreaker(handleAll, {
      halfOpenAfter: 3_600_000,
      breaker: new ConsecutiveBreaker(failures === 0 ? 5 : failuresInARow),
    }),
  ] as const
  const strategy = TimeoutStrategy.Aggressive
  const policy =
    workload.timeout === "none"
      ? wrap(...stages)
      : wrap(...stages, timeout(limit, { strategy, abortOnReturn: workload.timeout === "abort" }))
  const body = bodyOf(workload)
  const taking =
    workload.door === "signal" ? ({ signal }: { readonly signal: AbortSignal }) => unlessAborted(signal, body) : body
  return awaited(workload, () => policy.execute(taking))
}

export const cases: Readonly<Record<string, Case>> = Object.fromEntries(
  workloads.cockatielEqual.map((workload) => [nameOf(workload), made(workload)]),
)
