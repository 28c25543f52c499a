/**
 * The defaults of a shared breaker, each with its source. The paths are those of its own options, because settings cannot
 * contain it.
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
      meaning: "failures in a row that open the circuit; excludes `window`",
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
      meaning: "the fewest outcomes that can open the circuit; at most the `calls`",
      source: "all the `calls`",
    },
    {
      path: "open",
      value: written(Breaker.defaultOpen),
      unit: "duration",
      meaning: "the open time, growing open times, or a function",
      source: envoy,
    },
    {
      path: "maxOpen",
      value: written(Breaker.defaultMaxOpen),
      unit: "duration",
      meaning: "the longest open time, including a `Retry-After`",
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
      meaning: "the timeout of the store",
      source: ours,
    },
  ],
}
