/**
 * Finds the cause that a description states in prose, for sentences that no table contains. The cause follows from the
 * subject and the predicate of the sentence.
 */
import { type Predicate, statementIn, type SubjectName } from "@holdfast/http/Diagnosis"
import type { Name } from "../words/causes.ts"

/** Represents any predicate that does not have its own entry. */
const any = "*"

type Causes = Readonly<Partial<Record<Predicate | typeof any, Name>>>

type Table = Readonly<Partial<Record<SubjectName, Causes>>>

const token: Causes = {
  expired: "tokenExpired",
  early: "tokenNotYet",
  disabled: "tokenRevoked",
  missing: "noToken",
  [any]: "tokenRefused",
}

/** The causes that an endpoint for tokens, codes or sign-ins can state, keyed by subject and predicate. */
const atEndpoint: Table = {
  "the redirect URI": { [any]: "redirect" },
  "the PKCE code verifier": { [any]: "verifier" },
  "the authorization code": { exists: "codeUsed", [any]: "codeRefused" },
  "the device code": { expired: "codeExpired", pending: "pending", [any]: "deviceCode" },
  "the refresh token": { expired: "refreshExpired", disabled: "refreshRevoked", missing: "noRefreshToken", exists: "refreshUsed", [any]: "refreshRefused" },
  "the client secret": { expired: "secretExpired", missing: "secretMissing", [any]: "secretWrong" },
  "the client id": { missing: "noClientId", disabled: "clientDisabled", [any]: "clientUnknown" },
  "the application": { disabled: "clientDisabled", absent: "clientUnknown", invalid: "clientUnknown", permission: "grantNotAllowed", pending: "consent" },
  "the grant type": { missing: "noGrantType", [any]: "grantType" },
  "the response type": { [any]: "responseType" },
  "the scope": { [any]: "scope" },
  "the audience of the token": { [any]: "audience" },
  "the consent": { [any]: "consent" },
  "the password": { expired: "password", invalid: "userPassword", mismatch: "userPassword", absent: "userPassword" },
  "the one-time code": { [any]: "secondFactor" },
  "the email address": { pending: "email" },
  "the account": { disabled: "accountClosed", absent: "accountClosed", permission: "notAssigned" },
  "the user": { disabled: "accountClosed", absent: "accountClosed", permission: "notAssigned" },
  "the session": { expired: "signInAgain", absent: "signInAgain" },
  "the clock": { [any]: "assertionClock" },
  "the Content-Type": { [any]: "formOnly" },
  "the method": { [any]: "method" },
  "the parameter": { missing: "noParameter" },
} // prettier-ignore

/** The causes that a resource that accepts tokens can state, keyed by subject and predicate. */
const atResource: Table = {
  "the access token": token,
  "the ID token": token,
  "the session token": token,
  "the token": token,
  "the scope": { [any]: "tokenScope" },
  "the permission": { permission: "tokenScope", missing: "tokenScope" },
  "the audience of the token": { [any]: "tokenAudience" },
  "the issuer of the token": { [any]: "tokenIssuer" },
  "the key id of the token": { [any]: "tokenSignature" },
  "the algorithm": { [any]: "tokenSignature" },
  "the signature": { expired: "tokenExpired", [any]: "tokenSignature" },
}

/** Error codes whose cause is stated only in the description. */
const vague: ReadonlySet<string> = new Set([
  "invalid_request",
  "invalid_grant",
  "invalid_client",
  "unauthorized_client",
  "invalid_token",
  "server_error",
])

/** The cause that a description states; `undefined` if the description does not state an OAuth cause. */
export const causeIn = (error: string, description: string, isAtResource: boolean): Name | undefined => {
  if (!vague.has(error) || description === "") return undefined
  const { clause = "", predicate, subject } = statementIn(description) ?? {}
  // A sentence with a list of causes states none of them: "is invalid, expired, revoked, or was issued to another
  // client".
  if (/\bor\b/i.test(clause)) return undefined
  if (subject === undefined || predicate === undefined) return undefined
  const causes = (isAtResource ? atResource : atEndpoint)[subject]
  return causes?.[predicate] ?? causes?.[any]
}
