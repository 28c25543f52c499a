import { assert, describe, it } from "@effect/vitest"
import { plan } from "../../policies/plan.ts"
import { judge } from "../../policies/judge.ts"
import type { Measurements } from "../../policies/measurements.ts"
import { targets } from "../../policies/targets.ts"

const nothing: Measurements = {
  time: new Map(),
  wall: new Map(),
  compared: new Map(),
  hold: new Map(),
  size: new Map(),
  rounds: { time: 1, hold: 1, compared: 1 },
  failures: [],
}

const retry = { "bare.effect": 50, "bare.await": 40, "holdfast.retry": 150, "cockatiel.retry": 140 }
const target = targets.find(({ ours }) => ours === "holdfast.retry")
assert.isDefined(target)

/** The measurements of rounds that differ in the time of our retry. */
const rounds = (time: ReadonlyArray<number>, again: ReadonlyArray<number>): Measurements => {
  const round = (ours: number) => new Map(Object.entries({ ...retry, "holdfast.retry": ours }))
  return { ...nothing, compared: new Map([[target, { time: time.map(round), again: again.map(round) }]]) }
}

describe("the judge of the policies", () => {
  it("subtracts the bare call on both sides before it divides", () => {
    const [judged, ...others] = judge(rounds([150], [150]))
    assert.strictEqual(judged?.target, target)
    assert.deepStrictEqual([judged?.figure.median, judged?.met, judged?.agreed, judged?.noisy], [1, true, true, false])
    assert.lengthOf(others, 0)
  })

  it("takes the median of the ratios of the rounds", () => {
    const [judged] = judge(rounds([140, 150, 180], [150]))
    assert.deepStrictEqual(judged?.figure, { median: 1, least: 0.9, most: 1.3 })
    assert.deepStrictEqual([judged?.ours, judged?.other], [100, 100])
  })

  it("omits a round in which a case was not measured", () => {
    const whole = rounds([150, 180], [150])
    const [first = new Map<string, number>(), second = new Map<string, number>()] =
      whole.compared.get(target)?.time ?? []
    const broken = new Map([...second].filter(([id]) => id !== "bare.await"))
    const compared = new Map([[target, { time: [first, broken], again: [first] }]])
    assert.strictEqual(judge({ ...nothing, compared })[0]?.figure.most, 1)
  })

  it("objects if the other harness differs by more than a fifth, or did not measure the ratio", () => {
    const agreed = (ours: number) => judge(rounds([150], [ours]))[0]?.agreed
    assert.deepStrictEqual([agreed(169), agreed(172), agreed(131), agreed(128)], [true, false, true, false])
    assert.isFalse(judge(rounds([150], []))[0]?.agreed)
  })

  it("marks ratios that differ between rounds", () => {
    assert.isTrue(judge(rounds([130, 150, 175], [150]))[0]?.noisy)
  })

  it("compares a size with its floor", () => {
    const size = new Map([
      ["holdfastRetry", { minified: 0, gzip: 20_000 }],
      ["floorTimeout", { minified: 0, gzip: 16_500 }],
    ])
    const [judged] = judge({ ...nothing, size })
    assert.deepStrictEqual([judged?.figure.median, judged?.met, judged?.agreed], [3500, false, true])
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
