/**
 * Formats times on one line for people.
 */

/** `500 ms`, `15 s`, `183.5 s`, `2 h`; `?` if there is no bound. */
export const time = (ms: number): string => {
  if (!Number.isFinite(ms)) return "?"
  if (ms < 1000) return `${round(ms)} ms`
  return ms < 3_600_000 ? `${round(ms / 1000)} s` : `${round(ms / 3_600_000)} h`
}

/** `0.5 s`, `300 s`: always in seconds. */
export const seconds = (ms: number): string => `${ms / 1000} s`

/** Rounds to at most two decimals. */
export const round = (n: number): number => Math.round(n * 100) / 100
