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
      unit: "word",
      meaning: "what moves the limit: latency (`gradient`) or drops (`aimd`)",
      source: netflix,
    },
    { path: "adaptiveLimit.min", value: Options.defaultMin, unit: "calls", meaning: "the lowest limit", source: ours },
    {
      path: "adaptiveLimit.max",
      value: Options.defaultMax,
      unit: "calls",
      meaning: "the highest limit; at least `min`",
      source: netflix,
    },
    {
      path: "adaptiveLimit.initial",
      value: Options.defaultInitial,
      unit: "calls",
      meaning: "the first limit, and the lowest one after two minutes without a call; from `min` to `max`",
      source: netflix,
    },
    {
      path: "adaptiveLimit.maxHealthy",
      unit: "duration",
      meaning: "the latency above which the service is considered overloaded",
      source: off,
    },
    {
      path: "adaptiveLimit.maxDrift",
      value: Options.defaultMaxDrift,
      unit: "factor",
      meaning: "how far the baseline of `gradient` may rise above the latency without queueing at the service",
      source: ours,
    },
    ...queue("adaptiveLimit"),
  ],
}
