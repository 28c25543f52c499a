import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Verdict, type Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Hedge from "@holdfast/core/Hedge"
import * as Throttle from "@holdfast/core/Throttle"
import { Cause, Clock, Context, Effect, Exit, Random } from "effect"
import * as V8 from "node:v8"
import * as Vm from "node:vm"
import { failure, inTime } from "../support/pipeline.ts"

describe("Pipeline", () => {
  it.effect("enforces a deadline from the context only if the pipeline has a deadline stage", () =>
    Effect.gen(function* () {
      const under = (pipeline: Pipeline.Pipeline<readonly [Pipeline.Stage]>) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const exit = yield* Effect.exit(Pipeline.run(pipeline, Effect.never)).pipe(
            Effect.provideService(Deadline.Current, { at: now + 5000, limit: 5000 }),
          )
          const error = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isFailReason)?.error : undefined
          return [(error as Classified | undefined)?._tag, (yield* Clock.currentTimeMillis) - now]
        })
      const deadline = Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"))
      const timeout = Pipeline.makeUnsafe(Pipeline.timeout("15 seconds"))
      assert.deepStrictEqual(yield* inTime(under(deadline)), ["DeadlineExceeded", 5000])
      assert.deepStrictEqual(yield* inTime(under(timeout)), ["AttemptTimedOut", 15_000])
    }),
  )
})

describe("a rejection by a limit or a breaker", () => {
  const unavailable = failure(Verdict.always())
  const inner: Readonly<Record<string, Effect.Effect<Effect.Effect<unknown, Classified>>>> = {
    BulkheadFull: Effect.gen(function* () {
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1 })
      yield* Effect.forkChild(Bulkhead.protect(Effect.never, bulkhead), { startImmediately: true })
      return Pipeline.run(Pipeline.makeUnsafe(Pipeline.limits(bulkhead)), Effect.void)
    }),
    LimitReached: Effect.gen(function* () {
      const limit = AdaptiveLimit.makeUnsafe({ initial: 1, max: 1 })
      yield* Effect.forkChild(AdaptiveLimit.protect(Effect.never, limit), { startImmediately: true })
      return Pipeline.run(Pipeline.makeUnsafe(Pipeline.limits(limit)), Effect.void)
    }),
    CircuitOpen: Effect.gen(function* () {
      const circuit = CircuitBreaker.makeUnsafe({ consecutive: 1 })
      yield* Effect.ignore(CircuitBreaker.protect(Effect.fail(unavailable), circuit))
      return Pipeline.run(Pipeline.makeUnsafe(Pipeline.breaker(circuit)), Effect.void)
    }),
    Throttled: Effect.gen(function* () {
      const throttle = Throttle.makeUnsafe({ maxRejection: 1 })
      for (let n = 0; n < 100; n++) yield* Effect.ignore(Throttle.protect(Effect.fail(unavailable), throttle))
      const send = Pipeline.run(Pipeline.makeUnsafe(Pipeline.limits(throttle)), Effect.void)
      return Effect.provideService(send, Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })
    }),
  }

  it.effect("policies of an outer pipeline do not count a rejection by an inner limit or breaker", () =>
    Effect.gen(function* () {
      for (const [name, make] of Object.entries(inner)) {
        const send = yield* make
        const circuit = CircuitBreaker.makeUnsafe({ consecutive: 1 })
        const throttle = Throttle.makeUnsafe()
        const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd" })
        const outer = Pipeline.makeUnsafe(Pipeline.limits(throttle, limit), Pipeline.breaker(circuit))
        for (let n = 0; n < 20; n++) {
          const error = yield* Effect.flip(Pipeline.run(outer, send))
          assert.strictEqual(error._tag, name)
          assert.strictEqual(Verdict.appliedOf(error.verdict), "no")
        }
        assert.strictEqual((yield* CircuitBreaker.state(circuit))._tag, "Closed", name)
        assert.strictEqual((yield* Throttle.stats(throttle)).requests, 0, name)
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 20, name)
      }
    }),
  )

  it.effect("rejecting one copy of a hedged call does not end its other copies", () =>
    Effect.gen(function* () {
      const full = yield* inner["BulkheadFull"] ?? Effect.die("none")
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
      const call = Pipeline.run(
        pipeline,
        ({ number }) => (number === 1 ? Effect.delay(Effect.succeed("answer"), "5 seconds") : full),
        { repeatable: true },
      )
      assert.strictEqual(yield* inTime(call), "answer")
    }),
  )
})

describe("the context of a call", () => {
  it("a pipeline does not retain the context of a finished call", async () => {
    const Request = Context.Reference<object | undefined>("test/Request", { defaultValue: () => undefined })
    const retrying = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("1 second"))
    const breaking = Pipeline.makeUnsafe(Pipeline.deadline("1 second"), Pipeline.breaker(CircuitBreaker.makeUnsafe()))
    const calls: ReadonlyArray<Effect.Effect<void, unknown>> = [
      Pipeline.run(retrying, Effect.yieldNow),
      Pipeline.run(breaking, Effect.yieldNow),
    ]
    const run = async () => {
      const requests: Array<WeakRef<object>> = []
      for (let n = 0; n < 40; n++) {
        const request = {}
        requests.push(new WeakRef(request))
        for (const call of calls) await Effect.runPromiseWith(Context.make(Request, request))(call)
      }
      return requests
    }
    const requests = await run()
    V8.setFlagsFromString("--expose-gc")
    const collect = Vm.runInNewContext("gc") as () => void
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    assert.strictEqual(requests.filter((request) => request.deref() !== undefined).length, 0)
  })
})
