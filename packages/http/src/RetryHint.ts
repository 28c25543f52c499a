/**
 * Reads a server's retry hints as plain numbers. `RetryAfter` turns them into durations.
 *
 * **Details**
 *
 * A hint is the lower bound of the next wait. Zero, negative values and dates in the past are not hints. A long hint is kept,
 * because a client that ignores it retries too soon: the retry policy has the cap.
 */
import { type Exchange, header, timeOf } from "@holdfast/diagnosis/Exchange"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as BodyHint from "./internal/hint/body.ts"
import { decimal, isoDate, spelled } from "./internal/hint/lengths.ts"

/** The time and status of a response. */
export interface Context {
  /** The local time in epoch milliseconds. Dates are relative to it if the response has no `Date`. */
  readonly receivedAt?: number | undefined
  readonly status?: number | undefined
}

/**
 * The value of a `Retry-After` header: seconds, with or without decimals, or a date relative to `now` (epoch milliseconds). If
 * proxies appended several values, the longest one. `undefined` if it is not a hint.
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
 * The hint of a response, in milliseconds.
 *
 * **Details**
 *
 * The first of these that has a hint: milliseconds (`retry-after-ms`, `x-ms-retry-after-ms`, `x-amz-retry-after`),
 * `retry-after`, the reset of an exhausted rate limit (`ratelimit-reset`, `x-ratelimit-reset`, `x-ratelimit-reset-after`, and
 * variants with the name of a limit, as OpenAI and Anthropic send), and the `RateLimit` header of the IETF draft. A reset is a
 * number of seconds, a length such as `6m0s`, an epoch time or a date. It counts if no request remains or, for a server that
 * does not state what remains, with a 403, 429 or 503.
 *
 * Dates and times are relative to the response's own `Date`, plus its `Age` if a cache stored it. Without a `Date` they are
 * relative to the time of receipt, and ignored if that is unknown.
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
 * The hint of a response with its body, in milliseconds.
 *
 * **Details**
 *
 * A member of the body that vendors document (`retry_after` of Discord, Slack and Cloudflare, `retryDelay` of Google, the cost
 * of a query at Shopify) is more precise than the headers and takes precedence. A sentence ("try again in 41.724s") comes last.
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

/** The hint of the response in an exchange, in milliseconds: the same hint that the retry engine reads from the response. */
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

/** The server's time at the response, in epoch milliseconds: its `Date` plus its `Age`. */
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

/** Reset headers: `x-ratelimit-reset`, `ratelimit-reset`, `x-ratelimit-reset-tokens`, `anthropic-ratelimit-requests-reset` … */
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

/** Statuses of a rate limit. */
const limiting: ReadonlySet<number> = new Set([403, 429, 503])

/** Reads seconds, a duration, an epoch time or a date. A number of seconds above three years is an epoch time. */
const lengthOf = (value: string, now: number | undefined): number | undefined => {
  const trimmed = bounded(value)
  if (decimal.test(trimmed)) {
    const number = Number(trimmed)
    if (number < 1e8) return lasting(number * 1000)
    return until(number < 1e11 ? number * 1000 : number, now)
  }
  return lasting(spelled(trimmed)) ?? until(httpDate(trimmed) ?? isoDate(trimmed), now)
}

/** The longest `t` of the policies in a `RateLimit` header whose `r` is 0. Older drafts use `remaining` and `reset`. */
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
 * An HTTP date in epoch milliseconds. `Date.parse` alone accepts almost any text, so the text must begin with the day's name,
 * as all three HTTP forms do.
 */
export const httpDate = (value: string): number | undefined => {
  if (!/^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return undefined
  const millis = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`)
  return Number.isNaN(millis) ? undefined : millis
}

/** Cuts a text to the longest documented form, in characters. */
const bounded = (value: string): string => value.slice(0, 512).trim()

const until = (time: number | undefined, now: number | undefined): number | undefined =>
  time === undefined || now === undefined ? undefined : lasting(time - now)

/** A hint rounded up to milliseconds. An absurdly long hint stays longer than every cap. */
const lasting = (millis: number): number | undefined =>
  millis > 0 ? Math.min(Math.max(1, Math.ceil(millis - 1e-6)), Number.MAX_SAFE_INTEGER) : undefined
