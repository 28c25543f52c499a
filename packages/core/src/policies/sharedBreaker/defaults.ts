/**
 * The default options of a shared breaker, with the source of each default. The paths refer to the shared breaker's own
 * options, because settings cannot contain a shared breaker.
 */
import * as Breaker from "../breaker/options.ts"
import { envoy, off, ours, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

const breaker = "as for the [breaker](breaker.md#defaults)"

export const table: Table = {
  least: {},
  options: [
    {
      path: "consecutive",
      value: Breaker.defaultConsecutive,
      unit: "failures",
      meaning: "the number of consecutive failures that opens the circuit; cannot be combined with `window`",
      source: breaker,
    },
    {
      path: "window.calls",
      unit: "outcomes",
      meaning: "the number of outcomes from which the failure rate is computed",
      source: off,
    },
    {
      path: "window.failureRate",
      value: Breaker.defaultFailureRate,
      unit: "share",
      meaning: "the failure rate that opens the circuit",
      source: breaker,
    },
    {
      path: "window.minimumCalls",
      unit: "outcomes",
      meaning: "the minimum number of outcomes before the circuit can open; must not exceed `calls`",
      source: "all the `calls`",
    },
    {
      path: "open",
      value: written(Breaker.defaultOpen),
      unit: "duration",
      meaning: "how long the circuit stays open: a duration, growing durations, or a function",
      source: envoy,
    },
    {
      path: "maxOpen",
      value: written(Breaker.defaultMaxOpen),
      unit: "duration",
      meaning: "the maximum open time, which also limits a `Retry-After`",
      source: envoy,
    },
    {
      path: "onStoreError",
      value: Options.defaultOnStoreError,
      unit: "word",
      meaning: "what happens to a call if the store fails or does not respond",
      source: ours,
    },
    {
      path: "storeTimeout",
      value: written(Options.defaultStoreTimeout),
      unit: "duration",
      meaning: "the time limit for a response from the store",
      source: ours,
    },
  ],
}
