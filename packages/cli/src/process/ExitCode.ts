/**
 * The table of exit codes for the process, `--help` and the README.
 */

/** The outcome of a run, one for each exit code. */
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
  ok: { code: 0, meaning: "all files uploaded; the storage acknowledged every chunk" },
  defect: { code: 1, meaning: "a bug in holdfast; the error message explains how to report it" },
  usage: { code: 2, meaning: "the command line, or an input file that it specifies, cannot be used; nothing was sent" },
  some: { code: 3, meaning: "some of the files failed" },
  pairing: { code: 4, meaning: "a person has to pair this device first" },
  temporary: { code: 5, meaning: "a temporary fault lasted longer than all retries; run the command again" },
  refused: { code: 6, meaning: "the vendor rejected the request; a retry would fail the same way" },
  local: { code: 7, meaning: "a problem with a file to upload, or with a disk of this machine" },
  integrity: { code: 8, meaning: "the stored bytes differ from the file" },
  unproven: {
    code: 9,
    meaning:
      "nothing proves that a file is stored (no ETag, or no other sign that the storage responded); with --accept-unverified, the exit code is 0",
  },
  interrupted: { code: 130, meaning: "interrupted by Ctrl-C or a signal" },
}

/** The process exit code of an outcome. */
export const code = (outcome: Outcome): number => table[outcome].code

/**
 * Combines the outcomes of a run's files.
 *
 * **Details**
 *
 * A single file, or several that failed alike, end in their own code. If at least one arrived or two failed
 * differently, the outcome is `some`.
 */
export const combine = (outcomes: ReadonlyArray<Outcome>): Outcome => {
  const [first, ...others] = outcomes
  if (first === undefined) return "ok"
  return others.every((outcome) => outcome === first) ? first : "some"
}
