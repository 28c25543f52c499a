import { assert, describe, it } from "@effect/vitest"
import { median, medianRatio, percentile, slope, sum } from "../../shared/statistics.ts"

describe("The statistics of a benchmark", () => {
  it("take the middle sample as the median, or the mean of the two in the middle", () => {
    assert.strictEqual(median([9, 1, 5]), 5)
    assert.strictEqual(median([9, 1, 5, 3]), 4)
    assert.isNaN(median([]))
  })

  it("keep the order of the samples", () => {
    const samples = [3, 1, 2]
    median(samples)
    percentile(samples, 50)
    assert.deepStrictEqual(samples, [3, 1, 2])
  })

  it("compute percentiles from the minimum to the maximum", () => {
    const samples = Array.from({ length: 100 }, (_, n) => 100 - n)
    assert.deepStrictEqual(
      [0, 10, 50, 99, 100].map((of) => percentile(samples, of)),
      [1, 11, 51, 100, 100],
    )
    assert.isNaN(percentile([], 50))
  })

  it("compute ratios of pairs before the median, and omit a sample without a counterpart", () => {
    assert.strictEqual(medianRatio([10, 100, 30], [10, 50, 10]), 2)
    assert.strictEqual(medianRatio([10, 100, 30], [10]), 1)
  })

  it("find the slope of samples on a line, and none in samples that alternate", () => {
    assert.strictEqual(slope([5, 8, 11, 14]), 3)
    assert.strictEqual(slope([1, 2, 1]), 0)
  })

  it("add up to 0 without samples", () => {
    assert.strictEqual(sum([]), 0)
    assert.strictEqual(sum([1, 2, 3]), 6)
  })
})
