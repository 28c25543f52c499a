/**
 * The token that a program gets for its own credentials.
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"

/** An access token without a refresh token. */
export interface AccessToken {
  readonly accessToken: Redacted.Redacted<string>
  /** How long the token is valid from its arrival on; absent if the server did not say. */
  readonly lifetime?: Duration.Duration
  /** What the token is for, if the server said. */
  readonly scope?: string
}
