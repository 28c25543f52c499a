import { assert, describe, it } from "@effect/vitest"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Backoff from "@holdfast/core/Backoff"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import { InvalidPolicy } from "@holdfast/core/InvalidPolicy"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as PipelineSettings from "@holdfast/core/PipelineSettings"
import * as Retry from "@holdfast/core/Retry"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Throttle from "@holdfast/core/Throttle"
import { Effect } from "effect"
import * as Store from "effect/persistence/CircuitBreaker"

/** Options from an untyped program, or spread from an object whose names are not checked. */
const untyped = (options: object) => options as never

const keyed = (options: object) => Effect.runSync(CircuitBreaker.keyed(untyped(options)))

const shared = (options: object) =>
  Effect.runSync(
    Effect.flatMap(Store.CircuitBreakerStore, (store) => SharedCircuitBreaker.make(store, untyped(options))).pipe(
      Effect.flip,
      Effect.provide(Store.layerStoreMemory()),
    ),
  )

const cases: ReadonlyArray<readonly [build: () => unknown, message: string]> = [
  [() => Gate.make("door", untyped({ rampp: 5 })), "Gate: unknown option rampp (expected ramp)"],
  // If this were accepted, no waiter after the first would ever be admitted.
  [() => Gate.make("door", { ramp: "Infinity" }), 'Gate: ramp must be a duration >= 0 ms (got "Infinity")'],
  [() => Telemetry.make(untyped({ span: "none" })), "Telemetry: unknown option span (expected spans)"],
  [
    () => Telemetry.make(untyped({ spans: "call" })),
    'Telemetry: spans must be "calls" or "attempts" or "none" (got "call")',
  ],
  [() => Retry.policy(untyped({ atempts: 3 })), "Retry: unknown option atempts (expected attempts)"],
  [() => Retry.policy(untyped({ backoff: { bse: 3 } })), "Backoff: unknown option bse (expected base)"],
  [
    () => Backoff.schedule(untyped({ maximum: 3 })),
    "Backoff: unknown option maximum (expected base, factor, cap, jitter)",
  ],
  [() => Pipeline.makeUnsafe(Pipeline.retry(untyped({ buget: 1 }))), "Retry: unknown option buget (expected budget)"],
  [
    () => Pipeline.makeUnsafe(Pipeline.gates(untyped({ autorization: 1 }))),
    "Gates: unknown option autorization (expected authorization)",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ consecutiv: 5 })),
    "CircuitBreaker: unknown option consecutiv (expected consecutive)",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ window: { calls: 9, failurerate: 0.1 } })),
    "CircuitBreaker: unknown option window.failurerate (expected failureRate)",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ window: { calls: 9, slowCall: { over: 1, rate: 1, rates: 1 } } })),
    "CircuitBreaker: unknown option window.slowCall.rates (expected rate)",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ open: { base: 1, factr: 2 } })),
    "CircuitBreaker: unknown option open.factr (expected factor)",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ ramp: { over: 1, from: 0.1, form: 0.1 } })),
    "CircuitBreaker: unknown option ramp.form (expected from)",
  ],
  [() => keyed({ consecutiv: 5 }), "CircuitBreaker: unknown option consecutiv (expected consecutive)"],
  [
    () => shared({ onStoreErorr: "allow" }),
    "SharedCircuitBreaker: unknown option onStoreErorr (expected onStoreError)",
  ],
  [
    () => shared({ window: { calls: 5, duration: 5 } }),
    "SharedCircuitBreaker: unknown option window.duration (expected calls, failureRate, minimumCalls)",
  ],
  [() => Bulkhead.makeUnsafe(untyped({ permits: 1, queu: 1 })), "Bulkhead: unknown option queu (expected queue)"],
  [
    () => AdaptiveLimit.makeUnsafe(untyped({ algoritm: "aimd" })),
    "AdaptiveLimit: unknown option algoritm (expected algorithm)",
  ],
  [() => Throttle.makeUnsafe(untyped({ minmum: 1 })), "Throttle: unknown option minmum (expected minimum)"],
  [
    () => Hedge.makeUnsafe(untyped({ delay: 1, copies: 2 })),
    "Hedge: unknown option copies (expected delay, max, afterFailure, name, budget)",
  ],
  [
    () => Hedge.makeUnsafe(untyped({ delay: { percentile: 0.9, windw: 1 } })),
    "Hedge: unknown option delay.windw (expected window)",
  ],
  [() => RetryBudget.makeUnsafe(untyped({ capcity: 1 })), "RetryBudget: unknown option capcity (expected capacity)"],
  [
    () => RetryBudget.makeUnsafe(untyped({ kind: "ratio", percnt: 1 })),
    "RetryBudget: unknown option percnt (expected percent)",
  ],
  [
    () => RetryBudget.makeUnsafe(untyped({ kind: "unlimited", floor: 1 })),
    "RetryBudget: unknown option floor (expected kind)",
  ],
  [() => PipelineSettings.makeUnsafe(untyped({ timout: 1 })), "Pipeline: unknown option timout (expected timeout)"],
  [() => PipelineSettings.makeUnsafe({}, untyped({ gate: {} })), "Pipeline: unknown option gate (expected gates)"],
]

/** The message of an exception or of a defect. */
const messageOf = (build: () => unknown): string => {
  try {
    const built = build()
    return built instanceof InvalidPolicy ? built.message : "it was built"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe("a misspelled option", () => {
  it.each(cases)("rejects the option and suggests the most similar valid name: %#", (build, message) => {
    assert.include(messageOf(build), message)
  })

  it("ignores a misspelled option whose value is undefined", () => {
    assert.strictEqual(Bulkhead.makeUnsafe(untyped({ permits: 1, que: undefined })).name, "bulkhead")
  })
})
