import { NodeRuntime } from "@effect/platform-node"
import { Pipeline, Verdict } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Clock, Console, Data, Effect, Stream } from "effect"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

export const main = Effect.gen(function* () {
  const bulkhead = yield* Bulkhead.make({ permits: 2, queue: 2, maxWait: "3 seconds" })
  const breaker = yield* CircuitBreaker.make({ consecutive: 3, open: { base: "5 seconds", factor: 2 } })
  const pipeline = yield* Pipeline.make(
    Pipeline.deadline("10 seconds"),
    Pipeline.limits(bulkhead),
    Pipeline.breaker(breaker),
  )
  const seconds = Effect.map(Clock.currentTimeMillis, (now) => `${(now / 1000).toFixed(1)} s`)
  const say = (text: string) => Effect.flatMap(seconds, (at) => Console.log(`${at}  ${text}`))

  // Six calls of two seconds at once: two are sent, two wait, two are refused and know when there could be a place.
  const slow = (name: string) =>
    Pipeline.run(pipeline, Effect.delay(Effect.succeed(name), "2 seconds")).pipe(
      Effect.matchEffect({
        onSuccess: (name) => say(`${name} answered`),
        onFailure: ({ message }) => say(`${name}: ${message}`),
      }),
    )
  yield* Effect.all(["a", "b", "c", "d", "e", "f"].map(slow), { concurrency: "unbounded" })

  let down = true
  const call = Pipeline.run(
    pipeline,
    Effect.suspend(() => (down ? Effect.fail(new Unavailable()) : Effect.succeed("ok"))),
  ).pipe(Effect.match({ onSuccess: (answer) => answer, onFailure: ({ _tag }) => _tag }))
  yield* CircuitBreaker.transitions(breaker).pipe(
    Stream.runForEach(({ from, reason, to }) => say(`${from} -> ${to}: ${reason}`)),
    Effect.forkChild,
  )
  yield* Effect.sleep("1 second")
  for (let n = 0; n < 20; n++) {
    yield* call
    yield* Effect.sleep("1 second")
    if (n === 12) down = false
  }
  const { _tag, counts } = yield* CircuitBreaker.state(breaker)
  yield* say(`${_tag}: ${counts.failures} failures, ${counts.successes} successes, ${counts.rejected} rejected`)
})

if (import.meta.main) NodeRuntime.runMain(main)
