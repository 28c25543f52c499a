/**
 * Recordings over real sockets, with the faults of the sandbox. Each upload is interrupted once and continued by a second
 * client with the same session.
 */
import { NodeHttpClient } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { C2c, C2cConfig, RealtimeUploader, Uploader } from "@holdfast/c2c"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { FaultPlan, Sandbox } from "@holdfast/sandbox"
import { Deferred, Effect, Fiber, Layer } from "effect"
import { createHash, randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { journal } from "../../../c2c/test/support/sessions.ts"
import * as ScaledClock from "../../../cli/test/support/ScaledClock.ts"

const MiB = 1024 ** 2

const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.mkdtempSync(join(tmpdir(), "holdfast-realtime-"))),
  (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true })),
)

const config = Sandbox.useSync(({ url: api }) => ({ api, clientVersion: "1.0.0", ...Sandbox.credentials }))

/** A client of the sandbox with a token store that survives it. */
const client = (tokens: TokenStore["Service"]) =>
  RealtimeUploader.layer.pipe(
    Layer.provideMerge(Uploader.layer),
    Layer.provideMerge(C2c.layer),
    Layer.provide([NodeHttpClient.layerUndici, Layer.effect(C2cConfig, config)]),
    Layer.provideMerge(Layer.succeed(TokenStore, tokens)),
    Layer.fresh,
  )

/** Writes the content in 8 pieces, one each second, and then changes its first byte. */
const record = (path: string, content: Buffer) =>
  Effect.gen(function* () {
    const piece = Math.ceil(content.byteLength / 8)
    for (let at = 0; at < content.byteLength; at += piece) {
      yield* Effect.sleep("1 second")
      Fs.appendFileSync(path, content.subarray(at, at + piece))
    }
    const file = Fs.openSync(path, "r+")
    Fs.writeSync(file, Buffer.from([(content[0] ?? 0) ^ 1]), 0, 1, 0)
    Fs.closeSync(file)
  })

describe("a recording at the sandbox", () => {
  it.live.each(["calm", "storm", "outage"] as const)(
    "arrives byte for byte despite the faults in %s and an interruption",
    (plan) =>
      Effect.gen(function* () {
        const path = join(yield* folder, "take.mov")
        Fs.writeFileSync(path, "")
        const sandbox = yield* Sandbox
        const tokens = yield* TokenStore
        const book = journal()
        const confirmed = yield* Deferred.make<void>()
        const recording = yield* Effect.forkChild(record(path, randomBytes(32 * MiB + 7)))
        const upload = RealtimeUploader.use((realtime) =>
          realtime.upload({
            path,
            extension: ".mov",
            finished: Fiber.join(recording),
            onRewrite: "resend",
            onStorageOutage: "hold",
            session: book.session(),
            onEvent: ({ _tag }) =>
              _tag === "ChunkConfirmed" ? Effect.asVoid(Deferred.succeed(confirmed, undefined)) : Effect.void,
          }),
        )
        const paired = Effect.andThen(
          Pairing.run(({ userCode }) => sandbox.approve(userCode)),
          upload,
        )
        const first = yield* Effect.forkChild(Effect.provide(paired, client(tokens)))
        yield* Deferred.await(confirmed)
        yield* Fiber.interrupt(first)
        const before = new Set(book.confirmed.keys())
        assert.isAtLeast(before.size, 1)
        const begun = book.begun.size
        book.steps.length = 0

        const receipt = yield* Effect.suspend(() => upload).pipe(Effect.provide(client(tokens)))
        const sha256 = createHash("sha256").update(Fs.readFileSync(path)).digest("hex")
        const stored = yield* sandbox.assets
        assert.deepStrictEqual(
          stored.map((asset) => [asset.id, asset.name, asset.complete, asset.sha256]),
          [[receipt.assetId, "take.mov", true, sha256]],
        )
        assert.deepStrictEqual([receipt.bytes, receipt.resumed, receipt.verified], [32 * MiB + 7, true, true])
        assert.isAtMost(begun, 5)
        const again = [...before].filter((index) => book.steps.includes(`sending ${index}`))
        assert.isAtMost(again.length, receipt.rewritten)
      }).pipe(
        Effect.scoped,
        Effect.provide([TokenStore.layerMemory, Sandbox.layer({ plan: FaultPlan.named[plan], seed: 7 })]),
        ScaledClock.provide(20),
      ),
    120_000,
  )
})
