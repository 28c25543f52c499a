import { assert, describe, it } from "@effect/vitest"
import { Gate, Pipeline } from "@holdfast/core"
import { Clock, Effect, Fiber, Logger, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as Model from "../support/gates/model.ts"
import { numbers } from "../support/virtual.ts"

/** How many calls passed at each time, in order. */
const countsOf = (times: ReadonlyArray<number>) =>
  [...new Set(times)].map((at) => [at, times.filter((time) => time === at).length])

/** Starts a number of calls at the gate, each of which records when it passes. */
const arrive = (gate: Gate.Gate, calls: number, times: Array<number>) =>
  Effect.forEach(Array.from({ length: calls }), () =>
    Effect.forkChild(
      Effect.andThen(
        gate.awaitOpen,
        Effect.map(Clock.currentTimeMillis, (now) => void times.push(now)),
      ),
      { startImmediately: true },
    ),
  )

describe("Gate", () => {
  it.effect("does not delay calls while the gate is open", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity")
      yield* gate.awaitOpen
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      assert.deepStrictEqual(yield* gate.stats, { closed: 0, waitedMs: 0 })
    }),
  )

  it.effect(
    "rechecks the gate after a waiting call wakes, and does not admit the call if the gate has closed again",
    () =>
      Effect.gen(function* () {
        const gate = yield* Gate.make("connectivity")
        yield* gate.close("down")
        const waiter = yield* Effect.forkChild(gate.awaitOpen, { startImmediately: true })
        yield* gate.open
        yield* gate.close("down again")
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(waiter.pollUnsafe(), undefined)
        yield* gate.open
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(waiter)
      }),
  )

  it.effect("admits waiters in waves of 1, 2, 4 and 8", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      yield* gate.close("down")
      const admitted: Array<number> = []
      for (let n = 0; n < 15; n++) {
        const admit = Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.sync(() => admitted.push(now)))
        yield* Effect.forkChild(Effect.andThen(gate.awaitOpen, admit), { startImmediately: true })
      }
      yield* gate.open
      yield* TestClock.adjust("1 second")
      const waves = [0, 100, 200, 300].map((time) => admitted.filter((at) => at === time).length)
      assert.deepStrictEqual(waves, [1, 2, 4, 8])
    }),
  )

  it.effect("stops admitting waiting calls when the gate closes during the ramp", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      yield* gate.close("down")
      let through = 0
      for (let n = 0; n < 3; n++) {
        yield* Effect.forkChild(
          Effect.andThen(
            gate.awaitOpen,
            Effect.sync(() => through++),
          ),
          {
            startImmediately: true,
          },
        )
      }
      yield* gate.open
      yield* TestClock.adjust("50 millis")
      yield* gate.close("down again")
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(through, 1)
      yield* gate.open
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(through, 3)
    }),
  )

  it.effect("starts a new ramp with one call each time the gate opens", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      const times: Array<number> = []
      yield* gate.close("down")
      yield* arrive(gate, 1000, times)
      yield* gate.open
      yield* TestClock.adjust("250 millis")
      assert.deepStrictEqual(countsOf(times), [
        [0, 1],
        [100, 2],
        [200, 4],
      ])
      yield* gate.close("down again")
      yield* TestClock.adjust("20 millis")
      times.length = 0
      yield* gate.open
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(countsOf(times), [
        [270, 1],
        [370, 2],
        [470, 4],
        [570, 8],
        [670, 16],
        [770, 32],
        [870, 64],
        [970, 128],
        [1070, 256],
        [1170, 482],
      ])
    }),
  )

  it.effect("queues a call that arrives during the ramp behind the waiting calls", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      const waited: Array<number> = []
      const arrived: Array<number> = []
      yield* gate.close("down")
      yield* arrive(gate, 4, waited)
      yield* gate.open
      yield* TestClock.adjust("50 millis")
      yield* arrive(gate, 12, arrived)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(countsOf(waited), [
        [0, 1],
        [100, 2],
        [200, 1],
      ])
      assert.deepStrictEqual(countsOf(arrived), [
        [200, 3],
        [300, 8],
        [400, 1],
      ])
      arrived.length = 0
      yield* arrive(gate, 100, arrived)
      assert.deepStrictEqual(countsOf(arrived), [[60_050, 100]])
    }),
  )

  it.effect("queues a pipeline call that arrives during the ramp behind the waiting calls", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      const other = yield* Gate.make("maintenance", { ramp: "100 millis" })
      const pipeline = Pipeline.makeUnsafe(Pipeline.gates({ others: [gate, other] }))
      const order: Array<string> = []
      const call = (name: string) =>
        Effect.forkChild(
          Pipeline.run(
            pipeline,
            Effect.map(Clock.currentTimeMillis, (now) => void order.push(`${name} ${now}`)),
          ),
          { startImmediately: true },
        )
      yield* gate.close("down")
      yield* Effect.forEach(["a", "b", "c", "d"], call)
      yield* gate.open
      yield* TestClock.adjust("50 millis")
      yield* call("e")
      yield* TestClock.adjust("50 millis")
      yield* other.close("down too")
      yield* TestClock.adjust("150 millis")
      yield* other.open
      yield* call("f")
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(order, ["a 0", "b 100", "c 100", "d 250", "e 350", "f 350"])
    }),
  )

  it.effect("admits every waiting call even if new calls keep arriving", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      const waited: Array<number> = []
      const arrived: Array<number> = []
      yield* gate.close("down")
      yield* arrive(gate, 100, waited)
      yield* gate.open
      for (let n = 0; n < 1200; n++) {
        yield* arrive(gate, 3, arrived)
        yield* TestClock.adjust("1 millis")
      }
      assert.strictEqual(waited.length, 100)
      assert.strictEqual(Math.max(...waited), 600)
      // The waves up to 1100 ms admit up to 4095 calls, more than the 3400 that had arrived by then.
      assert.isTrue(gate.isClear())
      assert.strictEqual(arrived.length, 3600)
    }),
  )

  it.effect("preserves the queue position of a waiting call that wakes after the gate has closed again", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity")
      const order: Array<string> = []
      const call = (name: string) =>
        Effect.forkChild(
          Effect.andThen(
            gate.awaitOpen,
            Effect.sync(() => void order.push(name)),
          ),
          { startImmediately: true },
        )
      yield* gate.close("down")
      yield* call("first")
      yield* call("second")
      yield* gate.open
      yield* gate.close("down again")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(order, [])
      yield* call("third")
      yield* gate.open
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(order, ["first", "second", "third"])
    }),
  )

  it.effect("skips interrupted waiters, and reports the gate as clear when no waiter remains", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      const times: Array<number> = []
      yield* gate.close("down")
      const fibers = yield* arrive(gate, 8, times)
      yield* gate.open
      yield* Effect.forEach(fibers.slice(1, 7), Fiber.interrupt)
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(countsOf(times), [
        [0, 1],
        [100, 1],
      ])
      yield* gate.close("down again")
      const others = yield* arrive(gate, 3, times)
      yield* gate.open
      assert.isFalse(gate.isClear())
      yield* Effect.forEach(others, Fiber.interrupt)
      assert.isTrue(gate.isClear())
    }),
  )

  for (let seed = 1; seed <= 60; seed++) {
    it.effect(`admits calls at exactly the times predicted by the model (seed ${seed})`, () =>
      Effect.gen(function* () {
        const plan = Model.plan(numbers(seed))
        assert.deepStrictEqual(yield* Model.play(plan), Model.reference(plan))
      }),
    )
  }

  it.effect("ignores the reason of a second closure, and publishes every change of state", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("authorization")
      const seen = yield* Effect.forkChild(Stream.runCollect(Stream.take(gate.changes, 4)), { startImmediately: true })
      yield* TestClock.adjust("5 seconds")
      yield* gate.close("refused")
      yield* gate.close("refused by another call")
      yield* gate.needsHuman("refresh failed", "pair again")
      yield* gate.open
      assert.deepStrictEqual(yield* Fiber.join(seen), [
        { _tag: "Open" },
        { _tag: "Closed", reason: "refused", since: 5000 },
        { _tag: "NeedsHuman", reason: "refresh failed", action: "pair again", since: 5000 },
        { _tag: "Open" },
      ])
      assert.strictEqual((yield* gate.stats).closed, 1)
    }),
  )

  it.effect("logs one warning per closure if the user must fix a problem, but logs no warning for a sign-in", () => {
    const lines: Array<unknown> = []
    const logger = Logger.make<unknown, void>(({ logLevel, message }) => void lines.push([logLevel, message]))
    return Effect.gen(function* () {
      const gate = yield* Gate.make("authorization")
      yield* gate.close("signing in again")
      assert.deepStrictEqual(lines, [])
      yield* gate.needsHuman("invalid_client", "check the client secret", "settings")
      yield* gate.needsHuman("invalid_client", "check the client secret", "settings")
      const first = "calls wait at the gate authorization until a person acts: invalid_client; check the client secret"
      assert.deepStrictEqual(lines, [["Warn", [first]]])
      yield* gate.open
      yield* gate.needsHuman("the refresh token is spent", "sign in again")
      assert.lengthOf(lines, 1)
      yield* gate.open
      yield* gate.needsHuman("the token file cannot be written", "make room on the disk", "machine")
      assert.deepStrictEqual(lines.slice(1), [
        [
          "Warn",
          [
            "calls wait at the gate authorization until a person acts: the token file cannot be written; make room on the disk",
          ],
        ],
      ])
    }).pipe(Effect.provide(Logger.layer([logger])))
  })

  it.effect("counts overlapping waits only once", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: 0 })
      yield* gate.close("down")
      yield* TestClock.adjust("2 seconds")
      yield* Effect.forkChild(gate.awaitOpen, { startImmediately: true })
      yield* Effect.forkChild(gate.awaitOpen, { startImmediately: true })
      yield* TestClock.adjust("3 seconds")
      assert.deepStrictEqual(yield* gate.stats, { closed: 1, waitedMs: 3000 })
      yield* gate.open
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(yield* gate.stats, { closed: 1, waitedMs: 3000 })
    }),
  )

  it.effect("stops counting the wait when the caller is interrupted", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity")
      yield* gate.close("down")
      const waiter = yield* Effect.forkChild(gate.awaitOpen, { startImmediately: true })
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(waiter)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* gate.stats).waitedMs, 1000)
    }),
  )

  it.effect("counts the time that callers wait during the ramp", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity", { ramp: "100 millis" })
      const times: Array<number> = []
      yield* gate.close("down")
      yield* arrive(gate, 3, times)
      yield* TestClock.adjust("1 second")
      yield* gate.open
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* gate.stats, { closed: 1, waitedMs: 1100 })
    }),
  )

  it.effect("waits until all gates are open at the same moment", () =>
    Effect.gen(function* () {
      const a = yield* Gate.make("connectivity")
      const b = yield* Gate.make("authorization")
      yield* a.close("down")
      yield* b.close("refused")
      const waiter = yield* Effect.forkChild(Gate.awaitAll([a, b]), { startImmediately: true })
      yield* a.open
      yield* TestClock.adjust("1 second")
      yield* a.close("down again")
      yield* b.open
      yield* TestClock.adjust("1 second")
      assert.strictEqual(waiter.pollUnsafe(), undefined)
      yield* a.open
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(waiter)
    }),
  )
})
