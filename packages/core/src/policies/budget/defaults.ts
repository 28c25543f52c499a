/**
 * The defaults of budgets, each with its source.
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
      meaning: "a full bucket; it begins full, and must pay for one retry",
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
      meaning: "the charge for a retry after an error with the pace `throttled`",
      source: aws,
    },
    {
      path: "budget.reward",
      value: Options.defaultReward,
      unit: "tokens",
      meaning: "what a call returns that succeeds without a retry",
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
      meaning: "retries and copies for each 100 calls",
      source: finagle,
    },
    {
      path: "budget.window",
      value: written(Options.defaultWindow),
      unit: "duration",
      meaning: "the time in which calls and retries are counted",
      source: finagle,
    },
    {
      path: "budget.floor",
      value: Options.defaultFloor,
      unit: "retries/s",
      meaning: "allowed whatever the number of calls; 0, or at least one retry a window",
      source: finagle,
    },
  ],
}
