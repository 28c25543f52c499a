/**
 * Uploads one complete file or fails with a typed error.
 */
import { Connectivity } from "@holdfast/core/Connectivity"
import * as Gates from "@holdfast/core/Origins"
import { Origins } from "@holdfast/core/Origins"
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
import * as Creation from "./internal/upload/creation.ts"
import * as ChunkPlan from "./ChunkPlan.ts"
import * as ChunkSender from "./internal/upload/chunkSender.ts"
import * as ChunkTimeout from "./internal/upload/chunkTimeout.ts"
import { identify } from "./internal/api/identity.ts"
import * as NewAsset from "./internal/upload/newAsset.ts"
import * as ServerClock from "./internal/upload/serverClock.ts"
import * as StorageOutage from "./internal/upload/storageOutage.ts"
import * as MediaType from "./internal/upload/mediaType.ts"
import * as Policies from "./Policies.ts"
import * as Resume from "./internal/upload/resume.ts"
import * as Source from "./internal/upload/source.ts"
import * as SpareBuffers from "./internal/upload/spareBuffers.ts"
import { type Files, type SourceFile, SourceFiles } from "./source/SourceFile.ts"
import type { UploadError } from "./UploadError.ts"
import type { UploadReceipt, UploadRequest } from "./internal/upload/types.ts"
import type { ConfirmedPart, Saved } from "./UploadSession.ts"

export type { Options as ChunkTimeoutOptions } from "./internal/upload/chunkTimeout.ts"
export type { UploadReceipt, UploadRequest } from "./internal/upload/types.ts"

/**
 * The default number of chunks in flight: 5, which is the number that third parties quote from the C2C guides and that the
 * vendor's own client uses.
 */
export const defaultParallel = 5

export { maximumRecreations } from "./internal/upload/newAsset.ts"

const bytesOf = (parts: Iterable<{ readonly length: number }>): number => {
  let sum = 0
  for (const { length } of parts) sum += length
  return sum
}

/** Returns whether only new upload URLs, and therefore a new asset, can resolve the error. */
const needsNewAsset = (error: UploadError): boolean => error.verdict.change === "url"

const upload =
  (services: {
    readonly api: C2cClient["Service"]
    readonly origins: Origins["Service"]
    readonly client: HttpClient.HttpClient
    readonly files: Files
    readonly chunks: Pick<ChunkSender.Options, "retry" | "timeout">
    /** The causes, across all uploads, that creating another asset did not resolve. */
    readonly incurable: NewAsset.Causes
    readonly spares: SpareBuffers.SpareBuffers
  }) =>
  (request: UploadRequest): Effect.Effect<UploadReceipt, UploadError> => {
    const { api, chunks: policies, client, files, incurable, origins, spares } = services
    const name = request.name ?? Path.basename(request.path)
    const { limits, session } = request
    // Saved upload URLs are signed for the media type of their asset.
    const filetype = session?.saved?.asset.filetype ?? request.filetype ?? MediaType.ofName(request.path)
    const parallel = Math.max(1, Math.floor(request.parallel ?? defaultParallel))
    const onEvent = request.onEvent ?? (() => Effect.void)

    const create = (file: SourceFile) => Effect.andThen(StorageOutage.over(client, origins), createNow(file))

    const createNow = (file: SourceFile) =>
      Creation.create(api, session, {
        asset: {
          name,
          filetype,
          filesize: file.bytes,
          // The client computes the offset from it: the whole seconds that have passed when each attempt is sent.
          createdAt: file.modifiedAt,
          ...(request.channel === undefined ? undefined : { channel: request.channel }),
        },
        file: file.version,
        onUncertainCreation: request.onUncertainCreation ?? "fail",
      })

    const sendAll = Effect.fnUntraced(function* (
      file: SourceFile,
      asset: Pick<Asset, "id" | "uploadUrls">,
      clock: ServerClock.ServerClock,
      saved: Saved | undefined,
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
      const parts: ReadonlyMap<number, ConfirmedPart> =
        saved === undefined ? new Map() : yield* Resume.confirmedParts(file, saved, plan)
      if (saved === undefined) {
        yield* onEvent({ _tag: "AssetCreated", assetId: asset.id, chunks: chunks.length, chunkSize })
        const aheadMillis = yield* ServerClock.skew(clock)
        if (aheadMillis !== undefined) yield* onEvent({ _tag: "ClockSkewed", aheadMillis })
      } else {
        yield* onEvent({
          _tag: "Resumed",
          assetId: asset.id,
          chunks: chunks.length,
          chunkSize,
          confirmedChunks: parts.size,
          confirmedBytes: bytesOf(parts.values()),
        })
      }
      const pool = yield* BufferPool.scoped(() =>
        BufferPool.make({ count: parallel, size: Math.min(chunkSize, ChunkSender.bufferLimit), spares }),
      )
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
        session,
        limits,
      })
      // In the order of the URLs. The first chunk that finally fails interrupts the others.
      const confirmed = yield* Effect.forEach(
        asset.uploadUrls,
        (url, index) => {
          const chunk = chunks[index]
          if (chunk === undefined) return Effect.die(`upload URL ${index} has no chunk`)
          const part = parts.get(index)
          if (part !== undefined) return Effect.succeed({ length: part.length, proof: part.proof })
          return Effect.map(sender.send(chunk, url), (proof) => {
            incurable.clear()
            return { length: chunk.length, proof }
          })
        },
        { concurrency: Math.min(parallel, chunks.length) },
      )
      const bytes = bytesOf(confirmed)
      if (bytes !== file.bytes) return yield* Effect.die(`${bytes} of ${file.bytes} bytes were planned`)
      if (request.verifySource === true) {
        yield* Resume.sameParts(file, parts.values())
        yield* Source.compare(
          file,
          chunks.filter(({ index }) => !parts.has(index)),
          digests,
        )
      }
      yield* Source.unchanged(file)
      return {
        path: file.path,
        assetId: asset.id,
        name,
        bytes,
        chunks: chunks.length,
        verified: confirmed.every(({ proof }) => proof === "md5"),
        unproven: confirmed.filter(({ proof }) => proof === "none").length,
        resumed: saved !== undefined,
        resentBytes: bytesOf(chunks.filter(({ index }) => saved?.begun.has(index) === true && !parts.has(index))),
      }
    })

    const attempt = (
      file: SourceFile,
      earlier: ReadonlyArray<NewAsset.Refusal>,
      saved?: Saved,
    ): Effect.Effect<UploadReceipt, UploadError> =>
      Effect.gen(function* () {
        const asset = saved === undefined ? yield* create(file) : { ...saved.asset, id: saved.asset.assetId }
        const clock = yield* ServerClock.ofAsset(asset)
        const receivedAt = yield* clock.now
        return yield* Effect.scoped(sendAll(file, asset, clock, saved)).pipe(
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
              yield* Source.unchanged(file)
              yield* onEvent({ _tag: "Recreated", reason: error.message || error._tag })
              return yield* attempt(file, [...earlier, refusal])
            }),
          ),
        )
      })

    return Source.open(files, request.path).pipe(
      Effect.tap((file) => onEvent({ _tag: "Opened", path: file.path, bytes: file.bytes })),
      Effect.flatMap((file) => attempt(file, [], session?.saved)),
      Effect.scoped,
    )
  }

/**
 * Uploads files to Frame.io.
 *
 * **Details**
 *
 * `upload` opens the file, creates an asset and sends every chunk. `upload` succeeds only with proof: each chunk was
 * acknowledged with an ETag, the sizes add up, every MD5 that the storage stated matches the bytes that were read, and the
 * file still has the same size, modification time, change time and inode. The file attributes are compared before each chunk
 * is sent and at the end, so if the file changes, the upload fails at the next chunk.
 *
 * Chunks wait only at the gate for the origin of their storage, so they continue even if the API is unreachable or rejects a
 * token. While a storage is known to be unavailable, no asset is created. Instead, the upload waits and helps to probe the
 * storage. If upload URLs have expired according to the server's clock, a new asset replaces the old one, at most twice. For
 * every other cause of a rejection, the upload creates at most one new asset. Every upload has its own file, so a bad file does
 * not stop other uploads. Interrupting an upload closes its file and leaves no running fibers.
 *
 * **Gotchas**
 *
 * Provide `NodeHttpClient.layerUndici` as the `HttpClient`. `fetch` copies every buffer. `fetch` also omits `content-length`
 * for a streamed chunk, and S3 rejects a chunk without this header. A canceled upload leaves its asset on the server, where
 * the asset expires.
 */
export class Uploader extends Context.Service<
  Uploader,
  { readonly upload: (request: UploadRequest) => Effect.Effect<UploadReceipt, UploadError> }
>()("@holdfast/c2c/Uploader") {
  /** The layer also provides the gates for the storages. For the API's own origin, uploads use the gate of the API. */
  static readonly layer: Layer.Layer<Uploader | Origins, never, C2cClient | Connectivity | HttpClient.HttpClient> =
    Layer.suspend(() => layerWith())
}

/** The policies for chunks. Omitted options use the defaults of `Uploader.layer`. */
export interface Options extends Policies.Options {
  /** The timeout for a single attempt to send a chunk. */
  readonly timeout?: ChunkTimeout.Options | undefined
  /** The options for probing an unreachable storage. Default: the waits configured in `backoff`. */
  readonly probe?: Gates.Options | undefined
}

/** Like `layer`, but with custom policies. Throws an `InvalidPolicy` for invalid or unknown options. */
export const layerWith = (
  policies: Options = {},
): Layer.Layer<Uploader | Origins, never, C2cClient | Connectivity | HttpClient.HttpClient> => {
  Policies.known("Uploader", policies, { retry: true, backoff: true, timeout: true, probe: true })
  const { probe: ofGates, ...chunks } = policies
  const probe = { backoff: policies.backoff, ...ofGates }
  Gates.check(probe)
  const gates = Effect.flatMap(Connectivity, (connectivity) => Gates.make([connectivity], probe))
  return Layer.provideMerge(layerOver(chunks), Layer.effect(Origins, gates))
}

/** Like `layerWith`, but with the storage gates of the context, which several uploaders can share. */
export const layerOver = (
  policies: Omit<Options, "probe"> = {},
): Layer.Layer<Uploader, never, C2cClient | Origins | HttpClient.HttpClient> => {
  Policies.known("Uploader", policies, { retry: true, backoff: true, timeout: true })
  const chunks = {
    retry: Policies.retryOf(policies, Policies.chunkRetry),
    timeout: ChunkTimeout.limits(policies.timeout),
  }
  return Layer.effect(
    Uploader,
    Effect.gen(function* () {
      const api = yield* C2cClient
      const origins = yield* Origins
      const names = Option.getOrUndefined(yield* Effect.serviceOption(C2cConfig))
      const client = identify(yield* HttpClient.HttpClient, names)
      const files = yield* SourceFiles
      const spares = SpareBuffers.make()
      return { upload: upload({ api, origins, client, files, chunks, incurable: new Set(), spares }) }
    }),
  )
}
