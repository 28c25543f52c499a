/**
 * `--parallel`: how many chunks are sent at once.
 */
import { defaultParallel } from "@holdfast/durable/Queue"
import * as Flag from "effect/cli/Flag"
import { UsageError } from "../process/PersonError.ts"

export const flag = Flag.Int("parallel").pipe(
  Flag.withMetavar("n"),
  Flag.withDescription(`Send at most n chunks at once (default: ${defaultParallel})`),
  Flag.withDefault(defaultParallel),
)

/** Returns the error for a number that is out of range. */
export const check = (parallel: number): UsageError | undefined =>
  parallel >= 1 && parallel <= 64
    ? undefined
    : new UsageError({
        problem: `--parallel ${parallel} is not between 1 and 64`,
        remedy: `without --parallel, at most ${defaultParallel} chunks are sent at the same time`,
      })
