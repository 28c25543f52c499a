import { assert, describe, it } from "@effect/vitest"
import * as PolicyChart from "../../src/policy/Chart.ts"
import { names, report, shape } from "../support/policies.ts"

describe("the chart of a policy", () => {
  it("shows the wait before each attempt and the earliest and latest start of the attempt", () => {
    const { rows } = PolicyChart.make({ retry: { attempts: 4 }, timeout: "15 seconds" })
    assert.deepStrictEqual(rows, [
      { number: 1, wait: undefined, start: { shortest: 0, longest: 0 } },
      { number: 2, wait: { shortest: 250, longest: 500 }, start: { shortest: 250, longest: 15_500 } },
      { number: 3, wait: { shortest: 500, longest: 1000 }, start: { shortest: 750, longest: 31_500 } },
      { number: 4, wait: { shortest: 1000, longest: 2000 }, start: { shortest: 1750, longest: 48_500 } },
    ])
  })

  it.each(names)("ends with the worst case of the pipeline: %s", (name) => {
    const settings = shape(name)
    const { time } = report(settings).worst
    const { attempt, deadline, late, more, rows } = PolicyChart.make(settings)
    const last = rows.at(-1)
    if (more > 0 || late > 0 || last === undefined) return
    assert.strictEqual(Math.min(last.start.longest + attempt, deadline), time)
  })

  it("counts the attempts that are not drawn and the attempts that do not fit within the deadline", () => {
    const { late, more, rows } = PolicyChart.make(shape("very many attempts within a deadline"))
    // The seventh begins after 15.75 s, then one every 16 s for the rest of the hour.
    assert.deepStrictEqual([rows.length, rows.length + more + late], [PolicyChart.most, 1_000_000])
    assert.strictEqual(rows.length + more, 7 + Math.floor((3600 - 15.75) / 16))
    assert.strictEqual(PolicyChart.make(shape("very many attempts")).more, 9_007_199_254_740_991 - PolicyChart.most)
  })

  it("labels its axis with as many round times as fit", () => {
    assert.deepStrictEqual(PolicyChart.ticks(183_500, 5), [0, 60_000, 120_000, 180_000])
    for (let end = 1; end < 1e12; end *= 1.7) {
      const ticks = PolicyChart.ticks(end, 5)
      assert.isAtMost(ticks.length, 5)
      assert.isAbove(ticks.length, 1, String(end))
      assert.isAtMost(ticks.at(-1) ?? 0, end)
    }
  })
})
