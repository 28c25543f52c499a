/**
 * The classes of defects that libraries of this kind have had again and again, each with a test that it is not here.
 */
import { assert, describe, it } from "@effect/vitest"
import { Authorization, type Classified, Connectivity, Health, Tokens } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Fallback from "@holdfast/core/Fallback"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Telemetry from "@holdfast/core/Telemetry"
import * as Throttle from "@holdfast/core/Throttle"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, type Exit, Layer, Redacted, Schema, Tracer } from "effect"
import { numbers, World } from "../support/virtual.ts"

const down: Classified = { _tag: "Down", verdict: Verdict.always() }
const wrong: Classified = { _tag: "Wrong", verdict: Verdict.never() }
const asked = (retryAfter: Duration.Input): Classified => ({
  _tag: "Asked",
  verdict: Verdict.always({ pace: "throttled", retryAfter: Duration.fromInputUnsafe(retryAfter) }),
})
const failing = (ms: number, error = down) => Effect.andThen(Effect.sleep(ms), Effect.fail(error))
const steady = { base: 200, factor: 1, cap: 200, jitter: "none" } as const

/** What became of an effect, and when; it is told when it has ended. */
const start = <A, E>(world: World, effect: Effect.Effect<A, E>) => {
  const call: { at: number; exit: Exit.Exit<A, E> | undefined; interrupt: () => void } = {
    at: -1,
    exit: undefined,
    interrupt: () => fiber.interruptUnsafe(),
  }
  const fiber = world.start(effect)
  fiber.addObserver((exit) => {
    call.at = world.now
    call.exit = exit
  })
  return call
}

/** The error that an effect ends with, and when. */
const fails = (effect: Effect.Effect<unknown, unknown>, world = new World()) => {
  const call = start(world, Effect.flip(effect))
  world.end()
  assert.strictEqual(call.exit?._tag, "Success")
  return { at: call.at, error: call.exit?._tag === "Success" ? (call.exit.value as Classified) : down }
}

const stateOf = (world: World, breaker: CircuitBreaker.CircuitBreaker) =>
  Effect.runSyncWith(world.context)(CircuitBreaker.state(breaker))

/** A circuit that is half-open since this moment. */
const halfOpen = (options: CircuitBreaker.Options = {}) => {
  const world = new World()
  const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: 1000, ...options })
  world.start(Effect.exit(CircuitBreaker.protect(Effect.fail(down), breaker)))
  world.until(1000)
  return { breaker, world }
}

describe("1. A half-open probe that is lost does not keep the circuit from closing", () => {
  const ways: ReadonlyArray<readonly [string, Effect.Effect<unknown, Classified>]> = [
    ["that is interrupted", Effect.interrupt],
    ["whose answer says nothing about the service", Effect.fail(wrong)],
    ["whose deadline passes", Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(10)), Effect.never)],
  ]
  for (const [title, lost] of ways) {
    it(title, () => {
      const { breaker, world } = halfOpen()
      world.start(Effect.exit(CircuitBreaker.protect(lost, breaker)))
      world.end()
      assert.notStrictEqual(stateOf(world, breaker)._tag, "Closed")
      // One more answer, an open time later at most, closes it.
      world.until(world.now + 1000)
      world.start(CircuitBreaker.protect(Effect.void, breaker))
      assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
    })
  }

  it("that never ends: its lease does", () => {
    const { breaker, world } = halfOpen({ probeLease: 5000 })
    world.start(CircuitBreaker.protect(Effect.never, breaker))
    world.until(1000 + 4999)
    assert.strictEqual(stateOf(world, breaker)._tag, "HalfOpen")
    // The hung probe has failed at 6000; the circuit is open for 1 s, and then there is a place for another.
    world.until(6500)
    assert.strictEqual(stateOf(world, breaker)._tag, "Open")
    world.until(7000)
    world.start(CircuitBreaker.protect(Effect.void, breaker))
    assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
  })

  it("that its pipeline's deadline interrupts: it has failed", () => {
    const { breaker, world } = halfOpen({ open: "2 seconds" })
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(500), Pipeline.breaker(breaker))
    world.start(Effect.exit(Pipeline.run(pipeline, Effect.never)))
    world.end()
    assert.strictEqual(stateOf(world, breaker)._tag, "Open")
    world.until(world.now + 2000)
    world.start(Pipeline.run(pipeline, Effect.void))
    assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
  })

  it("that loses to its copy or that its caller cancels", () => {
    const { breaker, world } = halfOpen({ probes: 2 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: 100 })), Pipeline.breaker(breaker))
    const cut = Effect.timeoutOption(Pipeline.run(pipeline, Effect.never, { repeatable: true }), 500)
    world.start(cut)
    world.end()
    const state = stateOf(world, breaker)
    assert.deepStrictEqual([state._tag, state._tag === "HalfOpen" && state.probing], ["HalfOpen", 0])
    const call = ({ number }: Pipeline.Attempt) => (number === 1 ? Effect.never : Effect.void)
    world.start(Pipeline.run(pipeline, call, { repeatable: true }))
    world.end()
    assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
  })
})

describe("2. What comes back is not flooded", () => {
  it("by probes: a thousand callers send as many as are allowed", () => {
    for (const probes of [1, 3]) {
      const { breaker, world } = halfOpen({ probes, successThreshold: probes })
      let sent = 0
      const probe = Effect.suspend(() => {
        sent++
        return Effect.sleep(100)
      })
      for (let n = 0; n < 1000; n++) world.start(Effect.exit(CircuitBreaker.protect(probe, breaker)))
      world.settle()
      assert.strictEqual(sent, probes)
      world.end()
    }
  })

  it("by those who were rejected: after the circuit has closed a share of them is admitted, and it grows", () => {
    const { breaker, world } = halfOpen({ ramp: { over: 10_000, from: 0.5 } })
    world.start(CircuitBreaker.protect(Effect.void, breaker))
    const shares = Array.from({ length: 5 }, () => {
      let sent = 0
      const call = Effect.sync(() => void sent++)
      for (let n = 0; n < 1000; n++) world.start(Effect.exit(CircuitBreaker.protect(call, breaker)))
      world.until(world.now + 2500)
      return sent
    })
    // Give or take one call, whose part of a place is carried over.
    for (const [n, share] of [500, 625, 750, 875, 1000].entries()) assert.closeTo(shares[n] ?? 0, share, 1)
  })

  it("by those who waited at a gate: they come in waves of 1, 2, 4, 8 …", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door", { ramp: 100 }))
    world.start(gate.close("shut"))
    const times: Array<number> = []
    const pipeline = Pipeline.makeUnsafe(Pipeline.gates({ others: [gate] }))
    for (let n = 0; n < 31; n++)
      world.start(
        Pipeline.run(
          pipeline,
          Effect.sync(() => void times.push(world.now)),
        ),
      )
    world.until(500)
    world.start(gate.open)
    world.end()
    const waves = [...new Set(times)].map((at) => [at, times.filter((time) => time === at).length])
    assert.deepStrictEqual(waves, [
      [500, 1],
      [600, 2],
      [700, 4],
      [800, 8],
      [900, 16],
    ])
  })
})

describe("3. Jitter stays below the cap, and is still there at the cap", () => {
  const between = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

  it.prop(
    "whatever the backoff: no wait beyond the cap, none just on it, and a spread of more than a tenth",
    {
      base: between(1, 2000),
      cap: between(2000, 60_000),
      jitter: Schema.Literals(["equal", "full"]),
      seed: Schema.Int,
    },
    ({ base, cap, jitter, seed }) => {
      const random = numbers(seed)
      const world = new World({ random })
      const attempts = 60
      const waits: Array<number> = []
      const event = (event: Observer.Event) => {
        if (event._tag === "RetryScheduled") waits.push(event.waitMs)
        return undefined
      }
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts, backoff: { base, factor: 3, cap, jitter } }))
      world.start(Pipeline.run(pipeline, Effect.fail(down)).pipe(Effect.exit, Observer.observe({ event })))
      world.end()
      assert.strictEqual(waits.length, attempts - 1)
      for (const wait of waits) assert.isTrue(wait >= 0 && wait <= cap)
      const saturated = waits.filter((_, n) => base * 3 ** n >= cap)
      assert.strictEqual(saturated.filter((wait) => wait === cap).length, 0)
      const mean = saturated.reduce((sum, wait) => sum + wait, 0) / saturated.length
      const variance = saturated.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / saturated.length
      assert.isAbove(Math.sqrt(variance) / mean, 0.1)
      return true
    },
    { arbitrary: { runs: 60, seed: 3 }, timeout: 30_000 },
  )
})

describe("4. Who goes away is gone at once, and leaves nothing behind", () => {
  /** Interrupts a call at 300 ms, which then has to be where the title says. */
  const goes = (pipeline: Pipeline.Pipeline, send: Effect.Effect<unknown, Classified>, world = new World()) => {
    let sent = 0
    const count = Effect.suspend(() => {
      sent++
      return send
    })
    const run = Pipeline.run(pipeline, count, { repeatable: true })
    const call = start(world, run as Effect.Effect<unknown, unknown>)
    world.until(300)
    const before = sent
    assert.isUndefined(call.exit)
    call.interrupt()
    world.settle()
    assert.deepStrictEqual([call.at, world.sleeping], [300, 0])
    world.until(1_000_000)
    assert.strictEqual(sent, before)
    return before
  }

  it("from a wait, whose retry is given back to the budget", () => {
    for (const schedule of [undefined, "server"] as const) {
      const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10, throttledCost: 10 })
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.retry({ budget, hintCap: "1 hour", backoff: { base: 30_000, cap: 60_000, jitter: "none" } }),
      )
      const sent = goes(pipeline, schedule === undefined ? Effect.fail(down) : Effect.fail(asked("1 hour")))
      assert.deepStrictEqual([sent, budget.balance(0)], [1, 100])
    }
  })

  it("from a closed gate", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door"))
    world.start(gate.close("shut"))
    const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ budget }), Pipeline.gates({ others: [gate] }))
    assert.deepStrictEqual([goes(pipeline, Effect.void, world), budget.balance(0)], [0, 100])
  })

  it("from the ramp behind a gate that has just opened", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door", { ramp: 10_000 }))
    world.start(gate.close("shut"))
    const pipeline = Pipeline.makeUnsafe(Pipeline.gates({ others: [gate] }))
    start(world, Pipeline.run(pipeline, Effect.void))
    world.at(100, () => void world.start(gate.open))
    assert.strictEqual(goes(pipeline, Effect.void, world), 0)
  })

  it("from a queue, and from the place that it gets at this moment", () => {
    for (const held of [10_000, 300]) {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5, maxWait: "1 hour" })
      const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
      const first = start(world, Bulkhead.protect(Effect.sleep(held), bulkhead))
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ budget }), Pipeline.limits(bulkhead))
      const call = start(world, Pipeline.run(pipeline, Effect.never))
      world.until(299)
      // What gives the place back and who goes away are one moment.
      world.at(300, () => call.interrupt())
      world.until(300)
      assert.strictEqual(call.at, 300)
      first.interrupt()
      world.settle()
      assert.deepStrictEqual(Effect.runSync(Bulkhead.stats(bulkhead)), { inFlight: 0, queued: 0, permits: 1 })
      assert.deepStrictEqual([world.sleeping, budget.balance(0)], [0, 100])
    }
  })

  it("from an attempt, with its copies and timers", () => {
    const bulkhead = Bulkhead.makeUnsafe({ permits: 5 })
    const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.deadline("1 hour"),
      Pipeline.retry({ budget }),
      Pipeline.hedge(Hedge.makeUnsafe({ delay: 100, max: 4, budget })),
      Pipeline.limits(bulkhead),
      Pipeline.timeout("1 minute"),
    )
    // The copies at 100, 200 and 300 were sent, so they stay paid.
    assert.deepStrictEqual([goes(pipeline, Effect.never), budget.balance(0)], [4, 70])
    assert.strictEqual(Effect.runSync(Bulkhead.stats(bulkhead)).inFlight, 0)
  })

  it("also from a queue, at times that are no whole numbers and that a timer does not hit to the last bit", () => {
    for (let n = 1; n <= 50; n++) {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5, maxWait: 400 })
      const wait = () => start(world, Effect.exit(Bulkhead.protect(Effect.sleep(1_000_000), bulkhead)))
      world.until((n * 1000) / 7)
      wait()
      const early = wait()
      world.until(world.now + (n * 100) / 33)
      const late = wait()
      world.until(world.now + 1000)
      assert.closeTo(early.at, (n * 1000) / 7 + 400, 0.001)
      assert.closeTo(late.at, (n * 1000) / 7 + (n * 100) / 33 + 400, 0.001)
    }
  })
})

describe("5. A timeout of an attempt is not one of the call, and something bounds the call", () => {
  it("gives each attempt its time, and the call the sum", () => {
    const each = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3, backoff: steady }), Pipeline.timeout(1000))
    const { at, error } = fails(Pipeline.run(each, Effect.never))
    assert.deepStrictEqual([at, error._tag], [3400, "AttemptTimedOut"])
    assert.strictEqual(Pipeline.worstCase(each).time, 3400)
  })

  it("bounds the call by the clock on the wall, wherever it is", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door"))
    const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 10 })
    const ends: Array<number> = []
    const stages = [Pipeline.gates({ others: [gate] }), Pipeline.limits(bulkhead), Pipeline.timeout(700)] as const
    const all = Pipeline.makeUnsafe(
      Pipeline.deadline(2500),
      Pipeline.retry({ attempts: 50, backoff: steady }),
      ...stages,
    )
    world.at(900, () => void world.start(gate.close("shut")))
    for (const send of [Effect.never, failing(100), failing(10, asked("1 day")), Effect.fail(asked(2000))]) {
      world.start(Effect.exit(Pipeline.run(all, send))).addObserver(() => ends.push(world.now))
    }
    world.until(1_000_000)
    assert.strictEqual(ends.length, 4)
    for (const at of ends) assert.isAtMost(at, 2500)
    assert.strictEqual(Pipeline.worstCase(all).time, 2500)
  })

  it("is not parked for a day by a server that says so", () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 }))
    assert.strictEqual(fails(Pipeline.run(pipeline, Effect.fail(asked("1 day")))).at, 0)
    const clamping = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2, beyondHintCap: "clamp" }))
    assert.strictEqual(fails(Pipeline.run(clamping, Effect.fail(asked("1 day")))).at, 120_000)
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: 1000 })
    const behind = Pipeline.makeUnsafe(Pipeline.deadline("3 minutes"), Pipeline.retry(), Pipeline.breaker(breaker))
    assert.isAtMost(fails(Pipeline.run(behind, Effect.fail(asked("1 day")))).at, 180_000)
  })
})

describe("6. Retries do not multiply", () => {
  it("sends exactly as often as it says, whatever kinds of failures take turns", () => {
    const lost: Classified = { _tag: "Lost", verdict: Verdict.always({ closes: "connectivity" }) }
    for (const attempts of [1, 2, 3, 5, 8]) {
      let sent = 0
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts }), Pipeline.gates({}), Pipeline.timeout(100))
      const turns: ReadonlyArray<Effect.Effect<never, Classified>> = [
        Effect.fail(down),
        Effect.fail(lost),
        Effect.never,
        Effect.fail(asked(1)),
      ]
      const { error } = fails(Pipeline.run(pipeline, () => turns[sent++ % turns.length] ?? Effect.never))
      assert.deepStrictEqual([sent, Pipeline.worstCase(pipeline).attempts], [attempts, attempts])
      assert.strictEqual(Timeline.of(error).length, attempts)
    }
  })
  // That a retry within a retry does not compile, and what the compiler says, is in PipelineOrder.test.ts.
})

describe("7. A policy that gives up shows what went wrong", () => {
  const first: Classified = { _tag: "First", verdict: Verdict.always() }
  const second: Classified = { _tag: "Second", verdict: Verdict.always() }
  const send = ({ number }: Pipeline.Attempt) => Effect.fail(number === 1 ? first : second)
  const seen = (error: unknown) => Timeline.of(error).map(({ decidedBy, error }) => [error._tag, decidedBy])

  it("with an empty budget: the last error itself, and all before it", () => {
    const budget = RetryBudget.tokenBucketUnsafe({ capacity: 14, cost: 14 })
    const { error } = fails(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ budget })), send))
    assert.strictEqual(error, second)
    assert.deepStrictEqual(seen(error), [
      ["First", "backoff"],
      ["Second", "budget"],
    ])
  })

  it("with an open circuit: that, and what opened it", () => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 2, open: "1 hour", maxOpen: "1 hour" })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.breaker(breaker))
    const { error } = fails(Pipeline.run(pipeline, send))
    assert.strictEqual(error._tag, "CircuitOpen")
    assert.deepStrictEqual(seen(error), [
      ["First", "backoff"],
      ["Second", "backoff"],
      ["CircuitOpen", "attempts"],
    ])
  })

  it("with its attempts spent, a verdict, or a schedule at its end: the last error itself", () => {
    const spent = fails(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2 })), send)).error
    assert.strictEqual(spent, second)
    assert.strictEqual(Timeline.of(spent).at(-1)?.decidedBy, "attempts")
    const refused = fails(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry()), Effect.fail(wrong))).error
    assert.deepStrictEqual([refused, seen(refused)], [wrong, [["Wrong", "verdict"]]])
  })

  it("with a deadline: the last error beside it, and all before", () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(1000), Pipeline.retry({ backoff: steady }))
    const { error } = fails(Pipeline.run(pipeline, (attempt) => Effect.andThen(Effect.sleep(250), send(attempt))))
    assert.instanceOf(error, Deadline.DeadlineExceeded)
    assert.strictEqual(error instanceof Deadline.DeadlineExceeded ? error.last : undefined, second)
    assert.deepStrictEqual(
      seen(error).map(([tag]) => tag),
      ["First", "Second"],
    )
  })

  it("with a fallback that fails as well: its error, with all attempts", () => {
    const other: Classified = { _tag: "Other", verdict: Verdict.never() }
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.fallback(Fallback.to(() => Effect.fail({ ...other }))),
      Pipeline.retry({ attempts: 2 }),
    )
    const { error } = fails(Pipeline.run(pipeline, send))
    assert.deepStrictEqual([error._tag, seen(error).map(([tag]) => tag)], ["Other", ["First", "Second"]])
  })
})

describe("8. Ten calls whose token is refused at once", () => {
  it("refresh it once, and all go on with the new one", () => {
    const world = new World()
    const used: Array<string> = []
    let refreshes = 0
    const tokens = Layer.succeed(Tokens, {
      current: Effect.succeed(Redacted.make("old")),
      refresh: () =>
        Effect.suspend(() => {
          refreshes++
          return Effect.as(Effect.sleep(500), Redacted.make(`new ${refreshes}`))
        }),
      signedIn: Effect.never,
    })
    const refused: Classified = { _tag: "Refused", verdict: Verdict.once({ closes: "authorization", change: "token" }) }
    const program = Effect.gen(function* () {
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.deadline("1 minute"),
        Pipeline.retry(),
        Pipeline.gates({ authorization: yield* Authorization }),
      )
      const call = (n: number) =>
        Pipeline.run(pipeline, ({ token }) =>
          Effect.gen(function* () {
            const value = token === undefined ? "none" : Redacted.value(token)
            // Some answers come late: after the new token is there, the refusal of the old one is no news.
            yield* Effect.sleep(n < 5 ? 10 : 300 * n)
            used.push(value)
            return yield* value === "old" ? Effect.fail(refused) : Effect.succeed(value)
          }),
        )
      return yield* Effect.all(
        Array.from({ length: 10 }, (_, n) => call(n)),
        { concurrency: "unbounded" },
      )
    })
    const call = start(world, Effect.provide(program, Authorization.layer.pipe(Layer.provide(tokens))))
    world.until(100_000)
    assert.deepStrictEqual(
      call.exit?._tag === "Success" && call.exit.value,
      Array.from({ length: 10 }, () => "new 1"),
    )
    assert.strictEqual(refreshes, 1)
    assert.strictEqual(used.filter((token) => token === "old").length, 10)
  })
})

describe("9. Being offline does not stick", () => {
  it("where a gate flaps: every call goes through, and none while it is closed", () => {
    const random = numbers(9)
    const world = new World({ random })
    const gate = Effect.runSync(Gate.make("door", { ramp: 5 }))
    let shut = false
    let through = 0
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ others: [gate] }))
    const send = Effect.sync(() => {
      assert.isFalse(shut)
      through++
    })
    for (let at = 0, n = 0; n < 200; n++) {
      at += 1 + Math.floor(random() * 50)
      world.at(at, () => {
        shut = !shut
        world.start(shut ? gate.close("flap") : gate.open)
      })
    }
    for (let n = 0; n < 500; n++) {
      world.at(n * 7 + 0.5, () => void world.start(Pipeline.run(pipeline, send)))
    }
    world.end()
    assert.deepStrictEqual([shut, through], [false, 500])
  })

  it("where the network flaps: it is looked for until it is back, and then everybody goes on", () => {
    const random = numbers(90)
    const world = new World({ random })
    const lost: Classified = { _tag: "Lost", verdict: Verdict.always({ closes: "connectivity" }) }
    const outages = Array.from({ length: 20 }, (_, n) => [n * 60_000 + 20_000, n * 60_000 + 20_000 + random() * 39_000])
    const isDown = () => outages.some(([from = 0, to = 0]) => world.now >= from && world.now < to)
    const reach = Effect.suspend(() => (isDown() ? Effect.fail(lost) : Effect.void))
    let through = 0
    const program = Effect.gen(function* () {
      const connectivity = yield* Connectivity
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ connectivity }))
      yield* Effect.forEach(
        Array.from({ length: 400 }, (_, n) => n),
        (n) =>
          Effect.sleep(n * 3000).pipe(
            Effect.andThen(Pipeline.run(pipeline, reach)),
            Effect.andThen(Effect.sync(() => void through++)),
          ),
        { concurrency: "unbounded" },
      )
      return connectivity.gate.isOpen()
    })
    const health = Layer.succeed(Health, { check: reach })
    const call = start(world, Effect.provide(program, Connectivity.layer.pipe(Layer.provide(health))))
    world.until(3_600_000)
    assert.deepStrictEqual([call.exit?._tag === "Success" && call.exit.value, through], [true, 400])
  })
})

describe("10. An hour without calls is forgotten", () => {
  const idle = 3_600_000

  it("by the window of a breaker", () => {
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ window: { duration: "10 seconds", minimumCalls: 10 } })
    const fail = () => world.start(Effect.exit(CircuitBreaker.protect(Effect.fail(down), breaker)))
    for (let n = 0; n < 9; n++) fail()
    world.until(idle)
    fail()
    const { _tag, counts } = stateOf(world, breaker)
    assert.deepStrictEqual([_tag, counts.window], ["Closed", { calls: 1, failures: 1, slow: 0 }])
  })

  it("by a throttle and a budget", () => {
    const world = new World()
    const throttle = Throttle.makeUnsafe()
    const budget = RetryBudget.ratioUnsafe({ kind: "ratio", floor: 1 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3, budget }), Pipeline.limits(throttle))
    for (let n = 0; n < 200; n++) world.start(Effect.exit(Pipeline.run(pipeline, Effect.fail(down))))
    world.until(1000)
    const stats = () => Effect.runSyncWith(world.context)(Throttle.stats(throttle))
    assert.isAbove(stats().probability, 0.5)
    assert.isBelow(budget.balance(world.now), 10)
    world.until(idle)
    assert.deepStrictEqual(stats(), { requests: 0, accepts: 0, probability: 0 })
    assert.strictEqual(budget.balance(world.now), 10)
  })
})

describe("11. Nothing is hidden from who watches", () => {
  it("one span for each attempt, and those sent again say which time it is", () => {
    const world = new World()
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      },
    })
    const pipeline = Pipeline.named(
      "watched",
      Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4, backoff: steady }), Pipeline.timeout(500)),
    )
    const send = ({ number }: Pipeline.Attempt) =>
      number === 1 ? failing(100) : number === 2 ? Effect.never : number === 3 ? Effect.fail(down) : Effect.void
    world.start(
      Pipeline.run(pipeline, send).pipe(
        Observer.observe(Telemetry.make({ spans: "attempts", metrics: false })),
        Effect.provideService(Tracer.Tracer, tracer),
      ),
    )
    world.end()
    assert.deepStrictEqual(
      spans.map(({ attributes, status }) => [
        attributes.get("http.request.resend_count"),
        attributes.get("error.type"),
        status._tag === "Ended" ? Number((status.endTime - status.startTime) / 1_000_000n) : undefined,
      ]),
      [
        [undefined, "Down", 100],
        [1, "AttemptTimedOut", 500],
        [2, "Down", 0],
        [3, undefined, 0],
      ],
    )
  })

  it("every attempt and every decision is told, with or without success", () => {
    const random = numbers(11)
    const world = new World({ random })
    const told: Record<string, number> = {}
    const event = ({ _tag }: Observer.Event) => {
      told[_tag] = (told[_tag] ?? 0) + 1
      return undefined
    }
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }))
    let sent = 0
    let failed = 0
    const send = Effect.suspend(() => {
      sent++
      if (random() < 0.4) return Effect.void
      failed++
      return Effect.fail(down)
    })
    for (let n = 0; n < 100; n++)
      world.start(Pipeline.run(pipeline, send).pipe(Effect.exit, Observer.observe({ event })))
    world.end()
    assert.deepStrictEqual([told["AttemptStarted"], told["AttemptEnded"], told["CallEnded"]], [sent, sent, 100])
    assert.strictEqual((told["RetryScheduled"] ?? 0) + (told["RetryRefused"] ?? 0), failed)
  })
})
