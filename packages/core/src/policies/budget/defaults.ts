/**
 * The default values of budget options, each with its source.
 */
import { aws, finagle, ours, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const tokenBucket: Table = {
  least: { budget: {} },
  options: [
    { path: "budget.kind", value: "tokenBucket", unit: "word", meaning: "the kind of budget", source: ours },
    {
      path: "budget.capacity",
      value: Options.defaultCapacity,
      unit: "tokens",
      meaning: "the capacity of the bucket, which starts full; at least the cost of one retry",
      source: aws,
    },
    {
      path: "budget.cost",
      value: Options.defaultCost,
      unit: "tokens",
      meaning: "the charge for a retry or a copy",
      source: aws,
    },
    {
      path: "budget.throttledCost",
      value: Options.defaultThrottledCost,
      unit: "tokens",
      meaning: "the charge for a retry after an error whose pace is `throttled`",
      source: aws,
    },
    {
      path: "budget.reward",
      value: Options.defaultReward,
      unit: "tokens",
      meaning: "the number of tokens that a call adds to the bucket when it succeeds without a retry",
      source: aws,
    },
  ],
}

export const ratio: Table = {
  least: { budget: { kind: "ratio" } },
  options: [
    {
      path: "budget.percent",
      value: Options.defaultPercent,
      unit: "retries",
      meaning: "the number of retries and copies allowed per 100 calls",
      source: finagle,
    },
    {
      path: "budget.window",
      value: written(Options.defaultWindow),
      unit: "duration",
      meaning: "the period in which calls and retries are counted",
      source: finagle,
    },
    {
      path: "budget.floor",
      value: Options.defaultFloor,
      unit: "retries/s",
      meaning:
        "the number of retries allowed per second regardless of the number of calls; 0, or at least one retry per window",
      source: finagle,
    },
  ],
}
