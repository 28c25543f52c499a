/**
 * The same upload through the complete engine: open, create (answered in memory), plan, gates, pipeline, send, prove.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { stat } from "node:fs/promises"
import { C2cClient } from "@holdfast/c2c/C2cClient"
import { Uploader } from "@holdfast/c2c/Uploader"
import { measure, report, variant } from "./measure.ts"

const { path, base, kind, chunkSize, parallel } = variant()
const { size } = await stat(path)
const uploadUrls = Array.from({ length: Math.ceil(size / chunkSize) }, (_, n) => Redacted.make(`${base}/${kind}/${n}`))

const Api = Layer.mock(C2cClient, {
  createAsset: (request) => Effect.succeed({ id: "bench", name: request.name ?? "bench", uploadUrls }),
})
const Online = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))
const runtime = ManagedRuntime.make(Uploader.layer.pipe(Layer.provide([Api, Online, NodeHttpClient.layerUndici])))
const { upload } = await runtime.runPromise(Uploader)

report(
  await measure(async () => {
    const receipt = await runtime.runPromise(upload({ path, parallel, filetype: "video/mp4" }))
    if (receipt.verified !== (kind === "etag")) throw new Error("the engine did not verify the upload")
  }),
)
await runtime.dispose()
