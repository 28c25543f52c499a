import { NodeRuntime } from "@effect/platform-node"
import { CircuitBreaker, Pipeline, Verdict } from "@holdfast/core"
import { Clock, Console, Data, Effect, Stream } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

// #region example
export const main = Effect.gen(function* () {
  const breaker = yield* CircuitBreaker.make({ consecutive: 3, open: { base: "5 seconds", factor: 2 } })
  const pipeline = yield* Pipeline.make(Pipeline.breaker(breaker))
  // A service that is down for 13 s.
  const send = Effect.flatMap(Clock.currentTimeMillis, (now) => (now < 13_000 ? new Unavailable() : Effect.void))
  yield* CircuitBreaker.transitions(breaker).pipe(
    Stream.runForEach(({ at, from, reason, to }) => Console.log(`${at / 1000} s  ${from} -> ${to}: ${reason}`)),
    Effect.forkChild({ startImmediately: true }),
  )
  for (let n = 0; n < 20; n++) {
    yield* Effect.ignore(Pipeline.run(pipeline, send))
    yield* Effect.sleep("1 second")
  }
  const { _tag, counts } = yield* CircuitBreaker.state(breaker)
  yield* Console.log(`${_tag}, ${counts.rejected} of 20 calls rejected`)
})
// #endregion

if (import.meta.main) NodeRuntime.runMain(main)
