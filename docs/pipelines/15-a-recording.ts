import { NodeHttpClient, NodeRuntime } from "@effect/platform-node"
import { C2c, C2cConfig, RealtimeUploader, Uploader } from "@holdfast/c2c"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Console, Deferred, Effect, Fiber, Layer, type Scope } from "effect"
import { createHash, randomBytes } from "node:crypto"
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const MiB = 1024 ** 2

const folder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "recording-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true })),
)

/** A recorder that creates its file at once and writes 4 MiB a second. At the end, it writes the length into the header. */
const record = (path: string, until: Effect.Effect<void>) => {
  writeFileSync(path, "moov: unknown length\n")
  return Effect.gen(function* () {
    for (let second = 0; second < 3; second++) {
      yield* Effect.sleep("1 second")
      appendFileSync(path, randomBytes(4 * MiB))
    }
    yield* until
    const file = openSync(path, "r+")
    writeSync(file, "moov: 12582933 bytes\n", 0)
    closeSync(file)
  })
}

const program = Effect.gen(function* () {
  const sandbox = yield* Sandbox
  yield* Pairing.run(({ userCode }) => sandbox.approve(userCode))
  const path = join(yield* folder, "A001C003.mov")

  // The recording lasts at least until its first part is confirmed.
  const confirmed = yield* Deferred.make<void>()
  const recording = yield* Effect.forkScoped(record(path, Deferred.await(confirmed)))

  const realtime = yield* RealtimeUploader
  const receipt = yield* realtime.upload({
    path,
    finished: Fiber.join(recording),
    onRewrite: "resend",
    onEvent: (event) => {
      switch (event._tag) {
        case "ChunkConfirmed":
          return Effect.flatMap(
            event.index === 0 ? Deferred.succeed(confirmed, undefined) : Effect.succeed(false),
            (isFirst) => (isFirst ? Console.log("part 1 is confirmed") : Effect.void),
          )
        case "Ended":
          return Console.log(`the recording has ended: ${event.bytes} bytes, ${event.chunks} parts`)
        case "Rewritten":
          return Console.log(
            `changed after being sent: ${event.indexes.map((index) => `part ${index + 1}`).join(", ")}`,
          )
        default:
          return Effect.void
      }
    },
  })

  yield* Console.log(`${receipt.bytes} bytes sent, every ETag the MD5 of its part: ${receipt.verified}`)

  const stored = (yield* sandbox.assets).find(({ id }) => id === receipt.assetId)
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex")
  yield* Console.log(`the server has the same bytes: ${stored?.sha256 === sha256}`)
}).pipe(Effect.scoped)

const SandboxLive = Sandbox.layer({ plan: FaultPlan.named.calm, seed: 7 })

/** For Frame.io itself: `C2cConfig.layer({ clientVersion, clientId, clientSecret })`. */
const Config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

const Live = RealtimeUploader.layer.pipe(
  Layer.provideMerge(Uploader.layer),
  Layer.provideMerge(C2c.layer),
  Layer.provide([NodeHttpClient.layerUndici, Layer.effect(C2cConfig, Config)]),
  Layer.provideMerge([TokenStore.layerMemory, SandboxLive]),
)

export const main = program.pipe(Effect.provide(Live))

if (import.meta.main) NodeRuntime.runMain(main)
