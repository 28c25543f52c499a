import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Random, References } from "effect"
import { TestClock } from "effect/testing"
import * as FairPermits from "../../src/internal/queue/fairPermits.ts"

/** How long a hundred rounds may take on a busy machine, in milliseconds. */
const patient = 30_000

/** Lets forked fibers run until they suspend. */
const settle = TestClock.adjust(0)

/** Lets fibers that yielded continue. */
const breathe = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

/** Lets a fiber yield after a few steps, so that it can be interrupted between them. */
const hasty = Effect.provideService(References.MaxOpsBeforeYield, 4)

describe("fair permits", () => {
  it.effect("admit as many effects as the limit, and follow a limit that changes", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(2)
      let running = 0
      const work = Effect.acquireUseRelease(
        Effect.sync(() => running++),
        () => Effect.sleep("1 second"),
        () => Effect.sync(() => running--),
      )
      for (let n = 0; n < 20; n++) yield* Effect.forkChild(permits.withPermit("a")(work))
      yield* settle
      const seen = [running]
      for (const limit of [2, 5, 5, 1, 1, 1]) {
        permits.setLimit(limit)
        yield* settle
        yield* TestClock.adjust("1 second")
        seen.push(running)
      }
      assert.deepStrictEqual(seen, [2, 2, 5, 5, 1, 1, 1])
    }),
  )

  it.effect("share permits equally with a key that comes later, as the effects of the first one end", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(4)
      const running = { big: 0, other: 0 }
      const work = (key: keyof typeof running, seconds: number) =>
        permits.withPermit(key)(
          Effect.acquireUseRelease(
            Effect.sync(() => running[key]++),
            () => Effect.sleep(`${seconds} seconds`),
            () => Effect.sync(() => running[key]--),
          ),
        )
      for (let n = 0; n < 100; n++) yield* Effect.forkChild(work("big", n + 1))
      yield* settle
      for (let n = 0; n < 100; n++) yield* Effect.forkChild(work("other", 100))
      const seen: Array<readonly [number, number]> = []
      for (let n = 0; n < 4; n++) {
        yield* settle
        seen.push([running.big, running.other])
        yield* TestClock.adjust("1 second")
      }
      assert.deepStrictEqual(seen, [
        [4, 0],
        [3, 1],
        [2, 2],
        [2, 2],
      ])
    }),
  )

  it.effect(
    "admit effects of less weight together, up to the greatest number, and one at a time with a limit of 1",
    () =>
      Effect.gen(function* () {
        const permits = FairPermits.make(2, 16)
        const work = (key: string) => permits.withPermit(key, 1, 1 / 4)(Effect.sleep("1 second"))
        for (let n = 0; n < 100; n++) yield* Effect.forkChild(work(String(n)))
        const seen: Array<number> = []
        for (const limit of [2, 3, 10, 1, 2]) {
          permits.setLimit(limit)
          yield* settle
          yield* TestClock.adjust("1 second")
          seen.push(permits.running())
        }
        assert.deepStrictEqual(seen, [8, 12, 16, 1, 8])
      }),
  )

  it.effect("admit an effect of full weight among many of less weight", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(2)
      const ended: Array<string> = []
      const work = (key: string, weight: number) =>
        Effect.andThen(
          permits.withPermit(key, 1, weight)(Effect.sleep("1 second")),
          Effect.sync(() => void ended.push(key)),
        )
      for (let n = 0; n < 100; n++) yield* Effect.forkChild(work("small", 1 / 4))
      yield* settle
      yield* Effect.forkChild(work("big", 1))
      yield* TestClock.adjust("3 seconds")
      assert.include(ended, "big")
      assert.isBelow(ended.length, 30)
    }),
  )

  it.effect("take keys in turn with a single permit", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(1)
      const order: Array<string> = []
      const work = (key: string) =>
        permits.withPermit(key)(
          Effect.andThen(
            Effect.sync(() => order.push(key)),
            Effect.sleep("1 second"),
          ),
        )
      for (let n = 0; n < 4; n++) yield* Effect.forkChild(work("big"))
      for (const key of ["a", "b", "b"]) yield* Effect.forkChild(work(key))
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(order, ["big", "big", "a", "b", "big", "b", "big"])
    }),
  )

  it.effect("let small effects pass large ones with a single permit, without starving these", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(1)
      const order: Array<string> = []
      const work = (key: string, bytes: number) =>
        permits.withPermit(
          key,
          bytes,
        )(
          Effect.andThen(
            Effect.sync(() => order.push(key)),
            Effect.sleep("1 second"),
          ),
        )
      for (let n = 0; n < 3; n++) yield* Effect.forkChild(work("big", 100))
      // Each of the two lanes sends small files one after the other.
      for (let lane = 0; lane < 2; lane++) {
        const files = Array.from({ length: 100 }, (_, n) => `${lane}.${n}`)
        yield* Effect.forkChild(Effect.forEach(files, (file) => work(file, 10), { discard: true }))
      }
      yield* TestClock.adjust("300 seconds")
      const turns = order.flatMap((key, turn) => (key === "big" ? [turn] : []))
      assert.strictEqual(order.length, 203)
      // Between two large effects, small ones with 140 bytes run.
      assert.deepStrictEqual(turns, [0, 1, 16])
    }),
  )

  it.effect("give no credit for a time in which a key had no effects", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(1)
      const order: Array<string> = []
      const work = (key: string) =>
        permits.withPermit(key)(
          Effect.andThen(
            Effect.sync(() => order.push(key)),
            Effect.sleep("1 second"),
          ),
        )
      yield* Effect.forkChild(work("late"))
      for (let n = 0; n < 20; n++) yield* Effect.forkChild(work("steady"))
      yield* TestClock.adjust("15 seconds")
      order.length = 0
      for (let n = 0; n < 4; n++) yield* Effect.forkChild(work("late"))
      yield* TestClock.adjust("8 seconds")
      assert.deepStrictEqual(order, ["steady", "late", "steady", "late", "steady", "late", "steady", "late"])
    }),
  )

  it.effect(
    "lose no permit when waiting and running effects are interrupted at any moment",
    () =>
      Effect.gen(function* () {
        for (let seed = 0; seed < 100; seed++) {
          yield* Effect.gen(function* () {
            const permits = FairPermits.make(3)
            const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
            for (let n = 0; n < 40; n++) {
              const key = `k${yield* Random.nextIntBetween(0, 4)}`
              const millis = yield* Random.nextIntBetween(0, 30)
              const end = yield* Random.nextBoolean
              const work = Effect.andThen(Effect.sleep(millis), end ? Effect.void : Effect.fail("broken"))
              fibers.push(yield* Effect.forkChild(hasty(permits.withPermit(key)(work))))
              if ((yield* Random.nextIntBetween(0, 3)) === 0) permits.setLimit(yield* Random.nextIntBetween(1, 6))
              if ((yield* Random.nextIntBetween(0, 2)) === 0)
                yield* TestClock.adjust(yield* Random.nextIntBetween(0, 10))
              // Without a wait, so that a permit may be granted and its fiber interrupted in the same step.
              const victim = fibers[yield* Random.nextIntBetween(0, fibers.length - 1)]
              if (victim !== undefined) yield* Effect.forkChild(Fiber.interrupt(victim))
            }
            for (let n = 0; n < 1000 && fibers.some((fiber) => fiber.pollUnsafe() === undefined); n++) {
              yield* breathe
              yield* TestClock.adjust("1 second")
            }
            assert.isTrue(fibers.every((fiber) => fiber.pollUnsafe() !== undefined))
            assert.deepStrictEqual([permits.running(), permits.waiting()], [0, 0])
          }).pipe(Random.withSeed(seed))
        }
      }),
    patient,
  )

  it.effect("return a permit that was granted in the step in which its waiter was interrupted", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(0)
      const first = yield* Effect.forkChild(permits.withPermit("a")(Effect.never))
      const second = yield* Effect.forkChild(permits.withPermit("b")(Effect.succeed("sent")))
      yield* settle
      permits.setLimit(1)
      first.interruptUnsafe()
      yield* settle
      assert.deepStrictEqual(yield* Fiber.await(second), Exit.succeed("sent"))
      assert.deepStrictEqual([permits.running(), permits.waiting()], [0, 0])
    }),
  )

  it.effect("admit an urgent effect before others and beyond the limit, but never beyond the most", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(1, 2)
      const order: Array<string> = []
      const work = (key: string, urgent: boolean) =>
        permits.withPermit(
          key,
          1,
          1,
          urgent,
        )(
          Effect.andThen(
            Effect.sync(() => order.push(key)),
            Effect.sleep("1 second"),
          ),
        )
      const begin = (key: string, urgent = false) => Effect.forkChild(work(key, urgent))
      yield* begin("a")
      yield* begin("b")
      yield* settle
      assert.deepStrictEqual(order, ["a"])
      for (const key of ["c", "d"]) yield* begin(key, true)
      yield* settle
      assert.deepStrictEqual(order, ["a", "c"])
      yield* TestClock.adjust("1 second")
      // Both permits are free again. The first one goes to the urgent effect, and the limit of 1 holds "b" back.
      assert.deepStrictEqual(order, ["a", "c", "d"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(order, ["a", "c", "d", "b"])
    }),
  )

  it.effect("forget an urgent effect that is interrupted while it waits", () =>
    Effect.gen(function* () {
      const permits = FairPermits.make(1, 2)
      const never = (key: string, urgent: boolean) => permits.withPermit(key, 1, 1, urgent)(Effect.never)
      const first = yield* Effect.forkChild(never("a", true))
      yield* Effect.forkChild(never("b", true))
      const waiting = yield* Effect.forkChild(never("c", true))
      yield* settle
      yield* Fiber.interrupt(waiting)
      yield* Effect.forkChild(never("d", false))
      yield* settle
      yield* Fiber.interrupt(first)
      yield* settle
      assert.deepStrictEqual([permits.running(), permits.waiting()], [1, 1])
    }),
  )
})
