/**
 * Settings that cannot become a pipeline: each place that is wrong, what was there, and what is allowed.
 */
import * as Data from "effect/Data"

/** One thing that is wrong. */
export interface Problem {
  /** The path among the settings (`breaker.window.calls`), or the name of the variable; empty for the whole. */
  readonly path: string
  /** What was there, as text: `"ten"`, `nothing`, `an unknown key`. */
  readonly was: string
  /** What is allowed there: `an integer >= 1`. */
  readonly allowed: string
}

/** `breaker.window.calls: expected an integer >= 1, got "ten"`. */
export const line = ({ allowed, path, was }: Problem): string => {
  const at = path === "" ? "" : `${path}: `
  // An unknown key, or an unknown variable.
  return was.startsWith("an unknown ")
    ? `${at}${was.slice("an ".length)} (expected ${allowed})`
    : `${at}expected ${allowed}, got ${was}`
}

/**
 * Settings from a file, the environment or any other JSON are wrong.
 *
 * **Details**
 *
 * `problems` are all that were found, in the order of the settings. The message has one line for each; `source` says
 * where the settings are from.
 */
export class PipelineConfigError extends Data.TaggedError("PipelineConfigError")<{
  readonly source: string
  readonly problems: readonly [Problem, ...ReadonlyArray<Problem>]
}> {
  override get message(): string {
    return this.problems.map((problem) => `${this.source}: ${line(problem)}`).join("\n")
  }
}
