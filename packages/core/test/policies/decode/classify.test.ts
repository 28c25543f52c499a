import { assert, describe, it } from "@effect/vitest"
import { Pipeline, Timeline, Verdict } from "@holdfast/core"
import { Cause, Clock, Data, Effect, Exit } from "effect"
import { inTime, pinned } from "../../support/pipeline.ts"

class ConnectionLost extends Data.TaggedError("ConnectionLost")<{}> {}
class HttpError extends Data.TaggedError("HttpError")<{ readonly status: number }> {}
class InvalidInput extends Data.TaggedError("InvalidInput")<{}> {}

const classify = Pipeline.classify({
  ConnectionLost: Verdict.always(),
  HttpError: (error: HttpError) => (error.status === 503 ? Verdict.always() : Verdict.never()),
  InvalidInput: Verdict.never(),
})

const make = () => Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3, backoff: { jitter: "none" } }), classify)

/** Runs a call that fails with the errors in turn. Returns when each attempt was sent and how the call ended. */
const attempts = <E extends ConnectionLost | HttpError | InvalidInput>(errors: ReadonlyArray<E>) =>
  Effect.gen(function* () {
    const began = yield* Clock.currentTimeMillis
    const sent: Array<number> = []
    const call = Pipeline.run(make(), ({ number }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        sent.push(now - began)
        const error = errors[number - 1]
        return error === undefined ? Effect.succeed("done") : Effect.fail(error)
      }),
    )
    return { exit: yield* inTime(Effect.exit(call)), sent }
  }).pipe(pinned)

describe("Pipeline.classify", () => {
  it.effect("retries an error according to the verdict for its tag", () =>
    Effect.gen(function* () {
      const { exit, sent } = yield* attempts([new ConnectionLost(), new ConnectionLost()])
      assert.deepStrictEqual([exit, sent], [Exit.succeed("done"), [0, 500, 1500]])
    }),
  )

  it.effect("derives the verdict from the error if the table has a function for its tag", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* attempts([new HttpError({ status: 503 })])).sent, [0, 500])
      assert.deepStrictEqual((yield* attempts([new HttpError({ status: 404 })])).sent, [0])
    }),
  )

  it.effect("fails with the original error object, so that `catchTag` gives access to its fields and verdict", () =>
    Effect.gen(function* () {
      const error = new HttpError({ status: 404 })
      const before = JSON.stringify(error)
      const caught = yield* Pipeline.run(make(), Effect.fail(error)).pipe(
        Effect.catchTag("HttpError", (found) => Effect.succeed([found, found.status, found.verdict.retry] as const)),
      )
      assert.strictEqual(caught[0], error)
      assert.deepStrictEqual(caught.slice(1), [404, "never"])
      assert.strictEqual(JSON.stringify(error), before)
      assert.lengthOf(Timeline.of(error), 1)
    }),
  )

  it.effect("preserves the class and the fields of a frozen error", () =>
    Effect.gen(function* () {
      const caught = yield* Effect.flip(
        Pipeline.run(make(), Effect.fail(Object.freeze(new HttpError({ status: 404 })))),
      )
      assert.instanceOf(caught, HttpError)
      assert.deepStrictEqual([caught._tag, caught.verdict.retry], ["HttpError", "never"])
    }),
  )

  it.effect("preserves the existing verdict of an error", () =>
    Effect.gen(function* () {
      const own = { _tag: "ConnectionLost", verdict: Verdict.never() } as const
      assert.strictEqual(yield* Effect.flip(Pipeline.run(make(), Effect.fail(own))), own)
      assert.strictEqual(own.verdict.retry, "never")
    }),
  )

  it.effect("classifies a shared error object separately in each pipeline", () =>
    Effect.gen(function* () {
      const error = new InvalidInput()
      const final = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), classify)
      const patient = Pipeline.makeUnsafe(
        Pipeline.retry({ attempts: 3 }),
        Pipeline.classify({ InvalidInput: Verdict.always() }),
      )
      for (const [pipeline, expected] of [
        [final, 1],
        [patient, 3],
        [final, 1],
      ] as const) {
        let sent = 0
        yield* Effect.flip(inTime(Pipeline.run(pipeline, () => (sent++, Effect.fail(error)))))
        assert.strictEqual(sent, expected)
      }
    }),
  )

  it.effect("dies with a descriptive defect if untyped code fails with an error that is missing from the table", () =>
    Effect.gen(function* () {
      for (const [error, words] of [
        [{ _tag: "Other" }, 'Pipeline.classify has no verdict for the error "Other"'],
        [{ _tag: "toString" }, 'Pipeline.classify has no verdict for the error "toString"'],
        ["text", "Pipeline.classify requires errors with a _tag, got string"],
        [null, "Pipeline.classify requires errors with a _tag, got null"],
      ] as const) {
        const exit = yield* Effect.exit(Pipeline.run(make(), Effect.fail(error) as Effect.Effect<never>))
        const [reason] = Exit.isFailure(exit) ? exit.cause.reasons : []
        assert.isTrue(reason !== undefined && Cause.isDieReason(reason))
        assert.propertyVal((reason as Cause.Die).defect as object, "message", words)
      }
    }),
  )

  it("does not compile if an error of the call has no verdict", () => {
    const other = Effect.fail(new (class Other extends Data.TaggedError("Other")<{}> {})())
    // @ts-expect-error -- "Other" is not in the table
    void Pipeline.run(make(), other)
    const wrong: Pipeline.Verdictless<
      [Pipeline.Classify<{}>],
      Effect.Error<typeof other>
    > = 'the error "Other" has no verdict: define one in Pipeline.classify({ Other: … })'
    assert.isString(wrong)
    const bare = Pipeline.makeUnsafe(Pipeline.retry())
    // @ts-expect-error -- no stage classifies it
    void Pipeline.run(bare, other)
  })
})
