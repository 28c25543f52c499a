/** The bytes that an upload reports as sent while a chunk is in flight. */
import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@holdfast/c2c/Progress"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { SocketQueue } from "../../src/internal/upload/socketQueue.ts"
import { api, breathe, drive, engine, md5, randomFile, storage, stored } from "../support/uploads.ts"

describe("bytes reported as sent", () => {
  it.effect("counts bytes once per second as they leave the socket, not as they are passed to it", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const store = storage((put) => Effect.as(Effect.sleep("4500 millis"), stored(md5(put.bytes))))
      const { events, upload } = engine(store, api(1))
      let queued = 90
      const queue = { watch: () => Effect.succeed(() => queued) }
      const fiber = yield* Effect.forkChild(Effect.provideService(upload({ path }), SocketQueue, queue))
      while (store.puts.length === 0) {
        yield* breathe
        yield* TestClock.adjust(0)
      }
      const sent: Array<number> = []
      for (const left of [90, 70, 70, 5]) {
        queued = left
        yield* TestClock.adjust("1 second")
        sent.push(events.reduce(Progress.next, Progress.empty).sent)
      }
      assert.deepStrictEqual(sent, [0, 20, 20, 85])
      yield* drive(Fiber.join(fiber))
      const counts = events.flatMap((event) => (event._tag === "ChunkSent" ? [event.bytes] : []))
      assert.deepStrictEqual(counts, [20, 65, 5])
    }),
  )

  it.effect("does not count bytes before the response if the socket cannot be observed", () =>
    Effect.gen(function* () {
      const { path } = yield* randomFile(90)
      const store = storage((put) => Effect.as(Effect.sleep("36 seconds"), stored(md5(put.bytes))))
      const { events, upload } = engine(store, api(1))
      const fiber = yield* Effect.forkChild(upload({ path }))
      while (store.puts.length === 0) {
        yield* breathe
        yield* TestClock.adjust(0)
      }
      yield* TestClock.adjust("35 seconds")
      assert.strictEqual(events.reduce(Progress.next, Progress.empty).sent, 0)
      yield* drive(Fiber.join(fiber))
      assert.strictEqual(events.reduce(Progress.next, Progress.empty).sent, 90)
    }),
  )
})
