import { assert, describe, it } from "@effect/vitest"
import {
  AttemptTimedOut,
  Authorization,
  Connectivity,
  Health,
  Pipeline,
  Timeline,
  Tokens,
  Verdict,
  type Classified,
} from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Retry from "@holdfast/core/Retry"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Throttle from "@holdfast/core/Throttle"
import { Cause, Clock, Context, Duration, Effect, Exit, Fiber, Layer, Random, Redacted, Schedule } from "effect"
import { TestClock } from "effect/testing"
import * as V8 from "node:v8"
import * as Vm from "node:vm"

const failure = (verdict: Verdict.Verdict, _tag = "Failure"): Classified => ({ _tag, verdict })

describe("Pipeline", () => {
  it.effect("sends again as the verdict says and succeeds", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry())
      const call = Pipeline.run(pipeline, ({ number }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return number < 4 ? Effect.fail(failure(Verdict.always())) : Effect.succeed("done")
        }),
      )
      assert.strictEqual(yield* inTime(call), "done")
      assert.deepStrictEqual(sent, [0, 500, 1500, 3500])
    }).pipe(pinned),
  )

  it.effect("fails with the error of the last attempt", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
      const call = Pipeline.run(pipeline, ({ number }) => Effect.fail(failure(Verdict.always(), `error ${number}`)))
      assert.strictEqual((yield* inTime(Effect.flip(call)))._tag, "error 3")
    }).pipe(pinned),
  )

  it.effect("treats a success as a failure if a stage says so: it is retried, and a breaker counts it", () =>
    Effect.gen(function* () {
      const busy = failure(Verdict.always(), "JobBusy")
      const sent: Array<number> = []
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 3 })
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.retry({ attempts: 3, backoff: { jitter: "none" } }),
        Pipeline.breaker(breaker),
        Pipeline.failWhen((job: { readonly state: string }) => (job.state === "busy" ? busy : undefined)),
      )
      const call = (states: ReadonlyArray<string>) =>
        Pipeline.run(pipeline, ({ number }) =>
          Effect.map(Clock.currentTimeMillis, (now) => {
            sent.push(now)
            return { state: states[number - 1] ?? "busy" }
          }),
        )
      assert.deepStrictEqual(yield* inTime(call(["busy", "busy", "done"])), { state: "done" })
      assert.deepStrictEqual(sent, [0, 500, 1500])
      const error: Classified = yield* inTime(Effect.flip(call([])))
      assert.strictEqual(error, busy)
      assert.lengthOf(Timeline.of(error), 3)
      // Half-open by now: the clock goes on until the call has ended.
      assert.notStrictEqual((yield* CircuitBreaker.state(breaker))._tag, "Closed")
      assert.strictEqual(Pipeline.describe(pipeline).split(" › ").at(-2), "decode")
    }),
  )

  it.effect("judges successes and decodes errors, but does not decode its own errors", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.decode((status: number) => failure(Verdict.never(), `Status${status}`), {
          failWhen: (answer: string) => (answer === "" ? failure(Verdict.never(), "Empty") : undefined),
        }),
      )
      assert.strictEqual(yield* Pipeline.run(pipeline, Effect.succeed("full")), "full")
      assert.strictEqual((yield* Effect.flip(Pipeline.run(pipeline, Effect.succeed(""))))._tag, "Empty")
      assert.strictEqual((yield* Effect.flip(Pipeline.run(pipeline, Effect.fail(503))))._tag, "Status503")
      // @ts-expect-error -- the stage judges texts
      void Pipeline.run(pipeline, Effect.succeed(1))
    }),
  )

  it.effect("closes the connectivity gate, waits for it, and does not count the wait as an attempt", () =>
    Effect.gen(function* () {
      const world = { down: false }
      const sent: Array<number> = []
      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        const pipeline = Pipeline.makeUnsafe(
          Pipeline.retry(),
          Pipeline.gates({ connectivity }),
          Pipeline.timeout("15 seconds"),
        )
        const call = Pipeline.run(pipeline, ({ number }) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            sent.push(now)
            if (number > 1) return Effect.succeed(number)
            world.down = true
            return Effect.fail(failure(Verdict.always({ closes: "connectivity" }), "ConnectionReset"))
          }),
        )
        const fiber = yield* Effect.forkChild(call)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        assert.deepStrictEqual(sent, [0])
        world.down = false
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* Fiber.join(fiber), 2)
      }).pipe(Effect.provide(connectivityOf(world)))
    }).pipe(pinned),
  )

  it.effect("sends the token that the gate gives, and a fresh one after a refusal", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      yield* Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization: yield* Authorization }))
        const call = Pipeline.run(pipeline, ({ token }) =>
          Effect.suspend(() => {
            const value = token === undefined ? "none" : Redacted.value(token)
            sent.push(value)
            return value === "fresh"
              ? Effect.succeed("done")
              : Effect.fail(failure(Verdict.once({ closes: "authorization", change: "token" }), "UnauthorizedClient"))
          }),
        )
        assert.strictEqual(yield* inTime(call), "done")
      }).pipe(Effect.provide(authorizationOf(() => "fresh")))
      assert.deepStrictEqual(sent, ["stale", "fresh"])
    }).pipe(pinned),
  )

  it.effect("takes a second refusal, of a fresh token, for final", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      yield* Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ authorization: yield* Authorization }))
        const call = Pipeline.run(pipeline, ({ token }) =>
          Effect.suspend(() => {
            sent.push(token === undefined ? "none" : Redacted.value(token))
            return Effect.fail(failure(Verdict.once({ closes: "authorization" }), "UnauthorizedClient"))
          }),
        )
        assert.strictEqual((yield* inTime(Effect.flip(call)))._tag, "UnauthorizedClient")
      }).pipe(Effect.provide(authorizationOf(() => "fresh")))
      assert.deepStrictEqual(sent, ["stale", "fresh"])
    }).pipe(pinned),
  )

  it.effect("refreshes once for a token that is refused for good, however often it is sent again", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      let refreshes = 0
      const layer = authorizationOf(() => `fresh ${++refreshes}`)
      yield* Effect.gen(function* () {
        const pipeline = Pipeline.makeUnsafe(
          Pipeline.retry({ attempts: 4 }),
          Pipeline.gates({ authorization: yield* Authorization }),
        )
        const call = Pipeline.run(pipeline, ({ token }) =>
          Effect.suspend(() => {
            sent.push(token === undefined ? "none" : Redacted.value(token))
            return Effect.fail(failure(Verdict.always({ closes: "authorization" }), "UnauthorizedClient"))
          }),
        )
        yield* inTime(Effect.flip(call))
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(sent, ["stale", "fresh 1", "fresh 1", "fresh 1"])
    }).pipe(pinned),
  )

  it.effect("gives every attempt its own time", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.timeout("15 seconds"))
      const call = Pipeline.run(
        pipeline,
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return Effect.never
        }),
      )
      const error = yield* inTime(Effect.flip(call))
      assert.instanceOf(error, AttemptTimedOut)
      assert.strictEqual(error.afterMs, 15_000)
      assert.deepStrictEqual(sent, [0, 15_500, 31_500])
    }).pipe(pinned),
  )

  it.effect("retries a defect once where the policy says so, and never otherwise", () =>
    Effect.gen(function* () {
      const bug = new Error("DivideByZero")
      for (const [defects, expected] of [
        ["once", 2],
        ["never", 1],
      ] as const) {
        let attempts = 0
        const call = Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ defects })), () =>
          Effect.suspend(() => {
            attempts++
            return Effect.die(bug)
          }),
        )
        const exit = yield* inTime(Effect.exit(call))
        assert.strictEqual(attempts, expected)
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
        assert.strictEqual(Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined, bug)
      }
    }).pipe(pinned),
  )

  it.effect("ends with an interruption in the middle of a wait, and sends nothing more", () =>
    Effect.gen(function* () {
      let attempts = 0
      const call = Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry()), () =>
        Effect.suspend(() => {
          attempts++
          return Effect.fail(failure(Verdict.always()))
        }),
      )
      const fiber = yield* Effect.forkChild(call)
      yield* TestClock.adjust("600 millis")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(attempts, 2)
    }).pipe(pinned),
  )

  it.effect("takes the call's own error for an attempt that takes too long, and its verdict", () =>
    Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("15 seconds"))
      const timedOut = (afterMs: number) => failure(Verdict.never(), `TimedOut after ${afterMs}`)
      const call = Pipeline.run(pipeline, Effect.never, { timedOut })
      assert.strictEqual((yield* inTime(Effect.flip(call)))._tag, "TimedOut after 15000")
    }).pipe(pinned),
  )

  it.effect("does not repeat a call after a defect that must not be repeated", () =>
    Effect.gen(function* () {
      let attempts = 0
      const bug = Effect.suspend(() => {
        attempts++
        return Effect.die(new Error("DivideByZero"))
      })
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ defects: "once" }))
      yield* inTime(Effect.exit(Pipeline.run(pipeline, bug, { repeatable: false })))
      assert.strictEqual(attempts, 1)
    }).pipe(pinned),
  )

  it.effect("does not send again what the call forbids, and takes the error for one of the service all the same", () =>
    Effect.gen(function* () {
      const outcomes: Array<string> = []
      const lost = failure(Verdict.always(), "Lost")
      const call = Pipeline.run(
        Pipeline.makeUnsafe(Pipeline.retry()),
        ({ number }) => Effect.fail(number < 3 ? failure(Verdict.always(), "Refused") : lost),
        { mayResend: ({ _tag }) => _tag !== "Lost" },
      ).pipe(
        Observer.observe({
          event: (event) => void (event._tag === "AttemptEnded" && outcomes.push(event.outcome)) as undefined,
        }),
      )
      const error = yield* inTime(Effect.flip(call))
      assert.strictEqual(error, lost)
      assert.deepStrictEqual(
        Timeline.of(error).map(({ decidedBy }) => decidedBy),
        ["backoff", "backoff", "verdict"],
      )
      assert.deepStrictEqual(outcomes, ["failure", "failure", "failure"])
    }).pipe(pinned),
  )

  it.effect("gives every place back when a call fails with what has no verdict, and does not send it again", () =>
    Effect.gen(function* () {
      const adaptive = yield* AdaptiveLimit.make()
      const bulkhead = yield* Bulkhead.make({ permits: 2 })
      const breaker = yield* CircuitBreaker.make()
      const pipeline = yield* Pipeline.make(
        Pipeline.retry(),
        Pipeline.gates({}),
        Pipeline.limits(adaptive, bulkhead),
        Pipeline.breaker(breaker),
      )
      for (const slipped of ["text", 5, null, undefined, new Error("plain"), { _tag: "Tagged" }]) {
        const exit = yield* Effect.exit(Pipeline.run(pipeline, Effect.fail(slipped) as Effect.Effect<never, never>))
        assert.deepStrictEqual(exit, Exit.fail(slipped as never))
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
        assert.strictEqual((yield* AdaptiveLimit.stats(adaptive)).inFlight, 0)
        assert.strictEqual((yield* CircuitBreaker.state(breaker)).counts.streak, 1)
        yield* CircuitBreaker.reset(breaker)
      }
    }),
  )

  it.effect("keeps a deadline of its context that nobody else sees to", () =>
    Effect.gen(function* () {
      const under = (pipeline: Pipeline.Pipeline<readonly [Pipeline.Stage]>) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          const exit = yield* Effect.exit(Pipeline.run(pipeline, Effect.never)).pipe(
            Effect.provideService(Deadline.Current, { at: now + 5000, limit: 5000 }),
          )
          const error = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isFailReason)?.error : undefined
          return [(error as Classified | undefined)?._tag, (yield* Clock.currentTimeMillis) - now]
        })
      const deadline = Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"))
      const timeout = Pipeline.makeUnsafe(Pipeline.timeout("15 seconds"))
      assert.deepStrictEqual(yield* inTime(under(deadline)), ["DeadlineExceeded", 5000])
      assert.deepStrictEqual(yield* inTime(under(timeout)), ["AttemptTimedOut", 15_000])
    }),
  )

  it.effect("refuses stages in another order where their number is not known to the types", () =>
    Effect.gen(function* () {
      const refused = (...stages: ReadonlyArray<Pipeline.Stage>) =>
        Effect.map(Effect.flip(Pipeline.make(...stages)), ({ message }) => message.split(", allowed is ")[0])
      const [retry, timeout] = [Pipeline.retry(), Pipeline.timeout("1 second")]
      assert.deepStrictEqual(
        [yield* refused(timeout, retry), yield* refused(retry, Pipeline.gates({}), retry)],
        ['Pipeline: stages[1] is "retry" inside of "timeout"', 'Pipeline: stages[2] is "retry" inside of "gates"'],
      )
      const rest: ReadonlyArray<Pipeline.Stage> = [retry, Pipeline.limits(), timeout]
      assert.match(Pipeline.describe(yield* Pipeline.make(...rest)), /^retry [^›]+› timeout 1 s › send$/)
    }),
  )

  it.effect("takes the attempts beside a schedule for one more bound, and no backoff beside it", () =>
    Effect.gen(function* () {
      const described = (options: Pipeline.RetryOptions) =>
        Effect.map(Effect.exit(Pipeline.make(Pipeline.retry(options))), (exit) =>
          Exit.isSuccess(exit)
            ? /^retry (.) attempts/.exec(Pipeline.describe(exit.value))?.[1]
            : exit.cause.reasons.map((reason) => reason._tag === "Fail" && reason.error.option),
        )
      const schedule = Retry.policy({ attempts: 4 })
      assert.strictEqual(yield* described({ schedule, attempts: 3 }), "3")
      assert.strictEqual(yield* described({ schedule, attempts: 8 }), "4")
      assert.deepStrictEqual(yield* described({ schedule, attempts: 1.5 }), ["attempts"])
      assert.deepStrictEqual(yield* described({ schedule, hintCap: -1 }), ["hintCap"])
      assert.deepStrictEqual(yield* described({ schedule, backoff: {} }), ["backoff"])
      const other = yield* Pipeline.make(Pipeline.retry({ schedule: Schedule.forever, attempts: 2 }))
      assert.strictEqual((yield* Effect.flip(Pipeline.reload(other, { retry: { backoff: {} } }))).option, "backoff")
    }),
  )

  it.effect("waits as a schedule says, and ends with it", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const schedule = Schedule.max([Schedule.spaced("3 seconds"), Schedule.recurs(2)])
      const pipeline = yield* Pipeline.make(Pipeline.retry(schedule))
      const call = Pipeline.run(pipeline, () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return Effect.fail(failure(Verdict.always()))
        }),
      )
      const timeline = Timeline.of(yield* inTime(Effect.flip(call)))
      assert.deepStrictEqual(sent, [0, 3000, 6000])
      assert.deepStrictEqual(
        timeline.map(({ decidedBy }) => decidedBy),
        ["backoff", "backoff", "schedule"],
      )
    }),
  )

  it.effect("says of each attempt when it began, how long it took, and who decided what came next", () =>
    Effect.gen(function* () {
      const hint = Verdict.always({ retryAfter: Duration.seconds(20) })
      const verdicts = [Verdict.once(), hint, Verdict.once()]
      const pipeline = yield* Pipeline.make(Pipeline.retry({ backoff: { jitter: "none" } }))
      const call = Pipeline.run(pipeline, ({ number }) =>
        Effect.andThen(Effect.sleep("1 second"), Effect.fail(failure(verdicts[number - 1] ?? Verdict.never()))),
      )
      const timeline = Timeline.of(yield* inTime(Effect.flip(call)))
      assert.deepStrictEqual(
        timeline.map(({ decidedBy, duration, sent, startedAt, wait }) => [startedAt, duration, wait, sent, decidedBy]),
        [
          [0, 1000, 0, true, "backoff"],
          [1500, 1000, 500, true, "server"],
          [22_500, 1000, 20_000, true, "once"],
        ],
      )
    }),
  )

  it.effect("has nothing sent in its timeline while a breaker refuses", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: "1 hour", maxOpen: "1 hour" })
      const budget = RetryBudget.ratioUnsafe({ kind: "ratio", percent: 100, floor: 0, window: "10 seconds" })
      const rules = { attempts: 2, backoff: { base: "1 second", jitter: "none" }, hintCap: "1 second" } as const
      const hints = { beyondHintCap: "clamp" } as const
      const pipeline = yield* Pipeline.make(Pipeline.retry({ ...rules, ...hints, budget }), Pipeline.breaker(breaker))
      const call = Pipeline.run(pipeline, Effect.fail(failure(Verdict.always())))
      assert.deepStrictEqual(
        Timeline.of(yield* inTime(Effect.flip(call))).map(({ sent, decidedBy }) => [sent, decidedBy]),
        [
          [true, "backoff"],
          [false, "attempts"],
        ],
      )
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(
        Timeline.of(yield* inTime(Effect.flip(call))).map(({ sent, startedAt, duration }) => [
          sent,
          startedAt,
          duration,
        ]),
        [
          [false, 605_000, 0],
          [false, 606_000, 0],
        ],
      )
    }),
  )

  it.effect("reloads no policy by its kind where there are several of the kind", () =>
    Effect.gen(function* () {
      const [one, other] = [Bulkhead.makeUnsafe({ permits: 2 }), Bulkhead.makeUnsafe({ permits: 3 })]
      const twoLimits = yield* Pipeline.make(Pipeline.limits(one, other))
      const refused = yield* Effect.flip(Pipeline.reload(twoLimits, { bulkhead: { permits: 9 } }))
      assert.deepStrictEqual([refused.option, refused.value], ["bulkhead", "given"])
      const permits = [one, other].map(({ places }) => places.permits)
      assert.deepStrictEqual(permits, [2, 3])
      const hedge = Hedge.makeUnsafe({ delay: "1 second", budget: RetryBudget.tokenBucketUnsafe() })
      const retry = Pipeline.retry({ budget: RetryBudget.tokenBucketUnsafe() })
      const twoBudgets = yield* Pipeline.make(retry, Pipeline.hedge(hedge))
      assert.strictEqual(
        (yield* Effect.flip(Pipeline.reload(twoBudgets, { budget: { capacity: 10 } }))).option,
        "budget",
      )
    }),
  )

  it.effect("gives every place back when its observer fails, which is a defect of the call", () =>
    Effect.gen(function* () {
      const bulkhead = yield* Bulkhead.make({ permits: 1 })
      const breaker = yield* CircuitBreaker.make({ consecutive: 3 })
      const pipeline = yield* Pipeline.make(
        Pipeline.retry({ attempts: 3 }),
        Pipeline.limits(bulkhead),
        Pipeline.breaker(breaker),
      )
      const call = Pipeline.run(pipeline, Effect.fail(failure(Verdict.always(), "Odd")))
      const thrown = (): never => {
        throw new Error("thrown")
      }
      const broken: ReadonlyArray<Observer.Watch["event"]> = [
        ({ _tag }) => (_tag === "CircuitChanged" ? thrown() : undefined),
        ({ _tag }) => (_tag === "CircuitChanged" ? Effect.die("died") : undefined),
      ]
      for (const event of broken) {
        const exit = yield* inTime(Effect.exit(call).pipe(Observer.observe({ event })))
        assert.isTrue(Exit.isFailure(exit) && exit.cause.reasons.some(Cause.isDieReason))
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
        assert.strictEqual((yield* CircuitBreaker.state(breaker))._tag, "HalfOpen")
        yield* CircuitBreaker.reset(breaker)
      }
    }),
  )

  it.effect("tells its observer every event of a call, in order", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const odd = failure(Verdict.once(), "Odd")
      const call = Pipeline.run(Pipeline.named("test", Pipeline.makeUnsafe(Pipeline.retry())), ({ number }) =>
        number === 1 ? Effect.delay(Effect.fail(odd), "2 seconds") : Effect.succeed(number),
      ).pipe(
        Observer.observe({
          event: (event, about) => Effect.sync(() => void told.push([about.pipeline, about.number, event])),
        }),
      )
      yield* inTime(call)
      assert.deepStrictEqual(told, [
        ["test", 1, { _tag: "AttemptStarted", number: 1 }],
        ["test", 1, { _tag: "AttemptEnded", number: 1, outcome: "failure", durationMs: 2000, error: odd }],
        ["test", 1, { _tag: "RetryScheduled", error: odd, waitMs: 500, by: "backoff" }],
        ["test", 2, { _tag: "AttemptStarted", number: 2 }],
        ["test", 2, { _tag: "AttemptEnded", number: 2, outcome: "success", durationMs: 0, error: undefined }],
        ["test", 2, { _tag: "CallEnded", outcome: "success", durationMs: 2500, attempts: 2, error: undefined }],
      ])
    }).pipe(pinned),
  )
})

const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

const connectivityOf = (world: { down: boolean }) =>
  Connectivity.layer.pipe(
    Layer.provide(
      Layer.succeed(Health, { check: Effect.suspend(() => (world.down ? Effect.fail("no answer") : Effect.void)) }),
    ),
  )

const authorizationOf = (fresh: () => string) =>
  Authorization.layer.pipe(
    Layer.provide(
      Layer.succeed(Tokens, {
        current: Effect.succeed(Redacted.make("stale")),
        refresh: () => Effect.sync(() => Redacted.make(fresh())),
        signedIn: Effect.never,
      }),
    ),
  )

const pinned = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })

describe("a refusal by a limit or a breaker", () => {
  const unavailable = failure(Verdict.always())
  const inner: Readonly<Record<string, Effect.Effect<Effect.Effect<unknown, Classified>>>> = {
    BulkheadFull: Effect.gen(function* () {
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1 })
      yield* Effect.forkChild(Bulkhead.protect(Effect.never, bulkhead), { startImmediately: true })
      return Pipeline.run(Pipeline.makeUnsafe(Pipeline.limits(bulkhead)), Effect.void)
    }),
    LimitReached: Effect.gen(function* () {
      const limit = AdaptiveLimit.makeUnsafe({ initial: 1, max: 1 })
      yield* Effect.forkChild(AdaptiveLimit.protect(Effect.never, limit), { startImmediately: true })
      return Pipeline.run(Pipeline.makeUnsafe(Pipeline.limits(limit)), Effect.void)
    }),
    CircuitOpen: Effect.gen(function* () {
      const circuit = CircuitBreaker.makeUnsafe({ consecutive: 1 })
      yield* Effect.ignore(CircuitBreaker.protect(Effect.fail(unavailable), circuit))
      return Pipeline.run(Pipeline.makeUnsafe(Pipeline.breaker(circuit)), Effect.void)
    }),
    Throttled: Effect.gen(function* () {
      const throttle = Throttle.makeUnsafe({ maxRejection: 1 })
      for (let n = 0; n < 100; n++) yield* Effect.ignore(Throttle.protect(Effect.fail(unavailable), throttle))
      const send = Pipeline.run(Pipeline.makeUnsafe(Pipeline.limits(throttle)), Effect.void)
      return Effect.provideService(send, Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })
    }),
  }

  it.effect("is not counted by the policies of an outer pipeline", () =>
    Effect.gen(function* () {
      for (const [name, make] of Object.entries(inner)) {
        const send = yield* make
        const circuit = CircuitBreaker.makeUnsafe({ consecutive: 1 })
        const throttle = Throttle.makeUnsafe()
        const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd" })
        const outer = Pipeline.makeUnsafe(Pipeline.limits(throttle, limit), Pipeline.breaker(circuit))
        for (let n = 0; n < 20; n++) {
          const error = yield* Effect.flip(Pipeline.run(outer, send))
          assert.strictEqual(error._tag, name)
          assert.strictEqual(Verdict.appliedOf(error.verdict), "no")
        }
        assert.strictEqual((yield* CircuitBreaker.state(circuit))._tag, "Closed", name)
        assert.strictEqual((yield* Throttle.stats(throttle)).requests, 0, name)
        assert.strictEqual((yield* AdaptiveLimit.stats(limit)).limit, 20, name)
      }
    }),
  )

  it.effect("ends no other copy of a hedge", () =>
    Effect.gen(function* () {
      const full = yield* inner["BulkheadFull"] ?? Effect.die("none")
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 second" })))
      const call = Pipeline.run(
        pipeline,
        ({ number }) => (number === 1 ? Effect.delay(Effect.succeed("answer"), "5 seconds") : full),
        { repeatable: true },
      )
      assert.strictEqual(yield* inTime(call), "answer")
    }),
  )
})

describe("a wait between attempts", () => {
  /** A clock whose timers fire early, as those of Node do: fractions are cut off, and a millisecond may have begun before. */
  const early = Effect.map(Clock.Clock, (clock) =>
    Object.assign(Object.create(clock) as Clock.Clock, {
      sleep: (duration: Duration.Duration) =>
        clock.sleep(Duration.millis(Math.max(Duration.toMillis(duration) - 0.9, 0))),
    }),
  )

  it.effect("is never shorter than requested, although timers fire early", () =>
    Effect.gen(function* () {
      const clock = yield* early
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "10 seconds" })
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }), Pipeline.breaker(breaker))
      yield* Effect.ignore(CircuitBreaker.protect(Effect.fail(failure(Verdict.always())), breaker))
      const call = Pipeline.run(pipeline, Effect.succeed("sent when the circuit was half-open"))
      const fiber = yield* Effect.forkChild(Effect.provideService(call, Clock.Clock, clock))
      yield* TestClock.adjust("9999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("10 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "sent when the circuit was half-open")
    }).pipe(pinned),
  )
})

describe("a wait with a fraction of a nanosecond", () => {
  it.effect("is slept once", () =>
    Effect.gen(function* () {
      const sent: Array<number> = []
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 8 }))
      const call = Pipeline.run(pipeline, () =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          sent.push(now)
          return Effect.fail(failure(Verdict.always()))
        }),
      )
      // Waits of (delay / 2) · (1 + 1/3): their nanoseconds have no end.
      const thirds = Effect.provideService(call, Random.Random, {
        nextDoubleUnsafe: () => 1 / 3,
        nextIntUnsafe: () => 0,
      })
      yield* inTime(Effect.flip(thirds))
      assert.deepStrictEqual(
        sent.map((at) => Math.round(at)),
        [0, 333, 1000, 2333, 5000, 10_333, 21_000, 42_333],
      )
    }),
  )
})

describe("the context of a call", () => {
  it("is not kept alive by the pipeline that ran it", async () => {
    const Request = Context.Reference<object | undefined>("test/Request", { defaultValue: () => undefined })
    const retrying = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.timeout("1 second"))
    const breaking = Pipeline.makeUnsafe(Pipeline.deadline("1 second"), Pipeline.breaker(CircuitBreaker.makeUnsafe()))
    const calls: ReadonlyArray<Effect.Effect<void, unknown>> = [
      Pipeline.run(retrying, Effect.yieldNow),
      Pipeline.run(breaking, Effect.yieldNow),
    ]
    const run = async () => {
      const requests: Array<WeakRef<object>> = []
      for (let n = 0; n < 40; n++) {
        const request = {}
        requests.push(new WeakRef(request))
        for (const call of calls) await Effect.runPromiseWith(Context.make(Request, request))(call)
      }
      return requests
    }
    const requests = await run()
    V8.setFlagsFromString("--expose-gc")
    const collect = Vm.runInNewContext("gc") as () => void
    for (let turn = 0; turn < 10; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      collect()
    }
    assert.strictEqual(requests.filter((request) => request.deref() !== undefined).length, 0)
  })
})
