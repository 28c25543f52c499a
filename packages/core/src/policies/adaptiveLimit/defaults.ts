/**
 * The defaults of an adaptive limit, each with its source.
 */
import { netflix, off, ours, type Table } from "../defaults.ts"
import { queue } from "../limits/defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { adaptiveLimit: {} },
  options: [
    {
      path: "adaptiveLimit.algorithm",
      value: Options.defaultAlgorithm,
      meaning: "by latency, or `aimd` by drops",
      source: netflix,
    },
    { path: "adaptiveLimit.min", value: Options.defaultMin, meaning: "the lowest limit", source: ours },
    { path: "adaptiveLimit.max", value: Options.defaultMax, meaning: "the highest limit", source: netflix },
    { path: "adaptiveLimit.initial", value: Options.defaultInitial, meaning: "the first limit", source: netflix },
    { path: "adaptiveLimit.maxHealthy", meaning: "the latency above which the service is not well", source: off },
    {
      path: "adaptiveLimit.maxDrift",
      value: Options.defaultMaxDrift,
      meaning: "how far the baseline may rise above the latency without a queue",
      source: ours,
    },
    ...queue("adaptiveLimit"),
  ],
}
