/** A configuration with every option, and functions that read one, for the tests of `PipelineConfig`. */

/** Every key of every policy, in values that differ from the defaults. */
export const full = {
  deadline: "3 minutes",
  retry: {
    attempts: 4,
    backoff: { base: "250 millis", factor: 3, cap: "10 seconds", jitter: "full" },
    hintCap: "20 seconds",
  },
  budget: { kind: "tokenBucket", name: "vendor", capacity: 100, cost: 10, throttledCost: 4, reward: 2 },
  hedge: {
    delay: { percentile: 0.9, min: "10 millis", max: "2 seconds", initial: "1 second", window: "30 seconds" },
    max: 2,
    afterFailure: true,
  },
  throttle: { name: "polite", window: "1 minute", k: 1.5, minimum: 20, maxRejection: 0.8 },
  adaptiveLimit: {
    name: "limit",
    algorithm: "aimd",
    min: 2,
    max: 50,
    initial: 10,
    maxHealthy: "1 second",
    maxDrift: 2,
    queue: 5,
    maxWait: "3 seconds",
  },
  bulkhead: { name: "uploads", permits: 4, queue: 100, maxWait: "10 seconds" },
  breaker: {
    name: "vendor",
    consecutive: 3,
    window: { calls: 20, failureRate: 0.4, minimumCalls: 10, slowCall: { over: "2 seconds", rate: 0.9 } },
    open: { base: "5 seconds", factor: 3, cap: "1 minute" },
    maxOpen: "2 minutes",
    probes: 2,
    successThreshold: 2,
    probeLease: "1 minute",
    ramp: { over: "20 seconds", from: 0.1 },
    dryRun: true,
  },
  timeout: "15 seconds",
} as const

/** Valid configurations with alternatives that `full` does not use. */
export const others = [
  { budget: { kind: "ratio", name: "vendor", percent: 10, window: "20 seconds", floor: 1 } },
  { budget: { kind: "unlimited" } },
  { breaker: { window: { duration: "30 seconds" }, open: "1 second" } },
  { hedge: { delay: "500 millis" } },
] as const

export type Tree = { readonly [key: string]: unknown }

export type Path = ReadonlyArray<string>

export const isTree = (u: unknown): u is Tree => typeof u === "object" && u !== null

export const leaves = (tree: Tree, path: Path = []): ReadonlyArray<Path> =>
  Object.entries(tree).flatMap(([key, value]) => (isTree(value) ? leaves(value, [...path, key]) : [[...path, key]]))
