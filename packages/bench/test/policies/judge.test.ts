import { assert, describe, it } from "@effect/vitest"
import { plan } from "../../policies/plan.ts"
import { judge } from "../../policies/judge.ts"
import type { Figures, Measurements } from "../../policies/measurements.ts"
import { targets } from "../../policies/targets.ts"

const figures = (entries: Readonly<Record<string, number>>, spread = 1): ReadonlyMap<string, Figures> =>
  new Map(
    Object.entries(entries).map(([id, median]) => [id, { median, least: median / spread, most: median * spread }]),
  )

const nothing: Measurements = {
  time: new Map(),
  wall: new Map(),
  again: new Map(),
  hold: new Map(),
  size: new Map(),
  rounds: { time: 1, hold: 1 },
  failures: [],
}

const retry = { "bare.effect": 50, "bare.await": 40, "holdfast.retry": 150, "cockatiel.retry": 140 }

describe("the judge of the policies", () => {
  it("subtracts the bare call on both sides before it divides", () => {
    const [judged, ...others] = judge({ ...nothing, time: figures(retry), again: figures(retry) })
    assert.strictEqual(judged?.target.what, "what a retry adds")
    assert.deepStrictEqual([judged?.figure, judged?.met, judged?.agreed, judged?.noisy], [1, true, true, false])
    assert.lengthOf(others, 0)
  })

  it("objects if the other harness differs by more than a fifth, or did not measure the ratio", () => {
    const agreed = (ours: number) =>
      judge({ ...nothing, time: figures(retry), again: figures({ ...retry, "holdfast.retry": ours }) })[0]?.agreed
    assert.deepStrictEqual([agreed(169), agreed(172), agreed(131), agreed(128)], [true, false, true, false])
    assert.isFalse(judge({ ...nothing, time: figures(retry) })[0]?.agreed)
  })

  it("marks figures that differ between processes", () => {
    const noisy = judge({ ...nothing, time: figures(retry, 1.3), again: figures(retry) })[0]?.noisy
    assert.isTrue(noisy)
  })

  it("compares a size with its floor", () => {
    const size = new Map([
      ["holdfastRetry", { minified: 0, gzip: 20_000 }],
      ["floorTimeout", { minified: 0, gzip: 16_500 }],
    ])
    const [judged] = judge({ ...nothing, size })
    assert.deepStrictEqual([judged?.figure, judged?.met, judged?.agreed], [3500, false, true])
  })

  it("finds every case of a time or of bytes in the plan", () => {
    const measured = new Map(plan.map(({ hold, id, time }) => [id, { time, hold }]))
    for (const { against, floor, floorAgainst, ours, quantity } of targets) {
      if (quantity === "size") continue
      for (const id of [ours, against, floor, floorAgainst]) {
        if (id !== undefined) assert.isDefined(measured.get(id)?.[quantity], `${id}, ${quantity}`)
      }
    }
  })
})
