/**
 * Formats durations in human-readable form.
 */

/** Formats a duration as `500 ms`, `15 s`, `183.5 s` or `2 h`, or as `?` if the duration is infinite or not a number. */
export const time = (ms: number): string => {
  if (!Number.isFinite(ms)) return "?"
  if (ms < 1000) return `${round(ms)} ms`
  return ms < 3_600_000 ? `${round(ms / 1000)} s` : `${round(ms / 3_600_000)} h`
}

/** Formats a duration in seconds, such as `0.5 s` or `300 s`. */
export const seconds = (ms: number): string => `${ms / 1000} s`

/** Rounds to at most two decimal places. */
export const round = (n: number): number => Math.round(n * 100) / 100
