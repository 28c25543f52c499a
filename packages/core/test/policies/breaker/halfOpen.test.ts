import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { counts, down, hang, outcome, retryAfter, send, start, tag, wrong } from "../../support/breaker/calls.ts"

describe("CircuitBreaker", () => {
  describe("a half-open circuit", () => {
    const opened = (options: CircuitBreaker.Options) =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000, ...options })
        yield* send(breaker, "f")
        yield* TestClock.adjust(1000)
        return breaker
      })

    it.effect(
      "probe lost: an interrupted probe, or a probe that ends with an ignored error, releases its lease to the next call",
      () =>
        Effect.gen(function* () {
          const breaker = yield* opened({})
          yield* Fiber.interrupt(yield* hang(breaker))
          yield* outcome(CircuitBreaker.protect(Effect.fail(wrong()), breaker))
          const state = yield* CircuitBreaker.state(breaker)
          assert.deepInclude(state, { _tag: "HalfOpen", probing: 0, succeeded: 0 })
          assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
          assert.strictEqual(yield* tag(breaker), "Closed")
        }),
    )

    it.effect("probe lost: a hanging probe counts as failed when its lease expires", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ probeLease: "5 seconds" })
        const probe = yield* hang(breaker)
        yield* TestClock.adjust(4999)
        assert.strictEqual(yield* tag(breaker), "HalfOpen")
        yield* TestClock.adjust(1)
        assert.deepInclude(yield* CircuitBreaker.state(breaker), {
          _tag: "Open",
          since: 6000,
          reason: "a probe did not finish within its lease",
          retryAfter: Duration.seconds(1),
        })
        yield* TestClock.adjust(1000)
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        assert.strictEqual(yield* tag(breaker), "Closed")
        yield* Fiber.interrupt(probe)
        assert.strictEqual(yield* tag(breaker), "Closed")
      }),
    )

    it.effect("probe lost: the probe's lease lasts five minutes by default", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({})
        yield* hang(breaker)
        yield* TestClock.adjust(299_999)
        assert.strictEqual(yield* tag(breaker), "HalfOpen")
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* tag(breaker), "Open")
      }),
    )

    it.effect(
      "probe flood: the breaker admits one of a hundred simultaneous calls as a probe and rejects the other 99",
      () =>
        Effect.gen(function* () {
          const breaker = yield* opened({})
          const calls = yield* Effect.forEach(Array.from({ length: 100 }), () => start(breaker, 10))
          yield* TestClock.adjust(10)
          const ended = yield* Effect.forEach(calls, Fiber.join)
          assert.strictEqual(ended.filter((end) => end === "ok").length, 1)
          assert.strictEqual(ended.filter((end) => end === "CircuitOpen").length, 99)
        }),
    )

    it.effect(
      "probe flood: a probe that finishes after the circuit has reopened does not release the lease of a newer probe",
      () =>
        Effect.gen(function* () {
          const breaker = yield* opened({ probes: 2, successThreshold: 2 })
          const slow = yield* start(breaker, 3000)
          yield* send(breaker, "f")
          yield* TestClock.adjust(1000)
          yield* start(breaker, 5000)
          yield* start(breaker, 5000)
          yield* TestClock.adjust(2000)
          assert.strictEqual(yield* Fiber.join(slow), "ok")
          assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", probing: 2, succeeded: 0 })
          assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
        }),
    )

    it.effect("closes after `successThreshold` successful probes, and sends up to `probes` probes at once", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ probes: 2, successThreshold: 3 })
        yield* start(breaker, 10)
        yield* start(breaker, 20)
        assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
        yield* TestClock.adjust(10)
        assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", probing: 1, succeeded: 1 })
        yield* TestClock.adjust(10)
        assert.strictEqual(yield* tag(breaker), "HalfOpen")
        yield* send(breaker, "s")
        assert.strictEqual(yield* tag(breaker), "Closed")
      }),
    )

    it.effect("discards the successes of earlier probes when one probe fails", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ successThreshold: 2 })
        yield* send(breaker, "sf")
        yield* TestClock.adjust(1000)
        yield* send(breaker, "s")
        assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", succeeded: 1 })
      }),
    )

    it.effect("asks rejected callers to retry after one second, or after half the lease if that is shorter", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ probeLease: "10 seconds" })
        yield* hang(breaker)
        assert.strictEqual(yield* retryAfter(breaker), 1000)
        const hasty = yield* opened({ probeLease: 301 })
        yield* hang(hasty)
        assert.strictEqual(yield* retryAfter(hasty), 151)
      }),
    )

    it.effect("adds the next open time to the retry delay that callers receive when the lease is about to expire", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ open: { base: 1000 }, probeLease: "10 seconds" })
        yield* hang(breaker)
        yield* TestClock.adjust(8999)
        assert.strictEqual(yield* retryAfter(breaker), 1000)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* retryAfter(breaker), 3000)
        yield* TestClock.adjust(3000)
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
      }),
    )

    it.effect(
      "cancelled probe: an interrupted probe, or a probe that ends with an ignored error, does not close the circuit",
      () =>
        Effect.gen(function* () {
          const breaker = yield* opened({ probes: 2 })
          const probes = [yield* hang(breaker), yield* start(breaker, 10, wrong())]
          yield* TestClock.adjust(10)
          yield* Effect.forEach(probes, Fiber.interrupt)
          assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", probing: 0, succeeded: 0 })
        }),
    )
  })

  describe("late outcomes", () => {
    it.effect(
      "late success: a call admitted before the circuit opened does not close the circuit when it succeeds",
      () =>
        Effect.gen(function* () {
          const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
          const open = yield* start(breaker, 500)
          const halfOpen = yield* start(breaker, 1500)
          yield* send(breaker, "f")
          yield* TestClock.adjust(500)
          assert.strictEqual(yield* Fiber.join(open), "ok")
          assert.strictEqual(yield* tag(breaker), "Open")
          yield* TestClock.adjust(1000)
          assert.strictEqual(yield* Fiber.join(halfOpen), "ok")
          assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", succeeded: 0 })
          assert.strictEqual((yield* counts(breaker)).late, 2)
        }),
    )

    it.effect("late failure: a call admitted before the circuit closed does not open the circuit when it fails", () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
        const late = yield* start(breaker, 2000, down())
        yield* send(breaker, "f")
        yield* TestClock.adjust(1000)
        yield* send(breaker, "s")
        yield* TestClock.adjust(1000)
        assert.strictEqual(yield* Fiber.join(late), "Down")
        assert.strictEqual(yield* tag(breaker), "Closed")
        assert.deepInclude(yield* counts(breaker), { late: 1, streak: 0, failures: 1, successes: 1 })
      }),
    )

    it.effect(
      "late probe: a probe that fails after another probe has closed the circuit does not reopen the circuit",
      () =>
        Effect.gen(function* () {
          const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000, probes: 2 })
          yield* send(breaker, "f")
          yield* TestClock.adjust(1000)
          const late = yield* start(breaker, 10, down())
          yield* send(breaker, "s")
          yield* TestClock.adjust(10)
          assert.strictEqual(yield* Fiber.join(late), "Down")
          assert.strictEqual(yield* tag(breaker), "Closed")
          assert.deepInclude(yield* counts(breaker), { late: 1, streak: 0, rejected: 0 })
        }),
    )

    it.effect(
      "late probe: a result received after the lease has expired is ignored, even if no other call arrived in between",
      () =>
        Effect.gen(function* () {
          const breaker = yield* CircuitBreaker.make({
            consecutive: 1,
            open: "1 hour",
            maxOpen: "1 hour",
            probeLease: 5000,
          })
          yield* send(breaker, "f")
          yield* TestClock.adjust("1 hour")
          const probe = yield* start(breaker, 5000)
          yield* TestClock.adjust(5000)
          assert.strictEqual(yield* Fiber.join(probe), "ok")
          assert.strictEqual(yield* tag(breaker), "Open")
          assert.strictEqual((yield* counts(breaker)).late, 1)
        }),
    )
  })
})
