/**
 * The default options of a throttle, with the source of each default.
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
      meaning: "the period in which requests are counted",
      source: sre,
    },
    {
      path: "throttle.k",
      value: Options.defaultK,
      unit: "factor",
      meaning: "the number of requests to send for each request that the service accepts",
      source: sre,
    },
    {
      path: "throttle.minimum",
      value: Options.defaultMinimum,
      unit: "requests",
      meaning: "the minimum number of requests in the window before a request can be rejected",
      source: ours,
    },
    {
      path: "throttle.maxRejection",
      value: Options.defaultMaxRejection,
      unit: "share",
      meaning: "the maximum probability of a rejection",
      source: "[failsafe-go](https://failsafe-go.dev/adaptive-throttler/)",
    },
  ],
}
