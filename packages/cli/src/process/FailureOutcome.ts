/**
 * Derives the outcome of a run from the failure that ended it.
 *
 * Local file errors and failed proofs have fixed outcomes; every other outcome follows from the failure's verdict, so
 * there is no second list of vendor errors. The module is separate from the exit codes, which programs can import,
 * because it needs types of a sibling package that is not installed with the published command.
 */
import type { Classified } from "@holdfast/core/Verdict"
import type { Outcome } from "./ExitCode.ts"

/** The failures whose outcome does not depend on their verdict, by tag. */
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
 * Returns the outcome of a run that ended with this failure.
 *
 * **Details**
 *
 * `isLocal` identifies failures of the local file. A failure that needs another token has outlasted the refresh, so a
 * person must sign in. A verdict of `always` is temporary. A verdict of `never`, or one that requires a change, is
 * rejected. For `once` the status decides, because a server's 5xx is temporary.
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
