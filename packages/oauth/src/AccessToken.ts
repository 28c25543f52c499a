/**
 * The token that a program gets with its own credentials.
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"

/** An access token without a refresh token. */
export interface AccessToken {
  readonly accessToken: Redacted.Redacted<string>
  /** The lifetime of the token from its arrival; absent if the server sent none. */
  readonly lifetime?: Duration.Duration
  /** The scope of the token; absent if the server sent none. */
  readonly scope?: string
}
