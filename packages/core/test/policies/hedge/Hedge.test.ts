import { assert, describe, it } from "@effect/vitest"
import { Deadline } from "@holdfast/core"
import * as Hedge from "@holdfast/core/Hedge"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { busy, service, fixed, start, timed, first } from "../../support/hedge.ts"

describe("Hedge", () => {
  describe("the race", () => {
    it.effect("does not send a copy if the call completes before the delay elapses", () =>
      Effect.gen(function* () {
        const { log, send } = service([[199, "first"]])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["first", 199])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, ["0 sent 1", "199 answered 1"])
      }),
    )

    it.effect("does not send a copy if the call completes immediately", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* Hedge.protect(Effect.succeed("at once"), fixed(200)), "at once")
        assert.strictEqual(yield* Effect.flip(Hedge.protect(Effect.fail(busy), fixed(200))), busy)
      }),
    )

    it.effect("returns the copy's result, and interrupts the call immediately", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [1_000, "first"],
          [100, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["second", 300])
        assert.deepStrictEqual(log, ["0 sent 1", "200 sent 2", "300 answered 2", "300 interrupted 1"])
      }),
    )

    it.effect("returns the call's result, and interrupts its copy", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [300, "first"],
          [1_000, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["first", 300])
        assert.deepStrictEqual(log, ["0 sent 1", "200 sent 2", "300 answered 1", "300 interrupted 2"])
      }),
    )

    it.effect("sends up to `max` copies, separated by the delay", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [1_000, "1"],
          [1_000, "2"],
          [100, "3"],
          [1, "4"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200, { max: 2 }))), ["3", 500])
        assert.deepStrictEqual(log.slice(0, 4), ["0 sent 1", "200 sent 2", "400 sent 3", "500 answered 3"])
      }),
    )

    it.effect("does not send a second copy if only one copy is allowed", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [10_000, "1"],
          [10_000, "2"],
          [1, "3"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["1", 10_000])
        assert.deepStrictEqual(log.slice(0, 3), ["0 sent 1", "200 sent 2", "10000 answered 1"])
      }),
    )

    it.effect("returns without waiting for a slow interruption of the losing attempt", () =>
      Effect.gen(function* () {
        const { send } = service([
          [1_000, "first"],
          [100, "second"],
        ])
        const slow = send.pipe(Effect.onInterrupt(() => Effect.sleep("1 minute")))
        assert.deepStrictEqual(yield* timed(Hedge.protect(slow, fixed(200))), ["second", 300])
      }),
    )

    it.effect("interrupts the copy if starting the copy completes the original call", () =>
      Effect.gen(function* () {
        let interrupted = 0
        let wake: ((exit: Exit.Exit<string>) => void) | undefined
        const call = Effect.callback<string>((resume) => {
          if (wake === undefined) wake = resume
          else {
            wake(Exit.succeed("woken"))
            return Effect.sync(() => void interrupted++)
          }
        })
        assert.strictEqual(yield* first(timed(Hedge.protect(call, fixed(200)))), "woken")
        assert.strictEqual(interrupted, 1)
      }),
    )
  })

  describe("the condition for hedging", () => {
    it.effect("does not send a copy of a non-repeatable call", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [1_000, "first"],
          [1, "second"],
        ])
        const answer = yield* timed(Hedge.protect(send, fixed(200), { repeatable: false }))
        assert.deepStrictEqual(answer, ["first", 1_000])
        assert.strictEqual(log.length, 2)
      }),
    )

    it.effect("runs a non-repeatable call in the caller's fiber", () =>
      Effect.gen(function* () {
        const self = yield* Effect.fiberId
        assert.strictEqual(yield* Hedge.protect(Effect.fiberId, fixed(200), { repeatable: false }), self)
        assert.notStrictEqual(yield* Hedge.protect(Effect.fiberId, fixed(200)), self)
      }),
    )
  })

  describe("interruption", () => {
    it.effect("interrupts the call and all its copies, and waits until all of them have ended", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [10_000, "1"],
          [10_000, "2"],
          [10_000, "3"],
        ])
        const slow = send.pipe(Effect.onInterrupt(() => Effect.sleep("1 second")))
        const fiber = yield* start(Hedge.protect(slow, fixed(200, { max: 2 })))
        yield* TestClock.adjust(500)
        const ending = yield* start(Fiber.interrupt(fiber))
        yield* TestClock.adjust(999)
        assert.strictEqual(ending.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        assert.isDefined(ending.pollUnsafe())
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, [
          "0 sent 1",
          "200 sent 2",
          "400 sent 3",
          "500 interrupted 1",
          "500 interrupted 2",
          "500 interrupted 3",
        ])
      }),
    )

    it.effect("does not send a copy if the call is interrupted before the delay elapses", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [10_000, "1"],
          [1, "2"],
        ])
        const fiber = yield* start(Hedge.protect(send, fixed(200)))
        yield* TestClock.adjust(100)
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, ["0 sent 1", "100 interrupted 1"])
      }),
    )
  })

  describe("a deadline", () => {
    const within = (limit: number) => Effect.provideService(Deadline.Current, { at: limit, limit })

    it.effect("does not send a copy if the time until the deadline does not exceed the delay", () =>
      Effect.gen(function* () {
        const { log, send } = service([[150, "first"]])
        const self = yield* Effect.fiberId
        const here = Effect.andThen(send, Effect.fiberId)
        const fiber = yield* start(Hedge.protect(here, fixed(200)).pipe(within(200)))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* Fiber.join(fiber), fiber.id)
        assert.notStrictEqual(fiber.id, self)
        assert.strictEqual(log.length, 2)
      }),
    )

    it.effect("sends a copy if the time until the deadline exceeds the delay", () =>
      Effect.gen(function* () {
        const { send } = service([
          [900, "first"],
          [1, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200)).pipe(within(201))), ["second", 201])
      }),
    )
  })
})
