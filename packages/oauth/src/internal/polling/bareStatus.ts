/**
 * The meaning of poll responses at providers that send only a status.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { AccessDenied, AuthorizationPending, ExpiredToken, InvalidGrant } from "../errors/classes.ts"
import type * as Endpoint from "../endpoint/endpoint.ts"

const over = Verdict.never({ change: "human" })

/**
 * The error of a poll response without an error code.
 *
 * **Details**
 *
 * The statuses are Trakt's: 400 while the person has not approved, 409 for a code that was used, 410 for one that has
 * expired, 418 when the person declined. A 400 without a code counts as pending at every provider: polling until the code
 * expires does no harm, and giving up would lose a sign-in that is about to be approved.
 */
export const worded = (failure: Endpoint.Failure): Endpoint.Failure => {
  if (failure._tag !== "UnknownOAuthError" || failure.code !== "") return failure
  const { status } = failure
  const seen = { code: "", status, verdict: over }
  switch (status) {
    case 400:
      return new AuthorizationPending({ ...seen, verdict: Verdict.always({ change: "human" }) })
    case 409:
      return new InvalidGrant(seen)
    case 410:
      return new ExpiredToken(seen)
    case 418:
      return new AccessDenied(seen)
    default:
      return failure
  }
}
