/** Chunks that wait for a slot of the limit that uploads share. */
import { assert, describe, it } from "@effect/vitest"
import type { SharedLimits, UploadSession } from "@holdfast/c2c/UploadSession"
import { Effect, Exit, Fiber, Semaphore } from "effect"
import { TestClock } from "effect/testing"
import { api, breathe, drive, engine, md5, randomFile, reading, slowDown, storage, stored } from "../support/uploads.ts"

/** Slots that a semaphore limits, and how they were used. */
const slotsOf = (permits: number) => {
  const semaphore = Semaphore.makeUnsafe(permits)
  const seen = { taken: 0, inUse: 0 }
  const slot: NonNullable<SharedLimits["slot"]> = (attempt) =>
    semaphore.withPermit(
      Effect.suspend(() => {
        seen.taken++
        seen.inUse++
        return Effect.ensuring(
          attempt,
          Effect.sync(() => seen.inUse--),
        )
      }),
    )
  return { slot, seen, semaphore }
}

/** A session that records the order of its steps. */
const recorder = () => {
  const steps: Array<string> = []
  const step = (name: string) => Effect.sync(() => void steps.push(name))
  const session: UploadSession = {
    creating: () => Effect.void,
    notCreated: Effect.void,
    created: () => Effect.void,
    sending: ({ index }) => step(`sending ${index}`),
    confirmed: ({ index }) => step(`confirmed ${index}`),
  }
  return { session, steps }
}

/** Advances virtual time in small steps until a condition holds. The clock stands still while a file is read. */
const until = (condition: () => boolean) =>
  Effect.gen(function* () {
    while (!condition()) {
      yield* breathe
      yield* TestClock.adjust(reading() ? 0 : 50)
    }
  })

describe("a slot of a shared limit", () => {
  it.effect("limits the chunks in flight of several uploads together", () =>
    Effect.gen(function* () {
      const files = yield* Effect.all([randomFile(90), randomFile(80), randomFile(70)])
      const { seen, slot } = slotsOf(2)
      const store = storage((put) => Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))))
      const { upload } = engine(store, api(3))
      const uploads = Effect.forEach(files, ({ path }) => upload({ path, limits: { slot } }), { concurrency: 3 })
      assert.isTrue(Exit.isSuccess(yield* drive(uploads)))
      assert.strictEqual(store.seen.most, 2)
      assert.deepStrictEqual([seen.taken, seen.inUse], [9, 0])
    }),
  )

  it.effect("is awaited without a timeout and without using up an attempt", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const { semaphore, slot } = slotsOf(1)
      const store = storage()
      const { events, upload } = engine(store, api(2))
      yield* semaphore.take(1)
      const fiber = yield* Effect.forkChild(upload({ path, limits: { slot } }))
      yield* until(() => events.some(({ _tag }) => _tag === "AssetCreated"))
      yield* TestClock.adjust("1 day")
      assert.strictEqual(store.puts.length, 0)
      yield* semaphore.release(1)
      assert.isTrue(Exit.isSuccess(yield* drive(Fiber.join(fiber))))
      assert.deepStrictEqual(
        events.filter(({ _tag }) => _tag === "ChunkFailed"),
        [],
      )
    }),
  )

  it.effect("is released between attempts", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const other = yield* randomFile(80)
      const { slot } = slotsOf(1)
      const store = storage((put) => (put.bytes.length === 90 && put.attempt < 3 ? slowDown() : stored(md5(put.bytes))))
      const { upload } = engine(store, api(1))
      const uploads = Effect.forEach([path, other.path], (file) => upload({ path: file, limits: { slot } }), {
        concurrency: 2,
      })
      assert.isTrue(Exit.isSuccess(yield* drive(uploads)))
      const sizes = store.puts.map(({ bytes }) => bytes.length)
      assert.deepStrictEqual(sizes.toSorted(), [80, 90, 90, 90])
      // Either file may be opened first.
      assert.isBelow(sizes.indexOf(80), 2)
    }),
  )

  it.effect("is not needed by the probe of a closed gate, so that an upload without a slot finds the recovery", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const { semaphore, slot } = slotsOf(1)
      let isReachable = false
      const store = storage((put) => (isReachable ? stored(md5(put.bytes)) : "refused"))
      const { events, upload } = engine(store, api(1))
      const fiber = yield* Effect.forkChild(upload({ path, limits: { slot } }))
      yield* until(() => store.puts.length >= 2)
      // The only slot is taken while the gate is closed.
      yield* semaphore.take(1)
      isReachable = true
      assert.isTrue(Exit.isSuccess(yield* drive(Fiber.join(fiber))))
      assert.strictEqual(events.at(-1)?._tag, "ChunkConfirmed")
    }),
  )

  it.effect("is released again if the gate closes meanwhile, so that waiting chunks are not sent one by one", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(900)
      const { seen, slot } = slotsOf(1)
      let isReachable = false
      const store = storage((put) => (isReachable ? stored(md5(put.bytes)) : "refused"))
      const { events, upload } = engine(store, api(10))
      const fiber = yield* Effect.forkChild(upload({ path, parallel: 10, limits: { slot } }))
      yield* until(() => store.puts.length > 0)
      // The first chunk has closed the gate. The other nine wait at the gate, and do not fail.
      yield* TestClock.adjust(0)
      assert.strictEqual(store.puts.length, 1)
      assert.strictEqual(seen.inUse, 0)
      isReachable = true
      assert.isTrue(Exit.isSuccess(yield* drive(Fiber.join(fiber))))
      assert.strictEqual(events.filter(({ _tag }) => _tag === "ChunkFailed").length, 1)
      assert.strictEqual(store.puts.length, 11)
    }),
  )

  it.effect("opens the gate for all waiting chunks, which then take slots in turn", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(900)
      const { slot } = slotsOf(2)
      let isReachable = false
      const store = storage((put) =>
        isReachable ? Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))) : "refused",
      )
      const { upload } = engine(store, api(10))
      const fiber = yield* Effect.forkChild(upload({ path, parallel: 10, limits: { slot } }))
      yield* until(() => store.puts.length >= 3)
      isReachable = true
      assert.isTrue(Exit.isSuccess(yield* drive(Fiber.join(fiber))))
      // The probe needs no slot.
      assert.isAtMost(store.seen.most, 3)
    }),
  )

  it.effect("is taken before a chunk is recorded as sending, once for all attempts", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const { slot } = slotsOf(1)
      const { session, steps } = recorder()
      const store = storage((put) =>
        put.attempt === 1 && put.url.endsWith("/0")
          ? slowDown()
          : Effect.as(Effect.sleep("1 second"), stored(md5(put.bytes))),
      )
      const { upload } = engine(store, api(3))
      const fiber = yield* Effect.forkChild(upload({ path, session, limits: { slot } }))
      yield* until(() => steps.includes("sending 1"))
      assert.notInclude(steps, "sending 2")
      assert.isTrue(Exit.isSuccess(yield* drive(Fiber.join(fiber))))
      assert.deepStrictEqual(steps.toSorted(), [
        "confirmed 0",
        "confirmed 1",
        "confirmed 2",
        "sending 0",
        "sending 1",
        "sending 2",
      ])
    }),
  )

  it.effect("returns to the pool when its upload is interrupted, both while it waits and while it sends", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const { seen, semaphore, slot } = slotsOf(1)
      const store = storage(() => Effect.never)
      const { upload } = engine(store, api(3))
      const fiber = yield* Effect.forkChild(upload({ path, limits: { slot } }))
      yield* until(() => store.puts.length > 0)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(seen.inUse, 0)
      yield* semaphore.take(1)
    }),
  )
})
