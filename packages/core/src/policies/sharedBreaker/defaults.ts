/**
 * The defaults of a shared breaker, each with its source. The paths are those of its own options, since settings have none.
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
      meaning: "failures in a row that open the circuit; not beside a window",
      source: breaker,
    },
    { path: "window.calls", unit: "outcomes", meaning: "the last outcomes, for the failure rate", source: off },
    {
      path: "window.failureRate",
      value: Breaker.defaultFailureRate,
      unit: "share",
      meaning: "the share of failures that opens the circuit",
      source: breaker,
    },
    {
      path: "window.minimumCalls",
      unit: "outcomes",
      meaning: "fewer outcomes decide nothing; at most the `calls`",
      source: "all the `calls`",
    },
    {
      path: "open",
      value: written(Breaker.defaultOpen),
      unit: "duration",
      meaning: "the open time, or growing open times, or a function",
      source: envoy,
    },
    {
      path: "maxOpen",
      value: written(Breaker.defaultMaxOpen),
      unit: "duration",
      meaning: "the longest open time, also for a `Retry-After`",
      source: envoy,
    },
    {
      path: "onStoreError",
      value: Options.defaultOnStoreError,
      unit: "word",
      meaning: "what becomes of a call if the store fails or does not answer",
      source: ours,
    },
    {
      path: "storeTimeout",
      value: written(Options.defaultStoreTimeout),
      unit: "duration",
      meaning: "how long the store may take",
      source: ours,
    },
  ],
}
