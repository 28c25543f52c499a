import { assert, describe, it } from "@effect/vitest"
import { median, medianRatio, percentile, slope, sum } from "../../shared/statistics.ts"

describe("The statistics of a benchmark", () => {
  it("the median is the middle sample or the mean of the two middle samples", () => {
    assert.strictEqual(median([9, 1, 5]), 5)
    assert.strictEqual(median([9, 1, 5, 3]), 4)
    assert.isNaN(median([]))
  })

  it("the median and percentiles do not reorder the samples", () => {
    const samples = [3, 1, 2]
    median(samples)
    percentile(samples, 50)
    assert.deepStrictEqual(samples, [3, 1, 2])
  })

  it("the percentiles range from the minimum to the maximum", () => {
    const samples = Array.from({ length: 100 }, (_, n) => 100 - n)
    assert.deepStrictEqual(
      [0, 10, 50, 99, 100].map((of) => percentile(samples, of)),
      [1, 11, 51, 100, 100],
    )
    assert.isNaN(percentile([], 50))
  })

  it("computes the ratio of each pair before taking the median, and omits samples without a counterpart", () => {
    assert.strictEqual(medianRatio([10, 100, 30], [10, 50, 10]), 2)
    assert.strictEqual(medianRatio([10, 100, 30], [10]), 1)
  })

  it("the slope is exact for samples on a line and 0 for alternating samples", () => {
    assert.strictEqual(slope([5, 8, 11, 14]), 3)
    assert.strictEqual(slope([1, 2, 1]), 0)
  })

  it("the sum is 0 if there are no samples", () => {
    assert.strictEqual(sum([]), 0)
    assert.strictEqual(sum([1, 2, 3]), 6)
  })
})
