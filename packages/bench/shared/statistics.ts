/**
 * The statistics of benchmark samples.
 */

/** A percentile: 0 is the minimum, 100 the maximum; NaN without samples. */
export const percentile = (values: ReadonlyArray<number>, of: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * of) / 100))] ?? Number.NaN
}

/** The median, or the mean of the two middle samples; NaN without samples. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

/** The median of the ratios of pairs measured side by side. A sample without a counterpart is omitted. */
export const medianRatio = (ours: ReadonlyArray<number>, theirs: ReadonlyArray<number>): number =>
  median(
    ours.flatMap((value, index) => {
      const counterpart = theirs[index]
      return counterpart === undefined ? [] : [value / counterpart]
    }),
  )

/** The slope of the best-fitting line through equidistant samples, per step. */
export const slope = (values: ReadonlyArray<number>): number => {
  const middle = (values.length - 1) / 2
  const mean = sum(values) / values.length
  const up = sum(values.map((value, n) => (n - middle) * (value - mean)))
  return up / sum(values.map((_, n) => (n - middle) ** 2))
}

export const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
