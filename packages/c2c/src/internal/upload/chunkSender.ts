/**
 * Sends one chunk to its upload URL until the storage confirms it, and compares the chunk's MD5 with the one that the storage
 * states.
 */
import * as Backoff from "@holdfast/core/Backoff"
import type { Connectivity } from "@holdfast/core/Connectivity"
import type { OriginGate, Origins } from "@holdfast/core/Origins"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Retry from "@holdfast/core/Retry"
import type { Classified } from "@holdfast/core/Verdict"
import * as Secret from "@holdfast/core/Secret"
import * as Recorder from "@holdfast/http/Recorder"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as PresignedPut from "@holdfast/s3/PresignedPut"
import { mayHide, RefusalProbe } from "@holdfast/s3/RefusalProbe"
import { S3Error } from "@holdfast/s3/S3Error"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Redacted from "effect/Redacted"
import type * as Schedule from "effect/Schedule"
import { make as unverified } from "@holdfast/s3/Unverified"
import type { BufferPool } from "./bufferPool.ts"
import * as ChunkBody from "./chunkBody.ts"
import type { ChunkError, Proof } from "./chunkBody.ts"
import type { Chunk } from "../../ChunkPlan.ts"
import * as ChunkTimeout from "./chunkTimeout.ts"
import * as IntegrityMismatch from "../../IntegrityMismatch.ts"
import * as Policies from "../../Policies.ts"
import * as ServerClock from "./serverClock.ts"
import * as Slot from "./slot.ts"
import { SocketQueue } from "./socketQueue.ts"
import * as Stopwatch from "./stopwatch.ts"
import * as StorageOutage from "./storageOutage.ts"
import * as StorageVerdict from "../../StorageVerdict.ts"
import type { ChunkEvent } from "../../UploadEvent.ts"
import type { SharedLimits, UploadSession } from "../../UploadSession.ts"

export { bufferLimit } from "./chunkBody.ts"

/** The settings that all chunks of one upload share. */
export interface Options {
  readonly client: HttpClient.HttpClient
  /** The gates for the storage origins. */
  readonly origins: Origins["Service"]
  readonly file: ChunkBody.Source
  readonly pool: BufferPool
  /** The media type with which the asset was created. */
  readonly filetype: string
  readonly onEvent: (event: ChunkEvent) => Effect.Effect<void>
  /**
   * Determines which failures are retried, and when. The verdict of an error applies regardless of this schedule. Default:
   * `Policies.chunkRetry`.
   */
  readonly retry?: Schedule.Schedule<unknown, Classified> | undefined
  /** The timeout for one attempt. Default: The limits that `ChunkTimeout.limits()` returns. */
  readonly timeout?: ChunkTimeout.Limits | undefined
  /**
   * Determines what happens to a chunk if the storage is unavailable. Default: `fail` after the last attempt that the retry
   * policy allows.
   */
  readonly onOutage?: StorageOutage.Policy | undefined
  /** The clock that determines whether an upload URL has expired. Responses from the storage set this clock. */
  readonly clock: ServerClock.ServerClock
  /** Whether a chunk counts as sent without proof that it is stored. Default: the chunk fails with `Unverified`. */
  readonly acceptUnverified?: boolean | undefined
  /** Receives the hexadecimal SHA-256 of each chunk that was sent. */
  readonly onDigest?: ((chunk: Chunk, sha256: string) => void) | undefined
  /** Records each chunk before it is sent and before it counts as confirmed. */
  readonly session?: Pick<UploadSession, "sending" | "confirmed"> | undefined
  readonly limits?: SharedLimits | undefined
}

/** The headers for which the upload URLs are signed. These headers must not include `authorization`. */
const headersFor = (filetype: string) => ({ "content-type": filetype, "x-amz-acl": "private" })

/** Creates the request for a chunk, without the chunk's bytes. */
const bare = (
  { length }: Chunk,
  url: Redacted.Redacted<string>,
  headers: Readonly<Record<string, string>>,
): HttpClientRequest.HttpClientRequest =>
  HttpClientRequest.put(Secret.value(url), { headers: { ...headers, "content-length": String(length) } })

/**
 * Sends the chunks of one file.
 *
 * **Details**
 *
 * An attempt consists of one positioned read, one check that the file is unchanged, one PUT with the exact `content-length`,
 * and one MD5 comparison. The attempt must finish within the limits of `ChunkTimeout`. Before an attempt starts, it waits
 * only for the gate of the storage's origin. A defect is retried once, because a PUT can safely be repeated. Every attempt
 * reads the bytes from the file again, so that a retry after an MD5 mismatch does not resend a flipped bit. An ETag that is
 * not an MD5 also counts as an acknowledgment. A response without an ETag does not prove that the chunk is stored. The
 * attempt then fails with `Unverified`, unless the caller accepts unverified chunks.
 */
export const make = (options: Options) => {
  const {
    acceptUnverified,
    clock,
    file,
    filetype,
    onDigest,
    onEvent,
    origins,
    pool,
    timeout = ChunkTimeout.limits(),
    limits,
    session,
  } = options
  const client = ServerClock.setBy(options.client, clock)
  const headers = headersFor(filetype)
  const retried = Pipeline.retry({ schedule: options.retry ?? Retry.policy(Policies.chunkRetry), defects: "once" })
  const parked = Pipeline.makeUnsafe(retried)

  const { onOutage = "fail" } = options
  const judge = StorageOutage.judge(onOutage)
  /** The number of chunks that the storage has confirmed. */
  let confirmed = 0
  /** Whether the last response of the storage stated an MD5. */
  let statesMd5 = false
  /** The MD5 of each chunk that the storage has accepted. */
  const hashes = new Map<number, string>()

  /**
   * Sends each attempt through its origin's gate or, if a health service opens that gate, through the pipeline's gate stage.
   * An attempt waits for a slot after it has passed the gate.
   */
  const through = (chunk: Chunk, gate: OriginGate, attempt: Effect.Effect<Proof, ChunkError>) => {
    if (gate.connectivity !== undefined) {
      return Pipeline.run(gated(gate.connectivity), Slot.admitWhenOpen(attempt, gate, limits?.slot, chunk.length))
    }
    const admitted = Slot.admit(attempt, gate, limits?.slot, chunk.length)
    const passed: Effect.Effect<Proof, ChunkError> = Effect.suspend(() =>
      gate.pass(onOutage === "hold" ? StorageOutage.honours(admitted, gate) : admitted, judge),
    ).pipe(Effect.catchTag("GateClosed", () => passed))
    return Pipeline.run(parked, passed)
  }

  /**
   * Works like `through`, but if the storage is unavailable, holds the chunk until the storage has recovered. If the storage
   * confirmed other chunks in the meantime, the failure concerns only this chunk, and the chunk fails.
   */
  const held = (
    chunk: Chunk,
    gate: OriginGate,
    attempt: Effect.Effect<Proof, ChunkError>,
  ): Effect.Effect<Proof, ChunkError> =>
    Effect.suspend(() => {
      const before = confirmed
      return Effect.catchIf(
        through(chunk, gate, attempt),
        (error) => onOutage === "hold" && confirmed === before && StorageOutage.isOutage(error),
        ({ verdict }) =>
          // No attempts are left: the next one waits like a probe, or as long as the server asks.
          Effect.andThen(
            Effect.sleep(verdict.retryAfter ?? Backoff.guide.cap),
            held(chunk, gate, gate.connectivity === undefined ? StorageOutage.closes(attempt) : attempt),
          ),
      )
    })

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

  /**
   * Fails with the error response that a broken connection concealed or, if there was none, with the transport error.
   */
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
              Effect.fail(S3Error.fromExchange({ url: Secret.value(url), headers }, refusal)),
            ),
      ),
    )

  const put = (
    chunk: Chunk,
    url: Redacted.Redacted<string>,
    { body, handed, md5 }: ChunkBody.Body,
  ): Effect.Effect<Proof, ChunkError> =>
    Effect.flatMap(clock.now, (serverTime) =>
      PresignedPut.put(client, { url, body, length: chunk.length, headers, serverTime }),
    ).pipe(
      Effect.catch((error) => (mayHide(error) && chunk.length > 0 ? refusalOr(error, chunk, url) : Effect.fail(error))),
      Effect.mapError((error) => (StorageVerdict.isS3Error(error) ? StorageVerdict.asked(error) : error)),
      Effect.flatMap(({ etag, md5: stated, status }): Effect.Effect<Proof, ChunkError> => {
        statesMd5 = stated !== undefined
        const unproven = (reason: string, early = false) =>
          Effect.fail(unverified(bare(chunk, url, headers), status, reason, early))
        // The storage's MD5 is sufficient proof. Any other ETag may be that of a part of the chunk. Hashing the rest of the
        // chunk lets the socket send on, so an early response is recognized first.
        if (stated === undefined && ChunkBody.isEarly(chunk, handed)) {
          return unproven("a response that arrived before the whole body was sent", true)
        }
        const needed = session === undefined && stated === undefined ? Effect.succeed("") : md5
        return Effect.flatMap(needed, (expected): Effect.Effect<Proof, ChunkError> => {
          if (session !== undefined) hashes.set(chunk.index, expected)
          if (etag === undefined) return unproven("a response without an ETag")
          if (stated === undefined) return Effect.succeed("etag")
          return expected === stated
            ? Effect.succeed("md5")
            : Effect.fail(IntegrityMismatch.make(chunk.index, expected, stated))
        })
      }),
    )

  const isHashed = () => session !== undefined || statesMd5
  const transmit = ChunkBody.transmit({ file, pool, put, onDigest, isHashed, acceptUnverified, pace: limits?.pace })

  const send = (chunk: Chunk, url: Redacted.Redacted<string>): Effect.Effect<Proof, ChunkError> => {
    // The bytes that events reported as sent. A defect emits no event that resets the number, so the next attempt does.
    let told = 0
    const attempt = Effect.suspend(() => {
      const report = (sent: number) =>
        Effect.uninterruptible(
          Effect.suspend(() => {
            const more = Math.min(sent, chunk.length) - told
            if (more <= 0) return Effect.void
            told += more
            return onEvent({ _tag: "ChunkSent", index: chunk.index, bytes: more })
          }),
        )
      const failed = (error: ChunkError) => {
        const bytes = told
        told = 0
        return onEvent({ _tag: "ChunkFailed", index: chunk.index, bytes, error })
      }
      return Effect.gen(function* () {
        const { watch } = yield* SocketQueue
        const queued = yield* watch(Secret.value(url))
        const waited = Stopwatch.make()
        const handed: ChunkBody.Handed = { pulled: 0, taken: 0, queued, waited }
        const left = () => {
          const waiting = queued()
          return waiting === undefined ? undefined : Math.max(0, handed.pulled - waiting)
        }
        const watching = ChunkTimeout.expiry(chunk.length, left, timeout, {
          held: ChunkBody.heldBack(handed),
          report: Effect.suspend(() => report(left() ?? handed.taken)),
        })
        return yield* Effect.raceFirst(
          transmit(chunk, url, handed),
          Effect.flatMap(watching, (expired) => timedOut(chunk, url, expired)),
        )
      }).pipe(
        Effect.scoped,
        // Here instead of in the pipeline, so that a timeout also resets the bytes that the attempt had reported.
        Effect.tap(report(chunk.length)),
        Effect.tapError(failed),
      )
    })
    let isRecorded = session === undefined
    const recording = Effect.suspend(() => {
      if (session === undefined || isRecorded) return attempt
      return Effect.andThen(session.sending(chunk), () => {
        isRecorded = true
        return attempt
      })
    })
    const sent = Effect.flatMap(origins.of(Secret.value(url)), (gate) => held(chunk, gate, recording))
    const recorded =
      session === undefined
        ? sent
        : Effect.tap(sent, (proof) => session.confirmed({ ...chunk, md5: hashes.get(chunk.index) ?? "", proof }))
    return recorded.pipe(
      Effect.tap(() => Effect.sync(() => confirmed++)),
      Effect.tap(() => onEvent({ _tag: "ChunkConfirmed", index: chunk.index, bytes: chunk.length })),
    )
  }

  return { send }
}
