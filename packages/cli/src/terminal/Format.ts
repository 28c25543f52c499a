/**
 * Formats sizes, rates, durations and times of day for people.
 */

const sizes = ["B", "kB", "MB", "GB", "TB"] as const

/** A size in decimal units, as cameras and disks are sold: `4.2 MB`. */
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

/** A rate in bytes per second. */
export const rate = (bytesPerSecond: number): string => `${bytes(bytesPerSecond)}/s`

/** A duration rounded up to a useful precision: `8 s`, `2 min 05 s`, `1 h 02 min`. */
export const span = (millis: number): string => {
  const seconds = Math.max(0, Math.ceil(millis / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, "0")} s`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`
}

/** A duration in one suitable unit: `12 min`, `24 h`, `3653 days`. */
export const longSpan = (millis: number): string => {
  const minutes = Math.round(millis / 60_000)
  if (minutes < 90) return `${minutes} min`
  return minutes < 72 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`
}

/** A measured duration, with a decimal if it is short: `0.8 s`, `21.4 s`, `2 min 05 s`. */
export const elapsed = (millis: number): string => (millis < 59_950 ? `${(millis / 1000).toFixed(1)} s` : span(millis))

/** The time of day in the local time zone: `12:03`. */
export const timeOfDay = (epochMillis: number): string =>
  new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }).format(epochMillis)

/** A share in whole percent. It is 100 only if the share is complete. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "100 %" : `${part >= whole ? 100 : Math.min(99, Math.floor((part / whole) * 100))} %`

/** A count with its noun: `1 retry`, `3 retries`. */
export const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

/**
 * Cuts the middle of a text that does not fit, because names differ at their ends.
 *
 * **Gotchas**
 *
 * Counts UTF-16 units, so a terminal may still cut a name of wide characters.
 */
export const fit = (text: string, width: number): string => {
  if (text.length <= width) return text
  if (width < 5) return text.slice(0, Math.max(0, width))
  const head = Math.ceil((width - 1) / 2)
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`
}
