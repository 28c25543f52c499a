import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import { CircuitBreaker, Deadline, Fallback, Pipeline, Telemetry, Timeline, Verdict } from "@holdfast/core"
import { Data, Effect } from "effect"
import { failure } from "../support/pipeline.ts"

/** Replaces the timers of a promise program, as its own tests would. */
beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

/** The result of a promise, after all timers that it waits for have fired. */
const ended = async <A>(promise: Promise<A>): Promise<PromiseSettledResult<A>> => {
  const [settled] = await Promise.all([Promise.allSettled([promise]), vi.runAllTimersAsync()])
  return settled[0] as PromiseSettledResult<A>
}

const rejected = async (promise: Promise<unknown>): Promise<unknown> => {
  const result = await ended(promise)
  assert.strictEqual(result.status, "rejected")
  return (result as PromiseRejectedResult).reason
}

const retried = (attempts = 3) => Pipeline.makeUnsafe(Pipeline.retry({ attempts, backoff: { jitter: "none" } }))

describe("Pipeline.promise", () => {
  it("resolves with the result of the promise returned by the function", async () => {
    const result: Promise<number> = Pipeline.promise(retried(), () => Promise.resolve(7))
    assert.deepStrictEqual(await ended(result), { status: "fulfilled", value: 7 })
  })

  it("calls the function again after a rejection, with the number of the attempt", async () => {
    const began = Date.now()
    const sent: Array<readonly [attempt: number, at: number]> = []
    const result = Pipeline.promise(retried(), async (_, { number }) => {
      sent.push([number, Date.now() - began])
      if (number < 3) throw new Error("reset")
      return "done"
    })
    assert.deepStrictEqual(await ended(result), { status: "fulfilled", value: "done" })
    assert.deepStrictEqual(sent, [
      [1, 0],
      [2, 500],
      [3, 1500],
    ])
  })

  it("rejects with the original reason from the last attempt, and provides its timeline", async () => {
    const reasons = [new Error("first"), new Error("second"), new Error("third")]
    const reason = await rejected(Pipeline.promise(retried(), (_, { number }) => Promise.reject(reasons[number - 1])))
    assert.strictEqual(reason, reasons[2])
    assert.lengthOf(Timeline.of(reason), 3)
  })

  it("treats an exception thrown by the function like a rejected promise", async () => {
    const bug = new TypeError("undefined is not a function")
    let calls = 0
    const reason = await rejected(
      Pipeline.promise(retried(), (): number => {
        calls++
        throw bug
      }),
    )
    assert.deepStrictEqual([reason, calls], [bug, 3])
  })

  it("classifies a reason with `classify`, unless the reason has a verdict", async () => {
    let calls = 0
    const fails = (reason: unknown) => () => (calls++, Promise.reject(reason))
    const options: Pipeline.PromiseOptions = {
      classify: (reason) => (reason === 404 ? Verdict.never() : undefined),
    }
    for (const [reason, expected] of [
      [404, 1],
      [503, 3],
      [failure(Verdict.never()), 1],
    ] as const) {
      calls = 0
      assert.strictEqual(await rejected(Pipeline.promise(retried(), fails(reason), options)), reason)
      assert.strictEqual(calls, expected)
    }
  })

  it("passes rejection reasons unchanged to the decode stage", async () => {
    class Down extends Data.TaggedError("Down")<{ readonly status: number }> {
      readonly verdict = Verdict.always()
    }
    const decoding = Pipeline.makeUnsafe(
      Pipeline.retry({ attempts: 2 }),
      Pipeline.decode((reason: unknown) => new Down({ status: Number(reason) })),
    )
    const reason = await rejected(Pipeline.promise(decoding, () => Promise.reject(503)))
    assert.deepStrictEqual(reason, new Down({ status: 503 }))
  })

  it("aborts the signal of an attempt that times out, and rejects with the error of the timeout policy", async () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }), Pipeline.timeout("1 second"))
    const signals: Array<AbortSignal> = []
    const reason = await rejected(
      Pipeline.promise(pipeline, (signal) => (signals.push(signal), new Promise<never>(() => {}))),
    )
    assert.propertyVal(reason as object, "_tag", "AttemptTimedOut")
    assert.deepStrictEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    )
  })

  it("rejects with the error raised by an open breaker or an exceeded deadline", async () => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1 })
    const guarded = Pipeline.makeUnsafe(Pipeline.breaker(breaker))
    await rejected(Pipeline.promise(guarded, () => Promise.reject(new Error("down"))))
    assert.propertyVal((await rejected(Pipeline.promise(guarded, () => 1))) as object, "_tag", "CircuitOpen")
    const dated = Pipeline.makeUnsafe(Pipeline.deadline("1 second"))
    const late = await rejected(Pipeline.promise(dated, () => new Promise<never>(() => {})))
    assert.instanceOf(late, Deadline.DeadlineExceeded)
  })

  it("aborts the attempt when the caller's signal aborts, and rejects with the signal's reason", async () => {
    const early = AbortSignal.abort("gone")
    assert.strictEqual(await rejected(Pipeline.promise(retried(), () => 1, { signal: early })), "gone")
    const controller = new AbortController()
    let inner: AbortSignal | undefined
    const result = Pipeline.promise(retried(), (signal) => ((inner = signal), new Promise<never>(() => {})), {
      signal: controller.signal,
    })
    setTimeout(() => controller.abort(new Error("stop")), 100)
    assert.deepStrictEqual(await rejected(result), new Error("stop"))
    assert.isTrue(inner?.aborted)
  })

  it("resolves with the result of a fallback", async () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value("cached")))
    const result: Promise<string | number> = Pipeline.promise(pipeline, (): Promise<number> => Promise.reject("down"))
    assert.deepStrictEqual(await ended(result), { status: "fulfilled", value: "cached" })
  })

  it("reports the events of the call to an observer", async () => {
    const seen: Array<string> = []
    const observer = { event: ({ _tag }: { readonly _tag: string }) => (seen.push(_tag), undefined) }
    await rejected(Pipeline.promise(retried(2), () => Promise.reject("down"), { observer }))
    assert.includeMembers(seen, ["AttemptStarted", "RetryScheduled", "CallEnded"])
    assert.isFunction(Telemetry.make().event)
  })
})

describe("data-last forms", () => {
  it("supports naming and reloading a pipeline with data-last functions in a pipe", async () => {
    const pipeline = Pipeline.named("api")(retried(2))
    assert.strictEqual(pipeline.name, "api")
    await Effect.runPromise(Pipeline.reload({ retry: { attempts: 5 } })(pipeline))
    assert.strictEqual(Pipeline.worstCase(pipeline).attempts, 5)
  })

  it("accepts a pipeline with any stages as `Pipeline.Any`", async () => {
    const any: Pipeline.Any = retried(2)
    const call = (pipeline: Pipeline.Any): Effect.Effect<string, unknown> =>
      Pipeline.run(pipeline, Effect.succeed("done"))
    assert.strictEqual(await Effect.runPromise(call(any)), "done")
    // @ts-expect-error -- a pipeline with a fallback changes what comes out
    const wrong: Pipeline.Any = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value(1)))
    assert.lengthOf(wrong.stages, 1)
  })
})
