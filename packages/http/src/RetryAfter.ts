/**
 * Reads the server's hint about when to retry: the `Retry-After` header (RFC 9110, section 10.2.3) and the headers that
 * servers send instead.
 */
import * as Duration from "effect/Duration"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as RetryHint from "./RetryHint.ts"

/**
 * Reads the value of a `Retry-After` header: seconds, with or without decimals, or a date relative to `now` (epoch
 * milliseconds).
 *
 * **Details**
 *
 * Returns `undefined` for zero, negative values, dates in the past and values that cannot be parsed. A long value is not
 * shortened: the retry policy decides whether to wait that long (`hintCap`).
 */
export const parse = (value: string, now: number): Duration.Duration | undefined => lasting(RetryHint.parse(value, now))

/**
 * Returns the retry hint from a response, in any documented form. The function is pure so that vendors' decoders can call it.
 *
 * **Details**
 *
 * The hint comes from the first of these sources that contains one: the body field in which a vendor states the hint, if the
 * body is given; `retry-after-ms`, `x-ms-retry-after-ms` and `x-amz-retry-after`; `retry-after`; the reset of an exhausted
 * rate limit or `RateLimit`, whichever is longer; a sentence in the body. Dates are relative to the `Date` of the response
 * plus its `Age`. If the response does not have a `Date`, dates are relative to `receivedAt`, the local time at which the
 * response arrived.
 */
export const fromAnswer = (
  answer: Pick<HttpAnswer, "headers" | "receivedAt" | "status"> & { readonly body?: unknown },
): Duration.Duration | undefined =>
  lasting(RetryHint.fromAnswer({ ...shown(answer), body: typeof answer.body === "string" ? answer.body : undefined }))

/** Copies the properties of a client's response, because the spread syntax would lose its getters. */
const shown = ({ headers, receivedAt, status }: Pick<HttpAnswer, "headers" | "receivedAt" | "status">) => ({
  headers,
  receivedAt,
  status,
})

/** Works like `fromAnswer`, but reads only the headers. A date is ignored if the response does not have a `Date` header. */
export const fromHeaders = (headers: HttpAnswer["headers"]): Duration.Duration | undefined =>
  lasting(RetryHint.fromHeaders(headers))

const lasting = (millis: number | undefined): Duration.Duration | undefined =>
  millis === undefined ? undefined : Duration.millis(millis)
