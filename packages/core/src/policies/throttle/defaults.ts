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
      meaning: "how far back requests are counted",
      source: sre,
    },
    { path: "throttle.k", value: Options.defaultK, meaning: "requests for each one that is accepted", source: sre },
    {
      path: "throttle.minimum",
      value: Options.defaultMinimum,
      meaning: "fewer requests than this are never refused",
      source: ours,
    },
    {
      path: "throttle.maxRejection",
      value: Options.defaultMaxRejection,
      meaning: "the highest probability of a refusal",
      source: "failsafe-go",
    },
  ],
}
