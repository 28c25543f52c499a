/**
 * The error that passes the outcome of a command to the process. The command has already printed all of its output when the
 * error is raised, so the error contains only the exit code.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Outcome } from "./ExitCode.ts"
import * as ExitCode from "./ExitCode.ts"

/** The error that ends a command that did not succeed. */
export class Ended extends Data.TaggedError("Ended")<{ readonly exitCode: number }> {}

/** Ends a command with the exit code of its outcome. */
export const end = (outcome: Outcome): Effect.Effect<void, Ended> => endWith(ExitCode.code(outcome))

/** Ends a command with the given exit code. Commands that define their own exit codes use this function. */
export const endWith = (exitCode: number): Effect.Effect<void, Ended> =>
  exitCode === 0 ? Effect.void : Effect.fail(new Ended({ exitCode }))
