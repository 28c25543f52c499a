import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Effect from "effect/Effect"

const call = Effect.gen(function* () {
  const breaker = yield* CircuitBreaker.make({ consecutive: 5 })
  const bulkhead = yield* Bulkhead.make({ permits: 100 })
  const pipeline = yield* Pipeline.make(
    Pipeline.retry({ attempts: 8 }),
    Pipeline.limits(bulkhead),
    Pipeline.breaker(breaker),
    Pipeline.timeout("15 seconds"),
  )
  return yield* Pipeline.run(pipeline, Effect.succeed(1))
})

console.log(await Effect.runPromise(call))
