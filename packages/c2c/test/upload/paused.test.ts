import { assert, describe, it } from "@effect/vitest"
import { C2cError, DeviceSocket, type DeviceSocketLost, type DeviceStatus } from "@holdfast/c2c"
import type { CallError } from "@holdfast/c2c/C2cClient"
import type * as Wire from "@holdfast/c2c/Wire"
import { Deferred, Effect, Fiber, Layer, SubscriptionRef } from "effect"
import * as Uploads from "../support/uploads.ts"

const md5 = Uploads.md5

const scene = (fail?: Parameters<typeof Uploads.api>[1]) => {
  const store = Uploads.storage(({ bytes }) => Effect.succeed(Uploads.stored(md5(bytes))))
  const server = Uploads.api(2, fail)
  return { server, upload: Uploads.engine(store, server).upload }
}

/** A socket that holds creations until `resume` is done. */
const socket = (resume: Deferred.Deferred<void>) =>
  Layer.effect(
    DeviceSocket,
    Effect.gen(function* () {
      const status = yield* SubscriptionRef.make<DeviceStatus>("paused")
      return {
        status,
        changes: SubscriptionRef.changes(status),
        device: yield* SubscriptionRef.make<Wire.Device | undefined>(undefined),
        failure: yield* SubscriptionRef.make<DeviceSocketLost | CallError | undefined>(undefined),
        awaitNotPaused: Deferred.await(resume),
      }
    }),
  )

describe("an upload while the device is paused", () => {
  it.effect("waits to create the asset until the device is no longer paused", () =>
    Effect.gen(function* () {
      const { server, upload } = scene()
      const { path } = yield* Uploads.randomFile(100)
      const resume = yield* Deferred.make<void>()
      const fiber = yield* Effect.forkChild(Uploads.drive(upload({ path })).pipe(Effect.provide(socket(resume))))
      for (let n = 0; n < 50; n++) yield* Uploads.breathe
      assert.strictEqual(server.requests.length, 0)
      yield* Deferred.succeed(resume, undefined)
      const exit = yield* Fiber.join(fiber)
      assert.strictEqual(exit._tag, "Success")
      assert.strictEqual(server.requests.length, 1)
    }),
  )

  it.effect("does not wait without a DeviceSocket", () =>
    Effect.gen(function* () {
      const { server, upload } = scene()
      const { path } = yield* Uploads.randomFile(100)
      assert.strictEqual((yield* Uploads.drive(upload({ path })))._tag, "Success")
      assert.strictEqual(server.requests.length, 1)
    }),
  )

  it.effect("fails permanently if the creation is rejected because the channel is paused", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ code: 409, message: "Channel Paused", errors: [] })
      const { server, upload } = scene(() => C2cError.fromResponse({ status: 409, headers: {}, body }))
      const { path } = yield* Uploads.randomFile(100)
      const resume = yield* Deferred.make<void>()
      yield* Deferred.succeed(resume, undefined)
      const exit = yield* Uploads.drive(upload({ path })).pipe(Effect.provide(socket(resume)))
      assert.strictEqual(Uploads.failed(exit)._tag, "ChannelPaused")
      assert.strictEqual(server.requests.length, 1)
    }),
  )
})
