import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Grace } from "@holdfast/core"

/** Interrupts an effect that takes `seconds` after one second. Returns when the interruption ended, and what happened. */
const interrupted = (seconds: number, options: Grace.Options) =>
  Effect.gen(function* () {
    const events = new Array<string>()
    const effect = Effect.sleep(`${seconds} seconds`).pipe(
      Effect.andThen(Effect.sync(() => events.push("completed"))),
      Effect.onInterrupt(() => Effect.sync(() => events.push("interrupted"))),
    )
    const fiber = yield* Effect.forkChild(Grace.complete(effect, options), { startImmediately: true })
    yield* TestClock.adjust("1 second")
    const ending = yield* Effect.forkChild(
      Effect.andThen(
        Fiber.interrupt(fiber),
        Effect.sync(() => events.push("ended")),
      ),
      { startImmediately: true },
    )
    const seen: Record<string, ReadonlyArray<string>> = {}
    for (const at of [1, 2, 4, 6, 30]) {
      yield* TestClock.setTime(at * 1000)
      seen[at] = [...events]
    }
    yield* Fiber.join(ending)
    return seen
  })

describe("Grace.complete", () => {
  it.effect("returns the result or the error of the effect", () =>
    Effect.gen(function* () {
      const atMost = "5 seconds"
      assert.strictEqual(yield* Grace.complete(Effect.succeed(1), { atMost }), 1)
      assert.deepStrictEqual(yield* Effect.exit(Grace.complete(Effect.fail("no"), { atMost })), Exit.fail("no"))
    }),
  )

  it.effect("lets an effect complete that ends within the grace period", () =>
    Effect.gen(function* () {
      const done = ["completed", "ended"]
      assert.deepStrictEqual(yield* interrupted(4, { atMost: "5 seconds" }), {
        1: [],
        2: [],
        4: done,
        6: done,
        30: done,
      })
    }),
  )

  it.effect("interrupts an effect that takes longer than the grace period", () =>
    Effect.gen(function* () {
      const done = ["interrupted", "ended"]
      assert.deepStrictEqual(yield* interrupted(20, { atMost: "5 seconds" }), {
        1: [],
        2: [],
        4: [],
        6: done,
        30: done,
      })
    }),
  )

  it.effect("interrupts the effect at once if no result can be lost", () =>
    Effect.gen(function* () {
      const done = ["interrupted", "ended"]
      const options = { atMost: "5 seconds", isInFlight: () => false } as const
      assert.deepStrictEqual(yield* interrupted(4, options), { 1: done, 2: done, 4: done, 6: done, 30: done })
    }),
  )
})
