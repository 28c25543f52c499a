import { assert, describe, it } from "@effect/vitest"
import { Gate } from "@holdfast/core"
import { Clock, Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"

describe("Gate", () => {
  it.effect("adds no delay while it is open", () =>
    Effect.gen(function* () {
      const gate = yield* Gate.make("connectivity")
      yield* gate.awaitOpen
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      assert.deepStrictEqual(yield* gate.stats, { closed: 0, waitedMs: 0 })
    }),
  )

  it.effect("looks again after waking: a gate that flaps lets nobody through", () =>
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

  it.effect("re-admits waiters in waves of 1, 2, 4 and 8", () =>
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

  it.effect("sends the waiters of a later wave back when the gate closes under way", () =>
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

  it.effect("keeps the first reason and its time, and tells every change", () =>
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

  it.effect("counts the time in which at least one caller waited, once", () =>
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

  it.effect("forgets an interrupted waiter", () =>
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
