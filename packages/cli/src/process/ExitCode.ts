/**
 * The exit codes: one table for the process, `--help` and the README.
 *
 * A failure's code follows from what it is (the person's file, a proof that failed) and else from its verdict, so that
 * no second list of vendor errors is kept here.
 */
import type { Classified } from "@holdfast/core/Verdict"

/** What became of a run, as its exit code says it. */
export type Outcome =
  | "ok"
  | "defect"
  | "usage"
  | "some"
  | "pairing"
  | "temporary"
  | "refused"
  | "local"
  | "integrity"
  | "unproven"
  | "interrupted"

/** One row of the table. */
export interface Row {
  readonly code: number
  readonly meaning: string
}

/** Every code the command ends with. */
export const table: Readonly<Record<Outcome, Row>> = {
  ok: { code: 0, meaning: "all files uploaded and verified" },
  defect: { code: 1, meaning: "a bug in holdfast; the message says how to report it" },
  usage: { code: 2, meaning: "the command line is wrong; nothing was sent" },
  some: { code: 3, meaning: "some of several files failed" },
  pairing: { code: 4, meaning: "a person has to pair this device first" },
  temporary: { code: 5, meaning: "a temporary fault that outlasted every retry; run it again" },
  refused: { code: 6, meaning: "the vendor refused; a retry would fail the same way" },
  local: { code: 7, meaning: "a problem with a file or disk on this machine" },
  integrity: { code: 8, meaning: "the stored bytes differ from the file" },
  unproven: {
    code: 9,
    meaning: "not proven to be stored (no ETag, or no sign of the storage); --accept-unverified makes it 0",
  },
  interrupted: { code: 130, meaning: "interrupted by Ctrl-C or a signal" },
}

/** The process exit code of an outcome. */
export const code = (outcome: Outcome): number => table[outcome].code

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
export const outcomeOf = (error: Classified, isLocal: (error: Classified) => boolean): Outcome => {
  const known = byTag[error._tag]
  if (known !== undefined) return known
  if (isLocal(error)) return "local"
  const { verdict } = error
  if (verdict.change === "token" || verdict.closes === "authorization") return "pairing"
  if (verdict.closes === "connectivity" || verdict.retry === "always") return "temporary"
  if (verdict.retry === "never") return "refused"
  const status = "status" in error && typeof error.status === "number" ? error.status : 0
  return verdict.change === "nothing" && (status === 0 || status === 429 || status >= 500) ? "temporary" : "refused"
}

/**
 * The outcome of a whole run from those of its files.
 *
 * **Details**
 *
 * One file, or several that all failed alike, end in their own code. As soon as one arrived or two failed differently
 * the answer is `some`.
 */
export const combine = (outcomes: ReadonlyArray<Outcome>): Outcome => {
  const [first, ...others] = outcomes
  if (first === undefined) return "ok"
  return others.every((outcome) => outcome === first) ? first : "some"
}
