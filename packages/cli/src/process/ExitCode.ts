/**
 * The table of exit codes that the process, `--help` and the README use.
 */

/** The outcome of a run. Each outcome has its own exit code. */
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
  | "queue"
  | "interrupted"

/** One row in the table of exit codes. */
export interface Row {
  readonly code: number
  readonly meaning: string
}

/** The exit code and the meaning of each outcome. */
export const table: Readonly<Record<Outcome, Row>> = {
  ok: { code: 0, meaning: "all files uploaded; the storage acknowledged every chunk" },
  defect: { code: 1, meaning: "a bug in holdfast; the error message explains how to report it" },
  usage: { code: 2, meaning: "the command line, or an input file that it specifies, cannot be used; nothing was sent" },
  some: { code: 3, meaning: "some of the files failed" },
  pairing: { code: 4, meaning: "the device must be paired first, which requires a user" },
  temporary: { code: 5, meaning: "a temporary fault lasted longer than all retries; run the command again" },
  refused: { code: 6, meaning: "the vendor rejected the request; a retry would fail the same way" },
  local: { code: 7, meaning: "a problem with a file to upload, or with a disk of this machine" },
  integrity: { code: 8, meaning: "the stored bytes differ from the file" },
  unproven: {
    code: 9,
    meaning:
      "nothing proves that a file is stored (neither an ETag nor another sign of the storage); --accept-unverified makes the exit code 0",
  },
  queue: { code: 10, meaning: "the files could not be added to the queue that another process is sending" },
  interrupted: { code: 130, meaning: "interrupted by Ctrl-C or a signal" },
}

/** Returns the outcome with an exit code, or `undefined` if no outcome has this exit code. */
export const outcomeOf = (exitCode: number): Outcome | undefined =>
  (Object.keys(table) as ReadonlyArray<Outcome>).find((outcome) => table[outcome].code === exitCode)

/** Returns the exit code for an outcome. */
export const code = (outcome: Outcome): number => table[outcome].code

/**
 * Combines the outcomes of all files in a run.
 *
 * **Details**
 *
 * If all files have the same outcome, that outcome is the result. If the outcomes of the files differ, the combined outcome
 * is `some`.
 */
export const combine = (outcomes: ReadonlyArray<Outcome>): Outcome => {
  const [first, ...others] = outcomes
  if (first === undefined) return "ok"
  return others.every((outcome) => outcome === first) ? first : "some"
}
