import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Schedule, Schema } from "effect"

/** What one attempt does. */
const steps = Schema.Literals(["success", "rejection", "error", "throw", "never", "once"])
type Step = typeof steps.Type

const verdicts = { error: Verdict.always(), never: Verdict.never({ outcome: "failure" }), once: Verdict.once() }

const act = (step: Step): Promise<string> => {
  if (step === "success") return Promise.resolve("done")
  if (step === "rejection") return Promise.reject(new Error("rejected"))
  if (step === "throw") throw new Error("thrown")
  return Promise.reject({ _tag: step, verdict: verdicts[step] })
}

const made = () => {
  const breaker = CircuitBreaker.makeUnsafe({ consecutive: 6, open: "1 hour", maxOpen: "1 hour" })
  const bulkhead = Bulkhead.makeUnsafe({ permits: 2 })
  const budget = RetryBudget.tokenBucketUnsafe({ capacity: 60 })
  // Without a delay, so that no test waits.
  const retry = Pipeline.retry({ schedule: Schedule.recurs(2), budget })
  const pipeline = Pipeline.makeUnsafe(retry, Pipeline.limits(bulkhead), Pipeline.breaker(breaker))
  const state = Effect.gen(function* () {
    const { _tag, counts } = yield* CircuitBreaker.state(breaker)
    const stats = yield* Bulkhead.stats(bulkhead)
    return { phase: _tag, counts, stats, balance: yield* RetryBudget.balance(budget) }
  })
  return { pipeline, state }
}

const described = (error: unknown) => ({
  // The message of a rejection states the remaining open time.
  text: error instanceof CircuitBreaker.CircuitOpen ? error._tag : String(error),
  attempts: Timeline.of(error as object)?.map(({ decidedBy, number, sent }) => ({ decidedBy, number, sent })),
})

/** Makes calls one after another and returns everything that can be observed. */
const observed = async (path: ReadonlyArray<Step>, options: [] | [Pipeline.PromiseOptions]) => {
  const { pipeline, state } = made()
  const left = [...path]
  const numbers: Array<number> = []
  const results: Array<unknown> = []
  while (left.length > 0) {
    const call = Pipeline.promise(
      pipeline,
      (_signal, { number }) => {
        numbers.push(number)
        return act(left.shift() ?? "success")
      },
      ...options,
    )
    results.push(await call.then((value) => ({ value }), described))
    // An open circuit calls nothing.
    if ((await Effect.runPromise(state)).phase === "Open") break
  }
  return { numbers, results, ...(await Effect.runPromise(state)) }
}

describe("a promise call that needs no fiber at first", () => {
  it.effect.prop(
    "ends like a call in a fiber, and leaves the policies in the same state",
    [Schema.Array(steps)],
    ([path]) =>
      Effect.promise(async () => {
        // A call with options runs in a fiber from the start.
        assert.deepStrictEqual(await observed(path, []), await observed(path, [{}]))
      }),
  )

  it("adds the reward of a success to the budget", async () => {
    const path = ["rejection", "rejection", "rejection", "success", "success"] as const
    const direct = await observed(path, [])
    // Two retries at 14 tokens each, and two calls that succeeded at once.
    assert.strictEqual(direct.balance, 60 - 2 * 14 + 2)
    assert.deepStrictEqual(direct, await observed(path, [{}]))
  })

  it("calls its function before the promise is returned", () => {
    const { pipeline } = made()
    let called = false
    const call = Pipeline.promise(pipeline, () => {
      called = true
    })
    assert.isTrue(called)
    return call
  })

  it("holds its permit until its promise settles, and is rejected if there is none", async () => {
    const { pipeline, state } = made()
    const ends: Array<(value: string) => void> = []
    const send = () => new Promise<string>((resolve) => void ends.push(resolve))
    const calls = [Pipeline.promise(pipeline, send), Pipeline.promise(pipeline, send)]
    assert.strictEqual((await Effect.runPromise(state)).stats.inFlight, 2)
    const full = Pipeline.promise(Pipeline.makeUnsafe(...(pipeline.stages.slice(1) as never)), send)
    assert.strictEqual(await full.then(String, (error: { _tag: string }) => error._tag), "BulkheadFull")
    for (const end of ends) end("done")
    assert.deepStrictEqual(await Promise.all(calls), ["done", "done"])
    assert.strictEqual((await Effect.runPromise(state)).stats.inFlight, 0)
  })

  it("releases its permit if the rejection reason throws when it is read", async () => {
    const { pipeline, state } = made()
    const bug = new Error("a getter threw")
    const reason = Object.defineProperty({ _tag: "Hostile" }, "verdict", {
      get: () => {
        throw bug
      },
    })
    for (const options of [[], [{}]] as ReadonlyArray<[] | [Pipeline.PromiseOptions]>) {
      const call = Pipeline.promise(pipeline, () => Promise.reject(reason), ...options)
      assert.strictEqual(await call.catch((error: unknown) => error), bug)
      assert.strictEqual((await Effect.runPromise(state)).stats.inFlight, 0)
    }
  })

  it("gives each function that takes a signal its own one", async () => {
    const { pipeline } = made()
    const signals = new Set<AbortSignal>()
    for (let n = 0; n < 3; n++) {
      await Pipeline.promise(pipeline, (signal) => {
        assert.isFalse(signal.aborted)
        signals.add(signal)
      })
    }
    assert.strictEqual(signals.size, 3)
  })

  it("gives a function with rest parameters a signal too", async () => {
    const { pipeline } = made()
    await Pipeline.promise(pipeline, (...given) => {
      assert.instanceOf(given[0], AbortSignal)
    })
  })
})
