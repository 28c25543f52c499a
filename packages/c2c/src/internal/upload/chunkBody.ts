/**
 * Reads the bytes of a chunk from the file, hashes them and passes them to the client as the request body.
 */
import type { PutError } from "@holdfast/s3/PresignedPut"
import type * as PresignedPut from "@holdfast/s3/PresignedPut"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Crypto from "node:crypto"
import type { Chunk } from "../../ChunkPlan.ts"
import type { IntegrityMismatch } from "../../IntegrityMismatch.ts"
import type { SourceError, SourceFile } from "../../source/SourceFile.ts"
import * as InOrder from "../source/inOrder.ts"
import type { SharedLimits, StepNotRecorded } from "../../UploadSession.ts"
import type { BufferPool } from "./bufferPool.ts"
import * as Digest from "./digest.ts"
import * as PieceBuffers from "./pieceBuffers.ts"
import * as Pieces from "./pieces.ts"
import { mostHeaders, type Queued } from "./socketQueue.ts"
import * as Stopwatch from "./stopwatch.ts"

/** All errors that can occur when a chunk is sent. */
export type ChunkError = PutError | SourceError | IntegrityMismatch | StepNotRecorded

/**
 * The proof that a chunk is stored. `md5` and `etag` mean that the storage stated the chunk's MD5 or another ETag; `none`
 * means that only the response status indicates that the chunk is stored.
 */
export type Proof = "md5" | "etag" | "none"

/** Chunks up to this length (64 MiB) are read into a buffer completely; longer chunks are streamed. */
export const bufferLimit = 64 * 1024 * 1024

/** The length of each piece of a streamed chunk: 1 MiB. Pieces of 64 KiB need more than twice the CPU time. */
const pieceSize = 1024 * 1024

/**
 * The client's `Readable` requests a further piece only while it holds fewer bytes than this: Node's default `highWaterMark`.
 * It holds whole pieces.
 */
const readAhead = 64 * 1024

/** A body in transit. */
export interface Body {
  readonly body: PresignedPut.Body
  /** Returns the MD5 of a body that was sent. It is run only if the MD5 is needed. */
  readonly md5: Effect.Effect<string>
  readonly handed: Handed
}

/** Tracks how many bytes of a chunk have reached the socket. */
export interface Handed {
  /** The number of bytes that the client has requested. */
  pulled: number
  /**
   * The number of bytes that the socket has definitely accepted. This number is used if the socket's queue cannot be
   * observed.
   */
  taken: number
  /** Whether `taken` includes everything that the socket has accepted, so that it reaches the length of the chunk. */
  isExact?: boolean
  /** Returns the number of bytes still queued in the socket, if the queue can be observed. */
  readonly queued: Queued
  /** Measures how long the body waited for the bandwidth limit, and for the storage of an object that is its source. */
  readonly waited: Stopwatch.Stopwatch
}

/** A queue with fewer bytes than this may contain only TLS overhead. */
const slack = 1024

/** Whether some bytes of the chunk cannot have reached the storage yet, in which case the response does not cover them. */
export const isEarly = ({ length }: Chunk, { isExact = false, pulled, queued, taken }: Handed): boolean =>
  (isExact ? taken : pulled) < length ||
  (queued.accepted?.() ?? length) < length - mostHeaders ||
  (queued(true) ?? 0) > slack

/**
 * Measures how long the bandwidth limit or the source has held a body back. Time in which the socket still had bytes to send
 * does not count: the network determines the progress then.
 */
export const heldBack = ({ queued, waited }: Handed): ((now: number) => number) => {
  let seen = 0
  let held = 0
  return (now) => {
    const total = Stopwatch.read(waited, now)
    if (total > seen && (queued() ?? 0) <= slack) held += total - seen
    seen = total
    return held
  }
}

/** Sends a chunk and updates its progress in `handed`. */
type Transmit = (chunk: Chunk, url: Redacted.Redacted<string>, handed: Handed) => Effect.Effect<Proof, ChunkError>

/** Streams the bytes of a chunk in pieces. If the bandwidth is limited, the limit determines the length of each piece. */
const pieces = (file: Source, chunk: Chunk, pace: Options["pace"], { queued, waited }: Handed) => {
  const bufferAt = PieceBuffers.make(pieceSize, () => queued.accepted?.())
  const read = (next: InOrder.Next<SourceError>) =>
    Stream.paginate(0, (start) => {
      const most = Math.min(pieceSize, chunk.length - start)
      const length = pace === undefined ? Effect.succeed(most) : Stopwatch.timed(waited, pace(most))
      return Effect.flatMap(length, (bytes) => {
        const piece = bytes === pieceSize ? bufferAt(start) : new Uint8Array(bytes)
        const end = start + bytes
        // A piece of a changed file is not sent: the object would be a mixture.
        return Effect.as(Effect.andThen(reading(file, waited, next(piece)), file.unchanged), [
          [piece],
          end < chunk.length ? Option.some(end) : Option.none(),
        ] as const)
      })
    })
  return Stream.unwrap(Effect.map(reading(file, waited, InOrder.from(file, chunk.offset, chunk.length)), read))
}

/**
 * Counts the time of a read as waiting if the source is another storage, which limits it. A read of a file cannot be
 * interrupted anyway.
 */
const reading = <A, E, R>(
  { sequence }: Source,
  waited: Stopwatch.Stopwatch,
  read: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> => (sequence === undefined ? read : Stopwatch.timed(waited, read))

/** The open file: its bytes, and the check that they still belong to the file that was opened. */
export type Source = Pick<SourceFile, "read" | "unchanged"> & Partial<Pick<SourceFile, "content" | "sequence">>

/** The settings that all chunk bodies of one upload share. */
interface Options {
  readonly file: Source
  readonly pool: BufferPool
  readonly put: (chunk: Chunk, url: Redacted.Redacted<string>, body: Body) => Effect.Effect<Proof, ChunkError>
  readonly onDigest?: ((chunk: Chunk, sha256: string) => void) | undefined
  /** Returns whether a chunk's MD5 will probably be needed, so that it is computed while the chunk is sent. Default: never. */
  readonly isHashed?: (() => boolean) | undefined
  readonly acceptUnverified?: boolean | undefined
  /** Waits until some of the given number of bytes may be sent, and returns how many. */
  readonly pace?: SharedLimits["pace"]
}

/** Reads chunks of up to `bufferLimit` bytes completely, and streams longer chunks. */
export const transmit = (options: Options): Transmit => {
  const { acceptUnverified, file, isHashed = () => false, onDigest, pace, pool, put } = options

  /** Accepts an unproven success if the caller allows it, unless the response arrived before the whole body was sent. */
  const accepted = (transmitted: Effect.Effect<Proof, ChunkError>, chunk: Chunk, handed: Handed) =>
    Effect.catchTag(transmitted, "Unverified", (error) =>
      acceptUnverified === true && !error.early && !isEarly(chunk, handed)
        ? Effect.succeed<Proof>("none")
        : Effect.fail(error),
    )

  /** Sends a buffer. `lose` is called if a socket may still read it after a failure. */
  const buffered = (
    buffer: Uint8Array<ArrayBuffer>,
    lose: () => void,
    [chunk, url, handed]: Parameters<Transmit>,
  ): Effect.Effect<Proof, ChunkError> =>
    Effect.suspend(() => {
      const md5 = Digest.make("md5", buffer)
      const sha256 = Digest.make("sha256", buffer)
      handed.pulled = chunk.length
      const offer = Pieces.offer(buffer, (pulled, accepted) => {
        handed.pulled = pulled
        handed.taken = accepted
        handed.isExact = true
        if (isHashed()) md5.advance(pulled)
        if (onDigest !== undefined) sha256.advance(pulled)
      })
      const proven = accepted(put(chunk, url, { body: buffer, md5: md5.hex, handed }), chunk, handed)
      const told =
        onDigest === undefined
          ? proven
          : Effect.tap(proven, () => Effect.map(sha256.hex, (hex) => onDigest(chunk, hex)))
      return Effect.onExit(told, (exit) =>
        Effect.sync(() => {
          if (offer.end(Exit.isSuccess(exit))) lose()
        }),
      )
    })

  const whole: Transmit = (...sent) => {
    const [chunk, , { waited }] = sent
    return pool.borrow(chunk.length, (buffer, lose) =>
      reading(file, waited, file.read(buffer, chunk.offset)).pipe(
        // The check shows that the bytes read before it are those of the file that was opened.
        Effect.andThen(file.unchanged),
        Effect.andThen(buffered(buffer, lose, sent)),
      ),
    )
  }

  /** Sends the only chunk from memory if it was read when the file was opened. The check at the end of the upload covers it. */
  const atOnce: Transmit = (chunk, url, handed) =>
    file.content?.byteLength === chunk.length
      ? buffered(file.content, () => {}, [chunk, url, handed])
      : whole(chunk, url, handed)

  const streamed: Transmit = (chunk, url, handed) =>
    Effect.suspend(() => {
      const md5 = Crypto.createHash("md5")
      const sha256 = onDigest === undefined ? undefined : Crypto.createHash("sha256")
      // A read that fails in the middle of the body reaches the client as a failed request; the cause is kept here.
      let unreadable: SourceError | undefined
      let last = 0
      const stream = pieces(file, chunk, pace, handed).pipe(
        Stream.tap((piece) =>
          Effect.sync(() => {
            md5.update(piece)
            sha256?.update(piece)
            // The client's readable has the last piece. It requested that piece while it held less than it reads ahead.
            const ahead = last < readAhead ? readAhead + last : last
            handed.taken = Math.max(handed.taken, handed.pulled - ahead)
            handed.pulled += piece.byteLength
            last = piece.byteLength
          }),
        ),
        Stream.tapError((error) =>
          Effect.sync(() => {
            unreadable = error
          }),
        ),
      )
      let digest: string | undefined
      const hex = Effect.sync(() => (digest ??= md5.digest("hex")))
      const transmitted = put(chunk, url, { body: { stream }, md5: hex, handed })
      return accepted(transmitted, chunk, handed).pipe(
        Effect.mapError((error) => unreadable ?? error),
        Effect.tap(Effect.sync(() => sha256 !== undefined && onDigest?.(chunk, sha256.digest("hex")))),
      )
    })

  // An empty chunk has no pieces to pace.
  const isStreamed = ({ length }: Chunk) => length > bufferLimit || (pace !== undefined && length > 0)
  return (chunk, url, handed) => (isStreamed(chunk) ? streamed : atOnce)(chunk, url, handed)
}
