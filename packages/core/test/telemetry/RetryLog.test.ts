import { assert, describe, it } from "@effect/vitest"
import { InvalidPolicy, Pipeline, RetryLog, Verdict } from "@holdfast/core"
import { Duration, Effect, Layer, Logger, References } from "effect"
import { failure, inTime, pinned } from "../support/pipeline.ts"

/** The lines that a failing call logs: level, message and annotations. */
const logged = (options: RetryLog.Options | undefined, verdict = Verdict.always()) =>
  Effect.gen(function* () {
    const lines: Array<readonly [level: string, message: unknown, annotations: unknown]> = []
    const logger = Logger.make(({ fiber, logLevel, message }) => {
      lines.push([logLevel, message, fiber.getRef(References.CurrentLogAnnotations)])
    })
    const pipeline = Pipeline.named("api", Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 })))
    yield* Pipeline.run(pipeline, Effect.fail(failure(verdict, "RateLimited"))).pipe(
      Effect.flip,
      inTime,
      Effect.provide(Layer.merge(RetryLog.layer(options), Logger.layer([logger]))),
    )
    return lines
  }).pipe(pinned)

describe("RetryLog", () => {
  it.effect("logs a retry on one line, with the error tag and the wait", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* logged(undefined), [
        [
          "Warn",
          ["retrying api in 500 ms after RateLimited (attempt 1)"],
          { pipeline: "api", error: "RateLimited", attempt: 1, waitMs: 500, decidedBy: "backoff" },
        ],
      ])
    }),
  )

  it.effect("logs at the configured level that the server requested the wait", () =>
    Effect.gen(function* () {
      const verdict = { ...Verdict.always(), retryAfter: Duration.seconds(7) }
      const [line] = yield* logged({ level: "Info" }, verdict)
      assert.deepStrictEqual(line?.slice(0, 2), [
        "Info",
        ["retrying api in 7 s after RateLimited (attempt 1, requested by the server)"],
      ])
    }),
  )

  it.effect("does not log a call that is not retried", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* logged(undefined, Verdict.never()), [])
    }),
  )

  it("rejects an unknown log level", () => {
    assert.throws(() => RetryLog.make({ level: "Loud" as never }), InvalidPolicy)
  })
})
