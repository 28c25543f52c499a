/**
 * Reads the pipeline settings to show, either from a file or from standard input.
 */
import type * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineConfig from "@holdfast/core/PipelineConfig"
import { line } from "@holdfast/core/PipelineConfigError"
import * as Effect from "effect/Effect"
import { UsageError } from "../process/PersonError.ts"
import * as Source from "../process/Source.ts"
import * as Columns from "../terminal/Columns.ts"

/** Valid pipeline settings and the name of their source. */
export interface Input {
  readonly source: string
  readonly settings: Pipeline.Settings
}

/** Reads the settings from a file, or from standard input if the target is `-`. */
export const read = Effect.fnUntraced(function* (
  target: string,
  stdin: AsyncIterable<Uint8Array>,
): Effect.fn.Return<Input, UsageError> {
  const name = target === "-" ? "standard input" : Columns.clean(target)
  const bytes = yield* Effect.promise(() => (target === "-" ? Source.standardInput(stdin) : Source.file(target)))
  if (!(bytes instanceof Uint8Array)) {
    const remedy = bytes.problem.startsWith("is over") ? "name a file of settings" : bytes.remedy
    return yield* new UsageError({ problem: `${name}: ${bytes.problem}`, remedy })
  }
  const settings = yield* PipelineConfig.parse(new TextDecoder().decode(bytes), name).pipe(
    Effect.tap((settings) => PipelineConfig.load(settings, { source: name })),
    Effect.mapError(({ problems, source }) => {
      const lines = problems.map((problem) => Columns.clean(line(problem)))
      // The position (line and column) of a JSON error follows the name.
      const place = source.startsWith(name) ? source : name
      const all = lines.length === 1 ? `: ${lines[0]}` : `: ${lines.length} problems: ${lines.join("; ")}`
      return new UsageError({ problem: `${place}${all}`, remedy: "correct the settings" })
    }),
  )
  return { source: name, settings }
})
