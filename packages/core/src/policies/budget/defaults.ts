/**
 * The defaults of budgets, each with its source.
 */
import { aws, finagle, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const tokenBucket: Table = {
  least: { budget: {} },
  options: [
    { path: "budget.capacity", value: Options.defaultCapacity, meaning: "tokens of a full bucket", source: aws },
    { path: "budget.cost", value: Options.defaultCost, meaning: "tokens for a retry or a copy", source: aws },
    {
      path: "budget.throttledCost",
      value: Options.defaultThrottledCost,
      meaning: "tokens for one after a server that asked for less",
      source: aws,
    },
    {
      path: "budget.reward",
      value: Options.defaultReward,
      meaning: "tokens back for a call without a retry",
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
      meaning: "retries and copies for 100 calls",
      source: finagle,
    },
    {
      path: "budget.window",
      value: written(Options.defaultWindow),
      meaning: "the time in which both are counted",
      source: finagle,
    },
    {
      path: "budget.floor",
      value: Options.defaultFloor,
      meaning: "a second, whatever the number of calls",
      source: finagle,
    },
  ],
}
