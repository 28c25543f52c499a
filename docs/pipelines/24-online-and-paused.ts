import { NodeHttpClient, NodeRuntime, NodeSocket } from "@effect/platform-node"
import { C2c, C2cConfig, DeviceSocket, type DeviceStatus, Uploader } from "@holdfast/c2c"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Effect, Fiber, Layer, Stream } from "effect"

const path = `${import.meta.dirname}/../samples/clip.mp4`

/** Waits until the device has a status, and prints it. */
const shown = (wanted: DeviceStatus) =>
  Effect.gen(function* () {
    const { changes } = yield* DeviceSocket
    yield* Stream.runHead(Stream.filter(changes, (status) => status === wanted))
    yield* Console.log(`the device is ${wanted}`)
  })

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox
  const uploader = yield* Uploader
  yield* Pairing.run(({ userCode }) => sandbox.approve(userCode))
  yield* shown("online")

  yield* sandbox.setPaused(true)
  yield* shown("paused")
  const upload = yield* Effect.forkChild(uploader.upload({ path }))
  yield* Effect.sleep("3 seconds")
  yield* Console.log(`assets during the pause: ${(yield* sandbox.assets).length}`)

  yield* sandbox.setPaused(false)
  yield* shown("online")
  const { bytes } = yield* Fiber.join(upload)
  yield* Console.log(`${bytes} bytes sent after the pause`)
})

const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

const Live = Uploader.layer.pipe(
  Layer.provideMerge(DeviceSocket.layer),
  Layer.provideMerge(C2c.layer),
  Layer.provide([NodeHttpClient.layerUndici, NodeSocket.layerWebSocketConstructor, Layer.effect(C2cConfig, Config)]),
  Layer.provideMerge([TokenStore.layerMemory, Sandbox.layer({ plan: FaultPlan.named.calm, seed: 1 })]),
)

export const main = program.pipe(Effect.provide(Live))

if (import.meta.main) NodeRuntime.runMain(main)
