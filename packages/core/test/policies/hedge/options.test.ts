import { assert, describe, it } from "@effect/vitest"
import * as Hedge from "@holdfast/core/Hedge"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect } from "effect"

describe("Hedge", () => {
  describe("options", () => {
    it.effect.each<readonly [Hedge.Options, string]>([
      [{ delay: 0 }, "delay must be a duration > 0 ms (got 0)"],
      [{ delay: -1 }, "delay must be a duration > 0 ms (got -1)"],
      [{ delay: NaN }, "delay must be a duration > 0 ms (got NaN)"],
      [{ delay: "Infinity" }, 'delay must be a duration > 0 ms (got "Infinity")'],
      [{ delay: 1, max: 0 }, "max must be an integer from 1 to 10 (got 0)"],
      [{ delay: 1, max: 11 }, "max must be an integer from 1 to 10 (got 11)"],
      [{ delay: 1, max: 1.5 }, "max must be an integer from 1 to 10 (got 1.5)"],
      [{ delay: { percentile: 0 } }, "delay.percentile must be a number > 0 and <= 0.999 (got 0)"],
      [{ delay: { percentile: 1 } }, "delay.percentile must be a number > 0 and <= 0.999 (got 1)"],
      [{ delay: { percentile: 95 } }, "delay.percentile must be a number > 0 and <= 0.999 (got 95)"],
      [{ delay: { percentile: NaN } }, "delay.percentile must be a number > 0 and <= 0.999 (got NaN)"],
      [{ delay: { percentile: 0.5, min: 0 } }, "delay.min must be a duration > 0 ms (got 0)"],
      [{ delay: { percentile: 0.5, min: 9, max: 8 } }, "delay.max must be a duration >= 9 ms (got 8)"],
      [
        { delay: { percentile: 0.5, min: 9, initial: 8 } },
        "delay.initial must be a duration from 9 ms to 60000 ms (got 8)",
      ],
      [
        { delay: { percentile: 0.5, max: 9, initial: 10 } },
        "delay.initial must be a duration from 1 ms to 9 ms (got 10)",
      ],
      [{ delay: { percentile: 0.5, window: 0 } }, "delay.window must be a duration > 0 ms (got 0)"],
    ])("rejects %o", ([options, message]) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Hedge.make(options))
        assert.strictEqual(error._tag, "InvalidPolicy")
        assert.strictEqual(error.message, `Hedge: ${message}`)
      }),
    )

    it.effect("includes its options in its description", () =>
      Effect.gen(function* () {
        const words = (options: Hedge.Options) => Effect.map(Hedge.make(options), (hedge) => hedge.describe())
        assert.strictEqual(yield* words({ delay: "200 millis" }), "hedge after 200 ms")
        assert.strictEqual(yield* words({ delay: { seconds: 2 }, max: 2 }), "hedge 2 copies, each after 2 s")
        assert.strictEqual(yield* words({ delay: { percentile: 0.95 } }), "hedge after p95 (1 ms to 60 s)")
        assert.strictEqual(
          yield* words({ delay: { percentile: 0.999, min: "90 seconds" }, budget: RetryBudget.unlimited }),
          "hedge after p99.9 (90 s to 90 s), no budget",
        )
        assert.strictEqual((yield* Hedge.make({ delay: 1 })).name, "hedge")
        assert.strictEqual((yield* Hedge.make({ delay: 1, name: "s3" })).name, "s3")
      }),
    )

    it.effect(
      "applies new options on reload, and keeps the measured durations unless the percentile or the window changes",
      () =>
        Effect.gen(function* () {
          const hedge = Hedge.makeUnsafe({ delay: { percentile: 0.5 } })
          yield* Hedge.protect(Effect.void, hedge)
          yield* Hedge.protect(Effect.void, hedge)
          assert.strictEqual(yield* Hedge.delay(hedge), 1)
          yield* Hedge.reload(hedge, { delay: { percentile: 0.5, min: 20 }, max: 3 })
          assert.strictEqual(yield* Hedge.delay(hedge), 20)
          assert.strictEqual(hedge.copies, 3)
          yield* Hedge.reload(hedge, { delay: { percentile: 0.5, window: "2 minutes" } })
          assert.strictEqual(yield* Hedge.delay(hedge), 60_000)
          yield* Hedge.protect(Effect.void, hedge)
          yield* Hedge.protect(Effect.void, hedge)
          yield* Hedge.reload(hedge, { delay: { percentile: 0.6, window: "2 minutes" } })
          assert.strictEqual(yield* Hedge.delay(hedge), 60_000)
          yield* Hedge.reload(hedge, { delay: 70 })
          yield* Hedge.protect(Effect.void, hedge)
          assert.strictEqual(yield* Hedge.delay(hedge), 70)
          const error = yield* Effect.flip(Hedge.reload(hedge, { delay: 0 }))
          assert.strictEqual(error.option, "delay")
          assert.strictEqual(hedge.check({ delay: 0 })?.option, "delay")
          assert.strictEqual(yield* Hedge.delay(hedge), 70)
        }),
    )
  })
})
