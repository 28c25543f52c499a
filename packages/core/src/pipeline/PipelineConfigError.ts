/**
 * The error for settings from which a pipeline cannot be built. The error lists every reported problem with the given value
 * and a description of the allowed values.
 */
import * as Data from "effect/Data"

/** One problem in the settings. */
export interface Problem {
  /**
   * The path within the settings (`breaker.window.calls`), or the name of the environment variable. The path is empty for a
   * problem with the settings as a whole.
   */
  readonly path: string
  /** The given value as text: `"ten"`, `nothing`, `an unknown key`. */
  readonly was: string
  /** What is allowed: `an integer >= 1`. */
  readonly allowed: string
}

/** Formats a problem: `breaker.window.calls: expected an integer >= 1, got "ten"`. */
export const line = ({ allowed, path, was }: Problem): string => {
  const at = path === "" ? "" : `${path}: `
  // An unknown key or variable.
  return was.startsWith("an unknown ")
    ? `${at}${was.slice("an ".length)} (expected ${allowed})`
    : `${at}expected ${allowed}, got ${was}`
}

/**
 * Settings from a file, from the environment or from a JSON value are invalid.
 *
 * **Details**
 *
 * `problems` lists every reported problem. For settings from JSON, the problems are in the order of the policies. The message
 * has one line for each problem, and `source` identifies the origin of the settings.
 */
export class PipelineConfigError extends Data.TaggedError("PipelineConfigError")<{
  readonly source: string
  readonly problems: readonly [Problem, ...ReadonlyArray<Problem>]
}> {
  override get message(): string {
    return this.problems.map((problem) => `${this.source}: ${line(problem)}`).join("\n")
  }
}
