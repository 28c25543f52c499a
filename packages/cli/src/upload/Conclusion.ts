/**
 * Prints the results at the end of a run: the outcome of each file and the totals.
 */
import * as Effect from "effect/Effect"
import type { Outcome } from "../process/ExitCode.ts"
import * as ExitCode from "../process/ExitCode.ts"
import type { PersonError } from "../process/PersonError.ts"
import { Output } from "../terminal/Output.ts"
import * as Style from "../terminal/Style.ts"
import * as UploadState from "./State.ts"
import * as UploadView from "./View.ts"

/**
 * Assigns the outcome of the error that ended the run to every file that does not have an outcome yet. Returns whether there
 * was such a file.
 */
export const giveUp = (run: UploadState.UploadState, error: PersonError): boolean => {
  let isAssigned = false
  for (const [index, entry] of run.files.open()) {
    const failure = { tag: error._tag, message: error.message }
    run.update(index, { outcome: error.outcome, error: failure, skipped: !entry.begun })
    isAssigned = true
  }
  return isAssigned
}

/**
 * Prints the results at the end of a run. With `--json`, the results are the summary. Otherwise, the results are the totals
 * and the files that were not uploaded. `resume` is the command that continues an interrupted run, if a command can.
 */
export const tell = (
  run: UploadState.UploadState,
  outcome: Outcome,
  { json, quiet, resume }: { readonly json: boolean; readonly quiet: boolean; readonly resume: string | undefined },
): Effect.Effect<void, never, Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    const summary = yield* UploadState.summary(run, outcome, ExitCode.code(outcome))
    if (json) return yield* output.json(summary)
    const style = Style.make(output.stderr.canColor)
    if (!quiet && summary.attempts > 0 && outcome !== "interrupted") {
      for (const line of UploadView.journey(summary, style)) yield* output.message(line)
    }
    for (const line of UploadView.tally(summary, style, resume)) yield* output.message(line)
  })
