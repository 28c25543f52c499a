/**
 * Settings that cannot become a pipeline: every place that is wrong, what was there, and what is allowed.
 */
import * as Data from "effect/Data"

/** One thing that is wrong. */
export interface Problem {
  /** The path among the settings (`breaker.window.calls`), or the name of the variable; empty for the whole. */
  readonly path: string
  /** What was there, as text: `"ten"`, `absent`, `an unknown key`. */
  readonly was: string
  /** What is allowed there: `a whole number from 1`. */
  readonly allowed: string
}

/** `breaker.window.calls: was "ten", allowed is a whole number from 1`. */
export const line = ({ allowed, path, was }: Problem): string =>
  `${path === "" ? "" : `${path}: `}was ${was}, allowed is ${allowed}`

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
