/**
 * The defaults of a breaker, each with its source.
 */
import { envoy, off, ours, written, type Table } from "../defaults.ts"
import * as Options from "./options.ts"

export const table: Table = {
  least: { breaker: {} },
  options: [
    {
      path: "breaker.consecutive",
      value: Options.defaultConsecutive,
      unit: "failures",
      meaning: "failures in a row that open the circuit; never, by default, beside a window",
      source: `${ours}: above the attempts of one call`,
    },
    { path: "breaker.window.calls", unit: "outcomes", meaning: "the last outcomes, for the rates", source: off },
    {
      path: "breaker.window.duration",
      unit: "duration",
      meaning: "the last time, for the rates; not beside `calls`",
      source: off,
    },
    {
      path: "breaker.window.failureRate",
      value: Options.defaultFailureRate,
      unit: "share",
      meaning: "the share of failures that opens the circuit",
      source: "Hystrix, resilience4j",
    },
    {
      path: "breaker.window.minimumCalls",
      value: Options.defaultMinimumCalls,
      unit: "outcomes",
      meaning: "fewer outcomes decide nothing; with `calls`, all of them by default",
      source: ours,
    },
    {
      path: "breaker.window.slowCall.over",
      unit: "duration",
      meaning: "a call that takes longer is slow, however it ends",
      source: off,
    },
    {
      path: "breaker.window.slowCall.rate",
      unit: "share",
      meaning: "the share of slow calls that opens the circuit",
      source: "required beside `over`",
    },
    {
      path: "breaker.open",
      value: written(Options.defaultOpen),
      unit: "duration",
      meaning: "the open time before a probe; or an object of `base`, `factor` and `cap`",
      source: envoy,
    },
    {
      path: "breaker.open.factor",
      value: Options.defaultFactor,
      unit: "factor",
      meaning: "how much longer each open time is, from `open.base` to `open.cap` (default: `maxOpen`)",
      source: ours,
    },
    {
      path: "breaker.maxOpen",
      value: written(Options.defaultMaxOpen),
      unit: "duration",
      meaning: "the longest open time, also for a `Retry-After`",
      source: envoy,
    },
    {
      path: "breaker.probes",
      value: Options.defaultProbes,
      unit: "calls",
      meaning: "probes in flight at once",
      source: ours,
    },
    {
      path: "breaker.successThreshold",
      value: Options.defaultSuccessThreshold,
      unit: "probes",
      meaning: "successful probes that close the circuit",
      source: ours,
    },
    {
      path: "breaker.probeLease",
      value: written(Options.defaultProbeLease),
      unit: "duration",
      meaning: "a probe without an outcome counts as failed after this time",
      source: "the longest of the [timeouts](timeout.md#defaults)",
    },
    {
      path: "breaker.ramp.over",
      unit: "duration",
      meaning: "the time until all calls are admitted again",
      source: off,
    },
    {
      path: "breaker.ramp.from",
      unit: "share",
      meaning: "the share of calls admitted at the beginning of the ramp",
      source: "required beside `over`",
    },
    {
      path: "breaker.dryRun",
      value: Options.defaultDryRun,
      unit: "flag",
      meaning: "report what would be rejected, and reject nothing",
      source: ours,
    },
  ],
}
