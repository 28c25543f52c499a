/**
 * How a command hands its outcome to the process: everything was said already, only the exit code is left.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Outcome } from "./ExitCode.ts"
import * as ExitCode from "./ExitCode.ts"

/** A command that did not end well. */
export class Ended extends Data.TaggedError("Ended")<{ readonly exitCode: number }> {}

/** Ends a command with its outcome. */
export const end = (outcome: Outcome): Effect.Effect<void, Ended> => endWith(ExitCode.code(outcome))

/** Ends a command that has exit codes of its own. */
export const endWith = (exitCode: number): Effect.Effect<void, Ended> =>
  exitCode === 0 ? Effect.void : Effect.fail(new Ended({ exitCode }))
