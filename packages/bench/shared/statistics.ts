/**
 * The figures that the benchmarks make of their samples.
 */

/** The sample that so many of a hundred are below: 0 is the least, 100 the greatest; NaN without samples. */
export const percentile = (values: ReadonlyArray<number>, of: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * of) / 100))] ?? Number.NaN
}

/** The middle of the samples, or the mean of the two in the middle; NaN without samples. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The median of the ratios of pairs that were measured side by side. A sample without its counterpart is left out. */
export const medianRatio = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>): number =>
  median(
    ours.flatMap((value, index) => {
      const counterpart = theirs[index]
      return counterpart === undefined ? [] : [value / counterpart]
    }),
  )

/** The slope of the straight line that fits equidistant samples best, per step. */
export const slope = (values: ReadonlyArray<number>): number => {
  const middle = (values.length - 1) / 2
  const mean = sum(values) / values.length
  const up = sum(values.map((value, n) => (n - middle) * (value - mean)))
  return up / sum(values.map((_, n) => (n - middle) ** 2))
}

export const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
