/**
 * The server's hint about when to retry: `Retry-After` (RFC 9110, section 10.2.3) and the headers that servers send instead.
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
 * Returns `undefined` for zero, a negative value, a date in the past and anything else. A long value is kept: the retry policy
 * decides whether to wait that long (`hintCap`).
 */
export const parse = (value: string, now: number): Duration.Duration | undefined => lasting(RetryHint.parse(value, now))

/**
 * The hint of a response in any documented form. Pure, for vendors' decoders.
 *
 * **Details**
 *
 * The first of these that has a hint: the member of the body in which a vendor states it, if the body is given;
 * `retry-after-ms`, `x-ms-retry-after-ms` and `x-amz-retry-after`; `retry-after`; the reset of an exhausted rate limit;
 * `RateLimit`; a sentence in the body. Dates are relative to the response's own `Date`, plus its `Age`, or else to
 * `receivedAt`, the local time at which the response arrived.
 */
export const fromAnswer = (
  answer: Pick<HttpAnswer, "headers" | "receivedAt" | "status"> & { readonly body?: unknown },
): Duration.Duration | undefined =>
  lasting(RetryHint.fromAnswer({ ...shown(answer), body: typeof answer.body === "string" ? answer.body : undefined }))

/** Copies a client's response, whose getters a spread would lose. */
const shown = ({ headers, receivedAt, status }: Pick<HttpAnswer, "headers" | "receivedAt" | "status">) => ({
  headers,
  receivedAt,
  status,
})

/** Like `fromAnswer`, but with the headers only. A date is ignored if the response has no `Date`. */
export const fromHeaders = (headers: HttpAnswer["headers"]): Duration.Duration | undefined =>
  lasting(RetryHint.fromHeaders(headers))

const lasting = (millis: number | undefined): Duration.Duration | undefined =>
  millis === undefined ? undefined : Duration.millis(millis)
