/**
 * Reads a server's retry hints as plain numbers. `RetryAfter` converts these numbers into durations.
 *
 * **Details**
 *
 * A hint is a lower bound for the next wait. Zero, negative values and dates in the past are not hints. A long hint is not
 * shortened, because a client that ignores a hint retries too soon. The retry policy applies the cap.
 */
import { type Exchange, header, timeOf } from "@holdfast/diagnosis/Exchange"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as BodyHint from "./internal/hint/body.ts"
import { decimal, isoDate, spelled } from "./internal/hint/lengths.ts"

/** The time and status of a response. */
export interface Context {
  /**
   * The local time at which the response arrived, in milliseconds since the epoch. If the response does not have a `Date`
   * header, dates are relative to this time.
   */
  readonly receivedAt?: number | undefined
  readonly status?: number | undefined
}

/**
 * Reads the value of a `Retry-After` header, which is a number of seconds, with or without decimals, or a date. A date is
 * compared with `now` (epoch milliseconds). The result is in milliseconds. If proxies appended several values, the longest
 * one is used. The result is `undefined` if the value is not a hint.
 */
export const parse = (value: string, now: number): number | undefined => afterOf(value, now)

const afterOf = (value: string, now: number | undefined): number | undefined => {
  const trimmed = bounded(value)
  if (trimmed.split(",").every((part) => decimal.test(part.trim()))) {
    return lasting(Math.max(...trimmed.split(",").map((part) => Number(part) * 1000)))
  }
  return until(httpDate(trimmed), now)
}

/**
 * Returns the retry hint from the headers of a response, in milliseconds.
 *
 * **Details**
 *
 * The hint comes from the first of these sources that contains one: headers in milliseconds (`retry-after-ms`,
 * `x-ms-retry-after-ms`, `x-amz-retry-after`), `retry-after`, and the rate limit headers. The rate limit headers are the
 * reset of an exhausted rate limit (`ratelimit-reset`, `x-ratelimit-reset`, `x-ratelimit-reset-after`, and variants that
 * contain the name of a limit, as sent by OpenAI and Anthropic) and the `RateLimit` header from the IETF draft. The longest
 * value in these headers is used. A reset value is a number of seconds, a duration such as `6m0s`, an epoch time or a date. A
 * reset value is used only if no requests remain. If the server does not state how many requests remain, the reset value is
 * used only with status 403, 429 or 503, or if the status is unknown.
 *
 * Dates and times are relative to the `Date` of the response, plus its `Age` if a cache stored the response. If the response
 * does not have a `Date`, dates and times are relative to the time of receipt. If the time of receipt is also unknown, dates
 * and times are ignored.
 */
export const fromHeaders = (headers: HttpAnswer["headers"], context: Context = {}): number | undefined => {
  const now = serverTime(headers) ?? context.receivedAt
  const value = header(headers, "retry-after")
  return (
    firstOf(inMillis, (name) => millisOf(header(headers, name))) ??
    (value === undefined ? undefined : afterOf(value, now)) ??
    resetOf(headers, now, context.status)
  )
}

/**
 * Returns the retry hint from the headers and the body of a response, in milliseconds.
 *
 * **Details**
 *
 * A documented field of the body (`retry_after` from Discord, Slack and Cloudflare, `retryDelay` from Google, the cost of a
 * query from Shopify) is more precise than the headers and takes precedence over them. A hint in a sentence ("try again in
 * 41.724s") has the lowest precedence.
 */
export const fromAnswer = (
  answer: Pick<HttpAnswer, "headers" | "receivedAt" | "status"> & { readonly body?: string | undefined },
): number | undefined => {
  const { body = "", headers, status } = answer
  const stated = BodyHint.read(body, status)
  const now = serverTime(headers) ?? answer.receivedAt
  return (
    lasting(stated?.member ?? 0) ??
    fromHeaders(headers, answer) ??
    lasting(stated?.sentence ?? 0) ??
    until(stated?.until, now)
  )
}

/**
 * Returns the retry hint from the response in an exchange, in milliseconds. The retry engine reads the same hint from the
 * response.
 */
export const fromExchange = (exchange: Exchange): number | undefined => {
  const { response } = exchange
  return response === undefined
    ? undefined
    : fromAnswer({
        headers: response.headers ?? {},
        status: response.status,
        body: response.body,
        receivedAt: timeOf(exchange),
      })
}

/** Returns the server's time for a response, in milliseconds since the epoch: the `Date` of the response plus its `Age`. */
export const serverTime = (headers: HttpAnswer["headers"]): number | undefined => {
  const date = httpDate(header(headers, "date") ?? "")
  const age = header(headers, "age")?.trim() ?? ""
  return date === undefined || !/^\d{1,10}$/.test(age) ? date : date + Number(age) * 1000
}

const inMillis = ["retry-after-ms", "x-ms-retry-after-ms", "x-amz-retry-after"]

const firstOf = <A, B>(all: ReadonlyArray<A>, read: (one: A) => B | undefined): B | undefined => {
  for (const one of all) {
    const found = read(one)
    if (found !== undefined) return found
  }
  return undefined
}

const millisOf = (value: string | undefined): number | undefined =>
  value !== undefined && decimal.test(value.trim()) ? lasting(Number(value)) : undefined

/**
 * Reset headers: names such as `x-ratelimit-reset`, `ratelimit-reset`, `x-ratelimit-reset-tokens` and
 * `anthropic-ratelimit-requests-reset`.
 */
const resets = /^(?:x-|anthropic-)?rate-?limit-(?:[\w-]+-)?reset(?:-[\w-]+)?$/

const resetOf = (
  headers: HttpAnswer["headers"],
  now: number | undefined,
  status: number | undefined,
): number | undefined => {
  let longest: number | undefined = undefined
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase()
    const millis = name === "ratelimit" ? exhausted(value) : resets.test(name) ? reset(headers, name, value) : undefined
    if (millis !== undefined && (longest === undefined || millis > longest)) longest = millis
  }
  return longest

  function reset(all: HttpAnswer["headers"], name: string, value: string): number | undefined {
    const remaining = header(all, name.replace(/reset(?:-after)?/, "remaining"))
    const isExhausted =
      remaining === undefined ? status === undefined || limiting.has(status) : /^\s*0+(?:\.0*)?\s*$/.test(remaining)
    return isExhausted ? lengthOf(value, now) : undefined
  }
}

/** The statuses that can report a rate limit. */
const limiting: ReadonlySet<number> = new Set([403, 429, 503])

/**
 * Reads a number of seconds, a duration, an epoch time or a date. A number of seconds that exceeds three years is interpreted
 * as an epoch time.
 */
const lengthOf = (value: string, now: number | undefined): number | undefined => {
  const trimmed = bounded(value)
  if (decimal.test(trimmed)) {
    const number = Number(trimmed)
    if (number < 1e8) return lasting(number * 1000)
    return until(number < 1e11 ? number * 1000 : number, now)
  }
  return lasting(spelled(trimmed)) ?? until(httpDate(trimmed) ?? isoDate(trimmed), now)
}

/**
 * Returns the longest `t` in a `RateLimit` header among the policies that have an `r` of 0. Older drafts of the header use
 * `remaining` and `reset`.
 */
const exhausted = (value: string): number | undefined => {
  const text = bounded(value)
  const older = /(?:^|,)\s*remaining\s*=\s*0+\s*(?:,|$)/i.test(text) ? /(?:^|,)\s*reset\s*=\s*(\d+)/i.exec(text) : null
  const times = text
    .split(/,(?=\s*")/)
    .filter((policy) => /;\s*r\s*=\s*0+\s*(?:;|$)/.test(policy))
    .map((policy) => Number(/;\s*t\s*=\s*(\d+)/.exec(policy)?.[1] ?? 0))
  return lasting(Math.max(0, Number(older?.[1] ?? 0), ...times) * 1000)
}

/**
 * Converts an HTTP date to milliseconds since the epoch. `Date.parse` accepts almost any text, so the text must also begin
 * with the name of a weekday, as all three forms of HTTP dates do.
 */
export const httpDate = (value: string): number | undefined => {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return undefined
  const millis = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`)
  return Number.isNaN(millis) ? undefined : millis
}

/** Truncates text to a length that is sufficient for every documented form. */
const bounded = (value: string): string => value.slice(0, 512).trim()

const until = (time: number | undefined, now: number | undefined): number | undefined =>
  time === undefined || now === undefined ? undefined : lasting(time - now)

/**
 * Rounds a hint up to whole milliseconds. An extremely long hint still exceeds every cap after it has been clamped to a safe
 * integer.
 */
const lasting = (millis: number): number | undefined =>
  millis > 0 ? Math.min(Math.max(1, Math.ceil(millis - 1e-6)), Number.MAX_SAFE_INTEGER) : undefined
