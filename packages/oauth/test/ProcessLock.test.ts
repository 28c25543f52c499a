import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { HostLock } from "../src/internal/lock/hostLock.ts"
import * as ProcessLock from "../src/ProcessLock.ts"
import { withoutJitter } from "./support/server.ts"

/** A host whose only lock another process holds until `until` (ms). It records when it was asked. */
const host = (until: number) => {
  const asked: Array<number> = []
  let held = false
  let releases = 0
  return {
    asked,
    releases: () => releases,
    provide: Effect.provideService(HostLock, {
      tryAcquire: () =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          asked.push(now)
          if (now < until || held) return undefined
          held = true
          return {
            release: Effect.sync(() => {
              held = false
              releases++
            }),
          }
        }),
    }),
  }
}

const lock = () => ProcessLock.make("/state/x.owner", { atMost: Duration.seconds(1) })

describe("ProcessLock", () => {
  it.effect("tries to acquire the lock every 100 ms until the other process releases it", () =>
    Effect.gen(function* () {
      const { asked, provide, releases } = host(250)
      const fiber = yield* Effect.forkChild(lock().exclusive(Effect.succeed("mine")).pipe(provide, withoutJitter))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(fiber), "mine")
      assert.deepStrictEqual(asked, [0, 100, 200, 300])
      assert.strictEqual(releases(), 1)
    }),
  )

  it.effect("gives up after its time limit, even if the wall clock changes", () =>
    Effect.gen(function* () {
      const { asked, provide } = host(Number.POSITIVE_INFINITY)
      const fiber = yield* Effect.forkChild(
        Effect.flip(lock().exclusive(Effect.die("ran"))).pipe(provide, withoutJitter),
      )
      yield* TestClock.adjust("2 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.verdict.retry], ["LockBusy", "always"])
      assert.strictEqual(error.message, "Another process held the lock /state/x.owner for 1 s")
      assert.strictEqual(asked.at(-1), 1000)
    }),
  )

  it.effect("queues the callers of one process, so that only the first tries to acquire the lock", () =>
    Effect.gen(function* () {
      const { asked, provide, releases } = host(0)
      const mine = lock()
      const visit = mine.exclusive(Effect.sleep("200 millis"))
      const fiber = yield* Effect.forkChild(
        Effect.all([visit, visit, visit], { concurrency: 3 }).pipe(provide, withoutJitter),
      )
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(asked, [0, 200, 400])
      assert.strictEqual(releases(), 3)
    }),
  )

  it.effect(
    "counts the time in the queue toward the limit, so that later callers do not wait for the full time again",
    () =>
      Effect.gen(function* () {
        const { asked, provide } = host(Number.POSITIVE_INFINITY)
        const mine = lock()
        const visit = Effect.flip(mine.exclusive(Effect.void))
        const fiber = yield* Effect.forkChild(
          Effect.all([visit, visit, visit], { concurrency: 3 }).pipe(provide, withoutJitter),
        )
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(
          (yield* Fiber.join(fiber)).map(({ _tag }) => _tag),
          ["LockBusy", "LockBusy", "LockBusy"],
        )
        assert.strictEqual(asked.length, 13)
      }),
  )

  it.effect("stops trying to acquire the lock when the waiting caller is interrupted", () =>
    Effect.gen(function* () {
      const { asked, provide, releases } = host(1000)
      const fiber = yield* Effect.forkChild(lock().exclusive(Effect.void).pipe(provide, withoutJitter))
      yield* TestClock.adjust("150 millis")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(asked, [0, 100])
      assert.strictEqual(releases(), 0)
    }),
  )

  it.effect("releases the lock when the effect is interrupted", () =>
    Effect.gen(function* () {
      const { provide, releases } = host(0)
      const fiber = yield* Effect.forkChild(lock().exclusive(Effect.never).pipe(provide))
      yield* TestClock.adjust("150 millis")
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(releases(), 1)
    }),
  )
})
