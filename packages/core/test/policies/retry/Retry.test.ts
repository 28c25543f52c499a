import { assert, describe, it } from "@effect/vitest"
import { Backoff, Retry, Verdict, type Classified } from "@holdfast/core"
import { Clock, Duration, Effect, Fiber, Random, Schedule, Schema } from "effect"
import { TestClock } from "effect/testing"

const failure = (verdict: Verdict.Verdict): Classified => ({ _tag: "Failure", verdict })

describe("Retry", () => {
  it.effect("starts eight attempts at exactly 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 and 63.5 s", () =>
    Effect.gen(function* () {
      const times = yield* attemptTimes(() => failure(Verdict.always()))
      assert.deepStrictEqual(times, [0, 500, 1500, 3500, 7500, 15_500, 31_500, 63_500])
    }),
  )

  it.effect("does not retry an error with the verdict `never`", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* attemptTimes(() => failure(Verdict.never())), [0])
    }),
  )

  it.effect("retries an error with the verdict `once` only once", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* attemptTimes(() => failure(Verdict.once())), [0, 500])
    }),
  )

  it.effect("retries only the first error with the verdict `once`, regardless of the attempt in which it occurs", () =>
    Effect.gen(function* () {
      const times = yield* attemptTimes((n) => failure(n === 3 || n === 5 ? Verdict.once() : Verdict.always()))
      assert.deepStrictEqual(times, [0, 500, 1500, 3500, 7500])
    }),
  )

  it.effect(
    "counts token rejections separately from errors with the verdict `once`, and gives up after two consecutive rejections",
    () =>
      Effect.gen(function* () {
        const refused = failure(Verdict.once({ change: "token", closes: "authorization" }))
        const other = failure(Verdict.once())
        const sequence = (errors: ReadonlyArray<Classified>) => attemptTimes((n) => errors[n - 1] ?? refused)
        assert.strictEqual((yield* sequence([refused, refused])).length, 2)
        assert.strictEqual((yield* sequence([other, refused, refused])).length, 3)
        assert.strictEqual((yield* sequence([refused, other, refused, other])).length, 4)
        assert.strictEqual((yield* sequence([refused, other, refused, refused])).length, 4)
      }),
  )

  it.effect("honors the server's hint in full, up to two minutes", () =>
    Effect.gen(function* () {
      const hints = [Duration.seconds(3), Duration.minutes(2), Duration.millis(1), Duration.millis(120_001)]
      const times = yield* attemptTimes((n) => failure(Verdict.always({ retryAfter: hints[n - 1]! })))
      assert.deepStrictEqual(times, [0, 3000, 123_000, 125_000])
    }),
  )

  it.effect("waits for the duration of the hint cap if a longer hint is clamped", () =>
    Effect.gen(function* () {
      const policy = Retry.policy({ attempts: 3, hintCap: "1 minute", beyondHintCap: "clamp" })
      const times = yield* attemptTimes(() => failure(Verdict.always({ retryAfter: Duration.days(1) })), policy)
      assert.deepStrictEqual(times, [0, 60_000, 120_000])
    }),
  )

  it.effect("accepts a custom backoff, number of attempts and hint cap", () =>
    Effect.gen(function* () {
      const policy = Retry.policy({
        backoff: Schedule.spaced("1 second"),
        attempts: 3,
        hintCap: "2 seconds",
        beyondHintCap: "clamp",
      })
      const times = yield* attemptTimes(() => failure(Verdict.always({ retryAfter: Duration.minutes(1) })), policy)
      assert.deepStrictEqual(times, [0, 2000, 4000])
    }),
  )

  it.effect("counts the attempts of each call separately", () =>
    Effect.gen(function* () {
      const policy = Retry.policy({ attempts: 2 })
      const always = () => failure(Verdict.always())
      assert.strictEqual((yield* attemptTimes(always, policy)).length, 2)
      assert.strictEqual((yield* attemptTimes(always, policy)).length, 2)
    }),
  )

  it.effect.prop(
    "sends at most eight attempts, does not retry after `never`, and retries after `once` only once",
    { seed: Schema.Int },
    ({ seed }) =>
      Effect.gen(function* () {
        const kinds = yield* Effect.forEach(Array.from({ length: 12 }), () => Random.nextIntBetween(0, 3)).pipe(
          Random.withSeed(seed),
        )
        const verdicts = kinds.map((k) => [Verdict.always(), Verdict.once(), Verdict.never()][Math.min(k, 2)]!)
        const times = yield* attemptTimes((n) => failure(verdicts[n - 1]!))
        const retried = verdicts.slice(0, times.length - 1)
        assert.isTrue(times.length <= 8)
        assert.isTrue(retried.every((verdict) => verdict.retry !== "never"))
        assert.isTrue(retried.filter((verdict) => verdict.retry === "once").length <= 1)
      }),
    { arbitrary: { runs: 100, seed: 7 } },
  )

  it.effect("never waits longer than the backoff cap", () =>
    Effect.gen(function* () {
      const step = yield* Schedule.toStep(Retry.policy({ attempts: 50 }))
      for (let n = 0; n < 40; n++) {
        const [, wait] = yield* step(0, failure(Verdict.always())).pipe(Effect.orDie)
        assert.isTrue(Duration.toMillis(wait) <= Duration.toMillis(Backoff.guide.cap))
      }
    }),
  )
})

/** When each attempt starts (ms), with the jitter pinned to the top; `fail` returns the error of attempt n, from 1. */
const attemptTimes = (fail: (n: number) => Classified, policy = Retry.policy()) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const times: Array<number> = []
    const call = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      times.push(now - start)
      return Effect.fail(fail(times.length))
    })
    const fiber = yield* Effect.forkChild(Effect.exit(Effect.retry(call, policy)))
    yield* TestClock.adjust("10 minutes")
    yield* Fiber.join(fiber)
    return times
  }).pipe(Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 }))
