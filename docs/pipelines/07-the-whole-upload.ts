import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { C2c, C2cConfig, Uploader } from "@holdfast/c2c"
import * as Observer from "@holdfast/core/Observer"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Effect, Layer } from "effect"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

const path = `${import.meta.dirname}/../samples/clip.mp4`

/** How many retries each error caused, by its tag. Every pipeline below reports to the observer. */
const met = new Map<string, number>()
const observer: Observer.Watch = {
  event: (event) => {
    if (event._tag === "RetryScheduled") met.set(event.error._tag, (met.get(event.error._tag) ?? 0) + 1)
    return undefined
  },
}

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox
  yield* Pairing.run(({ userCode }) => sandbox.approve(userCode))
  const uploader = yield* Uploader
  const receipt = yield* uploader.upload({
    path,
    parallel: 4,
    onEvent: (event) => {
      switch (event._tag) {
        case "AssetCreated":
          return Console.log(`an asset of ${event.chunks} chunks`)
        case "Recreated":
          return Console.log(`a new asset: ${event.reason}`)
        default:
          return Effect.void
      }
    },
  })
  yield* Console.log(`${receipt.bytes} bytes sent, every ETag the MD5 of its chunk: ${receipt.verified}`)

  const stored = (yield* sandbox.assets).find(({ id }) => id === receipt.assetId)
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex")
  yield* Console.log(`the server has the same bytes: ${stored?.sha256 === sha256}`)
  yield* Console.log(`faults on the way: ${(yield* sandbox.log).length > 0 && met.size > 0}`)
})

/** The same plan and the same seed make the same faults. */
const SandboxLive = Sandbox.layer({ plan: FaultPlan.named.storm, seed: 7 })

/** For Frame.io itself: `C2cConfig.layer({ clientVersion, clientId, clientSecret })`. */
const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

const Live = Uploader.layer.pipe(
  Layer.provideMerge(C2c.layer),
  Layer.provide([NodeHttpClient.layerUndici, Layer.effect(C2cConfig, Config)]),
  Layer.provideMerge([TokenStore.layerMemory, SandboxLive]),
)

export const main = program.pipe(Observer.observe(observer), Effect.provide(Live))

if (import.meta.main) NodeRuntime.runMain(main)
