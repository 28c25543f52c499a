/** A queue over a journal in memory, an API in memory and a storage in memory. */
import { C2cClient } from "@holdfast/c2c/C2cClient"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { Uploader } from "@holdfast/c2c/Uploader"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { Queue } from "@holdfast/durable"
import type { DrainOptions, QueueEvent } from "@holdfast/durable/Queue"
import { RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { Effect, Layer, Redacted } from "effect"
import { HttpClient } from "effect/http"
import { randomBytes } from "node:crypto"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type api, type storage, temporaryFile, url } from "../../../c2c/test/support/uploads.ts"
import type * as MemoryJournal from "./memoryJournal.ts"

export { api, drive, expired, failed, md5, slowDown, storage, stored, url } from "../../../c2c/test/support/uploads.ts"

/** Files with random content. */
export const files = (...sizes: ReadonlyArray<number>) =>
  Effect.forEach(sizes, (bytes, index) => {
    const content = randomBytes(bytes)
    return Effect.map(temporaryFile(content, `A00${index + 1}.mov`), (path) => ({ path, content }))
  })

/** Waits in virtual time until a condition holds. */
export const until = (holds: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (holds() ? Effect.void : Effect.andThen(Effect.sleep(250), until(holds))))

/** A folder that is removed at the end. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => Fs.realpathSync(Fs.mkdtempSync(join(tmpdir(), "holdfast-queue-")))),
  (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })),
)

type Create = C2cClient["Service"]["createAsset"]

/** An API in memory whose number of upload URLs depends on the file. */
export const apiOf = (urls: (asset: { readonly filesize: number }) => number): ReturnType<typeof api> => {
  const requests: Array<Parameters<Create>[0]> = []
  const createAsset: Create = (request, record) =>
    Effect.gen(function* () {
      if (record !== undefined) yield* record.before
      const nth = requests.push(request)
      const filesize = "filesize" in request ? request.filesize : 0
      const uploadUrls = Array.from({ length: urls({ filesize }) }, (_, index) => Redacted.make(url(nth, index)))
      return { id: `asset-${nth}`, name: String(request.name), uploadUrls, serverTime: undefined }
    })
  return { requests, layer: Layer.mock(C2cClient, { createAsset }) }
}

/** An API that never answers the creation of an asset. */
export const hanging = (): ReturnType<typeof api> => {
  const requests: Array<Parameters<Create>[0]> = []
  const createAsset: Create = (request, record) =>
    Effect.gen(function* () {
      if (record !== undefined) yield* record.before
      requests.push(request)
      return yield* Effect.never
    })
  return { requests, layer: Layer.mock(C2cClient, { createAsset }) }
}

/** The connectivity gate of an API that is always healthy. */
export const connected = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check: Effect.void })))

/** The uploaders over a storage and an API in memory. */
export const uploader = (store: ReturnType<typeof storage>, server: Pick<ReturnType<typeof api>, "layer">) =>
  RealtimeUploader.layer.pipe(
    Layer.provideMerge(Uploader.layer),
    Layer.provide([server.layer, connected, Layer.succeed(HttpClient.HttpClient, store.client)]),
  )

export const quiet = Effect.provideService(RefusalProbe, { ask: () => Effect.succeed(undefined) })

/** One process: a queue with its own layers over a journal that outlives it. */
export const process = (
  memory: MemoryJournal.Memory,
  store: ReturnType<typeof storage>,
  server: Pick<ReturnType<typeof api>, "layer">,
) => {
  const events: Array<QueueEvent> = []
  const layer = Queue.layer.pipe(Layer.provide([uploader(store, server), memory.layer]))
  const run = <A, E>(effect: (queue: Queue["Service"]) => Effect.Effect<A, E>) =>
    Queue.use(effect).pipe(Effect.provide(Layer.fresh(layer)), quiet)
  const onEvent = (event: QueueEvent) => Effect.sync(() => void events.push(event))
  const drain = (options: DrainOptions = {}) => run((queue) => queue.drain({ onEvent, ...options }))
  const add = (paths: ReadonlyArray<string>) => run((queue) => queue.add(paths.map((path) => ({ path }))))
  return { run, add, drain, events }
}
