import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { C2c, C2cConfig, Uploader, type UploadRequest } from "@holdfast/c2c"
import { DurableUploader, Journal, Queue } from "@holdfast/durable"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Deferred, Effect, Layer, type Scope } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const path = `${import.meta.dirname}/../samples/clip.mp4`

const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "queue-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true })),
)

/** Uploads the clip. `stop` runs when a part is confirmed, with the number of parts that this process has confirmed. */
const upload = (stop: (confirmed: number) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const uploader = yield* Uploader
    let confirmed = 0
    const onEvent: UploadRequest["onEvent"] = (event) => {
      switch (event._tag) {
        case "AssetCreated":
          return Console.log(`an asset of ${event.chunks} parts`)
        case "Resumed":
          return Console.log(`continues: ${event.confirmedChunks} parts are confirmed`)
        case "ChunkConfirmed":
          return stop(++confirmed)
        default:
          return Effect.void
      }
    }
    const receipt = yield* uploader.upload({ path, parallel: 1, onEvent })
    yield* Console.log(`${receipt.bytes} bytes, resumed: ${receipt.resumed}, verified: ${receipt.verified}`)
  })

/** The first process stops after three parts. */
const first = Effect.gen(function* () {
  const stopped = yield* Deferred.make<void>()
  const stop = (confirmed: number) =>
    confirmed < 3 ? Effect.void : Effect.andThen(Deferred.succeed(stopped, undefined), Effect.never)
  yield* Effect.raceFirst(upload(stop), Deferred.await(stopped))
  yield* Console.log("the first process stops")
})

const list = Effect.gen(function* () {
  const queue = yield* Queue
  for (const { confirmed, state } of yield* queue.list) yield* Console.log(`in the queue: ${state}, ${confirmed} bytes`)
})

/** For Frame.io itself: `C2cConfig.layer({ clientVersion, clientId, clientSecret })`. */
const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

const Server = Layer.merge(Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 }), TokenStore.layerMemory)

/** The layers of one process. Without the queue, `Uploader.layer` takes the place of the first two lines. */
const Live = (directory: string) =>
  DurableUploader.layer.pipe(
    Layer.provide(Journal.layer({ directory, marks: join(directory, "marks") })),
    Layer.provideMerge(C2c.layer),
    Layer.provide([NodeHttpClient.layerUndici, Layer.effect(C2cConfig, Config)]),
  )

export const main = Effect.gen(function* () {
  const { approve } = yield* Sandbox
  const directory = yield* folder
  // Each process has its own layers over the same folder.
  const inProcess = Effect.provide(Live(directory), { local: true })
  yield* Pairing.run(({ userCode }) => approve(userCode)).pipe(inProcess)
  yield* Effect.andThen(first, list).pipe(inProcess)
  yield* Effect.andThen(
    upload(() => Effect.void),
    list,
  ).pipe(inProcess)
  const assets = yield* Sandbox.use((sandbox) => sandbox.assets)
  yield* Console.log(`assets at the server: ${assets.length}, complete: ${assets.every(({ complete }) => complete)}`)
}).pipe(Effect.scoped, Effect.provide(Server))

if (import.meta.main) NodeRuntime.runMain(main)
