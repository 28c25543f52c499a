/**
 * Finds the cause of an error from its numbers, its code or its message. Both the engine and the diagnosis use this module.
 */
import * as B2c from "./b2c.ts"
import { causes, type Name } from "./causes.ts"
import * as Codes from "./codes.ts"
import * as Entra from "./entra.ts"
import * as Facebook from "./facebook.ts"
import * as Sentences from "./sentences.ts"

/** The error that a payload describes. */
export interface Said {
  /** The error code, in the table's spelling if the table contains the code. */
  readonly key?: string | undefined
  /** The error code exactly as the server sent it. */
  readonly written?: string | undefined
  readonly description?: string | undefined
  /**
   * A more specific code that the server sent in addition to the error code: `error_subtype` (from Google) or `suberror`
   * (from Entra).
   */
  readonly subtype?: string | undefined
  readonly numbers?: Numbers | undefined
}

/** Numbers that some providers send in addition to the error code. */
export interface Numbers {
  /** The `error_codes` list from Entra. */
  readonly entra: ReadonlyArray<number>
  /** The `code` and `error_subcode` fields from Facebook. */
  readonly facebook: { readonly code: number | undefined; readonly subcode: number | undefined } | undefined
}

/** The cause of an error. */
export interface Meaning {
  readonly cause: Name
  /** The URL of the documentation for the code or number. This field is absent if a sentence identified the cause. */
  readonly source?: string
  /**
   * The providers that the documentation covers. This field is set only if other providers may use the code with a different
   * meaning.
   */
  readonly owner?: string
  /** The error number from Entra or Azure AD B2C, as written in the message. */
  readonly number?: string
}

/** Auth0's message for a wrong client secret: https://auth0.com/docs/api/authentication#get-token */
const wrongSecret: Meaning = { cause: "secretWrong" }

/** Codes whose meaning does not depend on the message. */
const plain: ReadonlySet<string> = new Set([
  "authorization_pending",
  "slow_down",
  "expired_token",
  "unsupported_token_type",
])

/**
 * The causes that a message with the code `invalid_scope` can identify. The message often mentions the token or client that
 * lacks the scope ("refresh token missing requested scope", "The OAuth 2.0 Client is not allowed to request scope"). Other
 * messages mention the parameter ("scope is required"). All of these messages report a rejected scope (RFC 6749 sections 3.3
 * and 5.2).
 */
const ofScope: ReadonlySet<Name> = new Set([
  "scope",
  "audience",
  "consent",
  "policy",
  "notAssigned",
  "accountClosed",
  "signInAgain",
  "secondFactor",
])

const within = (key: string, cause: Name | undefined): Name | undefined => {
  if (key === "invalid_scope" && cause !== undefined && !ofScope.has(cause)) return "scope"
  // A server checks the client before the grant.
  return key === "invalid_client" && cause?.startsWith("refresh") === true ? undefined : cause
}

/**
 * Returns the cause of an error from a token or device endpoint, or `undefined` if the error does not identify a single
 * cause.
 */
export const atEndpoint = (said: Said): Meaning | undefined => {
  const { description = "", key = "", numbers, subtype, written = key } = said
  return (
    ofEntra(description, numbers?.entra ?? []) ??
    ofFacebook(numbers, description, Sentences.atEndpoint) ??
    ofSentence(Sentences.several(description)) ??
    ofCode(subtype === undefined || subtype === "" ? undefined : (suberrors[subtype] ?? subtype)) ??
    ofCode(key) ??
    ofCode(written) ??
    (key === "access_denied" && /^unauthorized\.?$/i.test(description) ? wrongSecret : undefined) ??
    (plain.has(key) ? undefined : ofSentence(within(key, Sentences.atEndpoint(description)))) ??
    (written.includes(" ") ? ofSentence(Sentences.atEndpoint(written)) : undefined) ??
    (key === "interaction_required" ? { cause: "signInAgain" } : undefined)
  )
}

/** Returns the cause of a token error that a resource reports in its challenge or its response body. */
export const atResource = (said: Said): Meaning | undefined => {
  const { description = "", key = "", numbers, written = key } = said
  return (
    ofEntra(description, numbers?.entra ?? []) ??
    ofFacebook(numbers, description, Sentences.atResource) ??
    // A sentence of several words can look like a code: `Login Required`.
    (written.includes(" ") ? ofSentence(Sentences.atResource(written)) : undefined) ??
    (tokenErrors.has(key) ? undefined : (ofChallenge(key) ?? ofCode(written))) ??
    ofSentence(Sentences.atResource(description))
  )
}

/** Codes from RFC 6750 and PostgREST that cover several causes. */
const tokenErrors: ReadonlySet<string> = new Set(["invalid_token", "invalid_request", "PGRST301"])

/** Challenge error codes that have exactly one cause. */
const challenges: Readonly<Record<string, Name>> = {
  expired_token: "tokenExpired",
  insufficient_scope: "tokenScope",
  insufficient_claims: "claims",
  insufficient_user_authentication: "claims",
  interaction_required: "claims",
  invalid_issuer: "tokenIssuer",
  invalid_audience: "tokenAudience",
}

const ofChallenge = (key: string): Meaning | undefined => {
  const cause = Object.hasOwn(challenges, key) ? challenges[key] : undefined
  return cause === undefined ? undefined : { cause }
}

/** The more specific Entra codes that another provider uses with a different meaning. */
const suberrors: Readonly<Record<string, string>> = {
  basic_action: "login_required",
  additional_action: "login_required",
  protection_policy_required: "admin_policy_enforced",
  device_authentication_failed: "admin_policy_enforced",
}

const ofEntra = (description: string, listed: ReadonlyArray<number>): Meaning | undefined => {
  const written = Entra.numbersIn(description)
  for (const number of written.length > 0 ? written : listed) {
    const cause = Entra.causeOf(number, description)
    if (cause !== undefined) return { cause, source: Entra.source, number: `AADSTS${number}` }
  }
  const ofB2c = B2c.causeIn(description)
  return ofB2c === undefined ? undefined : { ...ofB2c, source: B2c.source }
}

/** Checks the subcode first, then the message and finally the code, because some Facebook codes cover any failure. */
const ofFacebook = (
  numbers: Numbers | undefined,
  description: string,
  read: (description: string) => Name | undefined,
): Meaning | undefined => {
  if (numbers?.facebook === undefined) return undefined
  const { code, subcode } = numbers.facebook
  const bySubcode = Facebook.causeOf(undefined, subcode)
  if (bySubcode !== undefined) return { cause: bySubcode, source: Facebook.source }
  const bySentence = read(description)
  if (bySentence !== undefined) return { cause: bySentence }
  const byCode = Facebook.causeOf(code, undefined)
  return byCode === undefined ? undefined : { cause: byCode, source: Facebook.source }
}

const ofCode = (code: string | undefined): Meaning | undefined =>
  code === undefined || code === "" ? undefined : Codes.find(code)

const ofSentence = (cause: Name | undefined): Meaning | undefined => (cause === undefined ? undefined : { cause })

/**
 * Returns the key of the row that determines the verdict. If the cause has a key, that key takes precedence, because the
 * server's own code may cover several causes.
 */
export const keyOf = (meaning: Meaning | undefined, key: string | undefined): string | undefined => {
  const cause: { readonly key?: string } | undefined = meaning === undefined ? undefined : causes[meaning.cause]
  return cause?.key ?? key
}
