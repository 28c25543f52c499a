/**
 * Times as people read them on one line.
 */

/** `500 ms`, `15 s`, `183.5 s`, `2 h`; `?` where nothing bounds it. */
export const time = (ms: number): string => {
  if (!Number.isFinite(ms)) return "?"
  if (ms < 1000) return `${round(ms)} ms`
  return ms < 3_600_000 ? `${round(ms / 1000)} s` : `${round(ms / 3_600_000)} h`
}

/** `0.5 s`, `300 s`: seconds, however many. */
export const seconds = (ms: number): string => `${ms / 1000} s`

/** At most two decimals. */
export const round = (n: number): number => Math.round(n * 100) / 100
