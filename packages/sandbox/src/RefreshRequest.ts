/**
 * One request with a refresh token, as reported by `/sandbox/refreshes`.
 */
import * as Schema from "effect/Schema"

/**
 * One request with a refresh token.
 *
 * **Details**
 *
 * `at` is the time at which the request arrived, in milliseconds since the epoch. `pair` is the number of the token's pair in
 * the order of issue, counted from 1, or 0 if the sandbox has not issued the token.
 *
 * `use` counts the uses of this token from 1. It is `null` if the request did not reach the token endpoint, because a fault
 * answered or broke it first. `issued` is the number of the new pair, or `null` if no pair was issued. `fault` is the kind of
 * the injected fault, or `null`.
 *
 * `status` is the status of the response. It is `null` if the connection closed before the response was written, or if the
 * request is still running. `endedAt` is the time at which the response was written or the connection closed, or `null`.
 */
export const RefreshRequest = Schema.Struct({
  at: Schema.Int,
  pair: Schema.Int,
  use: Schema.NullOr(Schema.Int),
  issued: Schema.NullOr(Schema.Int),
  fault: Schema.NullOr(Schema.String),
  status: Schema.NullOr(Schema.Int),
  endedAt: Schema.NullOr(Schema.Int),
})
export type RefreshRequest = typeof RefreshRequest.Type
