/**
 * The defaults of the policies, each with its source: what the guide's tables are made of. A test compares them with the
 * code: a policy that is given all of them is the one that is given none.
 */
import type { Pipeline } from "@holdfast/core"

/** One option: its path among the settings, its default, and where that is from. */
export interface Option {
  readonly path: string
  /** What is assumed; absent where there is no default, and nothing happens without the option. */
  readonly value?: number | string | boolean
  readonly meaning: string
  readonly source: string
}

const guide = "Frame.io's guide on errors"
const envoy = "Envoy's outlier detection"
const aws = "the AWS SDKs of 2026"
const finagle = "Finagle"
const netflix = "Netflix' concurrency-limits"
const sre = "Google's SRE book, chapter 21"
const ours = "our choice"
const off = "off unless it is given"

/** The options of each kind of policy, by the name of the generated table. */
export const options: Readonly<Record<string, ReadonlyArray<Option>>> = {
  retry: [
    { path: "retry.attempts", value: 8, meaning: "how often a call is sent in all", source: guide },
    { path: "retry.backoff.base", value: "500 millis", meaning: "the delay before the first retry", source: guide },
    { path: "retry.backoff.factor", value: 2, meaning: "how much longer each delay is", source: guide },
    { path: "retry.backoff.cap", value: "32 seconds", meaning: "the longest delay", source: guide },
    {
      path: "retry.backoff.jitter",
      value: "equal",
      meaning: "how a delay becomes a wait",
      source: `${ours}: see [the jitters](#how-to-change-it)`,
    },
    {
      path: "retry.hintCap",
      value: "2 minutes",
      meaning: "the longest wait that a server can ask for",
      source: ours,
    },
    {
      path: "retry.beyondHintCap",
      value: "fail",
      meaning: "what a longer hint does: `fail`, or `clamp` to the cap",
      source: ours,
    },
  ],
  "token bucket": [
    { path: "budget.capacity", value: 500, meaning: "tokens of a full bucket", source: aws },
    { path: "budget.cost", value: 14, meaning: "tokens for a retry or a copy", source: aws },
    {
      path: "budget.throttledCost",
      value: 5,
      meaning: "tokens for one after a server that asked for less",
      source: aws,
    },
    { path: "budget.reward", value: 1, meaning: "tokens back for a call without a retry", source: aws },
  ],
  ratio: [
    { path: "budget.percent", value: 20, meaning: "retries and copies for 100 calls", source: finagle },
    { path: "budget.window", value: "10 seconds", meaning: "the time in which both are counted", source: finagle },
    { path: "budget.floor", value: 10, meaning: "a second, whatever the number of calls", source: finagle },
  ],
  hedge: [
    {
      path: "hedge.delay",
      meaning: "the time without an answer after which a copy is sent",
      source: "has to be given",
    },
    { path: "hedge.max", value: 1, meaning: "the most copies of one call", source: ours },
    {
      path: "hedge.afterFailure",
      value: false,
      meaning: "whether a failure sends the next copy at once",
      source: ours,
    },
    { path: "hedge.delay.min", value: 1, meaning: "the shortest delay by percentile", source: ours },
    { path: "hedge.delay.max", value: "1 minute", meaning: "the longest delay by percentile", source: ours },
    { path: "hedge.delay.window", value: "1 minute", meaning: "for how long a duration counts", source: ours },
  ],
  throttle: [
    { path: "throttle.window", value: "2 minutes", meaning: "how far back requests are counted", source: sre },
    { path: "throttle.k", value: 2, meaning: "requests for each one that is accepted", source: sre },
    { path: "throttle.minimum", value: 10, meaning: "fewer requests than this are never refused", source: ours },
    {
      path: "throttle.maxRejection",
      value: 0.9,
      meaning: "the highest probability of a refusal",
      source: "failsafe-go",
    },
  ],
  "adaptive limit": [
    { path: "adaptiveLimit.algorithm", value: "gradient", meaning: "by latency, or `aimd` by drops", source: netflix },
    { path: "adaptiveLimit.min", value: 1, meaning: "the lowest limit", source: ours },
    { path: "adaptiveLimit.max", value: 200, meaning: "the highest limit", source: netflix },
    { path: "adaptiveLimit.initial", value: 20, meaning: "the first limit", source: netflix },
    { path: "adaptiveLimit.maxHealthy", meaning: "the latency above which the service is not well", source: off },
    {
      path: "adaptiveLimit.maxDrift",
      value: 1.2,
      meaning: "how far the baseline may rise above the latency without a queue",
      source: ours,
    },
    { path: "adaptiveLimit.queue", value: 0, meaning: "how many more may wait", source: "Polly, resilience4j" },
    { path: "adaptiveLimit.maxWait", meaning: "how long they may wait", source: "the deadline is the bound" },
  ],
  bulkhead: [
    { path: "bulkhead.permits", meaning: "calls at once", source: "has to be given" },
    { path: "bulkhead.queue", value: 0, meaning: "how many more may wait", source: "Polly, resilience4j" },
    { path: "bulkhead.maxWait", meaning: "how long they may wait", source: "the deadline is the bound" },
  ],
  breaker: [
    {
      path: "breaker.consecutive",
      value: 10,
      meaning: "failures in a row that open the circuit",
      source: `${ours}: above the attempts of one call`,
    },
    { path: "breaker.window", meaning: "of the last `calls`, or of the last `duration`", source: off },
    {
      path: "breaker.window.failureRate",
      value: 0.5,
      meaning: "the share of failures that opens it",
      source: "Hystrix, resilience4j",
    },
    {
      path: "breaker.window.minimumCalls",
      value: 10,
      meaning: "fewer outcomes in a `duration` decide nothing",
      source: ours,
    },
    {
      path: "breaker.window.slowCall",
      meaning: "the share `rate` of calls longer than `over` that opens it",
      source: off,
    },
    { path: "breaker.open", value: "30 seconds", meaning: "how long it is open before a probe", source: envoy },
    {
      path: "breaker.maxOpen",
      value: "5 minutes",
      meaning: "the longest open time, growing or asked for",
      source: envoy,
    },
    { path: "breaker.probes", value: 1, meaning: "probes at once", source: ours },
    { path: "breaker.successThreshold", value: 1, meaning: "probes that have to succeed", source: ours },
    {
      path: "breaker.probeLease",
      value: "5 minutes",
      meaning: "a probe without an outcome has failed then",
      source: "the longest of the [timeouts](#timeouts)",
    },
    { path: "breaker.ramp", meaning: "how calls are taken up again", source: off },
    { path: "breaker.dryRun", value: false, meaning: "says what it would reject, and rejects nothing", source: ours },
  ],
}

/** What has to be given so that the options of a table mean anything. */
export const least: Readonly<Record<string, Pipeline.Settings>> = {
  retry: { retry: {} },
  "token bucket": { budget: {} },
  ratio: { budget: { kind: "ratio" } },
  hedge: { hedge: { delay: { percentile: 0.95 } } },
  throttle: { throttle: {} },
  "adaptive limit": { adaptiveLimit: {} },
  bulkhead: { bulkhead: { permits: 4 } },
  breaker: { breaker: {} },
}

/** The cells of one table. */
export const rows = (name: string): ReadonlyArray<ReadonlyArray<string>> =>
  (options[name] ?? []).map(({ meaning, path, source, value }) => [
    `\`${path}\``,
    value === undefined ? "–" : `\`${path === "hedge.delay.min" ? "1 milli" : String(value)}\``,
    meaning,
    source,
  ])
