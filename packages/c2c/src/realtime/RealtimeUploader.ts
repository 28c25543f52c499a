/**
 * Uploads a recording while it is being recorded, or fails with a typed error.
 */
import { Origins } from "@holdfast/core/Origins"
import * as Retry from "@holdfast/core/Retry"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Path from "node:path"
import { C2cClient } from "../C2cClient.ts"
import { C2cConfig } from "../C2cConfig.ts"
import { identify } from "../internal/api/identity.ts"
import * as GrowingFile from "../internal/realtime/growingFile.ts"
import * as PartPlan from "../internal/realtime/partPlan.ts"
import * as Recording from "../internal/realtime/recording.ts"
import * as Transfer from "../internal/realtime/transfer.ts"
import type { RealtimeError, RealtimeReceipt, RealtimeRequest } from "../internal/realtime/types.ts"
import * as Verify from "../internal/realtime/verify.ts"
import * as BufferPool from "../internal/upload/bufferPool.ts"
import * as ChunkSender from "../internal/upload/chunkSender.ts"
import * as ChunkTimeout from "../internal/upload/chunkTimeout.ts"
import * as Creation from "../internal/upload/creation.ts"
import * as MediaType from "../internal/upload/mediaType.ts"
import * as ServerClock from "../internal/upload/serverClock.ts"
import * as SpareBuffers from "../internal/upload/spareBuffers.ts"
import * as StorageOutage from "../internal/upload/storageOutage.ts"
import * as Policies from "../Policies.ts"
import { defaultParallel } from "../Uploader.ts"
import type { ConfirmedPart } from "../UploadSession.ts"

export type { RealtimeError, RealtimeEvent, RealtimeReceipt, RealtimeRequest } from "../internal/realtime/types.ts"
export { defaultPartSize } from "../internal/realtime/partPlan.ts"

const bytesOf = (parts: Iterable<{ readonly length: number }>): number => {
  let sum = 0
  for (const { length } of parts) sum += length
  return sum
}

const upload =
  (services: {
    readonly api: C2cClient["Service"]
    readonly origins: Origins["Service"]
    readonly client: HttpClient.HttpClient
    readonly chunks: Pick<ChunkSender.Options, "retry" | "timeout">
    readonly spares: SpareBuffers.SpareBuffers
  }) =>
  (request: RealtimeRequest): Effect.Effect<RealtimeReceipt, RealtimeError> => {
    const { api, chunks: policies, client, origins, spares } = services
    const { extension, limits, onRewrite = "fail", path, session } = request
    const saved = session?.saved
    const name = request.name ?? Path.basename(path)
    // The part URLs are signed for the media type of the asset.
    const filetype =
      saved?.asset.filetype ?? request.filetype ?? MediaType.ofName(extension === undefined ? name : `x${extension}`)
    const partSize = saved?.asset.partSize ?? request.partSize ?? PartPlan.defaultPartSize
    const parallel = Math.max(1, Math.floor(request.parallel ?? defaultParallel))
    const onEvent = request.onEvent ?? (() => Effect.void)

    const create = (file: GrowingFile.GrowingFile) =>
      Effect.andThen(
        StorageOutage.over(client, origins),
        Creation.create(api, session, {
          asset: {
            name: extension === undefined ? name : { extension },
            filetype,
            createdAt: file.createdAt,
            ...(request.channel === undefined ? undefined : { channel: request.channel }),
          },
          file: file.version,
          onUncertainCreation: request.onUncertainCreation ?? "fail",
          partSize,
        }),
      )

    return Effect.gen(function* () {
      const refused = PartPlan.check(partSize)
      if (refused !== undefined) return yield* refused
      const plan = PartPlan.match(saved?.confirmed ?? [], partSize)
      if ("reason" in plan) return yield* plan

      const opened = yield* GrowingFile.open(path, saved && Verify.bytesOf(saved)).pipe(Effect.retry(Retry.policy()))
      const file = GrowingFile.retried(opened)
      yield* onEvent({ _tag: "Opened", path, bytes: file.version.bytes })
      if (saved !== undefined) yield* Verify.sameRecording(file, saved, onRewrite)

      const recording = yield* Recording.follow({ file, finished: request.finished, partSize, onEvent })
      // Frame.io does not accept an empty recording, so the asset is created when the first byte has been recorded.
      const { bytes } = yield* recording.beyond(0)
      const asset = saved === undefined ? yield* create(file) : { ...saved.asset, id: saved.asset.assetId }
      const clock = yield* ServerClock.ofAsset({ serverTime: asset.serverTime, uploadUrls: [] })
      const created = { assetId: asset.id, chunks: PartPlan.count(bytes, partSize), chunkSize: partSize }
      const confirmed = new Map<number, ConfirmedPart>(saved?.confirmed.map((part) => [part.index, part]))
      if (saved === undefined) {
        yield* onEvent({ _tag: "AssetCreated", ...created })
        const aheadMillis = yield* ServerClock.skew(clock)
        if (aheadMillis !== undefined) yield* onEvent({ _tag: "ClockSkewed", aheadMillis })
      } else {
        const confirmedBytes = bytesOf(confirmed.values())
        yield* onEvent({ _tag: "Resumed", ...created, confirmedChunks: confirmed.size, confirmedBytes })
      }

      const sender = ChunkSender.make({
        ...policies,
        client,
        origins,
        file: opened,
        pool: yield* BufferPool.scoped(() =>
          BufferPool.growing({ count: parallel, most: ChunkSender.bufferLimit, spares }),
        ),
        filetype,
        onEvent,
        clock,
        acceptUnverified: request.onUnverified === "accept",
        onOutage: request.onStorageOutage,
        session: {
          sending: (part) => session?.sending(part) ?? Effect.void,
          confirmed: (part) =>
            Effect.tap(session?.confirmed(part) ?? Effect.void, () =>
              Effect.sync(() => confirmed.set(part.index, part)),
            ),
        },
        limits,
      })
      const sent = yield* Transfer.run({
        api,
        assetId: asset.id,
        file,
        recording,
        partSize,
        parallel,
        finalName: extension === undefined ? Effect.undefined : (request.finalName ?? Effect.succeed(name)),
        onEvent,
        onRewrite,
        sender,
        confirmed,
        onEnd: session?.ended ?? (() => Effect.void),
        sentFinal: plan.final,
      })
      if (bytesOf(confirmed.values()) !== sent.bytes) return yield* Effect.die(`${sent.bytes} bytes were not sent`)

      const parts = [...confirmed.values()]
      const before = new Set(saved?.confirmed.map(({ index }) => index))
      const isResent = ({ index }: ConfirmedPart) =>
        before.has(index) ? index === sent.chunks - 1 && plan.final === undefined : saved?.begun.has(index) === true
      return {
        path,
        assetId: asset.id,
        name: sent.name ?? name,
        bytes: sent.bytes,
        chunks: sent.chunks,
        verified: parts.every(({ proof }) => proof === "md5"),
        unproven: parts.filter(({ proof }) => proof === "none").length,
        resumed: saved !== undefined,
        resentBytes: bytesOf(parts.filter(isResent)),
        rewritten: sent.rewritten,
      }
    }).pipe(Effect.scoped)
  }

/**
 * Uploads recordings to Frame.io while they are being recorded.
 *
 * **When to use**
 *
 * Use it if footage must be playable seconds after the recording ends. For a complete file, use `Uploader`: it needs one API
 * call for a file, and a recording needs one for each part.
 *
 * **Details**
 *
 * `upload` creates a realtime asset as soon as the file contains a byte, and sends each part as soon as its bytes and one more
 * byte have been recorded. Several parts are in flight, in the order of their numbers. The URL of a part is requested just
 * before the part is sent. If the storage rejects a URL, the part gets a new one, at most twice. A part contains at least
 * `partSize` bytes and a 1024th of the bytes before it, so 10 000 parts are enough for 5 TiB. When `finished` completes, the
 * upload reads every part again and compares it with the bytes that were sent. Then it sends the final part, with the size of
 * the asset.
 *
 * `upload` succeeds only with proof: each part was acknowledged with an ETag, the sizes add up, every MD5 that the storage
 * stated matches the bytes that were read, and the file contains these bytes at the end. While it is being recorded, the file
 * must keep its inode and may only grow; after `finished`, it must not change. Otherwise, the upload fails with
 * `FileChanged`. If the recorder changed bytes after they had been sent, the upload fails with `RecordingRewritten`, or sends
 * these parts again.
 *
 * With a `session`, a later process sends only the parts that were not confirmed. It uses the `partSize` of the session, and
 * the caller passes the same `name` or `extension` again.
 *
 * **Gotchas**
 *
 * After `finished`, reading the recording again takes time: about 1.5 s of CPU for each GiB. An empty recording fails with `PlanRefused`, and no asset is created. If the file system lost the end of a file in a power
 * cut, the upload fails with `FileChanged`. A recorder that reserves space and shortens the file at the end cannot be used.
 * Parts need the API as well as the storage, so they wait while the API is unreachable or the token is rejected.
 */
export class RealtimeUploader extends Context.Service<
  RealtimeUploader,
  { readonly upload: (request: RealtimeRequest) => Effect.Effect<RealtimeReceipt, RealtimeError> }
>()("@holdfast/c2c/RealtimeUploader") {
  /** The layer uses the storage gates that `Uploader.layer` provides, so that all uploads share them. */
  static readonly layer: Layer.Layer<RealtimeUploader, never, C2cClient | Origins | HttpClient.HttpClient> =
    Layer.suspend(() => layerWith())
}

/** The policies for parts. Omitted options use the defaults of `RealtimeUploader.layer`. */
export interface Options extends Policies.Options {
  /** The timeout for a single attempt to send a part. */
  readonly timeout?: ChunkTimeout.Options | undefined
}

/** Like `layer`, but with custom policies. Throws an `InvalidPolicy` for invalid or unknown options. */
export const layerWith = (
  policies: Options = {},
): Layer.Layer<RealtimeUploader, never, C2cClient | Origins | HttpClient.HttpClient> => {
  Policies.known("RealtimeUploader", policies, { retry: true, backoff: true, timeout: true })
  const chunks = {
    retry: Policies.retryOf(policies, Policies.chunkRetry),
    timeout: ChunkTimeout.limits(policies.timeout),
  }
  return Layer.effect(
    RealtimeUploader,
    Effect.gen(function* () {
      const api = yield* C2cClient
      const origins = yield* Origins
      const names = Option.getOrUndefined(yield* Effect.serviceOption(C2cConfig))
      const client = identify(yield* HttpClient.HttpClient, names)
      return { upload: upload({ api, origins, client, chunks, spares: SpareBuffers.make() }) }
    }),
  )
}
