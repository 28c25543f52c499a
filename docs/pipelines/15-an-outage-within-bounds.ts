import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import { Console, Data, Effect, Random } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

/** How many requests a service that is down gets from 1000 calls, one every 100 ms. */
const requests = (settings: Pipeline.Settings) =>
  Effect.gen(function* () {
    const pipeline = yield* PipelineSettings.make(settings)
    let sent = 0
    const send = Effect.suspend(() => {
      sent++
      return Effect.fail(new Unavailable())
    })
    const calls = Array.from({ length: 1000 }, (_, n) =>
      Effect.delay(Effect.ignore(Pipeline.run(pipeline, send)), 100 * n),
    )
    yield* Effect.all(calls, { concurrency: "unbounded" })
    return sent
  })

export const main = Effect.gen(function* () {
  yield* Console.log("1000 calls in 100 s, four times:")
  yield* Console.log(`retries alone:     ${yield* requests({ retry: {} })} requests`)
  yield* Console.log(`with a bucket:     ${yield* requests({ retry: {}, budget: {} })}`)
  yield* Console.log(`with a ratio:      ${yield* requests({ retry: {}, budget: { kind: "ratio", floor: 0 } })}`)
  yield* Console.log(`and a breaker:     ${yield* requests({ retry: {}, budget: {}, breaker: {} })}\n`)

  const pipeline = yield* PipelineSettings.make({ deadline: "20 seconds", retry: {}, timeout: "5 seconds" })
  const send = ({ number }: Pipeline.Attempt) => (number === 2 ? Effect.never : Effect.fail(new Unavailable()))
  const error = yield* Effect.flip(Pipeline.run(pipeline, send))
  yield* Console.log(`${error._tag}\n${Timeline.render(Timeline.of(error))}`)
  if (error._tag === "DeadlineExceeded") {
    const { attempts, waits } = error.spent
    yield* Console.log(`${Math.round(attempts)} ms in attempts, ${Math.round(waits)} ms in waits`)
  }
}).pipe(Random.withSeed("outage"))

if (import.meta.main) NodeRuntime.runMain(main)
