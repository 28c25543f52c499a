/**
 * The pair of tokens that a sign-in gives.
 */
import * as Secret from "@holdfast/core/Secret"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * The tokens, with a codec whose encoded form is plain JSON: for a file that only its owner can read, for nothing else.
 *
 * **Details**
 *
 * `expiresAt` is in milliseconds of the epoch, by this device's clock. It is for people: nothing here refuses to use a
 * token because of it, since a clock may be wrong and the server says so itself.
 */
export const TokenSet = Schema.Struct({
  accessToken: Schema.RedactedFromValue(Schema.NonEmptyString),
  /** Absent when the server gives none: then the sign-in ends with the access token. */
  refreshToken: Schema.optional(Schema.RedactedFromValue(Schema.NonEmptyString)),
  expiresAt: Schema.Finite,
  scope: Schema.optionalKey(Schema.String),
  /**
   * Whether the refresh token may be spent. Written before a refresh is sent, and removed if a response proves that it is not spent.
   * `maybe` allows one more refresh, `yes` none.
   */
  spent: Schema.optionalKey(Schema.Literals(["maybe", "yes"])),
})

/** The pair of tokens that a sign-in gives. */
export interface TokenSet {
  readonly accessToken: Redacted.Redacted<string>
  readonly refreshToken?: Redacted.Redacted<string> | undefined
  readonly expiresAt: number
  readonly scope?: string
  readonly spent?: "maybe" | "yes"
}

/** `expiresAt` of a token with an unknown lifetime: the latest `Date`. */
export const noExpiry = 8_640_000_000_000_000

/** When the access token expires, in epoch milliseconds; `undefined` if the server sent no lifetime. */
export const knownExpiry = ({ expiresAt }: Pick<TokenSet, "expiresAt">): number | undefined =>
  expiresAt >= noExpiry ? undefined : expiresAt

/** Whether two secrets are the same words. */
export const same = (a: Redacted.Redacted<string>, b: Redacted.Redacted<string>): boolean =>
  Secret.value(a) === Secret.value(b)

/** Whether a save changes the tokens, and not only `spent`. */
export const isNewPair = (before: TokenSet | undefined, tokens: TokenSet): boolean =>
  tokens.spent === undefined && (before === undefined || !same(before.accessToken, tokens.accessToken))
