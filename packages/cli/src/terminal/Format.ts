/**
 * Formats sizes, rates, durations and times of day for human readers.
 */

const sizes = ["B", "kB", "MB", "GB", "TB"] as const

/** Formats a size in decimal units, which manufacturers of cameras and disks also use: `4.2 MB`. */
export const bytes = (count: number): string => {
  let value = count
  let unit = 0
  // 999.95 would be printed as 1000.0, so it uses the next unit.
  while (value >= 999.95 && unit < sizes.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(1)} ${sizes[unit]}`
}

/** Formats a rate that is given in bytes per second. */
export const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`

/** Formats a duration, rounded up to a useful precision. For example, the result is `8 s`, `2 min 05 s` or `1 h 02 min`. */
export const span = (millis: number): string => {
  const seconds = Math.max(0, Math.ceil(millis / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`
}

/** Formats a duration in a single suitable unit. For example, the result is `12 min`, `24 h` or `3653 days`. */
export const longSpan = (millis: number): string => {
  const minutes = Math.round(millis / 60_000)
  if (minutes < 90) return `${minutes} min`
  return minutes < 72 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`
}

/**
 * Formats a measured duration, with one decimal place if the duration is short. For example, the result is `0.8 s`, `21.4 s`
 * or `2 min 05 s`.
 */
export const elapsed = (millis: number): string => (millis < 59_950 ? `${(millis / 1000).toFixed(1)} s` : span(millis))

/** Formats the time of day in the local time zone: `12:03`. */
export const timeOfDay = (epochMillis: number): string =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(epochMillis)

/** Formats a fraction as a whole percentage. The result is 100 only if the part is at least as large as the whole. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "100 %" : `${part >= whole ? 100 : Math.min(99, Math.floor((part / whole) * 100))} %`

/** Formats a count with its noun. For example, the result is `1 retry` or `3 retries`. */
export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

/**
 * Shortens text that does not fit by removing its middle, because names usually differ at the beginning or the end.
 *
 * **Gotchas**
 *
 * The width is counted in UTF-16 code units, so a terminal may still truncate a name that contains wide characters.
 */
export const fit = (text: string, width: number): string => {
  if (text.length <= width) return text
  if (width < 5) return text.slice(0, Math.max(0, width))
  const head = Math.ceil((width - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`
}
