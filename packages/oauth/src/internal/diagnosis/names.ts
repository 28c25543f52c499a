/**
 * The names that OAuth and its providers give errors, and where each is given.
 */
import * as Rows from "../errors/rows.ts"
import * as Codes from "../words/codes.ts"
import * as Phrases from "../words/phrases.ts"

/** The errors of the table. */
export const listed: ReadonlySet<string> = new Set(Rows.rows.flatMap((row) => ("key" in row ? [row.key] : [])))

/** The names of errors of RFC 6749, 6750, 7009 and 8628. */
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

/** Whether a name is one that OAuth or a provider gives an error. */
export const isErrorName = (error: string): boolean => names.has(error) || /\bAAD(?:STS|B2C)\d/.test(error)

/** Whether the words are known to be about a token, and not about a grant. */
export const isTokenPhrase = (error: string, description: string): boolean =>
  Phrases.isOfToken(`${error} ${description}`)

/** Errors that no resource gives. */
export const endpoints: ReadonlySet<string> = new Set([
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
  "unsupported_grant_type",
])

/** Whether an error is about a token at a resource, where no request shows who was asked. */
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
