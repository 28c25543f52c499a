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
      meaning: "what changes the limit: latency (`gradient`) or dropped calls (`aimd`)",
      source: netflix,
    },
    { path: "adaptiveLimit.min", value: Options.defaultMin, unit: "calls", meaning: "the lowest limit", source: ours },
    {
      path: "adaptiveLimit.max",
      value: Options.defaultMax,
      unit: "calls",
      meaning: "the maximum limit; at least `min`",
      source: netflix,
    },
    {
      path: "adaptiveLimit.initial",
      value: Options.defaultInitial,
      unit: "calls",
      meaning: "the initial limit, and the lowest limit after two minutes without a call; between `min` and `max`",
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
      meaning: "the maximum ratio of the baseline of `gradient` to the latency without queueing at the service",
      source: ours,
    },
    ...queue("adaptiveLimit"),
  ],
}
