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
      meaning: "failures in a row that open the circuit",
      source: `${ours}: above the attempts of one call`,
    },
    { path: "breaker.window", meaning: "of the last `calls`, or of the last `duration`", source: off },
    {
      path: "breaker.window.failureRate",
      value: Options.defaultFailureRate,
      meaning: "the share of failures that opens it",
      source: "Hystrix, resilience4j",
    },
    {
      path: "breaker.window.minimumCalls",
      value: Options.defaultMinimumCalls,
      meaning: "fewer outcomes in a `duration` decide nothing",
      source: ours,
    },
    {
      path: "breaker.window.slowCall",
      meaning: "the share `rate` of calls longer than `over` that opens it",
      source: off,
    },
    {
      path: "breaker.open",
      value: written(Options.defaultOpen),
      meaning: "how long it is open before a probe",
      source: envoy,
    },
    {
      path: "breaker.maxOpen",
      value: written(Options.defaultMaxOpen),
      meaning: "the longest open time, growing or asked for",
      source: envoy,
    },
    { path: "breaker.probes", value: Options.defaultProbes, meaning: "probes at once", source: ours },
    {
      path: "breaker.successThreshold",
      value: Options.defaultSuccessThreshold,
      meaning: "probes that have to succeed",
      source: ours,
    },
    {
      path: "breaker.probeLease",
      value: written(Options.defaultProbeLease),
      meaning: "a probe without an outcome has failed then",
      source: "the longest of the [timeouts](#timeouts)",
    },
    { path: "breaker.ramp", meaning: "how calls are taken up again", source: off },
    {
      path: "breaker.dryRun",
      value: Options.defaultDryRun,
      meaning: "says what it would reject, and rejects nothing",
      source: ours,
    },
  ],
}
