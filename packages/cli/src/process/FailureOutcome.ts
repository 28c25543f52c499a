/**
 * Derives the outcome of a run from the failure that ended it.
 *
 * Some failures, such as local file errors and failed proofs, have fixed outcomes. All other outcomes are derived from the
 * failure's verdict, so a second list of all vendor errors is not needed. This module is separate from the exit codes because
 * it needs types from a sibling package that is not installed with the published command. Programs can import the module that
 * defines the exit codes.
 */
import type { Classified } from "@holdfast/core/Verdict"
import type { Outcome } from "./ExitCode.ts"

/** Maps the tags of failures to outcomes. The outcomes of these failures do not depend on their verdicts. */
const byTag: Readonly<Record<string, Outcome>> = {
  IntegrityMismatch: "integrity",
  // The bytes may be stored. A person has to check the object.
  Unverified: "unproven",
  // A lost response is a temporary fault. A person decides whether to create the asset again.
  AssetCreationUncertain: "temporary",
  PlanRefused: "refused",
  // The bytes were damaged or lost on the way to the storage. The next run sends the file again.
  BadDigest: "temporary",
  IncompleteBody: "temporary",
  XAmzContentSHA256Mismatch: "temporary",
  // The signer's credentials are inside a presigned URL. Pairing again does not change them.
  CredentialsRefused: "refused",
  SignInNeeded: "pairing",
}

/**
 * Returns the outcome of a run that ended with the given failure.
 *
 * **Details**
 *
 * `isLocal` returns whether a failure concerns the local file. If a failure still requires another token, refreshing the
 * token has not helped, so the user must sign in. A failure with the verdict `always` has the outcome `temporary`. A failure
 * has the outcome `refused` if its verdict is `never`, or if its verdict is `once` and requires a change. For any other
 * failure with the verdict `once`, the HTTP status determines the outcome, because a 5xx status from a server is temporary.
 */
export const of = (error: Classified, isLocal: (error: Classified) => boolean): Outcome => {
  const known = byTag[error._tag]
  if (known !== undefined) return known
  if (isLocal(error)) return "local"
  const { verdict } = error
  // Payment Required. The engine retries it like every error without a row, but only a person can change the plan.
  if (statusOf(error) === 402) return "refused"
  if (verdict.change === "token" || verdict.closes === "authorization") return "pairing"
  if (verdict.closes === "connectivity" || verdict.retry === "always") return "temporary"
  if (verdict.retry === "never") return "refused"
  const status = statusOf(error)
  return verdict.change === "nothing" && (status === 0 || status === 429 || status >= 500) ? "temporary" : "refused"
}

const statusOf = (error: Classified): number =>
  "status" in error && typeof error.status === "number" ? error.status : 0
