/** Set-up shared by the tests of pipelines. */
import type { Classified, Verdict } from "@holdfast/core"
import { Effect, Fiber, Random } from "effect"
import { TestClock } from "effect/testing"

export const failure = (verdict: Verdict.Verdict, _tag = "Failure"): Classified => ({ _tag, verdict })

/** Runs an effect to its end on the test clock. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

/** Pins the jitter to the top of its range, so that waits equal the delays. */
export const pinned = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })
