/**
 * The server's own hint of when to come back: `Retry-After` (RFC 9110, section 10.2.3) and what servers send in its place.
 */
import * as Duration from "effect/Duration"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as RetryHint from "./RetryHint.ts"

/**
 * Reads the value of a `Retry-After` header: seconds, with or without decimals, or a date counted from `now` (milliseconds
 * of the epoch).
 *
 * **Details**
 *
 * Zero, a negative value, a date in the past and anything else are `undefined`. A value of any length is kept: whether to
 * wait that long is for the retry policy to say (`hintCap`).
 */
export const parse = (value: string, now: number): Duration.Duration | undefined => lasting(RetryHint.parse(value, now))

/**
 * The hint of an answer, whichever documented form it has: pure, for vendors' decoders.
 *
 * **Details**
 *
 * In this order: `retry-after-ms`, `x-ms-retry-after-ms` and `x-amz-retry-after`; `retry-after`; the reset of an exhausted
 * rate limit; `RateLimit`. Dates are counted from the answer's own `Date`, plus its `Age`; where it has none, from
 * `receivedAt`, the local time at which the answer came.
 */
export const fromAnswer = (
  answer: Pick<HttpAnswer, "headers" | "receivedAt" | "status">,
): Duration.Duration | undefined => lasting(RetryHint.fromHeaders(answer.headers, answer))

/** The same from the headers alone: a date says nothing where the answer has no `Date` of its own. */
export const fromHeaders = (headers: HttpAnswer["headers"]): Duration.Duration | undefined =>
  lasting(RetryHint.fromHeaders(headers))

const lasting = (millis: number | undefined): Duration.Duration | undefined =>
  millis === undefined ? undefined : Duration.millis(millis)
