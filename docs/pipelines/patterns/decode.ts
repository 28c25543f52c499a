import { NodeRuntime } from "@effect/platform-node"
import { CircuitBreaker, Pipeline, Verdict } from "@holdfast/core"
import { Console, Data, Effect, Random } from "effect"

class NotThere extends Data.TaggedError("NotThere")<{ readonly verdict: Verdict.Verdict }> {}
class Busy extends Data.TaggedError("Busy") {
  readonly verdict = Verdict.always()
}

export const main = Effect.gen(function* () {
  // #region classify
  class Lost extends Data.TaggedError("Lost") {}
  const retry = Pipeline.retry({ attempts: 3 })
  // Do: give the errors that you have a verdict by their tag. They stay the same objects.
  const classified = Pipeline.makeUnsafe(retry, Pipeline.classify({ Lost: Verdict.always() }))
  const retried = Pipeline.run(classified, Effect.fail(new Lost()))
  // Don't: this does not compile, and from untyped code it is not retried.
  // @ts-expect-error the error "Lost" has no verdict: define one in Pipeline.classify({ Lost: … })
  const untold = Pipeline.run(Pipeline.makeUnsafe(retry), Effect.fail(new Lost()))
  // #endregion
  yield* Console.log((yield* Effect.flip(retried))._tag)
  yield* Effect.ignore(untold)

  let asked = 0
  const ask = Effect.sync(() => ({ busy: ++asked < 3 }))
  // #region answer
  // Do: judge the answer inside, where the retry and the breaker see the error.
  const judged = Pipeline.makeUnsafe(
    retry,
    Pipeline.failWhen((job: { readonly busy: boolean }) => (job.busy ? new Busy() : undefined)),
  )
  const inside = Pipeline.run(judged, ask)
  // Don't: judge it outside, where the call has succeeded and is over.
  const outside = Effect.filterOrFail(
    Pipeline.run(Pipeline.makeUnsafe(retry), ask),
    ({ busy }) => !busy,
    () => new Busy(),
  )
  // #endregion
  const report = (call: Effect.Effect<unknown, Busy>) =>
    Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: () => "done" })
  yield* Console.log(`inside: ${yield* report(inside)}, after ${asked} requests`)
  asked = 0
  yield* Console.log(`outside: ${yield* report(outside)}, after ${asked} request`)

  // #region outcome
  // Do: a file that is not there yet is worth a retry, and says nothing about the service.
  const aboutTheRequest = Verdict.always({ outcome: "ignored" })
  // Don't: five missing files open the circuit.
  const aboutTheService = Verdict.always()
  // #endregion
  for (const verdict of [aboutTheRequest, aboutTheService]) {
    const breaker = yield* CircuitBreaker.make({ consecutive: 5 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 5 }), Pipeline.breaker(breaker))
    yield* Effect.ignore(Pipeline.run(pipeline, Effect.fail(new NotThere({ verdict }))))
    const { _tag, counts } = yield* CircuitBreaker.state(breaker)
    yield* Console.log(`${Verdict.outcomeOf(verdict)}: ${_tag}, ${counts.failures} failures`)
  }
}).pipe(Random.withSeed("decode"))

if (import.meta.main) NodeRuntime.runMain(main)
