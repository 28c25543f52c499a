/**
 * Creates the error for a poll response that contains only a status.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant } from "../errors/classes.ts"
import type * as Endpoint from "../endpoint/endpoint.ts"
import { keyOf } from "./bareStatus.ts"

const over = Verdict.never({ change: "human" })

/** Returns the error for a poll response without an error code, depending on the address that was polled. */
export const worded = (failure: Endpoint.Failure, address: string): Endpoint.Failure => {
  if ((failure._tag !== "UnknownOAuthError" && failure._tag !== "NotFound") || failure.code !== "") return failure
  const { status } = failure
  const seen = { code: "", status, verdict: over }
  switch (keyOf(status, URL.canParse(address) ? new URL(address).hostname : "")) {
    case "authorization_pending":
      return new AuthorizationPending({ ...seen, verdict: Verdict.always({ change: "human" }) })
    case "invalid_grant":
      return new InvalidGrant(seen)
    case "expired_token":
      return new ExpiredToken(seen)
    case "access_denied":
      return new AccessDenied(seen)
    case undefined:
      return failure
  }
}
