import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Cause, Duration, Effect, Exit, Fiber, Schedule, Scheduler } from "effect"
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
  it.effect("opens at so many failures in a row, and a success begins the count anew", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 3 })
      assert.deepStrictEqual(yield* send(breaker, "ffsfff"), ["Down", "Down", "ok", "Down", "Down", "Down"])
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
    }),
  )

  it.effect("rejects a call that came when it was closed, and was suspended before it got in", () =>
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
        // Who had got in already goes on, and counts for nothing.
        if (sentWhile === "Open") assert.strictEqual(breaker.machine.counters.late, 1)
        rejected.push(sentWhile === "never")
        assert.strictEqual(yield* retryAfter(breaker), 10_000)
      }
      assert.include(rejected, true)
    }),
  )

  it.effect("gives the places around it back when its classify fails", () =>
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

  it.effect("opens at ten failures in a row by default", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make()
      yield* send(breaker, "fffffffff")
      assert.strictEqual(yield* tag(breaker), "Closed")
      yield* send(breaker, "f")
      assert.strictEqual(yield* tag(breaker), "Open")
      assert.strictEqual(yield* retryAfter(breaker), 30_000)
    }),
  )

  it.effect("rejects with the rest of the open time, in its verdict too, and sends nothing", () =>
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
      assert.deepStrictEqual(verdict, Verdict.always({ pace: "throttled", ...unsent, retryAfter: Duration.seconds(6) }))
      assert.strictEqual(rejected.message, "the circuit of payments is not closed: 2 failures in a row; again in 6 s")
      // Half of a nanosecond is for no reader.
      const odd = new CircuitBreaker.CircuitOpen("payments", "a probe failed", 2450.123_456)
      assert.include(odd.message, "again in 2.45 s")
    }),
  )

  it.effect("sends one probe when the open time is over, and closes when it succeeds", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      yield* send(breaker, "f")
      yield* TestClock.adjust(999)
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
      yield* TestClock.adjust(1)
      const probe = yield* start(breaker, 50)
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
      assert.strictEqual((yield* rejection(breaker)).reason, "a probe is under way")
      yield* TestClock.adjust(50)
      assert.strictEqual(yield* Fiber.join(probe), "ok")
      assert.strictEqual(yield* tag(breaker), "Closed")
      assert.deepStrictEqual(yield* send(breaker, "ss"), ["ok", "ok"])
    }),
  )

  it.effect("opens again when the probe fails, and says so", () =>
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

  it.effect("counts neither an interruption nor an error that is about the request", () =>
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

  it.effect("asks `classify`, where there is one, what an error says", () =>
    Effect.gen(function* () {
      const classify = (error: Verdict.Classified) => (error._tag === "Wrong" ? "failure" : "success")
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, classify })
      yield* send(breaker, "f")
      assert.strictEqual((yield* counts(breaker)).successes, 1)
      yield* outcome(CircuitBreaker.protect(Effect.fail(wrong()), breaker))
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("probe lost: a `classify` that throws is a defect beside the error, and frees the place of a probe", () =>
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

  it.effect("passes on what the call answers, and can be applied in a pipe", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make()
      assert.strictEqual(yield* Effect.succeed(7).pipe(CircuitBreaker.protect(breaker)), 7)
      assert.deepStrictEqual(yield* Effect.exit(CircuitBreaker.protect(Effect.die("odd"), breaker)), Exit.die("odd"))
    }),
  )

  describe("open times", () => {
    /** The open times of so many openings, the circuit failing every probe. */
    const openTimes = (breaker: CircuitBreaker.CircuitBreaker, openings: number) =>
      Effect.gen(function* () {
        const times: Array<number> = []
        while (times.length < openings) {
          yield* send(breaker, "f")
          times.push(yield* retryAfter(breaker))
          yield* TestClock.adjust(times[times.length - 1] ?? 0)
        }
        return times
      })

    it.effect("grow while the service stays away, up to the cap", () =>
      Effect.gen(function* () {
        const open = { base: "1 second", factor: 3, cap: "20 seconds" } as const
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open })
        assert.deepStrictEqual(yield* openTimes(breaker, 5), [1000, 3000, 9000, 20_000, 20_000])
      }),
    )

    it.effect("double up to `maxOpen` when nothing is said", () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: "1 minute" } })
        assert.deepStrictEqual(yield* openTimes(breaker, 4), [60_000, 120_000, 240_000, 300_000])
      }),
    )

    it.effect("go on where they were for a service that flaps, and begin anew after it has stayed well as long", () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: 1000 } })
        assert.deepStrictEqual(yield* openTimes(breaker, 3), [1000, 2000, 4000])
        yield* send(breaker, "s")
        yield* TestClock.adjust(3999)
        assert.deepStrictEqual(yield* openTimes(breaker, 1), [8000])
        yield* send(breaker, "s")
        yield* TestClock.adjust(8000)
        assert.deepStrictEqual(yield* openTimes(breaker, 2), [1000, 2000])
      }),
    )

    it.effect("follow a schedule, whose last delay stays when it has ended", () =>
      Effect.gen(function* () {
        const open = yield* CircuitBreaker.scheduled(Schedule.exponential("1 second").pipe(Schedule.upTo({ times: 3 })))
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open })
        assert.deepStrictEqual(yield* openTimes(breaker, 5), [1000, 2000, 4000, 4000, 4000])
        yield* send(breaker, "s")
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* openTimes(breaker, 2), [1000, 2000])
      }),
    )

    it.effect("give a schedule the number of the opening and the time spent open", () =>
      Effect.gen(function* () {
        const seen: Array<readonly [number, number]> = []
        const schedule = Schedule.fromStep<number, number, never, never, never, never>(
          Effect.succeed((now: number, opening: number) => {
            seen.push([now, opening])
            return Effect.succeed<[number, Duration.Duration]>([opening, Duration.seconds(opening)])
          }),
        )
        const open = yield* CircuitBreaker.scheduled(schedule)
        assert.deepStrictEqual(
          [1, 3, 3].map((n) => Duration.toMillis(open(n))),
          [1000, 3000, 3000],
        )
        assert.deepStrictEqual(seen, [
          [0, 1],
          [1000, 2],
          [3000, 3],
          [0, 1],
          [1000, 2],
          [3000, 3],
        ])
      }),
    )

    it.effect("are at least a millisecond and at most `maxOpen`, whatever a function says", () =>
      Effect.gen(function* () {
        const said = [0, Number.NaN, Infinity]
        const open = (openings: number) => said[openings - 1] ?? 5
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open, maxOpen: "1 minute" })
        assert.deepStrictEqual(yield* openTimes(breaker, 4), [1, 1, 60_000, 5])
      }),
    )

    it.effect("are as long as the server asks, up to `maxOpen`, when that is longer", () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 2, open: 1000, maxOpen: "1 minute" })
        const fail = (seconds: number) =>
          outcome(CircuitBreaker.protect(Effect.fail(down({ retryAfter: Duration.seconds(seconds) })), breaker))
        // Only the failure that opens the circuit is asked.
        yield* fail(50)
        yield* fail(7)
        assert.strictEqual(yield* retryAfter(breaker), 7000)
        yield* TestClock.adjust(7000)
        yield* fail(0.5)
        assert.strictEqual(yield* retryAfter(breaker), 1000)
        yield* TestClock.adjust(1000)
        yield* fail(86_400)
        assert.strictEqual(yield* retryAfter(breaker), 60_000)
      }),
    )

    it.effect("are bounded by 5 minutes when nothing is said, or by `open` where that is longer", () =>
      Effect.gen(function* () {
        const hint = down({ retryAfter: Duration.hours(24) })
        const short = yield* CircuitBreaker.make({ consecutive: 1 })
        yield* outcome(CircuitBreaker.protect(Effect.fail(hint), short))
        assert.strictEqual(yield* retryAfter(short), 300_000)
        const long = yield* CircuitBreaker.make({ consecutive: 1, open: "10 minutes" })
        yield* outcome(CircuitBreaker.protect(Effect.fail(hint), long))
        assert.strictEqual(yield* retryAfter(long), 600_000)
      }),
    )
  })

  describe("half-open", () => {
    const opened = (options: CircuitBreaker.Options) =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000, ...options })
        yield* send(breaker, "f")
        yield* TestClock.adjust(1000)
        return breaker
      })

    it.effect("probe lost: an interrupted probe, or one whose error is ignored, gives its place to the next call", () =>
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

    it.effect("probe lost: a probe that hangs has failed when its lease ends, as of then", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ probeLease: "5 seconds" })
        const probe = yield* hang(breaker)
        yield* TestClock.adjust(4999)
        assert.strictEqual(yield* tag(breaker), "HalfOpen")
        yield* TestClock.adjust(1)
        assert.deepInclude(yield* CircuitBreaker.state(breaker), {
          _tag: "Open",
          since: 6000,
          reason: "a probe did not answer",
          retryAfter: Duration.seconds(1),
        })
        yield* TestClock.adjust(1000)
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        assert.strictEqual(yield* tag(breaker), "Closed")
        yield* Fiber.interrupt(probe)
        assert.strictEqual(yield* tag(breaker), "Closed")
      }),
    )

    it.effect("probe lost: the lease is five minutes when nothing is said", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({})
        yield* hang(breaker)
        yield* TestClock.adjust(299_999)
        assert.strictEqual(yield* tag(breaker), "HalfOpen")
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* tag(breaker), "Open")
      }),
    )

    it.effect("probe flood: a hundred calls at once are one probe and 99 rejections", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({})
        const calls = yield* Effect.forEach(Array.from({ length: 100 }), () => start(breaker, 10))
        yield* TestClock.adjust(10)
        const ended = yield* Effect.forEach(calls, Fiber.join)
        assert.strictEqual(ended.filter((end) => end === "ok").length, 1)
        assert.strictEqual(ended.filter((end) => end === "CircuitOpen").length, 99)
      }),
    )

    it.effect("probe flood: the probe of a circuit that opened again does not make room for another", () =>
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

    it.effect("closes after as many successes as are asked for, over as many probes at once as are allowed", () =>
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

    it.effect("forgets the successes of probes when one fails", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ successThreshold: 2 })
        yield* send(breaker, "sf")
        yield* TestClock.adjust(1000)
        yield* send(breaker, "s")
        assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", succeeded: 1 })
      }),
    )

    it.effect("asks rejected callers to come back in a second, or half the lease", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ probeLease: "10 seconds" })
        yield* hang(breaker)
        assert.strictEqual(yield* retryAfter(breaker), 1000)
        const hasty = yield* opened({ probeLease: 301 })
        yield* hang(hasty)
        assert.strictEqual(yield* retryAfter(hasty), 151)
      }),
    )

    it.effect("asks callers to come back after the next open time when the lease is about to end", () =>
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

    it.effect("cancelled probe must not close: neither an interruption nor an ignored error does", () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ probes: 2 })
        const probes = [yield* hang(breaker), yield* start(breaker, 10, wrong())]
        yield* TestClock.adjust(10)
        yield* Effect.forEach(probes, Fiber.interrupt)
        assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", probing: 0, succeeded: 0 })
      }),
    )
  })

  describe("what comes too late", () => {
    it.effect("late success: a call from before the circuit opened closes nothing", () =>
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

    it.effect("late failure: a call from before the circuit closed opens nothing", () =>
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

    it.effect("late probe: what is left of the probes when one has closed the circuit opens nothing", () =>
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

    it.effect("late probe: its answer after the lease counts for nothing, though nobody looked in between", () =>
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

    it.effect("admits a growing share of the calls, and all at its end", () =>
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

    it.effect("tells those that it rejects when it would admit them", () =>
      Effect.gen(function* () {
        const breaker = yield* recovering({ over: 1000, from: 0.25 })
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        const rejected = yield* rejection(breaker)
        assert.strictEqual(rejected.reason, "few calls are admitted yet")
        assert.strictEqual(Duration.toMillis(rejected.retryAfter), 334)
        yield* TestClock.adjust(334)
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        // Half a call is owed, and half the calls are admitted: the next one is.
        yield* TestClock.adjust(66)
        assert.strictEqual(yield* retryAfter(breaker), 1)
      }),
    )

    it.effect("counts what its calls bring home, and opens again", () =>
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

  it.effect("does not stay open for as long as the clock was set back", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: "10 seconds", probeLease: "20 seconds" })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "f")
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* retryAfter(breaker), 6000)
      yield* TestClock.setTime(5000)
      assert.strictEqual(yield* retryAfter(breaker), 6000)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Open", since: 1000 })
      yield* TestClock.adjust("6 seconds")
      yield* hang(breaker)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", since: 11_000 })
      yield* TestClock.setTime(1000)
      assert.strictEqual(yield* tag(breaker), "HalfOpen")
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(yield* tag(breaker), "Open")
    }),
  )

  it.effect("stays open for its time though the clock was set back while it was closed", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: "10 seconds" } })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "f")
      yield* TestClock.adjust("10 seconds")
      yield* send(breaker, "s")
      yield* TestClock.setTime(0)
      yield* send(breaker, "f")
      assert.strictEqual(yield* retryAfter(breaker), 20_000)
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* retryAfter(breaker), 16_000)
    }),
  )

  it.effect("counts the time that it has stayed well by the clock that was set back", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: { base: "10 seconds" } })
      yield* TestClock.setTime(3_600_000)
      yield* send(breaker, "f")
      yield* TestClock.adjust("10 seconds")
      yield* send(breaker, "s")
      yield* TestClock.setTime(0)
      yield* tag(breaker)
      yield* TestClock.adjust("10 seconds")
      yield* send(breaker, "f")
      assert.strictEqual(yield* retryAfter(breaker), 10_000)
    }),
  )
})
