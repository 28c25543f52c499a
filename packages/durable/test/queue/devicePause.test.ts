import { assert, describe, it } from "@effect/vitest"
import { DeviceSocket, type DeviceSocketLost } from "@holdfast/c2c"
import type { CallError } from "@holdfast/c2c/C2cClient"
import type { Device } from "@holdfast/c2c/Wire"
import { Deferred, Effect, Exit, Fiber, SubscriptionRef } from "effect"
import { api, drive, files, md5, process, storage, stored } from "../support/bench.ts"
import * as MemoryJournal from "../support/memoryJournal.ts"

/** A device that is paused until `resume` is done. */
const pausedDevice = Effect.gen(function* () {
  const status = yield* SubscriptionRef.make<"online" | "paused" | "unknown">("paused")
  const resumed = yield* Deferred.make<void>()
  const socket = DeviceSocket.of({
    status,
    changes: SubscriptionRef.changes(status),
    device: yield* SubscriptionRef.make<Device | undefined>(undefined),
    failure: yield* SubscriptionRef.make<DeviceSocketLost | CallError | undefined>(undefined),
    awaitNotPaused: Deferred.await(resumed),
  })
  const resume = Effect.andThen(SubscriptionRef.set(status, "online"), Deferred.succeed(resumed, undefined))
  return { socket, resume }
})

describe("Queue.drain while the device is paused", () => {
  it.effect("sends a file that has an asset even if files without an asset hold all lanes", () =>
    Effect.gen(function* () {
      const memory = MemoryJournal.make()
      const server = api(2)
      const added = yield* files(...Array.from({ length: 10 }, (_, n) => 1000 + n))
      const [begun, ...others] = added.map(({ path }) => path)
      assert(begun !== undefined)

      // The first process stops after the creation of one asset.
      const reached = yield* Deferred.make<void>()
      const hanging = storage(() => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never))
      const first = process(memory, hanging, server)
      yield* first.add([begun])
      yield* drive(Effect.raceFirst(first.drain(), Deferred.await(reached)))
      assert.strictEqual(server.requests.length, 1)

      const store = storage((put) => Effect.succeed(stored(md5(put.bytes))))
      const second = process(memory, store, server)
      const ids = (yield* second.add(others)).map(({ id }) => id)
      yield* second.run((queue) => queue.prioritize(ids, 9))
      const { resume, socket } = yield* pausedDevice
      const draining = yield* Effect.forkChild(drive(Effect.provideService(second.drain(), DeviceSocket, socket)))
      const done = () => second.events.flatMap((event) => (event._tag === "Done" ? [event.record.path] : []))
      for (let n = 0; n < 2000 && done().length === 0; n++) yield* Effect.promise(() => new Promise(setImmediate))
      assert.deepStrictEqual(done(), [begun])
      assert.strictEqual(server.requests.length, 1)

      yield* resume
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(draining)))
      assert.strictEqual(done().length, 10)
      assert.strictEqual(server.requests.length, 10)
    }),
  )
})
