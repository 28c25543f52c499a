/**
 * The result of one check: its level, what was found, and the remedy.
 */
import type { Outcome } from "../process/ExitCode.ts"
import type { PersonError } from "../process/PersonError.ts"

/**
 * The level of a result.
 *
 * **Details**
 *
 * - `ok`: nothing to do
 * - `warning`: uploads work, but may fail later
 * - `problem`: uploads fail, or their state is at risk
 * - `skipped`: the check could not be performed; another check reports the reason, or the reason does not affect uploads
 */
export type Level = "ok" | "warning" | "problem" | "skipped"

/** Measured values, for programs that read the output. A value never contains a secret. */
export type Details = Readonly<Record<string, string | number | boolean | null>>

/** The result of one check. */
export interface Finding {
  readonly level: Level
  readonly text: string
  /** The remedy of a warning or a problem. */
  readonly remedy: string | undefined
  /** The outcome of the command if this is the worst problem. The outcome is `ok` for every other level. */
  readonly outcome: Outcome
  readonly details: Details
}

/** Creates a result that requires no action. */
export const ok = (text: string, details: Details = {}): Finding => ({
  level: "ok",
  text,
  remedy: undefined,
  outcome: "ok",
  details,
})

/** Creates the result of a check that could not be performed. */
export const skipped = (reason: string): Finding => ({ ...ok(`not checked: ${reason}`), level: "skipped" })

/** Creates a warning, which does not change the exit code. */
export const warning = (text: string, remedy: string, details: Details = {}): Finding => ({
  ...ok(text, details),
  level: "warning",
  remedy,
})

/** Creates a problem. The outcome determines the exit code. */
export const problem = (outcome: Outcome, text: string, remedy: string, details: Details = {}): Finding => ({
  level: "problem",
  text,
  remedy,
  outcome,
  details,
})

/** Creates a problem from a user error. */
export const fromError = ({ outcome, problem: text, remedy }: PersonError): Finding => problem(outcome, text, remedy)

/**
 * The outcomes, from most to least severe. A fault of this machine comes before a fault that a user can correct in a browser,
 * and a temporary fault comes last.
 */
const ranks: ReadonlyArray<Outcome> = ["defect", "local", "usage", "refused", "pairing", "temporary"]

/** Returns the outcome of the worst problem, or `ok` if there is no problem. */
export const worst = (findings: ReadonlyArray<Finding>): Outcome => {
  const outcomes = new Set(findings.map(({ outcome }) => outcome))
  return ranks.find((outcome) => outcomes.has(outcome)) ?? findings.find((one) => one.outcome !== "ok")?.outcome ?? "ok"
}
