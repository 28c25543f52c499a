/**
 * Parses lifetimes in the forms that servers send.
 */

const day = 24 * 3600

/** Values above this are dates, not seconds: some servers send the expiry in epoch seconds or milliseconds. */
const longest = 10 * 365 * day

const number = /^\+?(\d{1,16}(?:\.\d{1,9})?)\s*(?:s|secs?|seconds?)?$/i

/** ISO 8601 and HTTP dates. */
const date = /^\d{4}-\d\d-\d\d[T ]|^[A-Z][a-z]{2}, \d/

/**
 * The lifetime in seconds of a response member; `undefined` if it has none.
 *
 * **Details**
 *
 * RFC 6749 section 5.1 requires a number of seconds. Servers also send strings (`"3600"`, `"3600s"`), or the expiry as a date
 * or in epoch seconds or milliseconds. Zero, negative values, past dates and everything else are `undefined`. `now` is in epoch
 * milliseconds.
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
