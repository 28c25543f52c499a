import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Pipeline from "@holdfast/core/Pipeline"
import { AttemptTimedOut } from "@holdfast/core/Timeouts"
import { Deferred, Effect, Exit, Fiber } from "effect"

const pipeline = Pipeline.makeUnsafe(Pipeline.timeout("15 seconds"))

/** A promise program's clock is the system clock, whose timers are faked here. */
describe("a timeout on the system clock", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }))
  afterEach(() => void vi.useRealTimers())

  it("interrupts an attempt that takes longer", async () => {
    let isInterrupted = false
    const attempt = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (isInterrupted = true)))
    const call = Effect.runPromise(Effect.flip(Pipeline.run(pipeline, attempt)))
    await vi.advanceTimersByTimeAsync(14_999)
    assert.isFalse(isInterrupted)
    await vi.advanceTimersByTimeAsync(1)
    assert.instanceOf(await call, AttemptTimedOut)
    assert.isTrue(isInterrupted)
  })

  it("sets no timer for an attempt that ends at once", () => {
    assert.strictEqual(Effect.runSync(Pipeline.run(pipeline, Effect.succeed(1))), 1)
    assert.strictEqual(vi.getTimerCount(), 0)
  })

  it("clears the timer of an attempt that ends in time", async () => {
    const answer = Deferred.makeUnsafe<number>()
    const call = Effect.runPromise(Pipeline.run(pipeline, Deferred.await(answer)))
    assert.strictEqual(vi.getTimerCount(), 1)
    Deferred.doneUnsafe(answer, Effect.succeed(1))
    assert.strictEqual(await call, 1)
    assert.strictEqual(vi.getTimerCount(), 0)
  })

  it("ends the attempt and the timer when the caller is interrupted", async () => {
    let isInterrupted = false
    const attempt = Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (isInterrupted = true)))
    const fiber = Effect.runFork(Pipeline.run(pipeline, attempt))
    await Effect.runPromise(Fiber.interrupt(fiber))
    assert.isTrue(isInterrupted)
    assert.strictEqual(vi.getTimerCount(), 0)
    assert.isTrue(Exit.hasInterrupts(await Effect.runPromise(Fiber.await(fiber))))
  })

  it("waits for an attempt that cannot be interrupted, and discards its result", async () => {
    const answer = Deferred.makeUnsafe<number>()
    const fiber = Effect.runFork(Pipeline.run(pipeline, Effect.uninterruptible(Deferred.await(answer))))
    await vi.advanceTimersByTimeAsync(15_000)
    assert.isUndefined(fiber.pollUnsafe())
    Deferred.doneUnsafe(answer, Effect.succeed(1))
    const error = await Effect.runPromise(Effect.flip(Fiber.join(fiber)))
    assert.instanceOf(error, AttemptTimedOut)
  })
})
