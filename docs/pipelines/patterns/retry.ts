import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

/** An order is stored, but its response is lost. */
class ResponseLost extends Data.TaggedError("ResponseLost") {
  readonly verdict = Verdict.always({ applied: "maybe" })
}

const orders = Effect.gen(function* () {
  let stored = 0
  const order = Effect.suspend(() => {
    stored++
    return Effect.fail(new ResponseLost())
  })
  const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
  // #region order
  // Do: resend only what the server cannot have carried out.
  const careful = Pipeline.run(pipeline, order, {
    repeatable: false,
    mayResend: ({ verdict }) => Verdict.appliedOf(verdict) === "no",
  })
  // Don't: this may store the order three times.
  const careless = Pipeline.run(pipeline, order)
  // #endregion
  yield* Effect.ignore(careful)
  yield* Console.log(`with mayResend: ${stored} order`)
  yield* Effect.ignore(careless)
  yield* Console.log(`without it: ${stored - 1} orders`)
})

const nested = Effect.gen(function* () {
  let sent = 0
  const send = Effect.suspend(() => {
    sent++
    return Effect.fail(new Unavailable())
  })
  // #region nested
  const inner = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }))
  const outer = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }))
  // @ts-expect-error a pipeline has one "retry": two of them multiply
  const call = Pipeline.run(outer, Pipeline.run(inner, send))
  // #endregion
  yield* Effect.ignore(call)
  yield* Console.log(`two retries of 4 attempts: ${sent} requests`)
})

export const main = orders.pipe(Effect.andThen(nested), Random.withSeed("retry"))

if (import.meta.main) NodeRuntime.runMain(main)
