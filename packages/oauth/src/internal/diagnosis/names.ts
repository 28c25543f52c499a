/**
 * Defines the error codes of OAuth and of OAuth providers, and where each code can occur.
 */
import * as Rows from "../errors/rows.ts"
import * as Codes from "../words/codes.ts"
import * as Phrases from "../words/phrases.ts"

/** The error codes that the error table lists. */
export const listed: ReadonlySet<string> = new Set(Rows.rows.flatMap((row) => ("key" in row ? [row.key] : [])))

/** The error codes that RFC 6749, 6750, 7009 and 8628 define. */
export const known: ReadonlySet<string> = new Set([
  "access_denied",
  "authorization_pending",
  "expired_token",
  "insufficient_scope",
  "invalid_client",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_token",
  "server_error",
  "slow_down",
  "temporarily_unavailable",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_token_type",
])

const names: ReadonlySet<string> = new Set([...known, ...listed, ...Codes.listed, "InvalidAuthenticationToken"])

/** Whether a name is an error code that OAuth or a provider defines. */
export const isErrorName = (error: string): boolean => names.has(error) || /\bAAD(?:STS|B2C)\d/.test(error)

/** Whether the text of an error is known to refer to a token rather than a grant. */
export const isTokenPhrase = (error: string, description: string): boolean =>
  Phrases.isOfToken(`${error} ${description}`)

/** Error codes that a resource never sends. */
export const endpoints: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
])

/**
 * Whether an error concerns a token that was sent to a resource. This check applies if no request shows which server was
 * called.
 */
export const isOfToken = (error: string, at: string | undefined): boolean =>
  at === "response.headers.www-authenticate" ||
  [
    "invalid_token",
    "insufficient_scope",
    "InvalidAuthenticationToken",
    "authError",
    "PGRST301",
    "PGRST302",
    "401013",
    "401010",
  ].includes(error)
