import { assert, describe, it } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Fallback from "@holdfast/core/Fallback"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, type Exit, Fiber } from "effect"
import { World } from "../../support/virtual.ts"

const busy: Classified = { _tag: "Busy", verdict: Verdict.always() }
const asked = (retryAfter: Duration.Input): Classified => ({
  _tag: "Asked",
  verdict: Verdict.always({ pace: "throttled", retryAfter: Duration.fromInputUnsafe(retryAfter) }),
})

/** A request that fails after a number of milliseconds. */
const failing = (ms: number, error = busy) => Effect.andThen(Effect.sleep(ms), Effect.fail(error))

/** Retries after waits of 200 ms. */
const retry = Pipeline.retry({ attempts: 100, backoff: { base: 200, factor: 1, cap: 200, jitter: "none" } })

/** How and when an effect ends in its own world, in which no timer may be left. */
const ends = <A, E>(effect: Effect.Effect<A, E>, world = new World()) => {
  let exit: Exit.Exit<A, E> | undefined
  let at = -1
  world.start(effect).addObserver((it) => {
    exit = it
    at = world.now
  })
  world.end()
  assert.isDefined(exit)
  assert.strictEqual(world.sleeping, 0)
  return { at, exit }
}

/** The `DeadlineExceeded` that an effect fails with, and when. */
const exceeds = <A, E>(effect: Effect.Effect<A, E>, world?: World) => {
  const { at, exit } = ends(Effect.flip(effect), world)
  const error: unknown = exit._tag === "Success" ? exit.value : undefined
  assert.instanceOf(error, Deadline.DeadlineExceeded)
  const { attempts, gates, queue, waits } = error.spent
  assert.strictEqual(attempts + gates + queue + waits, at, "every millisecond is accounted for")
  return { at, error, left: error.left, limit: error.limit, spent: error.spent, last: error.last?._tag }
}

/** Hides from the types that an effect is a call of a pipeline, so that any other can contain it. */
const hidden = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> => effect

const spent = (spent: Partial<Deadline.Spent>): Deadline.Spent => ({
  attempts: 0,
  waits: 0,
  gates: 0,
  queue: 0,
  ...spent,
})

describe("Deadline", () => {
  describe("the time that a call spent", () => {
    it("attributes the entire duration of a single-attempt call to attempts", () => {
      const {
        at,
        error,
        left,
        spent: where,
      } = exceeds(Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline("1 second")), Effect.never))
      assert.deepStrictEqual([at, left, where], [1000, 0, spent({ attempts: 1000 })])
      assert.strictEqual(
        error.message,
        "no response within 1 s: 1 s in attempts, 0 ms in waits, 0 ms at gates, 0 ms in queues",
      )
    })

    it("divides the time between attempts and waits, and includes the attempt that the deadline interrupted", () => {
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(950), retry)
      const told = exceeds(Pipeline.run(pipeline, failing(100)))
      assert.deepStrictEqual([told.at, told.left, told.last], [950, 0, "Busy"])
      assert.deepStrictEqual(told.spent, spent({ attempts: 350, waits: 600 }))
      assert.deepStrictEqual(
        Timeline.of(told.error).map(({ startedAt }) => startedAt),
        [0, 300, 600],
      )
    })

    it("reports the remaining time when the next wait would exceed the deadline", () => {
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(550), retry)
      const told = exceeds(Pipeline.run(pipeline, failing(100)))
      assert.deepStrictEqual([told.at, told.left, told.limit], [400, 150, 550])
      assert.deepStrictEqual(told.spent, spent({ attempts: 200, waits: 200 }))
      assert.strictEqual(Timeline.of(told.error).at(-1)?.decidedBy, "deadline")
      assert.strictEqual(
        told.error.message,
        "not enough time left (150 ms of 550 ms): 200 ms in attempts, 200 ms in waits, 0 ms at gates, 0 ms in queues; last: Busy",
      )
    })

    it("attributes the time spent at a closed gate to gates", () => {
      const world = new World()
      const gate = Effect.runSync(Gate.make("door"))
      world.start(gate.close("shut"))
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(800), retry, Pipeline.gates({ others: [gate] }))
      const told = exceeds(Pipeline.run(pipeline, Effect.never), world)
      assert.deepStrictEqual([told.at, told.spent], [800, spent({ gates: 800 })])
      assert.deepStrictEqual(Timeline.of(told.error), [])
    })

    it("reports the gate at which the time ran out, and the reason why that gate closed", () => {
      const world = new World()
      const gate = Effect.runSync(Gate.make("door"))
      world.start(gate.close("shut"))
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(800), Pipeline.gates({ others: [gate] }))
      const { error } = exceeds(Pipeline.run(pipeline, Effect.never), world)
      assert.deepStrictEqual(error.gate, { name: "door", reason: "shut" })
      assert.strictEqual(
        error.message,
        "no response within 800 ms: 0 ms in attempts, 0 ms in waits, 800 ms at gates, 0 ms in queues; waited at the gate door: shut",
      )
    })

    it("does not report a gate if the deadline expires after the gate has opened", () => {
      const world = new World()
      const gate = Effect.runSync(Gate.make("door"))
      world.start(gate.close("shut"))
      world.start(Effect.delay(gate.open, 300))
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(800), Pipeline.gates({ others: [gate] }))
      assert.isUndefined(exceeds(Pipeline.run(pipeline, Effect.never), world).error.gate)
    })

    it("attributes the time spent in a queue to queues", () => {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5 })
      world.start(Bulkhead.protect(Effect.sleep(10_000), bulkhead))
      // The queue rejects its waiter at the same moment, but that is no response of the service: the deadline decides.
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(800), Pipeline.limits(bulkhead))
      const told = exceeds(Pipeline.run(pipeline, Effect.never), world)
      assert.deepStrictEqual([told.at, told.left, told.spent], [800, 0, spent({ queue: 800 })])
      assert.strictEqual(Effect.runSync(Bulkhead.stats(bulkhead)).queued, 0)
    })

    it("splits the elapsed time among queues, attempts, waits and gates", () => {
      const world = new World()
      const gate = Effect.runSync(Gate.make("door"))
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5 })
      // The permit is in use from 0 to 70, and the gate is closed from 110 to 360.
      world.start(Bulkhead.protect(Effect.sleep(70), bulkhead))
      world.at(110, () => void world.start(gate.close("shut")))
      world.at(360, () => void world.start(gate.open))
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.deadline(1000),
        retry,
        Pipeline.gates({ others: [gate] }),
        Pipeline.limits(bulkhead),
      )
      // Queued until 70, sent until 170, waiting until 370 with the gate open again, sent until 470, waiting until 670, …, sent
      // until 1000.
      const told = exceeds(Pipeline.run(pipeline, failing(100)), world)
      assert.deepStrictEqual([told.at, told.spent], [1000, spent({ queue: 70, attempts: 330, waits: 600 })])
      // The gate counts only after a wait, so a gate that closes and opens during the wait costs no time.
      const again = new World()
      const door = Effect.runSync(Gate.make("door"))
      again.at(110, () => void again.start(door.close("shut")))
      again.at(460, () => void again.start(door.open))
      const other = Pipeline.makeUnsafe(Pipeline.deadline(1000), retry, Pipeline.gates({ others: [door] }))
      const late = exceeds(Pipeline.run(other, failing(100)), again)
      assert.deepStrictEqual([late.at, late.spent], [860, spent({ attempts: 300, waits: 400, gates: 160 })])
    })

    it("accounts for the entire time of every call, even if many calls run concurrently", () => {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 2, queue: 50, maxWait: 300 })
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(1000), retry, Pipeline.limits(bulkhead))
      const sums: Array<number> = []
      for (let n = 0; n < 20; n++) {
        world.start(Pipeline.run(pipeline, failing(90 + n))).addObserver((exit) => {
          const error = exit._tag === "Failure" ? exit.cause.reasons[0] : undefined
          const failure: unknown = error?._tag === "Fail" ? error.error : undefined
          assert.instanceOf(failure, Deadline.DeadlineExceeded)
          const { attempts, gates, queue, waits } = failure.spent
          sums.push(attempts + gates + queue + waits + failure.left)
        })
      }
      world.end()
      assert.deepStrictEqual(
        sums,
        Array.from({ length: 20 }, () => 1000),
      )
    })
  })

  describe("work that cannot finish in time", () => {
    it("does not wait for a retry that would begin at or after the deadline", () => {
      const starts = (limit: number) => {
        let sent = 0
        const send = Effect.suspend(() => {
          sent++
          return Effect.fail(busy)
        })
        ends(Effect.exit(Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(limit), retry), send)))
        return sent
      }
      assert.deepStrictEqual([starts(199), starts(200), starts(201)], [1, 1, 2])
    })

    it("ends the call immediately if the server requests a wait that ends after the deadline", () => {
      const told = exceeds(
        Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"), retry), failing(100, asked("1 day"))),
      )
      assert.deepStrictEqual([told.at, told.left, told.last], [100, 9900, "Asked"])
      // A minute is enough for one wait of 32 s but not for two.
      const longer = exceeds(
        Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline("1 minute"), retry), failing(100, asked("32 seconds"))),
      )
      assert.deepStrictEqual([longer.at, longer.spent], [32_200, spent({ attempts: 200, waits: 32_000 })])
    })

    it("ends an attempt at the deadline if the attempt timeout is not shorter than the remaining time", () => {
      const pipeline = (timeout: number) =>
        Pipeline.makeUnsafe(Pipeline.deadline(1000), Pipeline.retry({ attempts: 1 }), Pipeline.timeout(timeout))
      for (const timeout of [1000, 5000]) {
        const told = exceeds(Pipeline.run(pipeline(timeout), Effect.never))
        assert.deepStrictEqual([told.at, told.last], [1000, undefined])
      }
      const { at, exit } = ends(Effect.flip(Pipeline.run(pipeline(999), Effect.never)))
      assert.deepStrictEqual([at, exit._tag === "Success" && exit.value._tag], [999, "AttemptTimedOut"])
    })

    it("does not wait for a circuit that stays open past the deadline", () => {
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: 5000 })
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("2 seconds"), retry, Pipeline.breaker(breaker))
      const told = exceeds(Pipeline.run(pipeline, failing(100)))
      assert.deepStrictEqual([told.at, told.last], [300, "CircuitOpen"])
      assert.deepStrictEqual(
        Timeline.of(told.error).map(({ sent }) => sent),
        [true, false],
      )
    })

    it("does not queue a call whose turn would come after the deadline", () => {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 50 })
      // One call has taken 1 s. One running call and three in the queue are ahead of this one.
      for (let n = 0; n < 5; n++) world.start(Bulkhead.protect(Effect.sleep(1000), bulkhead))
      world.until(1000)
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("3 seconds"), retry, Pipeline.limits(bulkhead))
      let ended = -1
      world.start(Effect.exit(Pipeline.run(pipeline, Effect.die("sent")))).addObserver(() => (ended = world.now))
      world.settle()
      assert.strictEqual(ended, 1000)
      world.end()
    })

    it("does not send a request after the caller's deadline", () => {
      const world = new World()
      world.until(500)
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("1 second"))
      const call = Pipeline.run(pipeline, Effect.die("sent")).pipe(
        Effect.provideService(Deadline.Current, { at: 400, limit: 400 }),
      )
      const { at, exit } = ends(Effect.flip(call), world)
      assert.strictEqual(at, 500)
      assert.instanceOf(exit._tag === "Success" ? exit.value : undefined, Deadline.DeadlineExceeded)
    })
  })

  describe("the deadline of the caller", () => {
    const inner = Pipeline.makeUnsafe(retry)

    it("applies the caller's deadline to the waits of an inner pipeline that has no deadline", () => {
      const { at, exit } = ends(
        Effect.flip(Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(550)), Pipeline.run(inner, failing(100)))),
      )
      assert.strictEqual(at, 400)
      const error = exit._tag === "Success" ? exit.value : undefined
      assert.strictEqual(error, busy)
      assert.deepStrictEqual(
        Timeline.of(error).map(({ decidedBy }) => decidedBy),
        ["backoff", "deadline"],
      )
    })

    it("applies the caller's deadline to fibers forked inside the call and to their children", () => {
      const seen: Array<number> = []
      const look = Effect.map(Deadline.remaining, (left) => void seen.push(Duration.toMillis(left)))
      let sent = 0
      const count = Effect.suspend(() => {
        sent++
        return failing(100)
      })
      const send = Effect.gen(function* () {
        yield* Effect.sleep(50)
        const child = yield* Effect.forkChild(
          Effect.gen(function* () {
            yield* look
            const grandchild = yield* Effect.forkChild(Effect.exit(Pipeline.run(inner, count)))
            yield* Effect.sleep(50)
            yield* look
            yield* Fiber.join(grandchild)
          }),
        )
        yield* Fiber.join(child)
        return yield* Effect.never
      })
      const told = exceeds(Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(1000)), send))
      assert.strictEqual(told.at, 1000)
      assert.deepStrictEqual(seen, [950, 900])
      // At 50, 350 and 650; the retry at 950 still fits.
      assert.strictEqual(sent, 4)
    })

    it("does not apply the caller's deadline before or after the call", () => {
      const look = Effect.map(Deadline.remaining, Duration.toMillis)
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(1000))
      const { exit } = ends(Effect.all([look, Pipeline.run(pipeline, look), look]))
      assert.deepStrictEqual(exit, Effect.runSyncExit(Effect.succeed([Infinity, 1000, Infinity])))
    })

    it("replaces an inner pipeline's later deadline with the caller's deadline", () => {
      const own = Pipeline.makeUnsafe(Pipeline.deadline("1 minute"), retry)
      const told = ends(
        Effect.flip(Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(550)), hidden(Pipeline.run(own, failing(100))))),
      )
      assert.strictEqual(told.at, 400)
      const error: unknown = told.exit._tag === "Success" ? told.exit.value : undefined
      assert.instanceOf(error, Deadline.DeadlineExceeded)
      assert.deepStrictEqual([error.left, error.limit], [150, 550])
      // When the caller's deadline passes, the caller's call fails and the inner one is interrupted.
      const outer = exceeds(
        Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(550)), hidden(Pipeline.run(own, Effect.never))),
      )
      assert.deepStrictEqual([outer.at, outer.limit], [550, 550])
    })

    it("does not replace an inner pipeline's earlier deadline with the caller's deadline", () => {
      const own = Pipeline.makeUnsafe(Pipeline.deadline(300))
      const outer = Pipeline.makeUnsafe(Pipeline.deadline("1 minute"), Pipeline.gates({}))
      const told = exceeds(Pipeline.run(outer, hidden(Pipeline.run(own, Effect.never))))
      assert.deepStrictEqual([told.at, told.limit], [300, 300])
    })

    it("does not apply the caller's deadline to a later call of the same inner pipeline", () => {
      const own = Pipeline.makeUnsafe(retry)
      const outer = Pipeline.makeUnsafe(Pipeline.deadline(550))
      let sent = 0
      const send = Effect.suspend(() => {
        sent++
        return sent < 6 ? failing(100) : Effect.succeed("done")
      })
      const { at, exit } = ends(
        Effect.andThen(Effect.exit(Pipeline.run(outer, Pipeline.run(own, send))), Pipeline.run(own, send)),
      )
      assert.deepStrictEqual([at, exit._tag, sent], [400 + 3 * 300, "Success", 6])
    })
  })

  describe("a deadline around a hedge", () => {
    const hedge = Hedge.makeUnsafe({ delay: 300, max: 2 })
    const sends = (limit: number, repeatable = true) => {
      const log: Array<string> = []
      const world = new World()
      const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(limit), Pipeline.hedge(hedge))
      const send = ({ number }: Pipeline.Attempt) =>
        Effect.suspend(() => {
          log.push(`${world.now} sent ${number}`)
          return Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push(`${world.now} gone ${number}`)))
        })
      const told = exceeds(Pipeline.run(pipeline, send, { repeatable }), world)
      return { ...told, log }
    }

    it("interrupts the call and all its hedged copies at the same time when the deadline passes", () => {
      const { at, log, spent: where } = sends(1000)
      assert.deepStrictEqual([at, where], [1000, spent({ attempts: 1000 })])
      assert.deepStrictEqual(log.toSorted(), [
        "0 sent 1",
        "1000 gone 1",
        "1000 gone 2",
        "1000 gone 3",
        "300 sent 2",
        "600 sent 3",
      ])
    })

    it("does not send a copy if the remaining time does not exceed the hedge delay", () => {
      assert.deepStrictEqual(sends(300).log, ["0 sent 1", "300 gone 1"])
    })

    it("counts only the queue time of the original call, and refunds a copy that was never sent", () => {
      const world = new World()
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5 })
      const budget = RetryBudget.tokenBucketUnsafe({ capacity: 100, cost: 10 })
      world.start(Bulkhead.protect(Effect.sleep(100), bulkhead))
      const pipeline = Pipeline.makeUnsafe(
        Pipeline.deadline(1000),
        Pipeline.hedge(Hedge.makeUnsafe({ delay: 300, budget })),
        Pipeline.limits(bulkhead),
      )
      const told = exceeds(Pipeline.run(pipeline, Effect.never, { repeatable: true }), world)
      assert.deepStrictEqual([told.at, told.spent], [1000, spent({ attempts: 900, queue: 100 })])
      assert.deepStrictEqual(Effect.runSync(Bulkhead.stats(bulkhead)), { inFlight: 0, queued: 0, permits: 1 })
      assert.strictEqual(budget.balance(world.now), 100)
    })
  })

  it("does not apply the deadline to a fallback", () => {
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.fallback(Fallback.to(() => Effect.as(Effect.sleep(5000), "from elsewhere"))),
      Pipeline.deadline(1000),
    )
    const { at, exit } = ends(Pipeline.run(pipeline, Effect.as(Effect.never, "here")))
    assert.deepStrictEqual([at, exit._tag === "Success" && exit.value], [6000, "from elsewhere"])
  })

  it("applies a reloaded deadline only to calls that start after the reload", () => {
    const world = new World()
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(1000))
    const ended: Array<number> = []
    const call = () =>
      world.start(Effect.exit(Pipeline.run(pipeline, Effect.never))).addObserver(() => ended.push(world.now))
    call()
    world.until(100)
    world.start(Pipeline.reload(pipeline, { deadline: 300 }))
    call()
    world.end()
    assert.deepStrictEqual(ended, [400, 1000])
  })

  it("leaves no timer running after a call that ends before the deadline", () => {
    const world = new World()
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.deadline("1 hour"),
      retry,
      Pipeline.hedge(Hedge.makeUnsafe({ delay: "1 minute" })),
      Pipeline.timeout("10 minutes"),
    )
    world.start(Pipeline.run(pipeline, Effect.sleep(10), { repeatable: true }))
    world.start(Effect.exit(Pipeline.run(pipeline, failing(10, { _tag: "Wrong", verdict: Verdict.never() }))))
    const gone = world.start(Pipeline.run(pipeline, Effect.never, { repeatable: true }))
    world.until(20)
    gone.interruptUnsafe()
    world.settle()
    assert.deepStrictEqual([world.sleeping, world.now], [0, 20])
  })

  it("reports infinite remaining time if there is no deadline", () => {
    assert.strictEqual(Duration.toMillis(Effect.runSync(Deadline.remaining)), Infinity)
  })
})
