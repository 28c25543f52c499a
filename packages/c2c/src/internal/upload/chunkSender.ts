/**
 * Sends one chunk to its upload URL until the storage has it, and compares what the storage says it has.
 */
import type { Connectivity } from "@holdfast/core/Connectivity"
import type { Judge, OriginGate, Origins } from "@holdfast/core/Origins"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Retry from "@holdfast/core/Retry"
import type { Classified } from "@holdfast/core/Verdict"
import * as Recorder from "@holdfast/http/Recorder"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as PresignedPut from "@holdfast/s3/PresignedPut"
import { mayHide, RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { S3Error } from "@holdfast/s3/S3Error"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Crypto from "node:crypto"
import type { BufferPool } from "./bufferPool.ts"
import type { Chunk } from "../../ChunkPlan.ts"
import * as ChunkTimeout from "./chunkTimeout.ts"
import * as IntegrityMismatch from "../../IntegrityMismatch.ts"
import * as Policies from "../../Policies.ts"
import * as ServerClock from "./serverClock.ts"
import { SocketQueue } from "./socketQueue.ts"
import type { LocalFile } from "../../LocalFile.ts"
import type { LocalFileError } from "../../LocalFileError.ts"
import * as StorageVerdict from "../../StorageVerdict.ts"
import type { UploadEvent } from "../../UploadEvent.ts"

/** Every way a chunk can fail. */
export type ChunkError = PresignedPut.PutError | LocalFileError | IntegrityMismatch.IntegrityMismatch

/** What the chunks of one upload have in common. */
export interface Options {
  readonly client: HttpClient.HttpClient
  /** The gates of the storages. */
  readonly origins: Origins["Service"]
  readonly file: LocalFile
  readonly pool: BufferPool
  /** The media type that the asset was created with. */
  readonly filetype: string
  readonly onEvent: (event: UploadEvent) => Effect.Effect<void>
  /** Which failures are retried, and when. Verdicts apply in any case. Default: `Policies.chunkRetry`. */
  readonly retry?: Schedule.Schedule<unknown, Classified> | undefined
  /** The timeout of an attempt. Default: `ChunkTimeout.limits()`. */
  readonly timeout?: ChunkTimeout.Limits | undefined
  /** The clock that decides whether an upload URL has expired. The storage's responses set it. */
  readonly clock: ServerClock.ServerClock
}

/** Chunks up to this length are read whole into a buffer; longer ones are streamed: 64 MiB. */
export const bufferLimit = 64 * 1024 * 1024

/** The length of the pieces of a streamed chunk: 1 MiB (64 KiB pieces cost more than twice the CPU). */
const pieceSize = 1024 * 1024

/**
 * What a failed chunk means for the gate of the storage: an S3 error with S3's text or ids shows that the storage answered, and an
 * attempt that never left this machine is not counted.
 */
const judge: Judge<ChunkError> = {
  answered: (error) =>
    error._tag === "IntegrityMismatch" ||
    ("extra" in error && error._tag !== "NotFromS3" && (error.code !== "" || error.requestId !== undefined)),
  unsent: (error) => "reached" in error && error.reached === "nothing",
}

/** The headers that the upload URLs are signed for; `authorization` must not be among them. */
const headersFor = (filetype: string) => ({ "content-type": filetype, "x-amz-acl": "private" })

/** The request of a chunk without its bytes. */
const bare = (
  { length }: Chunk,
  url: Redacted.Redacted<string>,
  headers: Readonly<Record<string, string>>,
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.put(Redacted.value(url), { headers: { ...headers, "content-length": String(length) } })

/** A body on its way, and the MD5 of it, asked for only when the storage has stated one. */
interface Body {
  readonly body: PresignedPut.Body
  readonly md5: () => string
}

/** The bytes of a chunk as a stream of pieces, each in memory of its own: a socket may still hold the one before. */
const pieces = (file: LocalFile, chunk: Chunk) =>
  Stream.range(0, Math.ceil(chunk.length / pieceSize) - 1).pipe(
    Stream.rechunk(1),
    Stream.mapEffect((n) => {
      const start = n * pieceSize
      const piece = new Uint8Array(Math.min(pieceSize, chunk.length - start))
      return Effect.as(file.read(piece, chunk.offset + start), piece)
    }),
  )

/**
 * Sends chunks of one file.
 *
 * **Details**
 *
 * An attempt is one positioned read, one PUT with the exact `content-length`, and one comparison of the MD5, within the
 * time of `ChunkTimeout`; it waits for the gate of the storage's origin first, and for no other. A defect is retried
 * once, because a PUT may be repeated. Every attempt reads the bytes from the file again, so that a retry after a mismatch does not
 * send the same flipped bit. Returns whether the storage stated the MD5 of the chunk. If it does not (no ETag, or an ETag that is
 * not an MD5), the acknowledgement of the exact length suffices.
 */
export const make = (options: Options) => {
  const { clock, file, filetype, onEvent, origins, pool, timeout = ChunkTimeout.limits() } = options
  const client = ServerClock.setBy(options.client, clock)
  const headers = headersFor(filetype)
  const retried = Pipeline.retry({ schedule: options.retry ?? Retry.policy(Policies.chunkRetry), defects: "once" })
  const parked = Pipeline.makeUnsafe(retried)

  /** Sends attempts through the gate of their origin, or through the pipeline's stage if a health service opens that gate. */
  const through = (gate: OriginGate, attempt: Effect.Effect<boolean, ChunkError>): Effect.Effect<boolean, ChunkError> =>
    gate.connectivity === undefined
      ? Pipeline.run(parked, gate.pass(attempt, judge))
      : Pipeline.run(gated(gate.connectivity), attempt)

  // One pipeline for all chunks: it has no state here, and an asset has one storage.
  const pipelines = new Map<Connectivity["Service"], ReturnType<typeof makeGated>>()
  const makeGated = (connectivity: Connectivity["Service"]) =>
    Pipeline.makeUnsafe(retried, Pipeline.gates({ connectivity }))
  const gated = (connectivity: Connectivity["Service"]) => {
    const known = pipelines.get(connectivity) ?? makeGated(connectivity)
    pipelines.set(connectivity, known)
    return known
  }

  const timedOut = (
    chunk: Chunk,
    url: Redacted.Redacted<string>,
    detail: ChunkTimeout.Reason,
  ): Effect.Effect<never, TransportError> => {
    const request = bare(chunk, url, headers)
    const error = TransportCause.make("RequestTimedOut", request, { detail })
    return Effect.andThen(Recorder.record({ request, failure: Recorder.failureOf(error) }), Effect.fail(error))
  }

  /** The refusal that the break hid, if there was one, else the break. */
  const refusalOr = (
    error: ChunkError,
    chunk: Chunk,
    url: Redacted.Redacted<string>,
  ): Effect.Effect<never, ChunkError> =>
    Effect.flatMap(RefusalProbe, (probe) =>
      Effect.flatMap(probe.ask({ url, headers, length: chunk.length }), (refusal) =>
        refusal === undefined
          ? Effect.fail(error)
          : Effect.andThen(
              Recorder.record({ request: bare(chunk, url, headers), answer: refusal }),
              Effect.fail(S3Error.fromExchange({ url: Redacted.value(url), headers }, refusal)),
            ),
      ),
    )

  const put = (chunk: Chunk, url: Redacted.Redacted<string>, { body, md5 }: Body): Effect.Effect<boolean, ChunkError> =>
    Effect.flatMap(clock.now, (serverTime) =>
      PresignedPut.put(client, { url, body, length: chunk.length, headers, serverTime }),
    ).pipe(
      Effect.catch((error) => (mayHide(error) && chunk.length > 0 ? refusalOr(error, chunk, url) : Effect.fail(error))),
      Effect.mapError((error) => (StorageVerdict.isS3Error(error) ? StorageVerdict.asked(error) : error)),
      Effect.flatMap(({ md5: stated }) => {
        if (stated === undefined) return Effect.succeed(false)
        const expected = md5()
        return expected === stated
          ? Effect.succeed(true)
          : Effect.fail(IntegrityMismatch.make(chunk.index, expected, stated))
      }),
    )

  const whole = (chunk: Chunk, url: Redacted.Redacted<string>, sent: (bytes: number) => Effect.Effect<void>) =>
    pool.borrow(chunk.length, (buffer) =>
      file
        .read(buffer, chunk.offset)
        .pipe(
          Effect.andThen(sent(chunk.length)),
          Effect.andThen(
            put(chunk, url, { body: buffer, md5: () => Crypto.createHash("md5").update(buffer).digest("hex") }),
          ),
        ),
    )

  const streamed = (chunk: Chunk, url: Redacted.Redacted<string>, sent: (bytes: number) => Effect.Effect<void>) =>
    Effect.suspend(() => {
      const hash = Crypto.createHash("md5")
      // A read that fails in the middle of the body reaches the client as a broken request; the cause is kept here.
      let unreadable: LocalFileError | undefined
      const stream = pieces(file, chunk).pipe(
        Stream.tap((piece) => {
          hash.update(piece)
          return sent(piece.byteLength)
        }),
        Stream.tapError((error) =>
          Effect.sync(() => {
            unreadable = error
          }),
        ),
      )
      return put(chunk, url, { body: { stream }, md5: () => hash.digest("hex") }).pipe(
        Effect.mapError((error) => unreadable ?? error),
      )
    })

  const send = (chunk: Chunk, url: Redacted.Redacted<string>): Effect.Effect<boolean, ChunkError> => {
    const transmit = chunk.length > bufferLimit ? streamed : whole
    // The bytes that events reported as sent. A defect emits no event that resets it, so the next attempt does.
    let told = 0
    const attempt = Effect.suspend(() => {
      let position = 0
      const sent = (bytes: number) => {
        position += bytes
        const more = position - told
        if (more <= 0) return Effect.void
        told = position
        return onEvent({ _tag: "ChunkSent", index: chunk.index, bytes: more })
      }
      const failed = (error: ChunkError) => {
        const bytes = told
        told = 0
        return onEvent({ _tag: "ChunkFailed", index: chunk.index, bytes, error })
      }
      const overdue = Effect.gen(function* () {
        const { watch } = yield* SocketQueue
        const queued = yield* watch(Redacted.value(url))
        const left = () => {
          const waiting = queued()
          return waiting === undefined ? undefined : Math.max(0, position - waiting)
        }
        return yield* timedOut(chunk, url, yield* ChunkTimeout.expiry(chunk.length, left, timeout))
      })
      return transmit(chunk, url, sent).pipe(
        // Here and not in the pipeline, so that a timeout also resets the bytes that the attempt had reported.
        Effect.raceFirst(Effect.scoped(overdue)),
        Effect.tapError(failed),
      )
    })
    return Effect.flatMap(origins.of(Redacted.value(url)), (gate) => through(gate, attempt)).pipe(
      Effect.tap(onEvent({ _tag: "ChunkConfirmed", index: chunk.index, bytes: chunk.length })),
    )
  }

  return { send }
}
