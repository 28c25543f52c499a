import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { InvalidPolicy } from "@holdfast/core/InvalidPolicy"
import { Cause, Effect, Exit, Fiber, Schedule } from "effect"
import { TestClock } from "effect/testing"
import { counts, down, hang, outcome, rejection, retryAfter, send, tag, wrong } from "../../support/breaker/calls.ts"
import { guardText } from "../../support/guardText.ts"

/** The cause of a failing call, as text. */
const fail = (breaker: CircuitBreaker.CircuitBreaker) =>
  Effect.fail(down()).pipe(
    CircuitBreaker.protect(breaker),
    Effect.exit,
    Effect.map((exit) =>
      Exit.isFailure(exit) ? exit.cause.reasons.map((reason) => Cause.pretty(Cause.fromReasons([reason]))).join() : "",
    ),
  )

describe("CircuitBreaker: options", () => {
  const refused: ReadonlyArray<readonly [options: unknown, option: string, value: string, allowed: string]> = [
    [{ consecutive: 0 }, "consecutive", "0", "an integer from 1 to 1000000"],
    [{ consecutive: 1.5 }, "consecutive", "1.5", "an integer from 1 to 1000000"],
    [{ consecutive: 1_000_001 }, "consecutive", "1000001", "an integer from 1 to 1000000"],
    [{ probes: 0 }, "probes", "0", "an integer from 1 to 1000000"],
    [{ successThreshold: 0 }, "successThreshold", "0", "an integer from 1 to 1000000"],
    [{ probeLease: 0 }, "probeLease", "0", "a duration >= 1 ms"],
    [{ open: 0 }, "open", "0", "a duration >= 1 ms"],
    [{ open: "soon" }, "open", '"soon"', "a duration >= 1 ms"],
    [{ open: Number.NaN }, "open", "NaN", "a duration >= 1 ms"],
    [{ open: "2 minutes", maxOpen: "1 minute" }, "open", '"2 minutes"', "a duration from 1 ms to 60000 ms"],
    [{ maxOpen: 0 }, "maxOpen", "0", "a duration >= 1 ms"],
    [{ open: { base: 0 } }, "open.base", "0", "a duration >= 1 ms"],
    [{ open: { base: 7, factor: 0.5 } }, "open.factor", "0.5", "a number >= 1"],
    [{ open: { base: 7, cap: 6 } }, "open.cap", "6", "a duration >= 7 ms"],
    [{ open: { base: 7, cap: 9 }, maxOpen: 8 }, "open.cap", "9", "a duration from 1 ms to 8 ms"],
    [{ window: {} }, "window.calls", "undefined", "an integer from 1 to 1000000"],
    [{ window: { calls: 1, duration: "1 second" } }, "window.duration", '"1 second"', "absent with calls"],
    [{ window: { calls: 0 } }, "window.calls", "0", "an integer from 1 to 1000000"],
    [{ window: { duration: 9 } }, "window.duration", "9", "a duration >= 10 ms"],
    [{ window: { calls: 5, failureRate: 0 } }, "window.failureRate", "0", "a number > 0 and <= 1"],
    [{ window: { calls: 5, failureRate: 1.1 } }, "window.failureRate", "1.1", "a number > 0 and <= 1"],
    [{ window: { calls: 5, minimumCalls: 6 } }, "window.minimumCalls", "6", "an integer from 1 to 5"],
    [{ window: { calls: 5, minimumCalls: 0 } }, "window.minimumCalls", "0", "an integer from 1 to 5"],
    [{ window: { calls: 5, slowCall: { over: 0, rate: 1 } } }, "window.slowCall.over", "0", "a duration >= 1 ms"],
    [{ window: { calls: 5, slowCall: { over: 1, rate: 0 } } }, "window.slowCall.rate", "0", "a number > 0 and <= 1"],
    [{ window: 0 }, "window.calls", "undefined", "an integer from 1 to 1000000"],
    [{ dryRun: "off" }, "dryRun", '"off"', "true or false"],
    [{ ramp: false }, "ramp.over", "undefined", "a duration >= 1 ms"],
    [{ ramp: { over: 0, from: 0.5 } }, "ramp.over", "0", "a duration >= 1 ms"],
    [{ ramp: { over: 1, from: -0.1 } }, "ramp.from", "-0.1", "a number from 0 to 1"],
    [{ ramp: { over: 1, from: 1.1 } }, "ramp.from", "1.1", "a number from 0 to 1"],
    // If several options are invalid, the error names the first: the open times before the window, and the window before the
    // probes.
    [{ window: { calls: 0 }, open: 0 }, "open", "0", "a duration >= 1 ms"],
    [{ probes: 0, window: { calls: 0 } }, "window.calls", "0", "an integer from 1 to 1000000"],
  ]

  for (const [options, option, value, allowed] of refused) {
    it.effect(`rejects ${option} with the value ${value} in ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        const given = options as CircuitBreaker.Options
        const invalid = new InvalidPolicy({ policy: "CircuitBreaker", option, value, allowed })
        assert.deepStrictEqual(yield* Effect.flip(CircuitBreaker.make(given)), invalid)
        assert.deepStrictEqual(yield* Effect.flip(CircuitBreaker.keyed(given)), invalid)
        const breaker = CircuitBreaker.makeUnsafe()
        assert.deepStrictEqual(breaker.check(given), invalid)
        assert.deepStrictEqual(yield* Effect.flip(CircuitBreaker.reload(breaker, given)), invalid)
        assert.throws(() => CircuitBreaker.makeUnsafe(given), "CircuitBreaker: ")
      }),
    )
  }

  it("accepts the boundary values of every option range", () => {
    const window = { calls: 1, failureRate: 1, minimumCalls: 1, slowCall: { over: 1, rate: 1 } }
    const ends: CircuitBreaker.Options = {
      consecutive: 1,
      window,
      open: { base: 1, factor: 1, cap: 1 },
      maxOpen: 1,
      probeLease: 1,
      ramp: { over: 1, from: 0 },
    }
    assert.strictEqual(CircuitBreaker.makeUnsafe().check(ends), undefined)
    assert.strictEqual(CircuitBreaker.makeUnsafe().check({ ramp: { over: 1, from: 1 } }), undefined)
    assert.strictEqual(
      CircuitBreaker.makeUnsafe().check({ window: { duration: 10, minimumCalls: 1_000_000 } }),
      undefined,
    )
  })

  it.effect("describes its options in one line", () =>
    Effect.gen(function* () {
      const line = (options: CircuitBreaker.Options): string => guardText(CircuitBreaker.makeUnsafe(options))
      assert.strictEqual(line({}), "breaker 10 in a row, open 30 s")
      assert.strictEqual(line({ window: { calls: 20 } }), "breaker 50 % of 20 calls, open 30 s")
      assert.strictEqual(
        line({ consecutive: 3, window: { calls: 20, minimumCalls: 5, slowCall: { over: "2 seconds", rate: 0.8 } } }),
        "breaker 3 in a row, 50 % of 5 to 20 calls, 80 % over 2 s, open 30 s",
      )
      assert.strictEqual(
        line({ window: { duration: "10 seconds", failureRate: 0.25 }, open: { base: 1500 }, probes: 2 }),
        "breaker 25 % of at least 10 calls in 10 s, open 1.5 s ×2 ≤ 300 s, 1 of 2 probes",
      )
      const open = yield* CircuitBreaker.scheduled(Schedule.spaced(5))
      assert.strictEqual(
        line({ open, successThreshold: 3, ramp: { over: "1 minute", from: 0.1 }, dryRun: true }),
        "breaker 10 in a row, open by schedule, 3 of 1 probes, ramp 60 s from 10 %, dry run",
      )
      assert.strictEqual(CircuitBreaker.makeUnsafe().longestWait(), 0)
      assert.strictEqual(CircuitBreaker.makeUnsafe().kind, "breaker")
    }),
  )
})

describe("a reload of a breaker", () => {
  it.effect("a reload changes the thresholds but keeps the count of consecutive failures", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 10 })
      yield* send(breaker, "ffff")
      yield* CircuitBreaker.reload(breaker, { consecutive: 5 })
      assert.strictEqual((yield* counts(breaker)).streak, 4)
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("a reload keeps the current open time and applies the new setting to the next open time", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      yield* send(breaker, "f")
      yield* TestClock.adjust(400)
      yield* CircuitBreaker.reload(breaker, { consecutive: 1, open: 5000 })
      assert.strictEqual(yield* retryAfter(breaker), 600)
      yield* TestClock.adjust(600)
      yield* send(breaker, "f")
      assert.strictEqual(yield* retryAfter(breaker), 5000)
    }),
  )

  it.effect("uses the default open time if the open-time function throws, and reports the exception", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({
        consecutive: 2,
        open: (openings) => {
          if (openings === 1) throw new Error("no such row")
          return "2 seconds"
        },
      })
      const calls = [yield* fail(breaker), yield* fail(breaker)]
      assert.notInclude(calls[0], "no such row")
      assert.include(calls[1], "no such row")
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Open" })
      yield* TestClock.adjust("29999 millis")
      assert.include(yield* fail(breaker), "CircuitOpen")
      yield* TestClock.adjust(1)
      assert.include(yield* fail(breaker), "Down")
      yield* TestClock.adjust("1999 millis")
      assert.include(yield* fail(breaker), "CircuitOpen")
      yield* TestClock.adjust(1)
      assert.include(yield* fail(breaker), "Down")
    }),
  )

  it.effect("a reload discards an open time that was calculated but not used", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      const isolation = yield* CircuitBreaker.isolate(breaker, "maintenance")
      assert.strictEqual(yield* retryAfter(breaker), 1000)
      yield* CircuitBreaker.reload(breaker, { consecutive: 1, open: 2000 })
      assert.strictEqual(yield* retryAfter(breaker), 2000)
      yield* isolation.release
    }),
  )

  it.effect("a reload keeps probes in flight, and applies the new lease to later probes", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000, probeLease: 2000 })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      yield* hang(breaker)
      yield* CircuitBreaker.reload(breaker, { consecutive: 1, open: 1000, probes: 2, probeLease: 500 })
      yield* hang(breaker)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", probing: 2 })
      yield* TestClock.adjust(500)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Open", since: 1500 })
    }),
  )

  it.effect("a reload ends a ramp if the new options omit the ramp", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000, ramp: { over: "1 minute", from: 0.1 } })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      yield* send(breaker, "s")
      assert.strictEqual(yield* tag(breaker), "Recovering")
      yield* CircuitBreaker.reload(breaker, { consecutive: 1 })
      assert.deepStrictEqual(yield* send(breaker, "sss"), ["ok", "ok", "ok"])
      assert.strictEqual(yield* tag(breaker), "Closed")
    }),
  )

  it.effect("a reload keeps the name, and keeps the current `classify` unless a new function is given", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ name: "payments", consecutive: 1, classify: () => "failure" })
      yield* CircuitBreaker.reload(breaker, { name: "refunds", consecutive: 2 })
      assert.strictEqual(breaker.name, "payments")
      yield* outcome(CircuitBreaker.protect(Effect.fail(wrong()), breaker))
      assert.strictEqual((yield* counts(breaker)).streak, 1)
      yield* CircuitBreaker.reload(breaker, { consecutive: 2, classify: () => "ignored" })
      yield* send(breaker, "f")
      assert.strictEqual((yield* counts(breaker)).streak, 1)
    }),
  )

  it.effect("a reload applies the new options to calls that are in flight", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1 })
      const call = yield* hang(breaker)
      yield* CircuitBreaker.reload(breaker, { consecutive: 1, dryRun: true })
      yield* send(breaker, "f")
      assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
      yield* CircuitBreaker.reload(breaker, { consecutive: 1 })
      assert.strictEqual((yield* rejection(breaker)).reason, "a failure")
      yield* Fiber.interrupt(call)
    }),
  )
})
