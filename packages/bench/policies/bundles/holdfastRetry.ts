import * as Pipeline from "@holdfast/core/Pipeline"
import * as Effect from "effect/Effect"

const call = Effect.gen(function* () {
  const pipeline = yield* Pipeline.make(Pipeline.retry({ attempts: 8 }), Pipeline.timeout("15 seconds"))
  return yield* Pipeline.run(pipeline, Effect.succeed(1))
})

console.log(await Effect.runPromise(call))
