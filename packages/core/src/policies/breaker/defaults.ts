/**
 * The default values of a breaker's options, each with its source.
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
      meaning: "the number of consecutive failures that opens the circuit; off by default if a window is set",
      source: `${ours}: more than the default number of attempts of one call`,
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
      meaning: "the period from which the rates are computed; cannot be combined with `calls`",
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
      meaning:
        "the minimum number of outcomes before the circuit can open; if `calls` is set, its value is the default",
      source: ours,
    },
    {
      path: "breaker.window.slowCall.over",
      unit: "duration",
      meaning: "calls that take longer than this count as slow, regardless of their outcome",
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
      meaning:
        "how long the circuit stays open before a probe: a duration, or an object with `base`, `factor` and `cap`",
      source: envoy,
    },
    {
      path: "breaker.open.factor",
      value: Options.defaultFactor,
      unit: "factor",
      meaning: "the factor by which the open time grows, from `open.base` to `open.cap` (default: `maxOpen`)",
      source: ours,
    },
    {
      path: "breaker.maxOpen",
      value: written(Options.defaultMaxOpen),
      unit: "duration",
      meaning: "the maximum open time, which also limits a `Retry-After`",
      source: envoy,
    },
    {
      path: "breaker.probes",
      value: Options.defaultProbes,
      unit: "calls",
      meaning: "the maximum number of probes in flight at the same time",
      source: ours,
    },
    {
      path: "breaker.successThreshold",
      value: Options.defaultSuccessThreshold,
      unit: "probes",
      meaning: "the number of successful probes that closes the circuit",
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
      meaning: "the duration of the ramp, after which all calls are admitted again",
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
      meaning: "report which calls would be rejected, but do not reject them",
      source: ours,
    },
  ],
}
