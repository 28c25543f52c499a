import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Cause, Duration, Effect, Exit, Fiber, Scheduler } from "effect"
import { TestClock } from "effect/testing"
import {
  counts,
  down,
  hang,
  outcome,
  rejection,
  retryAfter,
  send,
  start,
  tag,
  wrong,
} from "../../support/breaker/calls.ts"

describe("CircuitBreaker", () => {
  it.effect("opens after the configured number of consecutive failures, and resets the count after a success", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 3 })
      assert.deepStrictEqual(yield* send(breaker, "ffsfff"), ["Down", "Down", "ok", "Down", "Down", "Down"])
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
    }),
  )

  it.effect(
    "rejects a call that arrived while the circuit was closed if the call resumes only after the circuit has opened",
    () =>
      Effect.gen(function* () {
        const rejected: Array<boolean> = []
        for (let steps = 3; steps < 9; steps++) {
          const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: "10 seconds" })
          let sentWhile = "never"
          const call = Effect.sync(() => void (sentWhile = breaker.machine.phase))
          const fiber = yield* Effect.forkChild(
            Effect.exit(CircuitBreaker.protect(call, breaker)).pipe(
              Effect.provideService(Scheduler.MaxOpsBeforeYield, steps),
            ),
            { startImmediately: true },
          )
          yield* send(breaker, "f")
          yield* Fiber.join(fiber)
          // A call that was already admitted continues, and its outcome is ignored.
          if (sentWhile === "Open") assert.strictEqual(breaker.machine.counters.late, 1)
          rejected.push(sentWhile === "never")
          assert.strictEqual(yield* retryAfter(breaker), 10_000)
        }
        assert.include(rejected, true)
      }),
  )

  it.effect("lets the outer limits release their permits when `classify` throws", () =>
    Effect.gen(function* () {
      const bulkhead = yield* Bulkhead.make({ permits: 1 })
      const breaker = yield* CircuitBreaker.make({
        classify: () => {
          throw new Error("a bug")
        },
      })
      const pipeline = yield* Pipeline.make(Pipeline.limits(bulkhead), Pipeline.breaker(breaker))
      const exit = yield* Effect.exit(Pipeline.run(pipeline, Effect.fail(down())))
      assert.isTrue(Exit.isFailure(exit) && exit.cause.reasons.some(Cause.isDieReason))
      assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
    }),
  )

  it.effect("opens after ten consecutive failures by default", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make()
      yield* send(breaker, "fffffffff")
      assert.strictEqual(yield* tag(breaker), "Closed")
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Open")
      assert.strictEqual(yield* retryAfter(breaker), 30_000)
    }),
  )

  it.effect(
    "rejects calls without sending them while open, and reports the remaining open time in the error and its verdict",
    () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ name: "payments", consecutive: 2, open: "10 seconds" })
        yield* send(breaker, "ff")
        yield* TestClock.adjust("4 seconds")
        const rejected = yield* rejection(breaker)
        assert.instanceOf(rejected, CircuitBreaker.CircuitOpen)
        assert.instanceOf(rejected, Error)
        const { breaker: name, reason, retryAfter, verdict } = rejected
        assert.deepStrictEqual([name, reason, retryAfter], ["payments", "2 failures in a row", Duration.seconds(6)])
        const unsent = { outcome: "ignored", applied: "no" } as const
        assert.deepStrictEqual(
          verdict,
          Verdict.always({ pace: "throttled", ...unsent, retryAfter: Duration.seconds(6) }),
        )
        assert.strictEqual(rejected.message, "circuit payments is not closed: 2 failures in a row; retry in 6 s")
        // The message rounds fractions of a nanosecond away.
        const odd = new CircuitBreaker.CircuitOpen("payments", "a probe failed", 2450.123_456)
        assert.include(odd.message, "retry in 2.45 s")
      }),
  )

  it.effect("sends one probe after the open time, and closes when the probe succeeds", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      yield* send(breaker, "f")
      yield* TestClock.adjust(999)
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
      yield* TestClock.adjust(1)
      const probe = yield* start(breaker, 50)
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
      assert.strictEqual((yield* rejection(breaker)).reason, "a probe is in flight")
      yield* TestClock.adjust(50)
      assert.strictEqual(yield* Fiber.join(probe), "ok")
      assert.strictEqual(yield* tag(breaker), "Closed")
      assert.deepStrictEqual(yield* send(breaker, "ss"), ["ok", "ok"])
    }),
  )

  it.effect("reopens when the probe fails, and reports the reason", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1500)
      assert.deepStrictEqual(yield* send(breaker, "fs"), ["Down", "CircuitOpen"])
      const rejected = yield* rejection(breaker)
      assert.strictEqual(rejected.reason, "a probe failed")
      assert.strictEqual(Duration.toMillis(rejected.retryAfter), 1000)
    }),
  )

  it.effect("counts a defect as a failure", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1 })
      yield* Effect.exit(CircuitBreaker.protect(Effect.die("division by zero"), breaker))
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("does not count interruptions or errors caused by the request as failures", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 2 })
      yield* send(breaker, "f")
      yield* Fiber.interrupt(yield* hang(breaker))
      yield* outcome(CircuitBreaker.protect(Effect.fail(wrong()), breaker))
      assert.strictEqual((yield* counts(breaker)).streak, 1)
      assert.strictEqual((yield* counts(breaker)).ignored, 2)
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("uses `classify`, if set, to determine the outcome of an error", () =>
    Effect.gen(function* () {
      const classify = (error: Verdict.Classified) => (error._tag === "Wrong" ? "failure" : "success")
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, classify })
      yield* send(breaker, "f")
      assert.strictEqual((yield* counts(breaker)).successes, 1)
      yield* outcome(CircuitBreaker.protect(Effect.fail(wrong()), breaker))
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("probe lost: adds a defect to the error and releases the probe's lease when `classify` throws", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      const broken = () => {
        throw new Error("no such column")
      }
      yield* CircuitBreaker.reload(breaker, { consecutive: 1, classify: broken })
      const exit = yield* Effect.exit(CircuitBreaker.protect(Effect.fail(down()), breaker))
      assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "no such column")
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", probing: 0 })
    }),
  )

  it.effect("returns the result of the call, and can be applied in a pipe", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make()
      assert.strictEqual(yield* Effect.succeed(7).pipe(CircuitBreaker.protect(breaker)), 7)
      assert.deepStrictEqual(yield* Effect.exit(CircuitBreaker.protect(Effect.die("odd"), breaker)), Exit.die("odd"))
    }),
  )
})
