/**
 * Provides an uploader with the interface of the plain one, whose uploads survive the end of the process.
 */
import type { C2cClient } from "@holdfast/c2c/C2cClient"
import * as Realtime from "@holdfast/c2c/RealtimeUploader"
import * as Plain from "@holdfast/c2c/Uploader"
import type { Connectivity } from "@holdfast/core/Connectivity"
import type { Origins } from "@holdfast/core/Origins"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { HttpClient } from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { make as makeQueue } from "./internal/queue/make.ts"
import * as Services from "./internal/queue/services.ts"
import * as WaitingUploads from "./internal/queue/waitingUploads.ts"
import type { Journal } from "./Journal.ts"
import { Queue, type Options as QueueOptions } from "./Queue.ts"

/** The options of a durable uploader. */
export interface Options extends QueueOptions {
  /** The policies for chunks; see `Uploader.layerWith`. */
  readonly uploader?: Plain.Options | undefined
}

/** What the uploader and the queue need: the client of the API, its gate, an HTTP client and a journal. */
export type Requirements = C2cClient | Connectivity | HttpClient | Journal

/** The uploader and the queue with the default policies. */
export const layer: Layer.Layer<Plain.Uploader | Origins | Queue, never, Requirements> = Layer.suspend(() =>
  layerWith(),
)

/**
 * Provides `Uploader` and `Queue` on top of one journal.
 *
 * **Details**
 *
 * `upload` adds the file to the queue and waits until it is uploaded. If an earlier process has begun the same version of the
 * file at the same path, the upload continues, and the receipt states `resumed` and `resentBytes`. If another process drains
 * the queue, that process uploads the file, and `upload` waits for it. If `upload` is interrupted, the upload stays in the
 * queue.
 *
 * `upload` fails with `StepNotRecorded` if the journal cannot be used, and with `EndedByQueue` if a user canceled the upload
 * or another process could not upload the file. Without `onStorageOutage`, uploads wait for an unavailable storage.
 *
 * **Gotchas**
 *
 * A request with a `session` of its own is uploaded without the queue. At most 8 files are uploaded at once, and they share
 * the parts in flight.
 */
export const layerWith = (options: Options = {}): Layer.Layer<Plain.Uploader | Origins | Queue, never, Requirements> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const services = yield* Services.make(options)
      const queued = WaitingUploads.make(services, yield* Effect.scope)
      return Context.make(Queue, makeQueue(services)).pipe(
        Context.add(Plain.Uploader, {
          upload: (request) => (request.session === undefined ? queued(request) : services.upload(request)),
        }),
      )
    }),
  ).pipe(Layer.provide(Realtime.layerWith(options.uploader)), Layer.provideMerge(Plain.layerWith(options.uploader)))
