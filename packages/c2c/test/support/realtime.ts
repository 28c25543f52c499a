/** Shared by the tests of recordings: a recorder, an in-memory API with realtime assets, and the engine over it. */
import * as Api from "@holdfast/c2c/C2cClient"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import type { RealtimeEvent, RealtimeRequest } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { Deferred, Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { type storage, temporaryFile } from "./uploads.ts"

export const MiB = 1024 * 1024

type Client = Api.C2cClient["Service"]
type Parts = Parameters<Client["realtimeParts"]>[1]
type CreateError = Effect.Error<ReturnType<Client["createRealtimeAsset"]>>
type PartsError = Effect.Error<ReturnType<Client["realtimeParts"]>>

/** An in-memory API for realtime assets. `sign` receives the URL of a part and the number of requests for it, from 1. */
export const realtimeApi = (
  options: {
    readonly create?: (nth: number) => CreateError | undefined
    readonly parts?: (nth: number) => PartsError | undefined
    readonly sign?: (url: string, nth: number) => string
  } = {},
) => {
  const created: Array<Parameters<Client["createRealtimeAsset"]>[0]> = []
  const parts: Array<Parts> = []
  const requested = new Map<string, number>()
  const layer = Layer.mock(Api.C2cClient, {
    createRealtimeAsset: (request, record) =>
      Effect.gen(function* () {
        if (record !== undefined) yield* record.before
        const nth = created.push(request)
        const error = options.create?.(nth)
        if (error !== undefined) return yield* error
        return { id: `asset-${nth}`, name: "", uploadUrls: [] }
      }),
    realtimeParts: (assetId, request) =>
      Effect.gen(function* () {
        const nth = parts.push(request)
        const error = options.parts?.(nth)
        if (error !== undefined) return yield* error
        return request.parts.map(({ number }) => {
          const url = `http://storage.test/${assetId.slice("asset-".length)}/${number}`
          const times = (requested.get(url) ?? 0) + 1
          requested.set(url, times)
          return Redacted.make(options.sign?.(url, times) ?? url)
        })
      }),
  })
  return { created, parts, layer }
}

/** A recorder that writes `content` in pieces of `piece` bytes, one each second, and then completes `finished`. */
export const recorder = (bytes: number, piece = 3 * MiB) =>
  Effect.gen(function* () {
    const content = randomBytes(bytes)
    const path = yield* temporaryFile(new Uint8Array(), "take.mov")
    const finished = yield* Deferred.make<void>()
    const record = Effect.gen(function* () {
      for (let at = 0; at < content.byteLength; at += piece) {
        yield* Effect.sleep("1 second")
        Fs.appendFileSync(path, content.subarray(at, at + piece))
      }
    })
    const end = Effect.asVoid(Deferred.succeed(finished, undefined))
    return { content, path, finished: Deferred.await(finished), record, end, run: Effect.andThen(record, end) }
  })

/** The engine over an in-memory storage and API. */
export const realtimeEngine = (store: ReturnType<typeof storage>, server: ReturnType<typeof realtimeApi>) => {
  const events: Array<RealtimeEvent> = []
  const layer = RealtimeUploader.layer.pipe(
    Layer.provideMerge(Uploader.layer),
    Layer.provide([server.layer, Layer.succeed(HttpClient.HttpClient, store.client)]),
    Layer.provideMerge(Connectivity.layer),
    Layer.provide(Layer.succeed(Health, { check: Effect.void })),
  )
  const upload = (request: RealtimeRequest) =>
    RealtimeUploader.use(({ upload }) =>
      upload({ onEvent: (event) => Effect.sync(() => void events.push(event)), ...request }),
    ).pipe(Effect.provide(layer), Effect.provideService(RefusalProbe, { ask: () => Effect.undefined }))
  return { upload, events }
}

/** Changes one byte of a file in place. */
export const rewrite = (path: string, at: number): void => {
  const file = Fs.openSync(path, "r+")
  const byte = Buffer.alloc(1)
  Fs.readSync(file, byte, 0, 1, at)
  Fs.writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at)
  Fs.closeSync(file)
}
