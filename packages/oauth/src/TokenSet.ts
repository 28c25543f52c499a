/**
 * The pair of tokens from a sign-in.
 */
import * as Secret from "@holdfast/core/Secret"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * The schema of the tokens, which encodes and decodes them. The encoded form is plain JSON, intended for a file that only its
 * owner can read.
 *
 * **Details**
 *
 * `expiresAt` is in epoch milliseconds, measured by this device's clock, and is used only for display. A token is used until
 * the server rejects it, because the device's clock may be wrong.
 */
export const TokenSet = Schema.Struct({
  accessToken: Schema.RedactedFromValue(Schema.NonEmptyString),
  /**
   * Absent if the server does not send a refresh token. Without a refresh token, the sign-in ends when the access token is no
   * longer valid.
   */
  refreshToken: Schema.optional(Schema.RedactedFromValue(Schema.NonEmptyString)),
  expiresAt: Schema.Finite,
  scope: Schema.optionalKey(Schema.String),
  /**
   * Whether the refresh token may already have been used. This value is written before a refresh is sent, and removed if a
   * response proves that the refresh token is unused. `maybe` permits one more refresh; `yes` does not permit any.
   */
  spent: Schema.optionalKey(Schema.Literals(["maybe", "yes"])),
})

/** The pair of tokens from a sign-in. */
export interface TokenSet {
  readonly accessToken: Redacted.Redacted<string>
  readonly refreshToken?: Redacted.Redacted<string> | undefined
  readonly expiresAt: number
  readonly scope?: string
  readonly spent?: "maybe" | "yes"
}

/**
 * The schema of the text in which tokens are saved: JSON with the secrets in plain text, for a file or a table that only its
 * owner can read. The `version` field allows later releases to read texts from earlier releases.
 */
export const SavedTokens = Schema.fromJsonString(Schema.Struct({ version: Schema.Literal(1), ...TokenSet.fields }))

/** The `expiresAt` of a token whose lifetime is unknown: the latest possible `Date`. */
export const noExpiry = 8_640_000_000_000_000

/** Returns the expiry of the access token in epoch milliseconds, or `undefined` if the server did not send a lifetime. */
export const knownExpiry = ({ expiresAt }: Pick<TokenSet, "expiresAt">): number | undefined =>
  expiresAt >= noExpiry ? undefined : expiresAt

/** Whether two secrets are equal. */
export const same = (a: Redacted.Redacted<string>, b: Redacted.Redacted<string>): boolean =>
  Secret.value(a) === Secret.value(b)

/** Whether a save changes the tokens and not just `spent`. */
export const isNewPair = (before: TokenSet | undefined, tokens: TokenSet): boolean =>
  tokens.spent === undefined && (before === undefined || !same(before.accessToken, tokens.accessToken))
