import { assert, describe, it } from "@effect/vitest"
import { Clock, Context, Duration, Effect, Fiber, Layer, Option, SubscriptionRef } from "effect"
import * as CircuitBreaker from "effect/persistence/CircuitBreaker"
import * as RateLimiter from "effect/persistence/RateLimiter"
import { TestClock } from "effect/testing"
import { pinned } from "../../../../core/test/support/pipeline.ts"
import * as Guarded from "../../../src/internal/cluster/limits/guarded.ts"
import * as StoreHealth from "../../../src/internal/cluster/limits/storeHealth.ts"

/** A store that answers, fails, or is silent, with the times at which it was asked. */
const makeStore = () => {
  const store = { mode: "up" as "up" | "fails" | "silent", asked: [] as Array<number>, pings: [] as Array<number> }
  const answer = (times: Array<number>) =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      times.push(now)
      return store.mode === "up" ? Effect.succeed("ok") : store.mode === "fails" ? Effect.fail("failed") : Effect.never
    })
  const ping = Effect.asVoid(Effect.timeout(answer(store.pings), "1 second"))
  return Object.assign(store, { call: answer(store.asked), ping })
}

/** Makes a call, and returns its answer and how long it took in milliseconds. */
const timed = ({ use }: StoreHealth.StoreHealth, call: Effect.Effect<string, string>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(
        use(call, () => false),
        (answer) =>
          Effect.map(Clock.currentTimeMillis, (now) => [Option.getOrElse(answer, () => "without"), now - start]),
      ),
    )
    yield* TestClock.adjust("300 millis")
    return yield* Fiber.join(fiber)
  })

describe("the health of a shared store", () => {
  it.effect("lets the first call wait 250 ms for a silent store, and the later ones not at all", () =>
    Effect.gen(function* () {
      const store = makeStore()
      const health = yield* StoreHealth.make("Redis", store.ping)
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(yield* timed(health, store.call), ["ok", 0])
      store.mode = "silent"
      assert.deepStrictEqual(yield* timed(health, store.call), ["without", 250])
      assert.deepStrictEqual(yield* timed(health, store.call), ["without", 0])
      const state = yield* SubscriptionRef.get(health.state)
      assert.strictEqual(state._tag === "Down" && state.reason, "does not answer")
      assert.strictEqual(store.asked.length, 2)
    }).pipe(pinned),
  )

  it.effect("probes a store again whose client throws", () =>
    Effect.gen(function* () {
      const store = makeStore()
      let pings = 0
      const ping = Effect.suspend(() => (pings++ === 0 ? Effect.die(new TypeError("Invalid URL")) : store.ping))
      const health = yield* StoreHealth.make("Redis", ping)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* SubscriptionRef.get(health.state))._tag, "Up")
    }).pipe(pinned),
  )

  it.effect("does not wait for a store that fails, and uses it again when it answers", () =>
    Effect.gen(function* () {
      const store = makeStore()
      const health = yield* StoreHealth.make("Redis", store.ping)
      yield* TestClock.adjust(0)
      store.mode = "fails"
      store.pings.length = 0
      assert.deepStrictEqual(yield* timed(health, store.call), ["without", 0])
      yield* TestClock.adjust("60 seconds")
      assert.deepStrictEqual(store.pings, [0, 500, 1500, 3500, 7500, 15_500, 31_500])
      store.mode = "up"
      yield* TestClock.adjust("32 seconds")
      assert.deepStrictEqual(yield* timed(health, store.call), ["ok", 0])
      assert.deepStrictEqual(yield* SubscriptionRef.get(health.state), { _tag: "Up" })
    }).pipe(pinned),
  )

  it.effect("is down before the store has answered for the first time, without a wait", () =>
    Effect.gen(function* () {
      const store = makeStore()
      store.mode = "silent"
      const health = yield* StoreHealth.make("Redis", store.ping)
      assert.deepStrictEqual(yield* timed(health, store.call), ["without", 0])
      assert.strictEqual(store.asked.length, 0)
    }).pipe(pinned),
  )

  it.effect("starts one probe for many calls that fail together", () =>
    Effect.gen(function* () {
      const store = makeStore()
      const health = yield* StoreHealth.make("Redis", store.ping)
      yield* TestClock.adjust(0)
      store.mode = "silent"
      store.pings.length = 0
      yield* Effect.forkChild(
        Effect.forEach(Array.from({ length: 20 }), () => health.use(store.call, () => false), {
          concurrency: "unbounded",
        }),
      )
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(store.pings, [250])
    }).pipe(pinned),
  )
})

const storeError = new CircuitBreaker.CircuitBreakerError({
  reason: new CircuitBreaker.CircuitBreakerStoreError({ message: "gone" }),
})

const memory = Effect.map(
  Layer.build(Layer.fresh(Layer.merge(CircuitBreaker.layerStoreMemory(), RateLimiter.layerStoreMemory))),
  (context) => ({
    circuits: Context.get(context, CircuitBreaker.CircuitBreakerStore),
    rates: Context.get(context, RateLimiter.RateLimiterStore),
  }),
)

const failures = (key: string, generation: number) => ({
  key,
  generation,
  outcome: "Failure" as const,
  tripPolicy: CircuitBreaker.consecutive(1),
  openFor: Duration.minutes(1),
})

describe("a store that falls back to memory", () => {
  it.effect("opens a circuit of its own while the shared store is down", () =>
    Effect.gen(function* () {
      const [shared, local] = [yield* memory, yield* memory]
      const store = makeStore()
      const health = yield* StoreHealth.make("Redis", store.ping)
      yield* TestClock.adjust(0)
      let isDown = false
      const down = <A, R>(effect: Effect.Effect<A, CircuitBreaker.CircuitBreakerError, R>) =>
        Effect.suspend(() => (isDown ? Effect.fail(storeError) : effect))
      const circuits = Guarded.circuits(
        {
          admit: (key) => down(shared.circuits.admit(key)),
          record: (outcome) => down(shared.circuits.record(outcome)),
          state: (key) => down(shared.circuits.state(key)),
        },
        local.circuits,
        health,
      )
      const begun = yield* circuits.admit("api")
      assert.isAtLeast(begun.generation, 0)
      isDown = true
      store.mode = "fails"
      const alone = yield* circuits.admit("api")
      assert.isBelow(alone.generation, 0)
      // The outcome of a call that the shared store admitted does not count in the memory.
      yield* circuits.record(failures("api", begun.generation))
      assert.strictEqual((yield* circuits.state("api"))._tag, "Closed")
      yield* circuits.record(failures("api", alone.generation))
      assert.strictEqual((yield* circuits.state("api"))._tag, "Open")
      const refused = yield* Effect.flip(circuits.admit("api"))
      assert.strictEqual(refused.reason._tag, "CircuitOpen")
    }).pipe(Effect.scoped, pinned),
  )

  it.effect("rejects a call because of the limit of the shared store, without regarding the store as down", () =>
    Effect.gen(function* () {
      const [shared, local] = [yield* memory, yield* memory]
      const store = makeStore()
      const health = yield* StoreHealth.make("Redis", store.ping)
      yield* TestClock.adjust(0)
      const circuits = Guarded.circuits(shared.circuits, local.circuits, health)
      const { generation } = yield* circuits.admit("api")
      yield* circuits.record(failures("api", generation))
      const refused = yield* Effect.flip(circuits.admit("api"))
      assert.strictEqual(refused.reason._tag, "CircuitOpen")
      assert.deepStrictEqual(yield* SubscriptionRef.get(health.state), { _tag: "Up" })
    }).pipe(Effect.scoped, pinned),
  )

  it.effect("limits a rate by itself while the shared store is down", () =>
    Effect.gen(function* () {
      const local = yield* memory
      const store = makeStore()
      store.mode = "silent"
      const health = yield* StoreHealth.make("Redis", store.ping)
      const limiter = yield* Effect.provideService(
        RateLimiter.make,
        RateLimiter.RateLimiterStore,
        Guarded.rates(
          {
            fixedWindow: () => Effect.never,
            tokenBucket: () => Effect.never,
            adaptiveConsume: () => Effect.never,
            adaptiveFeedback: () => Effect.never,
          },
          local.rates,
          health,
        ),
      )
      const consume = limiter.consume({ key: "api", limit: 2, window: "1 minute" })
      yield* consume
      yield* consume
      const { reason } = yield* Effect.flip(consume)
      assert.strictEqual(reason._tag, "RateLimitExceeded")
    }).pipe(pinned),
  )
})
