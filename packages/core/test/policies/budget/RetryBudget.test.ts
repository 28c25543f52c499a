import { assert, describe, it } from "@effect/vitest"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Verdict } from "@holdfast/core"
import { Effect, Schema } from "effect"
import { TestClock } from "effect/testing"

/** Long enough to empty and to fill a budget several times; arrays are at most 10 long by themselves. */
const pathOf = <A>(step: Schema.Schema<A>) => Schema.Array(step).check(Schema.isMinLength(120))

/** Any order of charges and of what becomes of them. */
const number = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 }))
const steps = Schema.Tuple([Schema.Literals(["transient", "throttled", "refund", "return", "success"]), number])
const capacities = Schema.Int.check(Schema.isBetween({ minimum: 14, maximum: 120 }))
const events = Schema.Tuple([
  Schema.Literals(["call", "call", "call", "call", "call", "charge", "charge", "refund", "pass"]),
  number,
])

describe("RetryBudget", () => {
  describe("tokenBucket", () => {
    it("pays for 35 retries that lead nowhere, and keeps 10 tokens", () => {
      const bucket = RetryBudget.tokenBucketUnsafe()
      assert.strictEqual(charges(bucket, 0, transient), 35)
      assert.strictEqual(bucket.balance(0), 10)
    })

    it("pays for 100 retries when the server asked to send less", () => {
      assert.strictEqual(charges(RetryBudget.tokenBucketUnsafe(), 0, throttled), 100)
    })

    it("takes a hedge, which has no verdict, for a retry at full cost", () => {
      assert.strictEqual(RetryBudget.tokenBucketUnsafe().charge(0, undefined), 14)
    })

    it("still pays for a cheap retry with what is too little for another", () => {
      const bucket = RetryBudget.tokenBucketUnsafe({ capacity: 19 })
      assert.strictEqual(bucket.charge(0, transient), 14)
      assert.strictEqual(bucket.charge(0, transient), undefined)
      assert.strictEqual(bucket.charge(0, throttled), 5)
      assert.strictEqual(bucket.balance(0), 0)
    })

    it("gets back from a success what its last retry cost, or one token when there was none", () => {
      const bucket = RetryBudget.tokenBucketUnsafe({ capacity: 100 })
      const first = bucket.charge(0, transient)!
      const second = bucket.charge(0, throttled)!
      assert.strictEqual(bucket.balance(0), 81)
      bucket.success(0, second)
      assert.strictEqual(bucket.balance(0), 86)
      bucket.success(0, 0)
      assert.strictEqual(bucket.balance(0), 87)
      bucket.refund(0, first)
      assert.strictEqual(bucket.balance(0), 100)
    })

    it("begins full and is never fuller", () => {
      const bucket = RetryBudget.tokenBucketUnsafe({ capacity: 14 })
      bucket.begin(0)
      bucket.success(0, 0)
      assert.strictEqual(bucket.balance(0), 14)
      bucket.charge(0, transient)
      bucket.success(0, 0)
      bucket.refund(0, 14)
      assert.strictEqual(bucket.balance(0), 14)
    })

    it("allows one retry that leads nowhere for 14 calls that succeed at once, and none in an outage", () => {
      const bucket = RetryBudget.tokenBucketUnsafe()
      charges(bucket, 0, transient)
      let retries = 0
      for (let call = 0; call < 14_000; call++) {
        bucket.begin(call)
        if (bucket.charge(call, transient) !== undefined) retries++
        bucket.success(call, 0)
      }
      assert.strictEqual(retries, 1000)
      assert.strictEqual(charges(bucket, 1e9, transient), 0)
    })

    it("says how much load it can come to: a retry a call, or the reward's worth of them where that is more", () => {
      assert.strictEqual(RetryBudget.tokenBucketUnsafe().loadFactor(), 2)
      assert.strictEqual(RetryBudget.tokenBucketUnsafe({ cost: 2, throttledCost: 4, reward: 6 }).loadFactor(), 4)
      assert.strictEqual(RetryBudget.tokenBucketUnsafe({ cost: 4, throttledCost: 3, reward: 6 }).loadFactor(), 3)
    })

    it("describes itself", () => {
      assert.strictEqual(RetryBudget.tokenBucketUnsafe().describe(), "budget 500 tokens, 14 a retry, 5 when throttled")
      assert.strictEqual(
        RetryBudget.tokenBucketUnsafe({ capacity: 20, cost: 2, throttledCost: 2 }).describe(),
        "budget 20 tokens, 2 a retry",
      )
    })

    it.prop(
      "loses no token and makes none: what is missing is what is charged and has not come back",
      [pathOf(steps), capacities],
      ([path, capacity]) => {
        // Without a reward nothing comes back that was not charged, so the bucket never runs over.
        const bucket = RetryBudget.tokenBucketUnsafe({ capacity, reward: 0 })
        const open: Array<number> = []
        for (const [step, choice] of path) {
          if (step === "transient" || step === "throttled") {
            const left = bucket.balance(0)
            const cost = step === "transient" ? 14 : 5
            const charged = bucket.charge(0, Verdict.always({ pace: step }))
            if (charged !== (cost <= left ? cost : undefined)) assert.fail(`${charged} of ${left} for ${cost}`)
            if (charged !== undefined) open.push(charged)
          } else if (step === "success") {
            bucket.success(0, 0)
          } else if (open.length > 0) {
            const [charged] = open.splice(choice % open.length, 1)
            bucket[step === "refund" ? "refund" : "success"](0, charged!)
          }
          const charged = open.reduce((sum, one) => sum + one, 0)
          if (capacity - bucket.balance(0) !== charged || bucket.balance(0) < 0) {
            assert.fail(`${bucket.balance(0)} of ${capacity} with ${charged} charged`)
          }
        }
      },
      { arbitrary: { runs: 100, seed: 1 } },
    )

    it.prop(
      "is never below nothing and never above its capacity, whatever comes back",
      [pathOf(steps), capacities],
      ([path, capacity]) => {
        const bucket = RetryBudget.tokenBucketUnsafe({ capacity, reward: 3 })
        for (const [step] of path) {
          if (step === "transient" || step === "throttled") bucket.charge(0, Verdict.always({ pace: step }))
          else if (step === "refund") bucket.refund(0, 14)
          else bucket.success(0, step === "success" ? 0 : 5)
          if (bucket.balance(0) < 0 || bucket.balance(0) > capacity) assert.fail(`${bucket.balance(0)} of ${capacity}`)
        }
      },
      { arbitrary: { runs: 100, seed: 2 } },
    )
  })

  describe("ratio", () => {
    it("allows a fifth of the calls of ten seconds", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 99)
      assert.strictEqual(charges(budget, 0), 19)
      begin(budget, 0, 1)
      assert.strictEqual(charges(budget, 0), 1)
    })

    it("counts in whole numbers: 29 % of 100 calls are 29 retries", () => {
      const budget = ratio({ floor: 0, percent: 29 })
      begin(budget, 0, 100)
      assert.strictEqual(charges(budget, 0), 29)
    })

    it("starves no client of few calls: the floor is 100 retries in ten seconds with no call at all", () => {
      const budget = ratio()
      assert.strictEqual(budget.balance(0), 100)
      assert.strictEqual(charges(budget, 0), 100)
      begin(budget, 0, 5)
      assert.strictEqual(charges(budget, 0), 1)
    })

    it("is not frozen after an hour without traffic", () => {
      const budget = ratio()
      charges(budget, 0)
      assert.strictEqual(charges(budget, 3_600_000), 100)
    })

    it("forgets calls and retries slice by slice, by the clock", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 50)
      begin(budget, 1_000, 50)
      assert.strictEqual(budget.balance(9_999), 20)
      assert.strictEqual(budget.balance(10_000), 10)
      assert.strictEqual(budget.balance(10_999), 10)
      assert.strictEqual(budget.balance(11_000), 0)
    })

    it("forgets after the window, however the calls fell into its slices", () => {
      for (const after of [9_500, 9_999]) {
        const budget = ratio({ floor: 0 })
        begin(budget, 0, 1)
        begin(budget, 999, 100)
        assert.strictEqual(budget.balance(after), 20)
        assert.strictEqual(budget.balance(after + 1_000), 0)
      }
    })

    it("keeps slices of the same length after a pause shorter than the window", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      begin(budget, 2_500, 5)
      assert.strictEqual(budget.balance(9_999), 2)
      assert.strictEqual(budget.balance(10_000), 1)
      assert.strictEqual(budget.balance(11_999), 1)
      assert.strictEqual(budget.balance(12_000), 0)
    })

    it("remembers a retry for as long as the calls that paid for it", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 10)
      assert.strictEqual(charges(budget, 5_000), 2)
      begin(budget, 10_000, 10)
      assert.strictEqual(charges(budget, 14_999), 0)
      assert.strictEqual(charges(budget, 15_000), 2)
    })

    it("gives back a charge whose retry did not run", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      const charged = budget.charge(0, transient)!
      assert.strictEqual(charges(budget, 4_000), 0)
      budget.refund(9_000, charged)
      assert.strictEqual(budget.balance(9_000), 1)
      assert.strictEqual(charges(budget, 9_000), 1)
    })

    it("gives nothing back for a charge that has left the window, and nothing twice", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      const old = budget.charge(0, transient)!
      begin(budget, 10_000, 5)
      const young = budget.charge(10_000, transient)!
      budget.refund(10_000, old)
      assert.strictEqual(budget.balance(10_000), 0)
      budget.refund(10_000, young)
      budget.refund(10_000, young)
      assert.strictEqual(budget.balance(10_000), 1)
    })

    it("hands out receipts that are never 0, which stands for no charge", () => {
      assert.isTrue(ratio().charge(0, undefined)! > 0)
    })

    it("gives nothing back for a success", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      budget.success(0, budget.charge(0, transient)!)
      assert.strictEqual(budget.balance(0), 0)
    })

    it("takes every retry for one, the throttled too", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 10)
      budget.charge(0, throttled)
      assert.strictEqual(budget.balance(0), 1)
    })

    it("counts a call that is told of late when it is told of, and turns nothing back", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 100_000, 5)
      for (const late of [99_999, 95_000, 90_000, 89_999, 50_000]) {
        begin(budget, late, 5)
        begin(budget, 100_000, 0)
      }
      assert.strictEqual(budget.balance(104_999), 6)
      begin(budget, 105_000, 5)
      begin(budget, 60_000, 5)
      assert.strictEqual(budget.balance(109_999), 8)
      assert.strictEqual(budget.balance(110_000), 2)
      assert.strictEqual(budget.balance(114_999), 2)
      assert.strictEqual(budget.balance(115_000), 0)
    })

    it("goes on when the clock is set back by less than the window", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 20_000, 100)
      assert.strictEqual(budget.balance(10_000), 20)
      assert.strictEqual(budget.balance(29_999), 20)
      assert.strictEqual(budget.balance(30_000), 0)
    })

    it("begins anew when the clock is set back by more", () => {
      const budget = ratio({ floor: 1 })
      begin(budget, 3_600_000, 100)
      charges(budget, 3_600_000)
      assert.strictEqual(budget.balance(0), 10)
      begin(budget, 0, 100)
      assert.strictEqual(budget.balance(9_999), 30)
      assert.strictEqual(budget.balance(10_000), 10)
    })

    it("has no balance below nothing when the calls that paid are forgotten first", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 10)
      charges(budget, 5_000)
      assert.strictEqual(budget.balance(12_000), 0)
    })

    it("says its load factor and describes itself", () => {
      assert.strictEqual(ratio().loadFactor(), 1.2)
      assert.strictEqual(ratio().describe(), "budget 20 % of the calls in 10 s, and 10/s")
      assert.strictEqual(
        ratio({ percent: 50, floor: 0, window: "1 minute" }).describe(),
        "budget 50 % of the calls in 60 s",
      )
    })

    it.prop(
      "never sends more than the percentage of the calls and the floor, in any window and in the long run",
      [pathOf(events), Schema.Literals([0, 0.3, 1])],
      ([path, floor]) => {
        const budget = ratio({ floor })
        const reserve = floor * 10
        /** Calls, charges made and charges that stand, by the slice of a second. */
        const calls: Array<number> = []
        const retries: Array<number> = []
        const open: Array<{ readonly slice: number; readonly charged: number }> = []
        let now = 0
        for (const [event, choice] of path) {
          now += event === "pass" ? choice * 97 : 0
          const slice = Math.floor(now / 1_000)
          for (let n = calls.length; n <= slice; n++) calls[n] = retries[n] = 0
          if (event === "call") {
            begin(budget, now, 1)
            calls[slice]!++
          } else if (event === "charge") {
            const charged = budget.charge(now, undefined)
            if (charged !== undefined) {
              retries[slice]!++
              open.push({ slice, charged })
            }
            const inWindow = sum(retries.slice(Math.max(0, slice - 9)))
            const allowed = 0.2 * sum(calls.slice(Math.max(0, slice - 9))) + reserve
            const right = charged === undefined ? inWindow + 1 > allowed : inWindow <= allowed
            if (!right) assert.fail(`${inWindow} of ${allowed}, ${charged === undefined ? "refused" : "charged"}`)
          } else if (event === "refund" && open.length > 0) {
            const [one] = open.splice(choice % open.length, 1)
            budget.refund(now, one!.charged)
            // A charge that has left its window has counted, and goes on counting in the past.
            if (slice - one!.slice < 10) retries[one!.slice]!--
          }
        }
        assert.isTrue(sum(retries) <= 0.2 * sum(calls) + reserve * Math.ceil(calls.length / 10))
      },
      { arbitrary: { runs: 150, seed: 3 } },
    )
  })

  it("refuses nothing when it is unlimited", () => {
    const { unlimited } = RetryBudget
    unlimited.begin(0)
    assert.strictEqual(unlimited.charge(0, transient), 0)
    unlimited.refund(0, 0)
    unlimited.success(0, 0)
    assert.strictEqual(unlimited.balance(0), Infinity)
    assert.strictEqual(unlimited.loadFactor(), Infinity)
    assert.strictEqual(unlimited.describe(), "no budget")
  })

  it.effect("tells its balance by the clock of the fiber", () =>
    Effect.gen(function* () {
      const budget = yield* RetryBudget.ratio({ kind: "ratio", floor: 1 })
      charges(budget, 0)
      assert.strictEqual(yield* RetryBudget.balance(budget), 0)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* RetryBudget.balance(budget), 10)
    }),
  )

  it.effect("is made of configuration, by kind", () =>
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
    [{ capacity: 13 }, "capacity is 13, allowed is a whole number from 14"],
    [{ cost: 2, capacity: 4 }, "capacity is 4, allowed is a whole number from 5"],
    [{ capacity: 500.5 }, "capacity is 500.5, allowed is a whole number from 14"],
    [{ capacity: Infinity }, "capacity is Infinity, allowed is a whole number from 14"],
    [{ cost: 0 }, "cost is 0, allowed is a whole number from 1"],
    [{ throttledCost: -5 }, "throttledCost is -5, allowed is a whole number from 1"],
    [{ throttledCost: 0 }, "throttledCost is 0, allowed is a whole number from 1"],
    [{ reward: -1 }, "reward is -1, allowed is a whole number from 0"],
    [{ reward: NaN }, "reward is NaN, allowed is a whole number from 0"],
    [{ kind: "ratio", percent: -1 }, "percent is -1, allowed is a number from 0 to 1000"],
    [{ kind: "ratio", percent: 1001 }, "percent is 1001, allowed is a number from 0 to 1000"],
    [{ kind: "ratio", percent: NaN }, "percent is NaN, allowed is a number from 0 to 1000"],
    [{ kind: "ratio", window: 999 }, "window is 999, allowed is a duration from 1000 ms to 60000 ms"],
    [{ kind: "ratio", window: "61 seconds" }, 'window is "61 seconds", allowed is a duration from 1000 ms to 60000 ms'],
    [{ kind: "ratio", floor: -1 }, "floor is -1, allowed is a number from 0"],
    [{ kind: "ratio", floor: 0.09 }, "floor is 0.09, allowed is 0 or a number from 0.1, which is one retry a window"],
    [
      { kind: "leaky" } as unknown as RetryBudget.Options,
      'kind is "leaky", allowed is "tokenBucket" or "ratio" or "unlimited"',
    ],
  ])("refuses %o", ([options, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(RetryBudget.make(options))
      assert.strictEqual(error._tag, "InvalidPolicy")
      assert.strictEqual(error.message, `RetryBudget: ${message}`)
    }),
  )

  it.effect("takes the ends of what is allowed", () =>
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
    it.effect("changes the figures of a bucket, and leaves spent what is spent", () =>
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

    it.effect("changes the figures of a ratio, and remembers its calls and retries", () =>
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

    it.effect("changes nothing when an option is wrong", () =>
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

    it.effect("cannot make another kind of a budget", () =>
      Effect.gen(function* () {
        const refused = (budget: RetryBudget.RetryBudget, options: RetryBudget.Options) =>
          Effect.map(Effect.flip(RetryBudget.reload(budget, options)), (error) => error.message)
        const bucket = RetryBudget.tokenBucketUnsafe()
        assert.strictEqual(
          yield* refused(bucket, { kind: "ratio" }),
          'RetryBudget: kind is "ratio", allowed is "tokenBucket", the kind of this budget',
        )
        assert.strictEqual(
          yield* refused(ratio(), {}),
          'RetryBudget: kind is undefined, allowed is "ratio", the kind of this budget',
        )
        assert.strictEqual(
          yield* refused(RetryBudget.unlimited, {}),
          'RetryBudget: kind is undefined, allowed is "unlimited", the kind of this budget',
        )
        yield* RetryBudget.reload(RetryBudget.unlimited, { kind: "unlimited" })
        yield* RetryBudget.reload(bucket, { kind: "tokenBucket" })
      }),
    )

    it("is checked without being done", () => {
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

    it("lets a bug through as it is", () => {
      const options = {
        get capacity(): number {
          throw new RangeError("bug")
        },
      }
      assert.throws(() => RetryBudget.tokenBucketUnsafe().check(options), RangeError)
    })
  })
})

const transient = Verdict.always()
const throttled = Verdict.always({ pace: "throttled" })

const ratio = (options: Omit<RetryBudget.RatioOptions, "kind"> = {}) =>
  RetryBudget.ratioUnsafe({ kind: "ratio", ...options })

const begin = (budget: RetryBudget.RetryBudget, now: number, calls: number): void => {
  for (let n = 0; n < calls; n++) budget.begin(now)
}

/** Charges until it is refused: how often it was not. */
const charges = (budget: RetryBudget.RetryBudget, now: number, verdict?: Verdict.Verdict): number => {
  let count = 0
  while (count < 10_000 && budget.charge(now, verdict) !== undefined) count++
  return count
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((all, one) => all + one, 0)
