/**
 * The server's hint of when to come back, read without a clock.
 */
import * as Duration from "effect/Duration"

/** A hint beyond this is taken for a mistake: no device waits longer than a day on a server's word. */
const longest = Duration.toMillis("1 day")

/** A header by its lower-case name, whatever the case it came in. */
export const header = (headers: Readonly<Record<string, string>>, name: string): string | undefined => {
  const exact: unknown = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (typeof exact === "string") return exact
  for (const key of Object.keys(headers)) {
    if (key.toLowerCase() === name) {
      const value: unknown = headers[key]
      if (typeof value === "string") return value
    }
  }
  return undefined
}

/**
 * `Retry-After` as a duration, or nothing when it is absent or absurd.
 *
 * **Details**
 *
 * Seconds are taken as they are. A date is measured against the `Date` of the same answer, which is the server's own
 * clock and keeps the decoder pure; without one, a date says nothing.
 */
export const retryAfter = (headers: Readonly<Record<string, string>>): Duration.Duration | undefined => {
  const value = header(headers, "retry-after")?.trim()
  if (value === undefined || value === "") return undefined
  const millis = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : untilDate(value, header(headers, "date"))
  return millis !== undefined && millis >= 0 && millis <= longest ? Duration.millis(millis) : undefined
}

const untilDate = (value: string, date: string | undefined): number | undefined => {
  if (date === undefined) return undefined
  const millis = Date.parse(value) - Date.parse(date)
  return Number.isNaN(millis) ? undefined : millis
}
