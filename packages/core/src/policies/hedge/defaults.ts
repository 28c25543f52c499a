/**
 * The defaults of a hedge, each with its source.
 */
import { ours, required, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { hedge: { delay: { percentile: 0.95 } } },
  options: [
    { path: "hedge.delay", meaning: "the time without an answer after which a copy is sent", source: required },
    { path: "hedge.max", value: Options.defaultMax, meaning: "the most copies of one call", source: ours },
    {
      path: "hedge.afterFailure",
      value: Options.defaultAfterFailure,
      meaning: "whether a failure sends the next copy at once",
      source: ours,
    },
    {
      path: "hedge.delay.min",
      value: written(Options.defaultDelayMin),
      meaning: "the shortest delay by percentile",
      source: ours,
    },
    {
      path: "hedge.delay.max",
      value: written(Options.defaultDelayMax),
      meaning: "the longest delay by percentile",
      source: ours,
    },
    {
      path: "hedge.delay.window",
      value: written(Options.defaultDelayWindow),
      meaning: "for how long a duration counts",
      source: ours,
    },
  ],
}
