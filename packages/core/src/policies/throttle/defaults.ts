/**
 * The defaults of a throttle, each with its source.
 */
import { ours, sre, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { throttle: {} },
  options: [
    {
      path: "throttle.window",
      value: written(Options.defaultWindow),
      unit: "duration",
      meaning: "how far back requests are counted",
      source: sre,
    },
    {
      path: "throttle.k",
      value: Options.defaultK,
      unit: "factor",
      meaning: "requests sent for each one that the service accepts",
      source: sre,
    },
    {
      path: "throttle.minimum",
      value: Options.defaultMinimum,
      unit: "requests",
      meaning: "the fewest requests in the window that can cause a rejection",
      source: ours,
    },
    {
      path: "throttle.maxRejection",
      value: Options.defaultMaxRejection,
      unit: "share",
      meaning: "the highest probability of a rejection",
      source: "[failsafe-go](https://failsafe-go.dev/adaptive-throttler/)",
    },
  ],
}
