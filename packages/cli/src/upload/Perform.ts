/**
 * Performs a run from its start to its summary, whatever ends it.
 */
import * as Observer from "@holdfast/core/Observer"
import { Recorder } from "@holdfast/http/Recorder"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as UserDirectories from "effect/persistence/UserDirectories"
import * as Target from "../network/Target.ts"
import * as Ended from "../process/Ended.ts"
import * as ExitCode from "../process/ExitCode.ts"
import type { PersonError, UsageError } from "../process/PersonError.ts"
import { isPersonError } from "../process/PersonError.ts"
import { Output } from "../terminal/Output.ts"
import * as Conclusion from "./Conclusion.ts"
import * as FailureReport from "./failures/FailureReport.ts"
import * as Failures from "./failures/Failures.ts"
import * as MaxDuration from "./MaxDuration.ts"
import * as UploadRun from "./Run.ts"
import * as UploadState from "./State.ts"

/** The settings of a run that do not depend on the API. */
export interface Settings {
  readonly paths: ReadonlyArray<string>
  readonly json: boolean
  readonly quiet: boolean
  /** The time limit of the run. Default: none. */
  readonly maxDuration: Duration.Duration | undefined
  /** The command that continues the run if it is interrupted. `undefined` if the queue does not outlive the run. */
  readonly resume: string | undefined
  /** The number of finished files that the summary lists. The default is all files; the counts are always those of all. */
  readonly keep?: number | undefined
}

/** What a run needs to report failures. */
export type Reports = Pick<UploadRun.Options, "failures" | "home">

/**
 * Performs a run: sends the files, prints the error that ended the run early, and prints the summary.
 *
 * **Details**
 *
 * If a signal arrives before the first file or after the last one, the summary is still printed.
 */
export const perform = <R>(
  { json, keep, maxDuration, paths, quiet, resume }: Settings,
  send: (run: UploadState.UploadState, reports: Reports) => Effect.Effect<void, PersonError, R>,
): Effect.Effect<void, Ended.Ended | UsageError, R | Output | UserDirectories.UserDirectories> =>
  Effect.gen(function* () {
    const output = yield* Output
    const run = yield* UploadState.make({ paths, json, output, keep })
    const failures = Failures.make()
    const home = Effect.provideService(
      Target.home,
      UserDirectories.UserDirectories,
      yield* UserDirectories.UserDirectories,
    )

    const giveUp = (error: PersonError) =>
      Effect.gen(function* () {
        const isOfFile = Conclusion.giveUp(run, error)
        yield* UploadRun.complain(error.message, ExitCode.code(error.outcome), json, run)
        const exchange = failures.last()
        if (exchange !== undefined) {
          yield* FailureReport.tell(run, exchange, { path: undefined, said: error.message, json, home })
        }
        // The time limit ended the run, whatever the outcomes of its files. An error that no file has must not be lost.
        return error._tag === "TimeIsUp" || !isOfFile ? error.outcome : undefined
      })

    const sent = MaxDuration.bounded(send(run, { failures, home }), maxDuration, run).pipe(
      Observer.observe(run.tally.observer),
      Effect.provideService(Recorder, failures.recorder),
      Effect.catchIf(isPersonError, (error) => (error._tag === "UsageError" ? Effect.fail(error) : giveUp(error))),
      Effect.map((ended) => ended ?? ExitCode.combine(run.files.outcomes().map((outcome) => outcome ?? "defect"))),
    )
    yield* Effect.uninterruptible(
      Effect.interruptible(sent).pipe(
        Effect.onInterrupt(() => Conclusion.tell(run, "interrupted", { json, quiet, resume })),
        Effect.flatMap((outcome) =>
          Effect.andThen(Conclusion.tell(run, outcome, { json, quiet, resume }), Ended.end(outcome)),
        ),
      ),
    )
  })
