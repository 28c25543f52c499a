/** Our pipelines with the stages of cockatiel's `wrap`, called from a fiber and from promise programs. */
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Effect from "effect/Effect"
import { failuresInARow, limit, permits, type Case } from "../Case.ts"
import { nameOf, workloads, type Workload } from "../equal.ts"
import { awaited, bodyOf, effectOf, inFibers, unlessAborted } from "../workload.ts"

const stages = (failures: number) =>
  [
    failures === 0
      ? Pipeline.retry({ attempts: 8 })
      : Pipeline.retry({ attempts: 8, backoff: { base: 1, factor: 1, cap: 1, jitter: "none" } }),
    Pipeline.limits(Bulkhead.makeUnsafe({ permits })),
    Pipeline.breaker(CircuitBreaker.makeUnsafe({ consecutive: failures === 0 ? 5 : failuresInARow })),
  ] as const

const made = (workload: Workload): Case => {
  const body = bodyOf(workload)
  const effect = effectOf(workload)
  const guards = stages(workload.failures)
  const pipeline: Pipeline.Any =
    workload.timeout === "none"
      ? Pipeline.makeUnsafe(...guards)
      : Pipeline.makeUnsafe(...guards, Pipeline.timeout(limit))
  switch (workload.door) {
    case "fiber":
      return inFibers(workload, () => Pipeline.run(pipeline, effect))
    case "runPromise":
      return awaited(workload, () => Effect.runPromise(Pipeline.run(pipeline, effect)))
    case "promise":
      return awaited(workload, () => Pipeline.promise(pipeline, body))
    case "signal":
      return awaited(workload, () => Pipeline.promise(pipeline, (signal) => unlessAborted(signal, body)))
  }
}

export const cases: Readonly<Record<string, Case>> = Object.fromEntries(
  workloads.holdfastEqual.map((workload) => [nameOf(workload), made(workload)]),
)
