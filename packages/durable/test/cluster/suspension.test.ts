import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, type Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Suspension from "../../src/internal/cluster/suspension.ts"

/** A clock on which the wall time can jump, as while the process is suspended. */
const jumping = Effect.map(Clock.Clock, (clock) => {
  let offset = 0
  const jumped: Clock.Clock = {
    sleep: (duration) => clock.sleep(duration),
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + offset,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (millis) => millis + offset),
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + BigInt(offset) * 1_000_000n,
    currentTimeNanos: Effect.map(clock.currentTimeNanos, (nanos) => nanos + BigInt(offset) * 1_000_000n),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
  }
  return {
    /** Runs an effect on the clock. */
    on: Effect.provideService(Clock.Clock, jumped),
    suspend: (millis: number) =>
      Effect.sync(() => {
        offset += millis
      }),
  }
})

const ended = (fiber: Fiber.Fiber<void>) =>
  Effect.map(
    Effect.sync(() => fiber.pollUnsafe()),
    (exit) => exit !== undefined,
  )

describe("Suspension", () => {
  it.effect("holds what would be sent until the process has noticed that it was suspended", () =>
    Effect.gen(function* () {
      const { on, suspend } = yield* jumping
      yield* Effect.gen(function* () {
        const suspension = yield* on(Suspension.make)
        const next = yield* Effect.forkChild(suspension.next)
        yield* TestClock.adjust("1 minute")
        yield* on(suspension.pass)
        assert.isFalse(yield* ended(next))
        yield* suspend(3600)
        const held = yield* Effect.forkChild(on(suspension.pass), { startImmediately: true })
        assert.isFalse(yield* ended(next))
        yield* TestClock.adjust("500 millis")
        assert.deepStrictEqual([yield* ended(next), yield* ended(held)], [true, false])
        // The next suspension is another one.
        yield* on(suspension.pass)
        const second = yield* Effect.forkChild(suspension.next)
        yield* TestClock.adjust("1 minute")
        assert.isFalse(yield* ended(second))
      }).pipe(Effect.scoped)
    }),
  )

  it.effect("is not a process that is busy for some seconds", () =>
    Effect.gen(function* () {
      const { on, suspend } = yield* jumping
      yield* Effect.gen(function* () {
        const suspension = yield* on(Suspension.make)
        const next = yield* Effect.forkChild(suspension.next)
        yield* suspend(2900)
        yield* on(suspension.pass)
        yield* TestClock.adjust("1 second")
        assert.isFalse(yield* ended(next))
      }).pipe(Effect.scoped)
    }),
  )
})
