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

/** Options from a program without types, or spread from an object whose names are not checked. */
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
  [() => Gate.make("door", untyped({ rampp: 5 })), "Gate: rampp is an unknown option, allowed is ramp"],
  // No waiter after the first would ever be admitted.
  [() => Gate.make("door", { ramp: "Infinity" }), 'Gate: ramp is "Infinity", allowed is a duration from 0 ms'],
  [() => Telemetry.make(untyped({ span: "none" })), "Telemetry: span is an unknown option, allowed is spans"],
  [
    () => Telemetry.make(untyped({ spans: "call" })),
    'Telemetry: spans is "call", allowed is "calls" or "attempts" or "none"',
  ],
  [() => Retry.policy(untyped({ atempts: 3 })), "Retry: atempts is an unknown option, allowed is attempts"],
  [() => Retry.policy(untyped({ backoff: { bse: 3 } })), "Backoff: bse is an unknown option, allowed is base"],
  [
    () => Backoff.schedule(untyped({ maximum: 3 })),
    "Backoff: maximum is an unknown option, allowed is base, factor, cap, jitter",
  ],
  [
    () => Pipeline.makeUnsafe(Pipeline.retry(untyped({ buget: 1 }))),
    "Retry: buget is an unknown option, allowed is budget",
  ],
  [
    () => Pipeline.makeUnsafe(Pipeline.gates(untyped({ autorization: 1 }))),
    "Gates: autorization is an unknown option, allowed is authorization",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ consecutiv: 5 })),
    "CircuitBreaker: consecutiv is an unknown option, allowed is consecutive",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ window: { calls: 9, failurerate: 0.1 } })),
    "CircuitBreaker: window.failurerate is an unknown option, allowed is failureRate",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ window: { calls: 9, slowCall: { over: 1, rate: 1, rates: 1 } } })),
    "CircuitBreaker: window.slowCall.rates is an unknown option, allowed is rate",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ open: { base: 1, factr: 2 } })),
    "CircuitBreaker: open.factr is an unknown option, allowed is factor",
  ],
  [
    () => CircuitBreaker.makeUnsafe(untyped({ ramp: { over: 1, from: 0.1, form: 0.1 } })),
    "CircuitBreaker: ramp.form is an unknown option, allowed is from",
  ],
  [() => keyed({ consecutiv: 5 }), "CircuitBreaker: consecutiv is an unknown option, allowed is consecutive"],
  [
    () => shared({ onStoreErorr: "allow" }),
    "SharedCircuitBreaker: onStoreErorr is an unknown option, allowed is onStoreError",
  ],
  [
    () => shared({ window: { calls: 5, duration: 5 } }),
    "SharedCircuitBreaker: window.duration is an unknown option, allowed is calls, failureRate, minimumCalls",
  ],
  [
    () => Bulkhead.makeUnsafe(untyped({ permits: 1, queu: 1 })),
    "Bulkhead: queu is an unknown option, allowed is queue",
  ],
  [
    () => AdaptiveLimit.makeUnsafe(untyped({ algoritm: "aimd" })),
    "AdaptiveLimit: algoritm is an unknown option, allowed is algorithm",
  ],
  [() => Throttle.makeUnsafe(untyped({ minmum: 1 })), "Throttle: minmum is an unknown option, allowed is minimum"],
  [
    () => Hedge.makeUnsafe(untyped({ delay: 1, copies: 2 })),
    "Hedge: copies is an unknown option, allowed is delay, max, afterFailure, name, budget",
  ],
  [
    () => Hedge.makeUnsafe(untyped({ delay: { percentile: 0.9, windw: 1 } })),
    "Hedge: delay.windw is an unknown option, allowed is window",
  ],
  [
    () => RetryBudget.makeUnsafe(untyped({ capcity: 1 })),
    "RetryBudget: capcity is an unknown option, allowed is capacity",
  ],
  [
    () => RetryBudget.makeUnsafe(untyped({ kind: "ratio", percnt: 1 })),
    "RetryBudget: percnt is an unknown option, allowed is percent",
  ],
  [
    () => RetryBudget.makeUnsafe(untyped({ kind: "unlimited", floor: 1 })),
    "RetryBudget: floor is an unknown option, allowed is kind",
  ],
  [
    () => PipelineSettings.makeUnsafe(untyped({ timout: 1 })),
    "Pipeline: timout is an unknown option, allowed is timeout",
  ],
  [
    () => PipelineSettings.makeUnsafe({}, untyped({ gate: {} })),
    "Pipeline: gate is an unknown option, allowed is gates",
  ],
]

/** The message of an error that is thrown, or that a fiber died of. */
const messageOf = (build: () => unknown): string => {
  try {
    const built = build()
    return built instanceof InvalidPolicy ? built.message : "it was built"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe("a misspelled option", () => {
  it.each(cases)("is rejected with the closest valid name: %#", (build, message) => {
    assert.include(messageOf(build), message)
  })

  it("is ignored if it is undefined, like an option of the right name", () => {
    assert.strictEqual(Bulkhead.makeUnsafe(untyped({ permits: 1, que: undefined })).name, "bulkhead")
  })
})
