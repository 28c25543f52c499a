/**
 * Reads the hints that vendors include in the body of a response.
 */
import { decimal, isoDate, spelled } from "./lengths.ts"

/** A hint in a body. */
export interface BodyHint {
  /** A delay from a dedicated field of the body, in milliseconds. */
  readonly member?: number | undefined
  /** A delay from a sentence in the body, in milliseconds. */
  readonly sentence?: number | undefined
  /** A point in time from a sentence in the body, in epoch milliseconds. */
  readonly until?: number | undefined
}

/** The maximum length, in characters, of a body that is searched for hints. */
const longest = 65_536

/** Substrings that identify a body that may contain a hint. A body that contains none of these substrings is not parsed. */
const marks = ["retry_after", "retryAfter", "retryDelay", "throttleStatus", "again in", "etry after", "etry in"]

/** Statuses of responses that may report a rate limit; GraphQL servers use 200. */
const limiting: ReadonlySet<number> = new Set([200, 403, 429, 503, 529])

/** Reads the hint. Never throws. */
export const read = (body: string, status: number): BodyHint | undefined => {
  if (body.length > longest || !limiting.has(status) || !marks.some((mark) => body.includes(mark))) return undefined
  const json = parsed(body)
  if (json === undefined) return undefined
  const error = objectOf(json["error"]) ?? {}
  const member = memberOf(json) ?? memberOf(error) ?? delayOf(error["details"]) ?? costOf(json["extensions"])
  if (status === 200) return { member }
  const message = [json["message"], error["message"]].find((text) => typeof text === "string")
  return { member, ...(typeof message === "string" ? sentenceOf(message.slice(0, 2000)) : {}) }
}

type Json = Readonly<Record<string, unknown>>

const objectOf = (u: unknown): Json | undefined =>
  typeof u === "object" && u !== null && !Array.isArray(u) ? (u as Json) : undefined

const parsed = (body: string): Json | undefined => {
  try {
    return objectOf(JSON.parse(body))
  } catch {
    return undefined
  }
}

const numberOf = (u: unknown): number | undefined => {
  if (typeof u === "number") return u
  return typeof u === "string" && decimal.test(u) ? Number(u) : undefined
}

/** Reads the fields that contain seconds and the fields that contain milliseconds. */
const memberOf = (json: Json): number | undefined => {
  const seconds = numberOf(json["retry_after"] ?? json["retry_after_seconds"])
  return seconds === undefined ? numberOf(json["retry_after_ms"] ?? json["retryAfterMs"]) : seconds * 1000
}

/** Reads `google.rpc.RetryInfo`: `"retryDelay": "53.5s"`. */
const delayOf = (details: unknown): number | undefined => {
  for (const detail of Array.isArray(details) ? details.slice(0, 20) : []) {
    const delay = objectOf(detail)?.["retryDelay"]
    const millis = typeof delay === "string" ? spelled(delay.slice(0, 40)) : Number.NaN
    if (millis > 0) return millis
  }
  return undefined
}

/**
 * Computes the delay for Shopify: the missing cost points divided by the rate at which points are restored
 * (shopify.dev/docs/api/usage/limits).
 */
const costOf = (extensions: unknown): number | undefined => {
  const cost = objectOf(objectOf(extensions)?.["cost"])
  const state = objectOf(cost?.["throttleStatus"])
  const [requested, available, rate] = [
    cost?.["requestedQueryCost"],
    state?.["currentlyAvailable"],
    state?.["restoreRate"],
  ].map(numberOf)
  if (requested === undefined || available === undefined || rate === undefined || rate <= 0) return undefined
  return requested > available ? ((requested - available) / rate) * 1000 : undefined
}

/**
 * Reads phrases such as "try again in 41.724s", "retry in 10h17m5.7s", "retry after 37 seconds" and "Retry after
 * 2024-01-10T23:55:00.392Z".
 */
const sentenceOf = (text: string): BodyHint => {
  const [, at = ""] = /\bretry after (\d{4}-\d\d-\d\dT[\d:.]{5,20}Z)/i.exec(text) ?? []
  if (at !== "") return { until: isoDate(at) }
  const [, value = "", unit = ""] =
    /\b(?:again|retry) (?:in|after) (\d[\d.hms]{0,30}) ?(milliseconds?|seconds?|minutes?)?/i.exec(text) ?? []
  const plain = value.replace(/\.$/, "")
  const factor = /^milli/i.test(unit) ? 1 : /^min/i.test(unit) ? 60_000 : 1000
  const millis = decimal.test(plain) ? (unit === "" ? Number.NaN : Number(plain) * factor) : spelled(plain)
  return millis > 0 ? { sentence: millis } : {}
}
