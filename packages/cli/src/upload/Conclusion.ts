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

/** Assigns the outcome of the error that ended the run to every file that does not have an outcome yet. */
export const giveUp = (run: UploadState.UploadState, error: PersonError): void => {
  for (const [index, entry] of run.entries().entries()) {
    if (entry.outcome !== undefined) continue
    const failure = { tag: error._tag, message: error.message }
    run.update(index, { outcome: error.outcome, error: failure, skipped: !entry.begun })
  }
}

/**
 * Prints the results at the end of a run. With `--json`, the results are the summary. Otherwise, the results are the totals
 * and the files that were not uploaded.
 */
export const tell = (
  run: UploadState.UploadState,
  outcome: Outcome,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
): Effect.Effect<void, never, Output> =>
  Effect.gen(function* () {
    const output = yield* Output
    const summary = yield* UploadState.summary(run, outcome, ExitCode.code(outcome))
    if (json) return yield* output.json(summary)
    const style = Style.make(output.stderr.canColor)
    if (!quiet && summary.attempts > 0 && outcome !== "interrupted") {
      for (const line of UploadView.journey(summary, style)) yield* output.message(line)
    }
    for (const line of UploadView.tally(summary, style)) yield* output.message(line)
  })
