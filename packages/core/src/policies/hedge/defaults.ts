/**
 * The defaults of a hedge, each with its source.
 */
import { ours, required, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { hedge: { delay: { percentile: 0.95 } } },
  options: [
    {
      path: "hedge.delay",
      unit: "duration",
      meaning: "the time without a response after which a copy is sent: fixed, or an object with a `percentile`",
      source: required,
    },
    {
      path: "hedge.delay.percentile",
      unit: "share",
      meaning: "the share of calls that finish before a copy is sent",
      source: "instead of a fixed delay",
    },
    {
      path: "hedge.delay.min",
      value: written(Options.defaultDelayMin),
      unit: "duration",
      meaning: "the shortest delay by percentile",
      source: ours,
    },
    {
      path: "hedge.delay.max",
      value: written(Options.defaultDelayMax),
      unit: "duration",
      meaning: "the longest delay by percentile",
      source: ours,
    },
    {
      path: "hedge.delay.initial",
      unit: "duration",
      meaning: "the delay until there are enough durations (20 for 0.95)",
      source: "`delay.max`",
    },
    {
      path: "hedge.delay.window",
      value: written(Options.defaultDelayWindow),
      unit: "duration",
      meaning: "how long a duration counts; longer while calls are rare",
      source: ours,
    },
    {
      path: "hedge.max",
      value: Options.defaultMax,
      unit: "copies",
      meaning: "the most copies of one call",
      source: ours,
    },
    {
      path: "hedge.afterFailure",
      value: Options.defaultAfterFailure,
      unit: "flag",
      meaning: "whether a failure sends the next copy immediately",
      source: ours,
    },
  ],
}
