import { assert, describe, it } from "@effect/vitest"
import { Connectivity, Health, Pipeline, Verdict } from "@holdfast/core"
import { Clock, Duration, Effect, Exit, Fiber, Layer, Scope, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"
import { pinned } from "../support/pipeline.ts"

describe("Connectivity", () => {
  it.effect("starts closed, and opens after the first successful health check", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      health.down = true
      yield* Effect.gen(function* () {
        const { gate } = yield* Connectivity
        assert.isFalse(gate.isOpen())
        yield* TestClock.adjust("1 second")
        assert.isFalse(gate.isOpen())
        health.down = false
        yield* TestClock.adjust("1 second")
        assert.isTrue(gate.isOpen())
      }).pipe(Effect.provide(layerOf(health)))
      assert.deepStrictEqual(health.probes, [0, 500, 1500])
    }).pipe(pinned),
  )

  it.effect(
    "repeats the health check with the default backoff, waiting at most 32 s between checks, until a check succeeds",
    () =>
      Effect.gen(function* () {
        const health = scriptedHealth()
        health.down = true
        yield* TestClock.adjust("150 seconds").pipe(Effect.provide(layerOf(health)))
        assert.deepStrictEqual(health.probes, [0, 500, 1500, 3500, 7500, 15_500, 31_500, 63_500, 95_500, 127_500])
      }).pipe(pinned),
  )

  it.effect("runs only one poller regardless of how many calls report an outage", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        yield* TestClock.adjust(0)
        health.down = true
        health.probes.length = 0
        yield* Effect.forEach(Array.from({ length: 20 }), () => connectivity.report("ConnectionReset"), {
          concurrency: "unbounded",
        })
        yield* TestClock.adjust("1400 millis")
        assert.deepStrictEqual(health.probes, [0, 500])
        const state = yield* SubscriptionRef.get(connectivity.gate.state)
        assert.deepStrictEqual(state, { _tag: "Closed", reason: "ConnectionReset", since: 0 })
        assert.strictEqual(yield* SubscriptionRef.get(connectivity.nextProbeAt), 1500)
      }).pipe(Effect.provide(layerOf(health)))
    }).pipe(pinned),
  )

  it.effect("delays the first probe according to the hint in the response that closed the gate, by at most 32 s", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        const unavailable = (retryAfter: Duration.Input) =>
          Pipeline.run(
            Pipeline.makeUnsafe(Pipeline.gates({ connectivity })),
            Effect.fail({
              _tag: "Unavailable",
              verdict: Verdict.always({ closes: "connectivity", retryAfter: Duration.fromInputUnsafe(retryAfter) }),
            }),
          ).pipe(Effect.flip)
        yield* TestClock.adjust(0)
        health.probes.length = 0
        yield* unavailable("20 seconds")
        assert.strictEqual(yield* SubscriptionRef.get(connectivity.nextProbeAt), 20_000)
        yield* TestClock.adjust("20 seconds")
        assert.isTrue(connectivity.gate.isOpen())
        yield* unavailable("1 hour")
        yield* TestClock.adjust("1 hour")
        assert.isTrue(connectivity.gate.isOpen())
        assert.deepStrictEqual(health.probes, [20_000, 52_000])
      }).pipe(Effect.provide(layerOf(health)))
    }).pipe(pinned),
  )

  it.effect("applies a hint from an intermediary only to the probe, even if the hint is long", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        yield* TestClock.adjust(0)
        health.probes.length = 0
        const sends = (gates?: Pipeline.Gates) =>
          Effect.gen(function* () {
            const sent: Array<number> = []
            const send = Effect.gen(function* () {
              if (sent.push(yield* Clock.currentTimeMillis) > 1) return
              const verdict = Verdict.withHint(Verdict.always({ closes: "connectivity" }), Duration.hours(1), false)
              return yield* Effect.fail({ _tag: "Unavailable", verdict })
            })
            const call = yield* Effect.forkChild(
              Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates(gates ?? {})), send),
            )
            yield* TestClock.adjust("1 minute")
            yield* Fiber.join(call)
            return sent
          })
        assert.deepStrictEqual(yield* sends({ connectivity }), [0, 32_000])
        assert.deepStrictEqual(health.probes, [32_000])
        assert.deepStrictEqual(yield* sends(), [60_000, 60_500])
      }).pipe(Effect.provide(layerOf(health)))
    }).pipe(pinned),
  )

  it.effect("admits every call even if the gate opens and closes repeatedly", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        for (let n = 0; n < 50; n++) {
          yield* connectivity.gate.awaitOpen
          yield* connectivity.report("ConnectionReset")
        }
        yield* connectivity.gate.awaitOpen
        assert.strictEqual((yield* connectivity.gate.stats).closed, 50)
      }).pipe(Effect.provide(layerOf(health)))
    }).pipe(pinned),
  )

  it.effect("abandons a probe that hangs for 15 s, and continues to poll", () =>
    Effect.gen(function* () {
      const probes: Array<number> = []
      const check = Effect.flatMap(Clock.currentTimeMillis, (now) => {
        probes.push(now)
        return Effect.never
      })
      const layer = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check })))
      yield* TestClock.adjust("35 seconds").pipe(Effect.provide(layer))
      assert.deepStrictEqual(probes, [0, 15_500, 31_500])
    }).pipe(pinned),
  )

  it.effect("treats a defect in the health service as a failed probe", () =>
    Effect.gen(function* () {
      let calls = 0
      const check = Effect.suspend(() => (++calls === 1 ? Effect.die(new Error("bug")) : Effect.void))
      const layer = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check })))
      yield* Effect.gen(function* () {
        const { gate } = yield* Connectivity
        yield* TestClock.adjust("1 second")
        assert.isTrue(gate.isOpen())
      }).pipe(Effect.provide(layer))
    }).pipe(pinned),
  )

  it.effect("continues to poll after a probe that interrupted itself", () =>
    Effect.gen(function* () {
      let calls = 0
      const check = Effect.suspend(() => (++calls === 1 ? Effect.interrupt : Effect.void))
      const layer = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check })))
      yield* Effect.gen(function* () {
        const { gate } = yield* Connectivity
        yield* TestClock.adjust("1 second")
        assert.isTrue(gate.isOpen())
      }).pipe(Effect.provide(layer))
    }).pipe(pinned),
  )

  it.effect("interrupts its poller when the layer closes", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      health.down = true
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(layerOf(health), scope)
      yield* TestClock.adjust("2 seconds")
      yield* Scope.close(scope, Exit.void)
      const before = health.probes.length
      assert.isTrue(before > 0)
      yield* TestClock.adjust("10 minutes")
      assert.strictEqual(health.probes.length, before)
    }).pipe(pinned),
  )

  it.effect("keeps polling when the call that reported the outage is interrupted", () =>
    Effect.gen(function* () {
      const health = scriptedHealth()
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        yield* TestClock.adjust(0)
        health.down = true
        const call = yield* Effect.forkChild(Effect.andThen(connectivity.report("ConnectionReset"), Effect.never), {
          startImmediately: true,
        })
        yield* Fiber.interrupt(call)
        health.down = false
        yield* TestClock.adjust("1 second")
        assert.isTrue(connectivity.gate.isOpen())
      }).pipe(Effect.provide(layerOf(health)))
    }).pipe(pinned),
  )
})

const scriptedHealth = () => ({ down: false, probes: [] as Array<number> })

const layerOf = (health: ReturnType<typeof scriptedHealth>) =>
  Connectivity.layer.pipe(
    Layer.provide(
      Layer.succeed(Health, {
        check: Effect.flatMap(Clock.currentTimeMillis, (now) => {
          health.probes.push(now)
          return health.down ? Effect.fail("no answer") : Effect.void
        }),
      }),
    ),
  )
