/**
 * What is asked of a sign-in server, and what it checks.
 */

/** What is asked of the server. */
export type Kind = "api" | "client" | "device" | "poll" | "refresh" | "revoke"

/** A step of the server's checks that can fail. */
export type Step =
  | "method"
  | "path"
  | "type"
  | "twice"
  | "grantTypeMissing"
  | "grantTypeUnknown"
  | "clientMissing"
  | "clientUnknown"
  | "secretWrong"
  | "twoProofs"
  | "notAllowed"
  | "codeMissing"
  | "refreshMissing"
  | "pending"
  | "slowDown"
  | "codeExpired"
  | "declined"
  | "codeUnknown"
  | "refreshSpent"
  | "scope"
  | "bearerMissing"
  | "bearerExpired"
  | "bearerScope"
  | "failed"
  | "unavailable"
  | "limited"
  | "revokeType"
  | "secondFactor"
  | "policy"
  | "consent"
  | "secretNotSent"
  | "secretNotWanted"
  | "secretExpired"
  | "refreshInactive"
  | "audience"
