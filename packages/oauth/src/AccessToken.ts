/**
 * The token that a program obtains with its own credentials.
 */
import type * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"

/** An access token without a refresh token. */
export interface AccessToken {
  readonly accessToken: Redacted.Redacted<string>
  /** The lifetime of the token, counted from the token's arrival; absent if the server did not send a lifetime. */
  readonly lifetime?: Duration.Duration
  /** The scope of the token; absent if the server did not send a scope. */
  readonly scope?: string
}
