import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { counts, down, rejection, send, start, tag } from "../../support/breaker/calls.ts"

/** Starts a call that takes `ms`, and waits for it. */
const last = (breaker: CircuitBreaker.CircuitBreaker, ms: number, failed = false) =>
  Effect.andThen(start(breaker, ms, failed ? down() : undefined), TestClock.adjust(ms))

const held = (breaker: CircuitBreaker.CircuitBreaker) => Effect.map(counts(breaker), ({ window }) => window)

describe("a window of calls", () => {
  it.effect("opens the circuit when the failure rate is reached and the window of calls contains enough calls", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { calls: 10, failureRate: 0.5, minimumCalls: 4 } })
      yield* send(breaker, "ffs")
      assert.strictEqual(yield* tag(breaker), "Closed")
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 2, slow: 0 })
      yield* send(breaker, "f")
      assert.strictEqual((yield* rejection(breaker)).reason, "3 of 4 calls failed")
      assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
    }),
  )

  it.effect("opens the circuit at a failure rate of 50 % by default", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { calls: 6 } })
      yield* send(breaker, "fffss")
      assert.strictEqual(yield* tag(breaker), "Closed")
      // A success does not open the circuit, although half of the six calls have failed.
      yield* send(breaker, "s")
      assert.strictEqual(yield* tag(breaker), "Closed")
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("drops the oldest call from a full window when a new call ends", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { calls: 4, failureRate: 0.75, minimumCalls: 4 } })
      yield* send(breaker, "ffsssf")
      assert.deepStrictEqual(yield* held(breaker), { calls: 4, failures: 1, slow: 0 })
      yield* send(breaker, "sff")
      assert.strictEqual((yield* rejection(breaker)).reason, "3 of 4 calls failed")
    }),
  )

  it.effect("stops counting a slow call when its slot in the window is reused", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { calls: 2, slowCall: { over: 100, rate: 1 } } })
      yield* last(breaker, 101)
      yield* send(breaker, "ss")
      assert.deepStrictEqual(yield* held(breaker), { calls: 2, failures: 0, slow: 0 })
    }),
  )

  it.effect("ignores consecutive failures unless `consecutive` is set as well", () =>
    Effect.gen(function* () {
      const window = { calls: 100 }
      const rate = yield* CircuitBreaker.make({ window })
      const both = yield* CircuitBreaker.make({ window, consecutive: 3 })
      yield* Effect.forEach([rate, both], (breaker) => send(breaker, "fff"))
      assert.strictEqual(yield* tag(rate), "Closed")
      assert.strictEqual(yield* tag(both), "Open")
    }),
  )

  it.effect("opens the circuit when the rate of slow calls is reached, regardless of their outcomes", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 0.6 }
      const breaker = yield* CircuitBreaker.make({ window: { calls: 5, failureRate: 1, minimumCalls: 5, slowCall } })
      yield* last(breaker, 101)
      yield* last(breaker, 100)
      yield* last(breaker, 100)
      yield* last(breaker, 101, true)
      assert.deepStrictEqual(yield* held(breaker), { calls: 4, failures: 1, slow: 2 })
      yield* last(breaker, 200)
      assert.strictEqual((yield* rejection(breaker)).reason, "3 of 5 calls were slow")
      assert.strictEqual((yield* counts(breaker)).slow, 3)
    }),
  )

  it.effect("does not count a fast failure as a slow call or a slow success as a failure", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 0.75 }
      const window = { calls: 4, failureRate: 0.5, minimumCalls: 4, slowCall }
      const breaker = yield* CircuitBreaker.make({ window })
      yield* last(breaker, 10, true)
      yield* last(breaker, 10, true)
      yield* last(breaker, 10)
      yield* last(breaker, 101)
      assert.strictEqual(yield* tag(breaker), "Closed")
      const other = yield* CircuitBreaker.make({ window: { ...window, failureRate: 1 } })
      yield* last(other, 101)
      yield* last(other, 101)
      yield* last(other, 101)
      yield* last(other, 10, true)
      assert.strictEqual(yield* tag(other), "Closed")
    }),
  )

  it.effect("counts a slow probe as failed", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 1 }
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000, window: { calls: 5, slowCall } })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      yield* last(breaker, 101)
      assert.strictEqual(yield* tag(breaker), "Open")
      yield* TestClock.adjust(1000)
      yield* last(breaker, 100)
      assert.strictEqual(yield* tag(breaker), "Closed")
    }),
  )
})

describe("a window of time", () => {
  const window = { duration: "10 seconds", failureRate: 0.5, minimumCalls: 4 } as const

  it.effect("opens the circuit when the failure rate is reached and the time window contains enough calls", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window })
      yield* send(breaker, "ffs")
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 2, slow: 0 })
      yield* send(breaker, "f")
      assert.strictEqual((yield* rejection(breaker)).reason, "3 of 4 calls failed")
      assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
    }),
  )

  it.effect("requires ten calls by default before the time window can open the circuit", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { duration: "10 seconds" } })
      yield* send(breaker, "fffffffff")
      assert.strictEqual(yield* tag(breaker), "Closed")
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("drops old outcomes in steps of one tenth of the window's duration", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1500)
      yield* send(breaker, "f")
      yield* TestClock.adjust(8499)
      assert.deepStrictEqual(yield* held(breaker), { calls: 2, failures: 2, slow: 0 })
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* held(breaker), { calls: 1, failures: 1, slow: 0 })
      yield* TestClock.adjust(1000)
      assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
    }),
  )

  it.effect("stale window after idle: an hour without calls empties the window", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { ...window, minimumCalls: 10 } })
      yield* send(breaker, "fffffffff")
      yield* TestClock.adjust("1 hour")
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Closed")
      assert.deepStrictEqual(yield* held(breaker), { calls: 1, failures: 1, slow: 0 })
    }),
  )

  it.effect("counts a slow call in the slice of the window in which the call ended", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 1 }
      const breaker = yield* CircuitBreaker.make({ window: { ...window, slowCall } })
      yield* last(breaker, 200)
      yield* TestClock.adjust("5 seconds")
      yield* last(breaker, 300)
      assert.deepStrictEqual(yield* held(breaker), { calls: 2, failures: 0, slow: 2 })
      yield* TestClock.adjust(4600)
      assert.deepStrictEqual(yield* held(breaker), { calls: 1, failures: 0, slow: 1 })
    }),
  )

  it.effect("keeps outcomes for the window's duration even if the wall clock is set back", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "fs")
      yield* TestClock.setTime(3_591_000)
      yield* send(breaker, "s")
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 1, slow: 0 })
      yield* TestClock.setTime(3_590_000)
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 1, slow: 0 })
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
    }),
  )
})

describe("a reload of a window", () => {
  it.effect("keeps the latest calls that fit into the window after its size changes", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ window: { calls: 5, failureRate: 1 } })
      yield* send(breaker, "sffsfss")
      assert.deepStrictEqual(yield* held(breaker), { calls: 5, failures: 2, slow: 0 })
      yield* CircuitBreaker.reload(breaker, { window: { calls: 10 } })
      assert.deepStrictEqual(yield* held(breaker), { calls: 5, failures: 2, slow: 0 })
      yield* CircuitBreaker.reload(breaker, { window: { calls: 3 } })
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 1, slow: 0 })
      yield* send(breaker, "s")
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 0, slow: 0 })
    }),
  )

  it.effect("still counts slow calls as slow after a reload", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 1 }
      const breaker = yield* CircuitBreaker.make({ window: { calls: 5, slowCall } })
      yield* last(breaker, 101)
      yield* last(breaker, 101, true)
      yield* CircuitBreaker.reload(breaker, { window: { calls: 4, slowCall } })
      assert.deepStrictEqual(yield* held(breaker), { calls: 2, failures: 1, slow: 2 })
    }),
  )

  it.effect("keeps outcomes that are recent enough for the new duration, together with their times", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 1 }
      const breaker = yield* CircuitBreaker.make({ window: { duration: "10 seconds", slowCall } })
      yield* last(breaker, 500, true)
      yield* TestClock.adjust("6 seconds")
      yield* send(breaker, "fss")
      yield* CircuitBreaker.reload(breaker, { window: { duration: "20 seconds", slowCall } })
      assert.deepStrictEqual(yield* held(breaker), { calls: 4, failures: 2, slow: 1 })
      yield* TestClock.adjust(13_500)
      assert.deepStrictEqual(yield* held(breaker), { calls: 3, failures: 1, slow: 0 })
      yield* CircuitBreaker.reload(breaker, { window: { duration: "5 seconds", slowCall } })
      assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
    }),
  )

  it.effect(
    "starts with an empty window when a reload changes the kind of window, and discards the window if the reload configures none",
    () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ window: { calls: 5 } })
        yield* send(breaker, "f")
        yield* CircuitBreaker.reload(breaker, { window: { duration: "10 seconds" } })
        assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
        yield* CircuitBreaker.reload(breaker, { window: { duration: "20 seconds" } })
        assert.deepStrictEqual(yield* held(breaker), { calls: 0, failures: 0, slow: 0 })
        yield* CircuitBreaker.reload(breaker, {})
        assert.strictEqual(yield* held(breaker), undefined)
      }),
  )
})
