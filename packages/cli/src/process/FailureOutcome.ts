/**
 * The outcome of a run that ended in a failure.
 *
 * It follows from what the failure is (the person's file, a proof that failed) and else from its verdict, so that no second
 * list of vendor errors is kept here. Apart from the exit codes, which a program can import: this needs the types of a
 * sibling package, which is not installed beside the published command.
 */
import type { Classified } from "@holdfast/core/Verdict"
import type { Outcome } from "./ExitCode.ts"

/** The failures whose outcome is not a question of their verdict, by tag. */
const byTag: Readonly<Record<string, Outcome>> = {
  IntegrityMismatch: "integrity",
  // The bytes may be stored; a person has to look at the object.
  Unverified: "unproven",
  // A lost answer is a temporary fault: the person decides whether to create the asset a second time.
  AssetCreationUncertain: "temporary",
  PlanRefused: "refused",
  // Bytes that were damaged or lost on the way to the storage: the file as it is arrives at the next run.
  BadDigest: "temporary",
  IncompleteBody: "temporary",
  XAmzContentSHA256Mismatch: "temporary",
  // The credentials inside a presigned URL are those of the signer; pairing changes nothing about them.
  CredentialsRefused: "refused",
  SignInNeeded: "pairing",
}

/**
 * The outcome of a run that ended in this failure.
 *
 * **Details**
 *
 * `isLocal` tells the failures of the person's own file from the rest. A failure that asks for another token has
 * outlasted the refresh, so a person must sign in. What may always be retried was temporary; what a retry cannot cure
 * (`never`, or something must change first) was refused; a `once` is judged by its status, since a server's 5xx passes.
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
