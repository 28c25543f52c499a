/**
 * One use of a refresh token, as reported by `/sandbox/refreshes`.
 */
import * as Schema from "effect/Schema"

/**
 * One use of a refresh token.
 *
 * **Details**
 *
 * `at` is the time in milliseconds since the epoch. `pair` is the number of the token's pair in the order of issue, counted
 * from 1, or 0 if the sandbox has not issued the token. `use` counts the uses of this token from 1. `issued` is the number of
 * the new pair, or `null` if the request was rejected. A use is a request that reached the token endpoint. A request that a
 * fault answered or broke before it reached the endpoint is not counted.
 */
export const RefreshUse = Schema.Struct({
  at: Schema.Int,
  pair: Schema.Int,
  use: Schema.Int,
  issued: Schema.NullOr(Schema.Int),
})
export type RefreshUse = typeof RefreshUse.Type
