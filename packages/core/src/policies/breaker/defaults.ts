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
      meaning: "failures in a row that open the circuit; off by default with a window",
      source: `${ours}: more than the attempts of one call`,
    },
    {
      path: "breaker.window.calls",
      unit: "outcomes",
      meaning: "the number of outcomes from which the rates are computed",
      source: off,
    },
    {
      path: "breaker.window.duration",
      unit: "duration",
      meaning: "the period from which the rates are computed; excludes `calls`",
      source: off,
    },
    {
      path: "breaker.window.failureRate",
      value: Options.defaultFailureRate,
      unit: "share",
      meaning: "the failure rate that opens the circuit",
      source: "Hystrix, resilience4j",
    },
    {
      path: "breaker.window.minimumCalls",
      value: Options.defaultMinimumCalls,
      unit: "outcomes",
      meaning: "the fewest outcomes that can open the circuit; by default all the `calls`",
      source: ours,
    },
    {
      path: "breaker.window.slowCall.over",
      unit: "duration",
      meaning: "calls that take longer count as slow, whatever their outcome",
      source: off,
    },
    {
      path: "breaker.window.slowCall.rate",
      unit: "share",
      meaning: "the share of slow calls that opens the circuit",
      source: "required with `over`",
    },
    {
      path: "breaker.open",
      value: written(Options.defaultOpen),
      unit: "duration",
      meaning: "the open time before a probe, or an object of `base`, `factor` and `cap`",
      source: envoy,
    },
    {
      path: "breaker.open.factor",
      value: Options.defaultFactor,
      unit: "factor",
      meaning: "the factor by which open times grow, from `open.base` to `open.cap` (default: `maxOpen`)",
      source: ours,
    },
    {
      path: "breaker.maxOpen",
      value: written(Options.defaultMaxOpen),
      unit: "duration",
      meaning: "the longest open time, including a `Retry-After`",
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
      meaning: "the time after which a probe without an outcome counts as failed",
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
      meaning: "the share of calls admitted at the start of the ramp",
      source: "required with `over`",
    },
    {
      path: "breaker.dryRun",
      value: Options.defaultDryRun,
      unit: "flag",
      meaning: "report what would be rejected, but reject nothing",
      source: ours,
    },
  ],
}
