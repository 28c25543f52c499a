import { CircuitBreaker, Pipeline } from "@holdfast/core"
import { afterEach, assert, beforeEach, describe, it, vi } from "vitest"

/**
 * Without Effect, a pipeline waits with setTimeout, draws jitter from Math.random, and measures with process.hrtime, which
 * fake timers leave alone.
 */
beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ["Date", "setTimeout", "clearTimeout"] })
  vi.spyOn(process.hrtime, "bigint").mockImplementation(() => BigInt(Date.now()) * 1_000_000n)
  vi.spyOn(Math, "random").mockReturnValue(0)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

describe("a promise in a pipeline", () => {
  it("is sent again after 0.25 s and 0.5 s", async () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.timeout("5 seconds"))
    const times: Array<number> = []
    const call = Pipeline.promise(pipeline, async (_signal, { number }) => {
      times.push(Date.now())
      if (number < 3) throw new Error("busy")
      return "42 clips"
    })
    await vi.advanceTimersByTimeAsync(60_000)
    assert.strictEqual(await call, "42 clips")
    assert.deepStrictEqual(times, [0, 250, 750])
  })

  it("is not sent while the circuit is open", async () => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "30 seconds" })
    const pipeline = Pipeline.makeUnsafe(Pipeline.breaker(breaker))
    const call = (send: () => Promise<string>) => Pipeline.promise(pipeline, send).catch(({ message }) => message)

    assert.strictEqual(await call(() => Promise.reject(new Error("busy"))), "busy")
    assert.match(await call(() => Promise.resolve("42 clips")), /circuit/)
    await vi.advanceTimersByTimeAsync(30_000)
    assert.strictEqual(await call(() => Promise.resolve("42 clips")), "42 clips")
  })
})
