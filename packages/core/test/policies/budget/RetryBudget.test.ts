import { assert, describe, it } from "@effect/vitest"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { transient, ratio, begin, charges } from "../../support/budget.ts"

describe("RetryBudget", () => {
  it("allows every retry when it is unlimited", () => {
    const { unlimited } = RetryBudget
    unlimited.begin(0)
    assert.strictEqual(unlimited.charge(0, transient), 0)
    unlimited.refund(0, 0)
    unlimited.success(0, 0)
    assert.strictEqual(unlimited.balance(0), Infinity)
    assert.strictEqual(unlimited.loadFactor(), Infinity)
    assert.strictEqual(unlimited.describe(), "no budget")
  })

  it.effect("calculates its balance with the current fiber's clock", () =>
    Effect.gen(function* () {
      const budget = yield* RetryBudget.ratio({ kind: "ratio", floor: 1 })
      charges(budget, 0)
      assert.strictEqual(yield* RetryBudget.balance(budget), 0)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* RetryBudget.balance(budget), 10)
    }),
  )

  it.effect("creates the kind of budget that the options specify", () =>
    Effect.gen(function* () {
      const words = (options?: RetryBudget.Options) =>
        Effect.map(RetryBudget.make(options), (budget) => `${budget.name}: ${budget.describe()}`)
      assert.strictEqual(yield* words(), "budget: budget 500 tokens, 14 a retry, 5 when throttled")
      assert.strictEqual(yield* words({ name: "s3", cost: 5 }), "s3: budget 500 tokens, 5 a retry")
      assert.strictEqual(
        yield* words({ kind: "tokenBucket", capacity: 28 }),
        "budget: budget 28 tokens, 14 a retry, 5 when throttled",
      )
      assert.strictEqual(
        yield* words({ kind: "ratio", name: "c2c", percent: 10 }),
        "c2c: budget 10 % of the calls in 10 s, and 10/s",
      )
      assert.strictEqual(yield* words({ kind: "ratio" }), "budget: budget 20 % of the calls in 10 s, and 10/s")
      assert.strictEqual(yield* words({ kind: "unlimited" }), "budget: no budget")
      assert.strictEqual((yield* RetryBudget.ratio()).describe(), "budget 20 % of the calls in 10 s, and 10/s")
      assert.strictEqual(
        (yield* RetryBudget.tokenBucket()).describe(),
        "budget 500 tokens, 14 a retry, 5 when throttled",
      )
    }),
  )

  it.effect.each<readonly [RetryBudget.Options, string]>([
    [{ capacity: 13 }, "capacity must be an integer >= 14 (got 13)"],
    [{ cost: 2, capacity: 4 }, "capacity must be an integer >= 5 (got 4)"],
    [{ capacity: 500.5 }, "capacity must be an integer >= 14 (got 500.5)"],
    [{ capacity: Infinity }, "capacity must be an integer >= 14 (got Infinity)"],
    [{ cost: 0 }, "cost must be an integer >= 1 (got 0)"],
    [{ throttledCost: -5 }, "throttledCost must be an integer >= 1 (got -5)"],
    [{ throttledCost: 0 }, "throttledCost must be an integer >= 1 (got 0)"],
    [{ reward: -1 }, "reward must be an integer >= 0 (got -1)"],
    [{ reward: NaN }, "reward must be an integer >= 0 (got NaN)"],
    [{ kind: "ratio", percent: -1 }, "percent must be a number from 0 to 1000 (got -1)"],
    [{ kind: "ratio", percent: 1001 }, "percent must be a number from 0 to 1000 (got 1001)"],
    [{ kind: "ratio", percent: NaN }, "percent must be a number from 0 to 1000 (got NaN)"],
    [{ kind: "ratio", window: 999 }, "window must be a duration from 1000 ms to 60000 ms (got 999)"],
    [{ kind: "ratio", window: "61 seconds" }, 'window must be a duration from 1000 ms to 60000 ms (got "61 seconds")'],
    [{ kind: "ratio", floor: -1 }, "floor must be a number >= 0 (got -1)"],
    [{ kind: "ratio", floor: 0.09 }, "floor must be 0 or a number >= 0.1, which is one retry per window (got 0.09)"],
    [
      { kind: "leaky" } as unknown as RetryBudget.Options,
      'kind must be "tokenBucket" or "ratio" or "unlimited" (got "leaky")',
    ],
  ])("rejects %o", ([options, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(RetryBudget.make(options))
      assert.strictEqual(error._tag, "InvalidPolicy")
      assert.strictEqual(error.message, `RetryBudget: ${message}`)
    }),
  )

  it.effect("accepts the boundary values of every option range", () =>
    Effect.gen(function* () {
      yield* RetryBudget.make({ capacity: 1, cost: 1, throttledCost: 1, reward: 0 })
      const switchedOff = yield* RetryBudget.make({ kind: "ratio", percent: 0, floor: 0, window: "1 second" })
      begin(switchedOff, 0, 1000)
      assert.strictEqual(charges(switchedOff, 0), 0)
      const widest = yield* RetryBudget.make({ kind: "ratio", percent: 1000, floor: 1 / 60, window: "1 minute" })
      assert.strictEqual(charges(widest, 0), 1)
      const rare = yield* RetryBudget.make({ kind: "ratio", percent: 0, floor: 0.1 })
      assert.strictEqual(charges(rare, 0), 1)
    }),
  )

  describe("reload", () => {
    it.effect("a reload changes the settings of a token bucket, but does not restore spent tokens", () =>
      Effect.gen(function* () {
        const bucket = yield* RetryBudget.tokenBucket({ capacity: 100 })
        bucket.charge(0, transient)
        yield* RetryBudget.reload(bucket, { capacity: 200, cost: 20 })
        assert.strictEqual(bucket.balance(0), 86)
        assert.strictEqual(bucket.charge(0, transient), 20)
        yield* RetryBudget.reload(bucket, { capacity: 50 })
        assert.strictEqual(bucket.balance(0), 50)
        assert.strictEqual(bucket.describe(), "budget 50 tokens, 14 a retry, 5 when throttled")
      }),
    )

    it.effect("a reload changes the settings of a ratio budget, but keeps its recorded calls and retries", () =>
      Effect.gen(function* () {
        const budget = ratio({ floor: 0 })
        begin(budget, 0, 10)
        const charged = budget.charge(0, undefined)!
        yield* RetryBudget.reload(budget, { kind: "ratio", percent: 50, floor: 0, window: "20 seconds" })
        assert.strictEqual(budget.balance(0), 4)
        budget.refund(19_999, charged)
        assert.strictEqual(budget.balance(19_999), 5)
        assert.strictEqual(budget.balance(20_000), 0)
      }),
    )

    it.effect("a reload leaves all settings unchanged if an option is invalid", () =>
      Effect.gen(function* () {
        const bucket = yield* RetryBudget.tokenBucket({ capacity: 100 })
        const error = yield* Effect.flip(RetryBudget.reload(bucket, { capacity: 200, cost: 0 }))
        assert.strictEqual(error.option, "cost")
        assert.strictEqual(bucket.describe(), "budget 100 tokens, 14 a retry, 5 when throttled")
        const budget = ratio()
        assert.strictEqual(
          (yield* Effect.flip(RetryBudget.reload(budget, { kind: "ratio", percent: -1 }))).option,
          "percent",
        )
      }),
    )

    it.effect("a reload rejects a change of the budget's kind", () =>
      Effect.gen(function* () {
        const refused = (budget: RetryBudget.RetryBudget, options: RetryBudget.Options) =>
          Effect.map(Effect.flip(RetryBudget.reload(budget, options)), (error) => error.message)
        const bucket = RetryBudget.tokenBucketUnsafe()
        assert.strictEqual(
          yield* refused(bucket, { kind: "ratio" }),
          'RetryBudget: kind must be "tokenBucket", the kind of this budget (got "ratio")',
        )
        assert.strictEqual(
          yield* refused(ratio(), {}),
          'RetryBudget: kind must be "ratio", the kind of this budget (got undefined)',
        )
        assert.strictEqual(
          yield* refused(RetryBudget.unlimited, {}),
          'RetryBudget: kind must be "unlimited", the kind of this budget (got undefined)',
        )
        yield* RetryBudget.reload(RetryBudget.unlimited, { kind: "unlimited" })
        yield* RetryBudget.reload(bucket, { kind: "tokenBucket" })
      }),
    )

    it("checks new options without applying them", () => {
      const checks = (budget: RetryBudget.RetryBudget, options: RetryBudget.Options) => budget.check(options)?.option
      const bucket = RetryBudget.tokenBucketUnsafe()
      assert.strictEqual(checks(bucket, { cost: 0 }), "cost")
      assert.strictEqual(checks(bucket, { cost: 1 }), undefined)
      assert.strictEqual(bucket.charge(0, transient), 14)
      assert.strictEqual(checks(ratio(), { kind: "ratio", percent: -1 }), "percent")
      assert.strictEqual(checks(ratio(), { kind: "ratio", percent: 1 }), undefined)
      assert.strictEqual(checks(RetryBudget.unlimited, { kind: "ratio" }), "kind")
      assert.strictEqual(checks(RetryBudget.unlimited, { kind: "unlimited" }), undefined)
    })

    it("rethrows an exception from an option getter unchanged", () => {
      const options = {
        get capacity(): number {
          throw new RangeError("bug")
        },
      }
      assert.throws(() => RetryBudget.tokenBucketUnsafe().check(options), RangeError)
    })
  })
})
