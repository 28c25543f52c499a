/**
 * The default options of a hedge, with the source of each default.
 */
import { ours, required, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { hedge: { delay: { percentile: 0.95 } } },
  options: [
    {
      path: "hedge.delay",
      unit: "duration",
      meaning:
        "how long to wait for a response before a copy is sent: a fixed duration, or an object with a `percentile`",
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
      meaning: "the minimum delay if the delay is a percentile",
      source: ours,
    },
    {
      path: "hedge.delay.max",
      value: written(Options.defaultDelayMax),
      unit: "duration",
      meaning: "the maximum delay if the delay is a percentile",
      source: ours,
    },
    {
      path: "hedge.delay.initial",
      unit: "duration",
      meaning: "the delay until enough durations have been measured (20 for 0.95)",
      source: "`delay.max`",
    },
    {
      path: "hedge.delay.window",
      value: written(Options.defaultDelayWindow),
      unit: "duration",
      meaning: "how long a measured duration is used; longer if calls are rare",
      source: ours,
    },
    {
      path: "hedge.max",
      value: Options.defaultMax,
      unit: "copies",
      meaning: "the maximum number of copies of one call",
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
