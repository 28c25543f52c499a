/**
 * The requests to a sign-in server, and its checks.
 */

/** The kind of request. */
export type Kind = "api" | "client" | "device" | "poll" | "refresh" | "revoke"

/** A check of the server that can fail. */
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
