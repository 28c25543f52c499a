import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { C2c, C2cConfig, Uploader } from "@holdfast/c2c"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Effect, Layer } from "effect"

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox
  yield* Pairing.run(({ userCode }) => sandbox.approve(userCode)) // at Frame.io, a person enters the code
  const uploader = yield* Uploader
  const receipt = yield* uploader.upload({ path: `${import.meta.dirname}/../samples/clip.mp4` })
  yield* Console.log(`${receipt.name}: ${receipt.bytes} bytes, ${receipt.chunks} chunks, verified: ${receipt.verified}`)
})

const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))
const Live = Uploader.layer.pipe(
  Layer.provideMerge(C2c.layer),
  Layer.provide([NodeHttpClient.layerUndici, Layer.effect(C2cConfig, Config)]),
  Layer.provideMerge([TokenStore.layerMemory, Sandbox.layer({ plan: FaultPlan.named.outage, seed: 1 })]),
)
export const main = program.pipe(Effect.provide(Live))

if (import.meta.main) NodeRuntime.runMain(main)
