/**
 * The measured cases in order. Each of ours is next to the peer that it is compared with, so that temporary load affects both.
 */

import { equal } from "./equal.ts"
import type { Planned } from "./Planned.ts"

/** The number of calls in flight, unless they wait at a gate. */
const flight = 20_000

/** The number of calls that wait at a closed gate. */
const queue = 100_000

export const plan: ReadonlyArray<Planned> = [
  ...equal,

  { id: "bare.await", what: "bare `await`", time: true, hold: flight },
  { id: "bare.effect", what: "bare Effect", time: true, hold: flight },
  { id: "bare.effect-async", what: "bare Effect, async body", time: true },

  { id: "holdfast.retry", what: "retry", time: true, hold: flight },
  { id: "effect.retry", what: "`Effect.retry` with the same policy: cap, jitter", time: true, hold: flight },
  { id: "effect.retry-plain", what: "`Effect.retry` without cap and jitter", time: true },
  { id: "cockatiel.retry", what: "retry", time: true, hold: flight },
  { id: "pRetry.retry", what: "retry", time: true, hold: flight },
  { id: "smithy.standard", what: "`StandardRetryStrategy`", time: true, hold: flight },

  { id: "holdfast.breaker", what: "breaker, success", time: true, hold: flight },
  { id: "effect.breaker", what: "`CircuitBreaker`, memory store, success", time: true, hold: flight },
  { id: "cockatiel.consecutive", what: "`ConsecutiveBreaker`, success", time: true, hold: flight },
  { id: "cockatiel.sampling", what: "`SamplingBreaker`, success", time: true, hold: flight },
  { id: "opossum.defaults", what: "breaker with defaults, success", time: true, hold: flight },
  { id: "opossum.stripped", what: "breaker without timeout and statistics, success", time: true, hold: flight },

  { id: "holdfast.rejection", what: "breaker, rejection", time: true },
  { id: "cockatiel.rejection", what: "breaker, rejection", time: true },
  { id: "opossum.rejection", what: "breaker, rejection", time: true },
  { id: "effect.rejection", what: "`CircuitBreaker`, memory store, rejection", time: true },

  { id: "holdfast.bulkhead", what: "bulkhead", time: true, hold: flight },
  { id: "effect.semaphore", what: "`Semaphore.withPermit`", time: true, hold: flight },
  { id: "cockatiel.bulkhead", what: "bulkhead", time: true, hold: flight },

  { id: "holdfast.timeout", what: "timeout", time: true },
  { id: "effect.timeout", what: "`Effect.timeout`", time: true, hold: flight },
  { id: "cockatiel.timeout", what: "timeout, aggressive", time: true, hold: flight },
  { id: "cockatiel.timeout-kept", what: "timeout, aggressive, `abortOnReturn: false`", time: true },
  { id: "holdfast.timeout-async", what: "timeout, async body", time: true, hold: flight },
  { id: "effect.timeout-async", what: "`Effect.timeout`, async body", time: true },

  { id: "holdfast.all", what: "retry, breaker, bulkhead, open gates, budget", time: true, hold: flight },
  { id: "cockatiel.wrap", what: "wrap of retry, breaker, timeout, bulkhead", time: true, hold: flight },
  { id: "cockatiel.wrap-plain", what: "wrap of retry, breaker, bulkhead", time: true, hold: flight },
  { id: "holdfast.all-budget", what: "retry, breaker, bulkhead, budget", hold: flight },
  { id: "holdfast.all-timeout", what: "the same with a timeout, async body", time: true, hold: flight },
  { id: "effect.all-async", what: "retry(breaker(timeout(semaphore))), async body", time: true, hold: flight },
  { id: "effect.all", what: "retry(breaker(timeout(semaphore)))", time: true },

  { id: "holdfast.failing", what: "retry, every second attempt fails, no waiting", time: true },
  { id: "effect.failing", what: "`Effect.retry`, every second attempt fails, no waiting", time: true },
  { id: "holdfast.keyed", what: "new key of a keyed breaker in an outage, 50 000 keys", time: true },

  {
    id: "holdfast.made",
    what: "a pipeline of retry, bulkhead and breaker, made and kept",
    hold: flight,
    unreached: true,
  },
  { id: "cockatiel.made", what: "a wrap of retry, bulkhead and breaker, made and kept", hold: flight, unreached: true },
  { id: "holdfast.gate", what: "waiting at a closed gate", hold: queue, unreached: true },
]

/**
 * How time is measured, in milliseconds. The warm-up takes at least `warmup`, and continues until nothing has become faster for
 * `still`, because the compiler runs in parallel and finishes late on a busy machine. Then come this many samples of this
 * length, or at least `fewest` if they take longer than `patience`, as with 1 000 calls that all fail.
 */
export const method = { warmup: 250, still: 120, patience: 800, samples: 100, fewest: 10, length: 2.5 }

/** The names of the peers in tables, with the package whose version is stated. */
export const peers: Readonly<Record<string, { readonly name: string; readonly package?: string }>> = {
  bare: { name: "none" },
  holdfast: { name: "Holdfast" },
  holdfastEqual: { name: "Holdfast" },
  effect: { name: "Effect", package: "effect" },
  cockatiel: { name: "cockatiel", package: "cockatiel" },
  cockatielEqual: { name: "cockatiel" },
  opossum: { name: "opossum", package: "opossum" },
  pRetry: { name: "p-retry", package: "p-retry" },
  smithy: { name: "smithy", package: "@smithy/util-retry" },
}

/** One program whose bundle size is measured: the file in `bundles/`. */
export interface Bundle {
  readonly id: string
  readonly what: string
}

export const bundles: ReadonlyArray<Bundle> = [
  { id: "floor", what: "Effect: `runPromise` alone (the floor)" },
  { id: "floorTimeout", what: "Effect: `sleep` and `timeout` (the floor of a program that sleeps)" },
  { id: "holdfast", what: "Holdfast: `Pipeline` with retry, breaker, bulkhead, timeout" },
  { id: "holdfastRetry", what: "Holdfast: `Pipeline` with retry, timeout" },
  { id: "effectRetry", what: "Effect: `retry` with a `Schedule`" },
  { id: "effectBreaker", what: "Effect: `CircuitBreaker` with its memory store" },
  { id: "cockatiel", what: "cockatiel: retry, breaker, timeout, bulkhead" },
  { id: "opossum", what: "opossum" },
  { id: "pRetry", what: "p-retry" },
  { id: "smithy", what: "smithy: `StandardRetryStrategy`" },
]
