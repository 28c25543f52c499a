/**
 * The server's own hint of when to come back: the `Retry-After` header (RFC 9110, section 10.2.3).
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { HttpAnswer } from "./HttpAnswer.ts"
import * as RetryHint from "./RetryHint.ts"

/** Longer hints are taken for mistakes: no server that wants a client back asks it to stay away for more than a day. */
export const longest = Duration.millis(RetryHint.longest)

/**
 * Reads a header value: whole seconds, or a date counted from `now` (milliseconds of the epoch).
 *
 * **Details**
 *
 * A date in the past means now. Anything else that is not a length of time up to a day is `undefined`.
 */
export const parse = (value: string, now: number): Duration.Duration | undefined => lasting(RetryHint.parse(value, now))

/**
 * The hint of an answer: pure, for vendors' decoders.
 *
 * **Details**
 *
 * In an `HttpAnswer` of the resilient client the header is in seconds already. A date, as a recorded answer may have it,
 * is counted from the answer's own `date` header; without one it says nothing.
 */
export const fromHeaders = (headers: HttpAnswer["headers"]): Duration.Duration | undefined =>
  lasting(RetryHint.fromHeaders(headers))

/**
 * Rewrites a `retry-after` header to whole seconds, rounded up, or removes it when it is absurd.
 *
 * **Details**
 *
 * A date is counted from the answer's own `date` header, where there is one: the clock of a device in the field may be
 * wrong by years, that of the server is the one that made the hint.
 */
export const normalize = (headers: Readonly<Record<string, string>>): Effect.Effect<Readonly<Record<string, string>>> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const { "retry-after": value, ...others } = headers
    if (value === undefined) return headers
    const hint = parse(value, RetryHint.httpDate(headers["date"] ?? "") ?? now)
    return hint === undefined ? others : { ...others, "retry-after": `${Math.ceil(Duration.toSeconds(hint))}` }
  })

const lasting = (millis: number | undefined): Duration.Duration | undefined =>
  millis === undefined ? undefined : Duration.millis(millis)
