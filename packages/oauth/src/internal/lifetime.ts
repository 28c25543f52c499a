/**
 * How long something lasts, as servers write it.
 */

const day = 24 * 3600

/** Longer lifetimes than this in seconds are dates: some servers send the end as seconds or milliseconds of the epoch. */
const longest = 10 * 365 * day

const number = /^\+?(\d{1,16}(?:\.\d{1,9})?)\s*(?:s|secs?|seconds?)?$/i

/** Dates of ISO 8601 and of HTTP. */
const date = /^\d{4}-\d\d-\d\d[T ]|^[A-Z][a-z]{2}, \d/

/**
 * The lifetime in seconds that a member of an answer means, or `undefined` when it means none.
 *
 * **Details**
 *
 * RFC 6749 section 5.1 says a number of seconds. Servers also write it as text (`"3600"`, `"3600s"`), and write the end
 * instead, as a date or in seconds or milliseconds of the epoch. Zero, negative values, past dates and everything else say
 * nothing. `now` is in milliseconds of the epoch.
 */
export const seconds = (value: unknown, now: number): number | undefined => {
  if (typeof value === "number") return positive(span(value, now))
  if (typeof value !== "string") return undefined
  const text = value.trim()
  const digits = number.exec(text)?.[1]
  if (digits !== undefined) return positive(span(Number(digits), now))
  return date.test(text) ? positive((Date.parse(text) - now) / 1000) : undefined
}

const span = (value: number, now: number): number => {
  if (value <= longest) return value
  const ends = [value - now / 1000, (value - now) / 1000]
  return ends.find((left) => left > 0 && left <= longest) ?? value
}

const positive = (value: number): number | undefined => (Number.isFinite(value) && value > 0 ? value : undefined)
