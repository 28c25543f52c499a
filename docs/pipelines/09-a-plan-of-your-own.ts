import { NodeHttpClient, NodeRuntime, NodeServices } from "@effect/platform-node"
import { C2c, C2cConfig, Uploader } from "@holdfast/c2c"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Effect, Layer } from "effect"

const folder = `${import.meta.dirname}/..`

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox
  yield* Pairing.run(({ userCode }) => sandbox.approve(userCode))
  const uploader = yield* Uploader
  // One chunk at a time, so that the faults come in the order of the chunks.
  yield* uploader.upload({ path: `${folder}/samples/clip.mp4`, parallel: 1 })

  for (const { message } of yield* sandbox.log) yield* Console.log(`injected: ${message}`)
  for (const { bytes, complete, name } of yield* sandbox.assets) {
    yield* Console.log(`stored: ${name}, ${bytes} bytes, complete: ${complete}`)
  }
})

/** Chunks of 1 MiB, so that the clip has five. */
const SandboxLive = Layer.unwrap(
  Effect.map(FaultPlan.load(`${folder}/samples/plans/flaky-set.json`), (plan) =>
    Sandbox.layer({ plan, seed: 1, chunkSize: 1024 * 1024 }),
  ),
).pipe(Layer.provide(NodeServices.layer))

const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

const Live = Uploader.layer.pipe(
  Layer.provideMerge(C2c.layer),
  Layer.provide([NodeHttpClient.layerUndici, Layer.effect(C2cConfig, Config)]),
  Layer.provideMerge([TokenStore.layerMemory, SandboxLive]),
)

export const main = program.pipe(Effect.provide(Live))

if (import.meta.main) NodeRuntime.runMain(main)
