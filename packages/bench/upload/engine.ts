/**
 * The upload engine of the benchmark: open, create (answered in memory), plan, gates, pipeline, send, prove.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { C2cClient } from "@holdfast/c2c/C2cClient"
import { Uploader } from "@holdfast/c2c/Uploader"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { stat } from "node:fs/promises"
import type { Variant } from "./measure.ts"

/** What every uploader needs, with an API that answers without a request. */
export const requirements = async ({ base, chunkSize, kind, path }: Variant) => {
  const { size } = await stat(path)
  const uploadUrls = Array.from({ length: Math.ceil(size / chunkSize) }, (_, n) =>
    Redacted.make(`${base}/${kind}/${n}`),
  )
  const Api = Layer.mock(C2cClient, {
    createAsset: (request) => Effect.succeed({ id: "bench", name: request.name ?? "bench", uploadUrls }),
  })
  const Online = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))
  return Layer.mergeAll(Api, Online, NodeHttpClient.layerUndici)
}

/** An upload of the benchmark's file with the uploader of a layer. */
export const uploading = <E>(layer: Layer.Layer<Uploader, E>, { kind, parallel, path }: Variant) => {
  const runtime = ManagedRuntime.make(layer)
  return {
    /** Builds the layer, if it is not built yet. */
    build: () => runtime.runPromise(Uploader),
    upload: async () => {
      const { upload } = await runtime.runPromise(Uploader)
      const receipt = await runtime.runPromise(upload({ path, parallel, filetype: "video/mp4" }))
      if (receipt.verified !== (kind === "etag")) throw new Error("the engine did not verify the upload")
    },
    end: () => runtime.dispose(),
  }
}
