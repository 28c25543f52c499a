import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { down, rejection, retryAfter, send, start, tag } from "../../support/breaker/calls.ts"

describe("CircuitBreaker", () => {
  describe("a ramp", () => {
    const recovering = (ramp: CircuitBreaker.RampOptions) =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 2, open: 1000, ramp })
        yield* send(breaker, "ff")
        yield* TestClock.adjust(1000)
        yield* send(breaker, "s")
        return breaker
      })
    const admitted = (breaker: CircuitBreaker.CircuitBreaker, calls: number) =>
      Effect.map(send(breaker, "s".repeat(calls)), (ended) => ended.filter((end) => end === "ok").length)

    it.effect("admits a growing share of calls during the ramp, and all calls after the ramp", () =>
      Effect.gen(function* () {
        const breaker = yield* recovering({ over: "10 seconds", from: 0.125 })
        const share = Effect.map(CircuitBreaker.state(breaker), (state) =>
          state._tag === "Recovering" ? state.share : 1,
        )
        assert.strictEqual(yield* share, 0.125)
        assert.strictEqual(yield* admitted(breaker, 100), 13)
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(yield* share, 0.5625)
        assert.strictEqual(yield* admitted(breaker, 100), 56)
        yield* TestClock.adjust(4999)
        assert.strictEqual(yield* tag(breaker), "Recovering")
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* tag(breaker), "Closed")
        assert.strictEqual(yield* admitted(breaker, 100), 100)
      }),
    )

    it.effect("reports how long a rejected call must wait to be admitted", () =>
      Effect.gen(function* () {
        const breaker = yield* recovering({ over: 1000, from: 0.25 })
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        const rejected = yield* rejection(breaker)
        assert.strictEqual(rejected.reason, "few calls are admitted while the circuit recovers")
        assert.strictEqual(Duration.toMillis(rejected.retryAfter), 334)
        yield* TestClock.adjust(334)
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        // Half a call has accrued and half of the calls are admitted, so the next call is admitted in 1 ms.
        yield* TestClock.adjust(66)
        assert.strictEqual(yield* retryAfter(breaker), 1)
      }),
    )

    it.effect("counts the outcomes of calls during the ramp, and reopens the circuit after enough failures", () =>
      Effect.gen(function* () {
        const breaker = yield* recovering({ over: 1000, from: 1 })
        const call = yield* start(breaker, 1500, down())
        yield* send(breaker, "f")
        yield* TestClock.adjust(1500)
        yield* Fiber.join(call)
        assert.strictEqual(yield* tag(breaker), "Open")
      }),
    )
  })
})
