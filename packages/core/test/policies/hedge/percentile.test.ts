import { assert, describe, it } from "@effect/vitest"
import { Deadline } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { busy, start, timed } from "../../support/hedge.ts"

describe("Hedge", () => {
  describe("a delay by percentile", () => {
    const call = (ms: number, hedge: Hedge.Hedge) =>
      Effect.gen(function* () {
        const fiber = yield* start(Hedge.protect(Effect.sleep(ms), hedge))
        yield* TestClock.adjust(ms)
        yield* Fiber.join(fiber)
      })
    const calls = (times: ReadonlyArray<number>, hedge: Hedge.Hedge) =>
      Effect.forEach(times, (ms) => call(ms, hedge), { discard: true })
    const times = (count: number, ms: number) => Array.from({ length: count }, () => ms)
    const p95 = (options: Partial<Hedge.Percentile> = {}) =>
      Hedge.makeUnsafe({ delay: { percentile: 0.95, ...options }, budget: none })
    /** A budget that allows no copies, so that the measured durations do not change. */
    const none = RetryBudget.ratioUnsafe({ kind: "ratio", percent: 0, floor: 0 })

    it.effect("uses `initial` as the delay until enough durations are measured for the percentile", () =>
      Effect.gen(function* () {
        const hedge = p95({ max: "2 seconds", initial: "1 second" })
        assert.strictEqual(yield* Hedge.delay(hedge), 1_000)
        yield* calls(times(19, 100), hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 1_000)
        yield* call(100, hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        assert.strictEqual(yield* Hedge.delay(p95({ max: 3_000 })), 3_000)
        assert.strictEqual(yield* Hedge.delay(p95()), 60_000)
      }),
    )

    it.effect("rounds the delay up by less than 4.5 %, so that no more calls than intended exceed the delay", () =>
      Effect.gen(function* () {
        for (const ms of [1, 2, 3, 7, 10, 64, 100, 999, 1_000, 12_345, 59_000]) {
          const hedge = p95()
          yield* calls(times(20, ms), hedge)
          const delay = yield* Hedge.delay(hedge)
          assert.isTrue(delay > ms && delay <= Math.ceil(ms * 2 ** (1 / 16)), `${delay} for ${ms}`)
        }
      }),
    )

    it.effect("uses the duration at the configured percentile as the delay", () =>
      Effect.gen(function* () {
        const mixed = times(10, 0).flatMap(() => [...times(18, 100), 200, 400])
        for (const [percentile, least, most] of [
          [0.5, 100, 104],
          [0.85, 100, 104],
          [0.92, 200, 209],
          [0.98, 400, 418],
        ] as const) {
          const hedge = p95({ percentile })
          yield* calls(mixed, hedge)
          const delay = yield* Hedge.delay(hedge)
          assert.isTrue(delay >= least && delay <= most, `${delay} for ${percentile}`)
        }
      }),
    )

    it.effect("keeps the delay between min and max", () =>
      Effect.gen(function* () {
        const slow = p95({ max: 500 })
        yield* calls(times(20, 1_000), slow)
        assert.strictEqual(yield* Hedge.delay(slow), 500)
        const fast = p95({ min: 50 })
        yield* calls(times(20, 1), fast)
        assert.strictEqual(yield* Hedge.delay(fast), 50)
        const never = p95({ max: 10_000_000, initial: 1 })
        yield* calls(times(20, 9_000_000), never)
        assert.strictEqual(yield* Hedge.delay(never), 2 ** 22)
      }),
    )

    it.effect("counts a call that completes immediately as one millisecond", () =>
      Effect.gen(function* () {
        const hedge = p95()
        for (let n = 0; n < 20; n++) yield* Hedge.protect(Effect.void, hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 1)
      }),
    )

    it.effect("adapts the delay within one window when the service becomes slower or faster", () =>
      Effect.gen(function* () {
        const hedge = p95({ window: "10 seconds" })
        yield* calls(times(100, 100), hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        yield* calls(times(30, 400), hedge)
        const slower = yield* Hedge.delay(hedge)
        assert.isTrue(slower >= 400 && slower < 420)
        yield* calls(times(200, 100), hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
      }),
    )

    it.effect("keeps a measured duration for two half windows, and then discards it", () =>
      Effect.gen(function* () {
        const hedge = p95({ percentile: 0.5, window: "10 seconds" })
        // Two durations suffice, so each half of a window has enough.
        yield* calls([100, 100, 100, 100], hedge)
        yield* TestClock.adjust("5 seconds")
        yield* calls([400, 400], hedge)
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        yield* TestClock.adjust("5 seconds")
        yield* calls([400], hedge)
        assert.isTrue((yield* Hedge.delay(hedge)) >= 400)
      }),
    )

    it.effect("keeps the latest durations when calls are rare", () =>
      Effect.gen(function* () {
        const hedge = p95({ window: "1 minute" })
        for (let n = 0; n < 20; n++) {
          yield* call(100, hedge)
          yield* TestClock.adjust("10 minutes")
        }
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        yield* TestClock.adjust("1 day")
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
        // Yesterday's durations are dropped once there are enough new ones.
        yield* calls(times(40, 400), hedge)
        assert.isTrue((yield* Hedge.delay(hedge)) >= 400)
      }),
    )

    it.effect("does not shorten the delay when copies win", () =>
      Effect.gen(function* () {
        const hedge = Hedge.makeUnsafe({ delay: { percentile: 0.9, initial: 1_000 } })
        // One call in ten hangs, and its copy answers after 100 ms.
        let n = 0
        const send = Effect.suspend(() => Effect.sleep(n++ % 11 === 9 ? 50_000 : 100))
        const delays = new Set<number>()
        for (let call = 0; call < 300; call++) {
          yield* timed(Hedge.protect(send, hedge))
          if (call > 10) delays.add(yield* Hedge.delay(hedge))
        }
        assert.deepStrictEqual([...delays], [104])
      }),
    )

    it.effect("ignores the durations of failed and non-repeatable calls", () =>
      Effect.gen(function* () {
        const hedge = p95()
        for (let n = 0; n < 40; n++) {
          yield* Effect.flip(Hedge.protect(Effect.fail(busy), hedge))
          yield* Hedge.protect(Effect.void, hedge, { repeatable: false })
        }
        assert.strictEqual(yield* Hedge.delay(hedge), 60_000)
      }),
    )

    it.effect("measures calls whose deadline leaves no time for a copy", () =>
      Effect.gen(function* () {
        const hedge = p95()
        for (let n = 0; n < 20; n++) {
          yield* Effect.provideService(call(100, hedge), Deadline.Current, { at: n * 100 + 1_000, limit: 1_000 })
        }
        assert.strictEqual(yield* Hedge.delay(hedge), 104)
      }),
    )
  })
})
