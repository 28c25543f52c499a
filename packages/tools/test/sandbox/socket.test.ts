/**
 * The device socket of the client against that of the sandbox, over real connections. The two were written independently of
 * each other.
 */
import { NodeHttpClient } from "@effect/platform-node"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import { assert, describe, it } from "@effect/vitest"
import { C2c, C2cConfig, DeviceSocket, Uploader } from "@holdfast/c2c"
import { Connectivity } from "@holdfast/core"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { type FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Clock, Deferred, Effect, Fiber, Layer, Stream, SubscriptionRef } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { provide as scaledClock } from "../../../cli/test/support/ScaledClock.ts"

const Config = Layer.effect(
  C2cConfig,
  Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials })),
)

const live = (rules: FaultPlan.FaultPlan["rules"] = []) =>
  Uploader.layer.pipe(
    Layer.provideMerge(DeviceSocket.layer),
    Layer.provideMerge(C2c.layer),
    Layer.provide([NodeHttpClient.layerUndici, Config, NodeSocket.layerWebSocketConstructor]),
    Layer.provideMerge([
      TokenStore.layerMemory,
      Sandbox.layer({ plan: { name: "test", survivable: false, rules }, seed: 1 }),
    ]),
  )

const paired = Effect.gen(function* () {
  const { approve } = yield* Sandbox
  yield* Pairing.run(({ userCode }) => approve(userCode))
})

const until = (wanted: string) =>
  Effect.flatMap(DeviceSocket, ({ changes }) =>
    changes.pipe(
      Stream.filter((status) => status === wanted),
      Stream.take(1),
      Stream.runDrain,
    ),
  )

const file = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-socket-"))
    writeFileSync(join(folder, "clip.mov"), "moving pictures")
    return folder
  }),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
).pipe(Effect.map((folder) => join(folder, "clip.mov")))

describe("DeviceSocket with the sandbox", () => {
  it.live("shows the device online, and holds an upload while the device is paused", () =>
    Effect.gen(function* () {
      const sandbox = yield* Sandbox
      yield* paired
      yield* until("online")
      yield* sandbox.setPaused(true)
      yield* until("paused")
      const path = yield* file
      const waits = yield* Deferred.make<void>()
      const upload = yield* Effect.forkChild(
        Uploader.use(({ upload }) => Effect.andThen(Deferred.succeed(waits, undefined), upload({ path }))),
      )
      yield* Deferred.await(waits)
      yield* Effect.sleep("100 millis")
      assert.strictEqual(upload.pollUnsafe(), undefined)
      assert.deepStrictEqual(yield* sandbox.assets, [])
      yield* sandbox.setPaused(false)
      assert.strictEqual((yield* Fiber.join(upload)).bytes, 15)
      assert.deepStrictEqual(
        (yield* sandbox.assets).map(({ complete }) => complete),
        [true],
      )
    }).pipe(Effect.scoped, Effect.provide(live())),
  )

  it.live("reconnects after rejected handshakes and a dropped connection, with both gates open", () =>
    Effect.gen(function* () {
      const began = yield* Clock.currentTimeMillis
      yield* paired
      yield* until("online")
      const { gate } = yield* Connectivity
      const { failure } = yield* DeviceSocket
      // The second connection that joins is not dropped.
      yield* Effect.sleep("5 seconds")
      yield* until("online")
      assert.strictEqual(yield* SubscriptionRef.get(failure), undefined)
      assert.strictEqual((yield* gate.stats).closed, 0)
      assert.deepStrictEqual(
        (yield* (yield* Sandbox).log).map(({ fault }) => fault),
        ["unavailable", "reset-before", "socket-drop"],
      )
      assert.isAtLeast((yield* Clock.currentTimeMillis) - began, 5000)
    }).pipe(
      Effect.provide(
        live([
          { route: "socket", requests: [1], fault: { kind: "unavailable" } },
          { route: "socket", requests: [2], fault: { kind: "reset-before" } },
          { route: "socket", requests: [3], fault: { kind: "socket-drop" } },
        ]),
      ),
      scaledClock(20),
    ),
  )
})
