/**
 * Reads `Retry-After` and the dates of HTTP as plain numbers: what `RetryAfter` makes durations of.
 */
import { header, type HttpAnswer } from "./HttpAnswer.ts"

/** Milliseconds of a day: longer hints are taken for mistakes. */
export const longest = 86_400_000

/** Milliseconds to wait from `now` (milliseconds of the epoch); `undefined` when the value is no length of time up to a day. */
export const parse = (value: string, now: number): number | undefined => {
  const trimmed = value.trim()
  if (/^\d{1,10}$/.test(trimmed)) return plausible(Number(trimmed) * 1000)
  const date = httpDate(trimmed)
  return date === undefined ? undefined : plausible(Math.max(0, date - now))
}

/** The hint of an answer; a date is counted from the answer's own `date` header, and without one it says nothing. */
export const fromHeaders = (headers: HttpAnswer["headers"]): number | undefined => {
  const value = header(headers, "retry-after")
  if (value === undefined) return undefined
  const now = httpDate(header(headers, "date") ?? "")
  return now === undefined && !/^\s*\d/.test(value) ? undefined : parse(value, now ?? 0)
}

/** A date of HTTP in milliseconds of the epoch. `Date.parse` alone takes almost any text for one; all three forms of HTTP begin with the day's name. */
export const httpDate = (value: string): number | undefined => {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return undefined
  const millis = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`)
  return Number.isNaN(millis) ? undefined : millis
}

const plausible = (millis: number): number | undefined => (millis <= longest ? millis : undefined)
