import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { pathOf, number, transient, throttled, ratio, begin, charges } from "../../support/budget.ts"

const events = Schema.Tuple([
  Schema.Literals(["call", "call", "call", "call", "call", "charge", "charge", "refund", "pass"]),
  number,
])

describe("RetryBudget", () => {
  describe("ratio", () => {
    it("allows retries for one fifth of the calls in the last ten seconds", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 99)
      assert.strictEqual(charges(budget, 0), 19)
      begin(budget, 0, 1)
      assert.strictEqual(charges(budget, 0), 1)
    })

    it("calculates with whole numbers: 29 % of 100 calls allow 29 retries", () => {
      const budget = ratio({ floor: 0, percent: 29 })
      begin(budget, 0, 100)
      assert.strictEqual(charges(budget, 0), 29)
    })

    it("allows 100 retries in ten seconds even without calls, because of the default floor", () => {
      const budget = ratio()
      assert.strictEqual(budget.balance(0), 100)
      assert.strictEqual(charges(budget, 0), 100)
      begin(budget, 0, 5)
      assert.strictEqual(charges(budget, 0), 1)
    })

    it("allows retries again after an hour without traffic", () => {
      const budget = ratio()
      charges(budget, 0)
      assert.strictEqual(charges(budget, 3_600_000), 100)
    })

    it("drops old calls and retries one slice at a time as the clock advances", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 50)
      begin(budget, 1_000, 50)
      assert.strictEqual(budget.balance(9_999), 20)
      assert.strictEqual(budget.balance(10_000), 10)
      assert.strictEqual(budget.balance(10_999), 10)
      assert.strictEqual(budget.balance(11_000), 0)
    })

    it("drops calls that have left the window, regardless of their slices", () => {
      for (const after of [9_500, 9_999]) {
        const budget = ratio({ floor: 0 })
        begin(budget, 0, 1)
        begin(budget, 999, 100)
        assert.strictEqual(budget.balance(after), 20)
        assert.strictEqual(budget.balance(after + 1_000), 0)
      }
    })

    it("keeps the slice length unchanged after a pause that is shorter than the window", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      begin(budget, 2_500, 5)
      assert.strictEqual(budget.balance(9_999), 2)
      assert.strictEqual(budget.balance(10_000), 1)
      assert.strictEqual(budget.balance(11_999), 1)
      assert.strictEqual(budget.balance(12_000), 0)
    })

    it("counts retries and calls for the same length of time", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 10)
      assert.strictEqual(charges(budget, 5_000), 2)
      begin(budget, 10_000, 10)
      assert.strictEqual(charges(budget, 14_999), 0)
      assert.strictEqual(charges(budget, 15_000), 2)
    })

    it("refunds a charge whose retry did not run", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      const charged = budget.charge(0, transient)!
      assert.strictEqual(charges(budget, 4_000), 0)
      budget.refund(9_000, charged)
      assert.strictEqual(budget.balance(9_000), 1)
      assert.strictEqual(charges(budget, 9_000), 1)
    })

    it("does not refund a charge that has left the window, and does not refund a charge twice", () => {
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

    it("never issues receipt 0 because 0 means that nothing was charged", () => {
      assert.isTrue(ratio().charge(0, undefined)! > 0)
    })

    it("does not refund a charge after a success", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 5)
      budget.success(0, budget.charge(0, transient)!)
      assert.strictEqual(budget.balance(0), 0)
    })

    it("charges the same amount for every retry, including throttled retries", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 10)
      budget.charge(0, throttled)
      assert.strictEqual(budget.balance(0), 1)
    })

    it("counts a late-registered call in the current slice, and does not move any slice back", () => {
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

    it("keeps its counts when the clock is set back by less than the window", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 20_000, 100)
      assert.strictEqual(budget.balance(10_000), 20)
      assert.strictEqual(budget.balance(29_999), 20)
      assert.strictEqual(budget.balance(30_000), 0)
    })

    it("clears its counts when the clock is set back by more than the window", () => {
      const budget = ratio({ floor: 1 })
      begin(budget, 3_600_000, 100)
      charges(budget, 3_600_000)
      assert.strictEqual(budget.balance(0), 10)
      begin(budget, 0, 100)
      assert.strictEqual(budget.balance(9_999), 30)
      assert.strictEqual(budget.balance(10_000), 10)
    })

    it("never has a negative balance, even if calls leave the window before the retries that they paid for", () => {
      const budget = ratio({ floor: 0 })
      begin(budget, 0, 10)
      charges(budget, 5_000)
      assert.strictEqual(budget.balance(12_000), 0)
    })

    it("reports its load factor and describes its settings", () => {
      assert.strictEqual(ratio().loadFactor(), 1.2)
      assert.strictEqual(ratio().describe(), "budget 20 % of the calls in 10 s, and 10/s")
      assert.strictEqual(
        ratio({ percent: 50, floor: 0, window: "1 minute" }).describe(),
        "budget 50 % of the calls in 60 s",
      )
    })

    it.prop(
      "never allows more retries than the percentage of calls plus the floor, in any window or over the long run",
      [pathOf(events), Schema.Literals([0, 0.3, 1])],
      ([path, floor]) => {
        const budget = ratio({ floor })
        const reserve = floor * 10
        /** Per slice of a second: calls, all charges, and charges that were not refunded. */
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
            // A charge that has left the window still counts in earlier windows.
            if (slice - one!.slice < 10) retries[one!.slice]!--
          }
        }
        assert.isTrue(sum(retries) <= 0.2 * sum(calls) + reserve * Math.ceil(calls.length / 10))
      },
      { arbitrary: { runs: 150, seed: 3 } },
    )
  })
})

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((all, one) => all + one, 0)
