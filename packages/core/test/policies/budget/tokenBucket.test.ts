import { assert, describe, it } from "@effect/vitest"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Verdict } from "@holdfast/core"
import { Schema } from "effect"
import { pathOf, number, transient, throttled, charges } from "../../support/budget.ts"

const steps = Schema.Tuple([Schema.Literals(["transient", "throttled", "refund", "return", "success"]), number])

const capacities = Schema.Int.check(Schema.isBetween({ minimum: 14, maximum: 120 }))

describe("RetryBudget", () => {
  describe("tokenBucket", () => {
    it("pays for 35 retries after transient failures, and then has 10 tokens left", () => {
      const bucket = RetryBudget.tokenBucketUnsafe()
      assert.strictEqual(charges(bucket, 0, transient), 35)
      assert.strictEqual(bucket.balance(0), 10)
    })

    it("pays for 100 retries when the server throttles the calls", () => {
      assert.strictEqual(charges(RetryBudget.tokenBucketUnsafe(), 0, throttled), 100)
    })

    it("charges the full cost of a retry for a hedge, because a hedge has no verdict", () => {
      assert.strictEqual(RetryBudget.tokenBucketUnsafe().charge(0, undefined), 14)
    })

    it("pays for a cheaper throttled retry even if the balance is too low for a full-cost retry", () => {
      const bucket = RetryBudget.tokenBucketUnsafe({ capacity: 19 })
      assert.strictEqual(bucket.charge(0, transient), 14)
      assert.strictEqual(bucket.charge(0, transient), undefined)
      assert.strictEqual(bucket.charge(0, throttled), 5)
      assert.strictEqual(bucket.balance(0), 0)
    })

    it("refunds the cost of the last retry after a success, or adds one token if the call was not retried", () => {
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

    it("starts full and never exceeds its capacity", () => {
      const bucket = RetryBudget.tokenBucketUnsafe({ capacity: 14 })
      bucket.begin(0)
      bucket.success(0, 0)
      assert.strictEqual(bucket.balance(0), 14)
      bucket.charge(0, transient)
      bucket.success(0, 0)
      bucket.refund(0, 14)
      assert.strictEqual(bucket.balance(0), 14)
    })

    it("earns one retry from 14 calls that succeed immediately, and earns nothing during an outage", () => {
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

    it("reports a load factor that allows one retry per call, or more if the reward pays for more retries", () => {
      assert.strictEqual(RetryBudget.tokenBucketUnsafe().loadFactor(), 2)
      assert.strictEqual(RetryBudget.tokenBucketUnsafe({ cost: 2, throttledCost: 4, reward: 6 }).loadFactor(), 4)
      assert.strictEqual(RetryBudget.tokenBucketUnsafe({ cost: 4, throttledCost: 3, reward: 6 }).loadFactor(), 3)
    })

    it("describes its capacity and costs", () => {
      assert.strictEqual(RetryBudget.tokenBucketUnsafe().describe(), "budget 500 tokens, 14 a retry, 5 when throttled")
      assert.strictEqual(
        RetryBudget.tokenBucketUnsafe({ capacity: 20, cost: 2, throttledCost: 2 }).describe(),
        "budget 20 tokens, 2 a retry",
      )
    })

    it.prop(
      "neither loses nor creates tokens: the balance is the capacity minus all charges that were not refunded",
      [pathOf(steps), capacities],
      ([path, capacity]) => {
        // Without a reward only refunds return tokens, so the bucket never overflows.
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
      "keeps its balance between zero and its capacity, regardless of the refunds",
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
})
