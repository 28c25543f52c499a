/**
 * Parses lifetimes in the formats that servers use.
 */

const day = 24 * 3600

/** Values above this limit are treated as dates, because some servers send the expiry in epoch seconds or milliseconds. */
const longest = 10 * 365 * day

const number = /^\+?(\d{1,16}(?:\.\d{1,9})?)\s*(?:s|secs?|seconds?)?$/i

/** Matches ISO 8601 dates and HTTP dates. */
const date = /^\d{4}-\d\d-\d\d[T ]|^[A-Z][a-z]{2}, \d/

/**
 * Returns the lifetime in seconds from a response field, or `undefined` if the field does not contain a valid lifetime.
 *
 * **Details**
 *
 * RFC 6749 section 5.1 requires a number of seconds. Some servers send a string instead (`"3600"`, `"3600s"`). Other servers
 * send the expiry as a date, or in epoch seconds or milliseconds. The result is `undefined` for zero, negative values, past
 * dates and all other values. `now` is the current time in epoch milliseconds.
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
