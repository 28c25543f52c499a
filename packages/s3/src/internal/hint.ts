/**
 * What the headers of a response add to its body, read without a clock.
 */
import * as Duration from "effect/Duration"

/** A header by its lower-case name, whatever case it came in. */
export const header = (headers: Readonly<Record<string, string>>, name: string): string | undefined => {
  const exact: unknown = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (typeof exact === "string") return exact
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name) {
      const value: unknown = headers[key]
      if (typeof value === "string") return value
    }
  }
  return undefined
}

/** Longer hints are taken for nonsense: a day. */
const longest = 86_400_000

/**
 * The server's `Retry-After`: seconds, or a date measured against the `Date` header of the same response.
 *
 * **Gotchas**
 *
 * A date without a `Date` header is not used: the clock here may be the very thing that is wrong.
 */
export const retryAfter = (headers: Readonly<Record<string, string>>): Duration.Duration | undefined => {
  const hint = header(headers, "retry-after")?.trim()
  if (hint === undefined || hint === "") return undefined
  const millis = /^\d{1,9}$/.test(hint)
    ? Number(hint) * 1000
    : Date.parse(hint) - Date.parse(header(headers, "date") ?? "")
  return millis >= 0 && millis <= longest ? Duration.millis(millis) : undefined
}
