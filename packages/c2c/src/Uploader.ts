/**
 * Uploads one complete file, or fails with a typed error.
 */
import * as Backoff from "@holdfast/core/Backoff"
import { Connectivity } from "@holdfast/core/Connectivity"
import {
  check as checkOrigins,
  make as makeOrigins,
  type Options as OriginOptions,
  Origins,
} from "@holdfast/core/Origins"
import * as Retry from "@holdfast/core/Retry"
import * as Verdict from "@holdfast/core/Verdict"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "node:path"
import * as BufferPool from "./internal/upload/bufferPool.ts"
import { PlanRefused } from "./AssetRequest.ts"
import { type Asset, C2cClient } from "./C2cClient.ts"
import { C2cConfig } from "./C2cConfig.ts"
import * as ChunkPlan from "./ChunkPlan.ts"
import * as ChunkSender from "./internal/upload/chunkSender.ts"
import * as ChunkTimeout from "./internal/upload/chunkTimeout.ts"
import { identify } from "./internal/api/identity.ts"
import * as LocalFile from "./LocalFile.ts"
import * as NewAsset from "./internal/upload/newAsset.ts"
import * as ServerClock from "./internal/upload/serverClock.ts"
import * as StorageOutage from "./internal/upload/storageOutage.ts"
import * as MediaType from "./internal/upload/mediaType.ts"
import * as Policies from "./Policies.ts"
import * as Source from "./internal/upload/source.ts"
import type { UploadError } from "./UploadError.ts"
import type { UploadEvent } from "./UploadEvent.ts"

export type { Options as ChunkTimeoutOptions } from "./internal/upload/chunkTimeout.ts"

/** A file to upload. */
export interface UploadRequest {
  readonly path: string
  /** The name of the asset. Default: the last part of the path. */
  readonly name?: string
  /** The media type. Default: derived from the extension of the path, or `application/octet-stream`. */
  readonly filetype?: string
  /** The index of the device's channel. */
  readonly channel?: number
  /** How many chunks are in flight, and in memory, at once. Default: 5. */
  readonly parallel?: number
  /** Called with every event, in the fiber that emits it, so the upload waits for it. */
  readonly onEvent?: (event: UploadEvent) => Effect.Effect<void>
  /**
   * What to do if the response to a creation is lost: `fail` with `AssetCreationUncertain` (the default), or `repeat` the call
   * and accept that an empty asset may be left behind.
   */
  readonly onUncertainCreation?: "fail" | "repeat"
  /**
   * What to do with a chunk that is not proven to be stored (a response without an ETag, or without a sign of the storage):
   * `fail` with `Unverified` (the default), or `accept` it and count it in the receipt. A response that arrives before the
   * whole chunk has left this machine is `Unverified` in any case, unless it states the MD5 of the chunk.
   */
  readonly onUnverified?: "fail" | "accept"
  /** Reads the file again and compares it with what was sent, to detect changes that no attribute shows. Default: false. */
  readonly verifySource?: boolean
  /**
   * What to do if every attempt of a chunk failed because the storage is unavailable: `fail` with the last error (the default),
   * or `hold` the chunk, which then probes the storage with waits of at most 32 s until it has recovered.
   */
  readonly onStorageOutage?: "fail" | "hold"
}

/** The proof of an upload: all chunks but the `unproven` ones acknowledged, sizes that add up, and an unchanged file. */
export interface UploadReceipt {
  readonly path: string
  readonly assetId: string
  readonly name: string
  readonly bytes: number
  readonly chunks: number
  /** Whether the storage stated the MD5 of every chunk, and each matched the file. */
  readonly verified: boolean
  /** How many chunks are not proven to be stored: 0 unless `onUnverified` accepts them. */
  readonly unproven: number
}

/** The default number of chunks in flight: 5, as third parties quote from the C2C guides and as in the vendor's own client. */
export const defaultParallel = 5

export { maximumRecreations } from "./internal/upload/newAsset.ts"

/** How often a creation with a lost response is repeated if the caller allows it: as often as in the default retry policy. */
const maximumRepeats = Retry.defaultAttempts - 1

/** Checks that the file is unchanged; retried, because reading the attributes may fail on a busy card after hours of sending. */
const unchanged = (file: LocalFile.LocalFile) => Effect.retry(file.unchanged, Retry.policy())

/** Whether only new upload URLs, and therefore a new asset, can help. */
const needsNewAsset = (error: UploadError): boolean => error.verdict.change === "url"

const upload =
  (services: {
    readonly api: C2cClient["Service"]
    readonly origins: Origins["Service"]
    readonly client: HttpClient.HttpClient
    readonly chunks: Pick<ChunkSender.Options, "retry" | "timeout">
    /** Causes that another asset did not resolve, over all uploads. */
    readonly incurable: NewAsset.Causes
  }) =>
  (request: UploadRequest): Effect.Effect<UploadReceipt, UploadError> => {
    const { api, chunks: policies, client, incurable, origins } = services
    const name = request.name ?? Path.basename(request.path)
    const filetype = request.filetype ?? MediaType.ofName(request.path)
    const parallel = Math.max(1, Math.floor(request.parallel ?? defaultParallel))
    const onEvent = request.onEvent ?? (() => Effect.void)

    const create = (file: LocalFile.LocalFile) => Effect.andThen(StorageOutage.over(client, origins), createNow(file))

    const createNow = (file: LocalFile.LocalFile) =>
      api
        .createAsset({
          name,
          filetype,
          filesize: file.bytes,
          // The client computes the offset from it: the whole seconds that have passed when each attempt is sent.
          createdAt: file.modifiedAt,
          ...(request.channel === undefined ? undefined : { channel: request.channel }),
        })
        .pipe(
          Effect.retry({
            schedule: Backoff.standard,
            times: maximumRepeats,
            while: (error) => request.onUncertainCreation === "repeat" && error._tag === "AssetCreationUncertain",
          }),
        )

    const sendAll = Effect.fnUntraced(function* (
      file: LocalFile.LocalFile,
      asset: Asset,
      clock: ServerClock.ServerClock,
    ) {
      const plan = ChunkPlan.make(file.bytes, asset.uploadUrls.length)
      if (ChunkPlan.isRefused(plan)) {
        return yield* new PlanRefused({
          field: "uploadUrls",
          reason: plan.refused,
          verdict: Verdict.never({ change: "plan" }),
        })
      }
      const { chunks, chunkSize } = plan
      yield* onEvent({ _tag: "AssetCreated", assetId: asset.id, chunks: chunks.length, chunkSize })
      const aheadMillis = yield* ServerClock.skew(clock)
      if (aheadMillis !== undefined) yield* onEvent({ _tag: "ClockSkewed", aheadMillis })
      const pool = BufferPool.make({ count: parallel, size: Math.min(chunkSize, ChunkSender.bufferLimit) })
      const digests = new Map<number, string>()
      const sender = ChunkSender.make({
        ...policies,
        client,
        origins,
        file,
        pool,
        filetype,
        onEvent,
        clock,
        acceptUnverified: request.onUnverified === "accept",
        onDigest: request.verifySource === true ? ({ index }, sha256) => digests.set(index, sha256) : undefined,
        onOutage: request.onStorageOutage,
      })
      // In the order of the URLs. The first chunk that finally fails interrupts the others.
      const confirmed = yield* Effect.forEach(
        asset.uploadUrls,
        (url, index) => {
          const chunk = chunks[index]
          return chunk === undefined
            ? Effect.die(`upload URL ${index} has no chunk`)
            : Effect.map(sender.send(chunk, url), (proof) => {
                incurable.clear()
                return { length: chunk.length, proof }
              })
        },
        { concurrency: parallel },
      )
      const bytes = confirmed.reduce((sum, { length }) => sum + length, 0)
      if (bytes !== file.bytes) return yield* Effect.die(`${bytes} of ${file.bytes} bytes were planned`)
      if (request.verifySource === true) yield* Source.compare(file, chunks, digests)
      yield* unchanged(file)
      return {
        path: file.path,
        assetId: asset.id,
        name,
        bytes,
        chunks: chunks.length,
        verified: confirmed.every(({ proof }) => proof === "md5"),
        unproven: confirmed.filter(({ proof }) => proof === "none").length,
      }
    })

    const attempt = (
      file: LocalFile.LocalFile,
      earlier: ReadonlyArray<NewAsset.Refusal>,
    ): Effect.Effect<UploadReceipt, UploadError> =>
      Effect.gen(function* () {
        const asset = yield* create(file)
        const clock = yield* ServerClock.ofAsset(asset)
        const receivedAt = yield* clock.now
        return yield* sendAll(file, asset, clock).pipe(
          Effect.catchIf(
            needsNewAsset,
            Effect.fnUntraced(function* (error) {
              const ends = ServerClock.endsOf(asset.uploadUrls, receivedAt, yield* clock.now)
              const refusal = { cause: error._tag, endedBefore: ends.before, endedSince: ends.since }
              if (!NewAsset.cures(refusal, earlier, incurable)) {
                if (!refusal.endedSince) incurable.add(refusal.cause)
                return yield* error
              }
              // A new asset for a file that has changed would hide the mixture of old and new content.
              yield* unchanged(file)
              yield* onEvent({ _tag: "Recreated", reason: error.message || error._tag })
              return yield* attempt(file, [...earlier, refusal])
            }),
          ),
        )
      })

    return LocalFile.open(request.path).pipe(
      Effect.retry(Retry.policy()),
      Effect.tap((file) => onEvent({ _tag: "Opened", path: file.path, bytes: file.bytes })),
      Effect.flatMap((file) => attempt(file, [])),
      Effect.scoped,
    )
  }

/**
 * Uploads files to Frame.io.
 *
 * **Details**
 *
 * `upload` opens the file, creates an asset, sends every chunk, and succeeds only with proof: each chunk was acknowledged with
 * an ETag, the sizes add up, every MD5 that the storage stated matches the bytes that were read, and the file has the same
 * size, modification time, change time and inode as before. These attributes are compared before each chunk is sent and at the
 * end, so a change of the file ends the upload at the next chunk.
 *
 * Chunks wait only at the gate of their storage's origin, so neither an unreachable API nor a rejected token stops them. No
 * asset is created while a storage is known to be unavailable: the upload waits and takes part in the probes. Upload URLs that
 * have expired by the server's clock are replaced by a new asset, at most twice. Each other cause of a rejection gets one new
 * asset. Every upload has its own file and buffers, so a bad file stops no other upload; interrupting an upload closes its file
 * and leaves no fiber behind.
 *
 * **Gotchas**
 *
 * The `HttpClient` should be `NodeHttpClient.layerUndici`: `fetch` copies every buffer and sends no `content-length` for a
 * streamed chunk, which S3 rejects. A cancelled upload leaves its asset on the server, where it expires.
 */
export class Uploader extends Context.Service<
  Uploader,
  { readonly upload: (request: UploadRequest) => Effect.Effect<UploadReceipt, UploadError> }
>()("@holdfast/c2c/Uploader") {
  /** Also provides the gates of the storages. The API's own origin keeps the gate of the API. */
  static readonly layer: Layer.Layer<Uploader | Origins, never, C2cClient | Connectivity | HttpClient.HttpClient> =
    Layer.suspend(() => layerWith())
}

/** The policies for chunks. Absent options have the defaults of `Uploader.layer`. */
export interface Options extends Policies.Options {
  /** The timeout of one attempt of a chunk. */
  readonly timeout?: ChunkTimeout.Options | undefined
  /** How an unreachable storage is probed. Default: with the waits of `backoff`. */
  readonly probe?: OriginOptions | undefined
}

/** `layer` with other policies. Throws an `InvalidPolicy` for invalid or unknown options. */
export const layerWith = (
  policies: Options = {},
): Layer.Layer<Uploader | Origins, never, C2cClient | Connectivity | HttpClient.HttpClient> => {
  Policies.known("Uploader", policies, { retry: true, backoff: true, timeout: true, probe: true })
  const chunks = {
    retry: Policies.retryOf(policies, Policies.chunkRetry),
    timeout: ChunkTimeout.limits(policies.timeout),
  }
  const probe = { backoff: policies.backoff, ...policies.probe }
  checkOrigins(probe)
  return Layer.effect(
    Uploader,
    Effect.gen(function* () {
      const api = yield* C2cClient
      const origins = yield* Origins
      const names = Option.getOrUndefined(yield* Effect.serviceOption(C2cConfig))
      const client = identify(yield* HttpClient.HttpClient, names)
      return { upload: upload({ api, origins, client, chunks, incurable: new Set() }) }
    }),
  ).pipe(
    Layer.provideMerge(
      Layer.effect(
        Origins,
        Effect.flatMap(Connectivity, (connectivity) => makeOrigins([connectivity], probe)),
      ),
    ),
  )
}
