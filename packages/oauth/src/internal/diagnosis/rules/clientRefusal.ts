/**
 * Determines whether a response rejects the client itself.
 */
import type { OAuthFacts } from "../facts.ts"
import { means, says } from "../rule.ts"

/** The error codes that RFC 6749 and providers define for a rejected client. */
export const clientErrors = [
  "invalid_client",
  "incorrect_client_credentials",
  "bad_client_secret",
  "invalid_client_id",
] as const

/** Messages that servers send with `invalid_request` or 401, although RFC 6749 specifies `unauthorized_client` and 400. */
export const notForThisClient =
  /not (?:allowed|permitted|authori[sz]ed|enabled|supported) (?:for|to|by) (?:this|the) client|client (?:is )?not (?:allowed|permitted|enabled)|client is not authori[sz]ed/i

/**
 * Whether the status concerns the client: a token endpoint sends 401 only to reject the client (RFC 6749, section 5.2), even
 * without an error code.
 */
const isBareRefusal = ({ answer, field, header, purpose }: OAuthFacts): boolean =>
  answer.status === 401 &&
  answer.error === "" &&
  !answer.isProxys &&
  (purpose === "exchange" || purpose === "refresh" || purpose === "other grant") &&
  (/^Basic\b/i.test(header("authorization") ?? "") || field("client_id") !== undefined)

/**
 * Whether the client itself was rejected. Some servers send `unauthorized_client` with 401 for a wrong secret. If a grant
 * does not involve a user, `access_denied` can only concern the client.
 */
export const isClientRefused = (facts: OAuthFacts): boolean =>
  says(facts, ...clientErrors) ||
  means(facts, "secretWrong", "clientMethod") ||
  isBareRefusal(facts) ||
  (says(facts, "access_denied") && facts.purpose === "other grant") ||
  (says(facts, "unauthorized_client") &&
    facts.answer.status === 401 &&
    facts.dialect === undefined &&
    facts.purpose !== "resource" &&
    !notForThisClient.test(facts.answer.description))

/** Whether the client authenticates in the Authorization header. */
export const usesHeader = ({ header }: OAuthFacts): boolean => /^Basic\b/i.test(header("authorization") ?? "")

/** Whether the client sends its secret in the body. */
export const postsSecret = ({ field }: OAuthFacts): boolean => (field("client_secret")?.value ?? "") !== ""

/** Google's message for a refresh token that was issued to another client. */
export const isOfOther = (facts: OAuthFacts): boolean =>
  facts.issuer?.name === "Google" &&
  facts.purpose === "refresh" &&
  says(facts, "unauthorized_client") &&
  /^unauthorized\.?$/i.test(facts.answer.description)
