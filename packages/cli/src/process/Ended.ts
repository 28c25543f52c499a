/**
 * The error with which a command passes its outcome to the process. Everything was printed by then, so only the exit
 * code remains.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Outcome } from "./ExitCode.ts"
import * as ExitCode from "./ExitCode.ts"

/** The end of a command with an outcome other than success. */
export class Ended extends Data.TaggedError("Ended")<{ readonly exitCode: number }> {}

/** Ends a command with its outcome. */
export const end = (outcome: Outcome): Effect.Effect<void, Ended> => endWith(ExitCode.code(outcome))

/** Ends a command that has exit codes of its own. */
export const endWith = (exitCode: number): Effect.Effect<void, Ended> =>
  exitCode === 0 ? Effect.void : Effect.fail(new Ended({ exitCode }))
