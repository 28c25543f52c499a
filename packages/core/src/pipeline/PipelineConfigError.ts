/**
 * The error of settings that cannot become a pipeline. It lists every problem with the given value and what is allowed.
 */
import * as Data from "effect/Data"

/** One problem in the settings. */
export interface Problem {
  /** The path within the settings (`breaker.window.calls`), or the name of the variable; empty for the settings as a whole. */
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
 * Settings from a file, the environment or other JSON are invalid.
 *
 * **Details**
 *
 * `problems` lists every problem, in the order of the settings. The message has one line for each; `source` names the origin of
 * the settings.
 */
export class PipelineConfigError extends Data.TaggedError("PipelineConfigError")<{
  readonly source: string
  readonly problems: readonly [Problem, ...ReadonlyArray<Problem>]
}> {
  override get message(): string {
    return this.problems.map((problem) => `${this.source}: ${line(problem)}`).join("\n")
  }
}
