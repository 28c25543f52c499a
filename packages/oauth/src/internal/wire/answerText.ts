/**
 * Reads a response body as text. The part of the body that arrived is decompressed and decoded, regardless of what the
 * headers specify.
 */
import * as Effect from "effect/Effect"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as AnswerFields from "./answerFields.ts"

/** The part of a response body that arrived. */
export interface Text {
  readonly text: string
  /** Whether the text is the whole body. */
  readonly complete: boolean
  /** The error that interrupted the read before the body was complete. */
  readonly failure?: TransportError
}

/**
 * The maximum size of a body, both before and after decompression: 1 MiB. A token that lists every group of a user is about
 * 100 KiB in size.
 */
const limit = 1024 * 1024

/** The interval at which an unfinished body is examined. */
const look = "1 second"

/**
 * Reads the body of a response. This function never fails. The result contains the error that interrupted the read.
 *
 * **Details**
 *
 * The request does not ask for a compressed response, but some intermediaries compress the response, with or without
 * declaring the compression. The formats gzip, zlib and Brotli are detected by their first bytes or by `content-encoding`.
 * UTF-16 is detected by its byte order mark or its zero bytes (RFC 4627 section 3). All other bodies are decoded as UTF-8,
 * because every other encoding represents field names and tokens as ASCII.
 *
 * If a server keeps the connection open, a body of complete JSON is considered finished 1 to 2 s after its last byte.
 * Otherwise, a process that ends before the timeout would lose tokens that have already arrived. `stop` ends the read of any
 * other body that does not end on its own. If `stop` fails, its error becomes the error in the result.
 */
export const read = (
  response: HttpClientResponse.HttpClientResponse,
  stop: Effect.Effect<never, TransportError>,
): Effect.Effect<Text> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    const all = response.stream.pipe(
      Stream.takeUntil((chunk) => (size += chunk.length) > limit),
      Stream.runForEach((chunk) => Effect.sync(() => void chunks.push(chunk))),
      Effect.catchIf(isEmptyBody, () => Effect.void),
      Effect.mapError(TransportCause.fromHttpClientError),
    )
    const whole = Effect.gen(function* () {
      let before = 0
      let judged = 0
      while (true) {
        yield* Effect.sleep(look)
        // Parses only at pauses, so that a body in many pieces costs little.
        if (size > 0 && size === before && size !== judged) {
          judged = size
          if (AnswerFields.read(yield* decode(join(chunks), response), false)?.whole === true) return
        }
        before = size
      }
    })
    return Effect.matchEffect(Effect.raceFirst(Effect.raceFirst(all, whole), stop), {
      onSuccess: () => Effect.map(decode(join(chunks), response), (text) => ({ text, complete: size <= limit })),
      onFailure: (failure) =>
        Effect.map(decode(join(chunks), response), (text) => ({ text, complete: false, failure })),
    })
  })

const isEmptyBody = (error: HttpClientError.HttpClientError): boolean => error.reason._tag === "EmptyBodyError"

const decode = (bytes: Uint8Array<ArrayBuffer>, { headers }: HttpClientResponse.HttpClientResponse) => {
  const format = compression(bytes, headers["content-encoding"] ?? "")
  if (format === undefined) return Effect.succeed(characters(bytes))
  // A wrong `content-encoding` is ignored.
  return Effect.map(decompress(bytes, format), (plain) => characters(plain.length === 0 ? bytes : plain))
}

const compression = (bytes: Uint8Array, encoding: string): string | undefined => {
  const [first = 0, second = 0] = bytes
  if (first === 0x1f && second === 0x8b) return "gzip"
  // RFC 1950: the method is 8, and the first two bytes are a multiple of 31.
  if ((first & 0x0f) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0) return "deflate"
  if (/\bbr\b/i.test(encoding)) return "brotli"
  return /\bdeflate\b/i.test(encoding) ? "deflate-raw" : undefined
}

/** Returns the decompressed bytes. If the stream is truncated, returns as many bytes as can be decompressed. */
const decompress = (bytes: Uint8Array<ArrayBuffer>, format: string): Effect.Effect<Uint8Array<ArrayBuffer>> =>
  Effect.promise(async () => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    try {
      const stream = pieces(bytes).pipeThrough(new DecompressionStream(format as CompressionFormat))
      const reader = stream.getReader()
      while (size <= limit) {
        const { done, value } = await reader.read()
        if (done) break
        chunks.push(value)
        size += value.length
      }
      await reader.cancel()
    } catch {
      // The platform does not support the format, or the bytes end early.
    }
    return join(chunks)
  })

/**
 * Splits compressed bytes into pieces of 1 KiB. The decompressor inflates each piece as a whole, up to a thousand times its
 * size. Small pieces therefore limit the memory that a hostile response can consume.
 */
const pieces = (bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let at = 0
  return new ReadableStream(
    {
      pull: (controller) => {
        if (at >= bytes.length) return controller.close()
        controller.enqueue(bytes.subarray(at, (at += 1024)))
      },
    },
    { highWaterMark: 0 },
  )
}

const characters = (bytes: Uint8Array): string => {
  const [first, second, third, fourth] = bytes
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && third !== 0 && fourth === 0)) {
    return new TextDecoder("utf-16le").decode(bytes)
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && third === 0 && fourth !== 0)) {
    return new TextDecoder("utf-16be").decode(bytes)
  }
  return new TextDecoder().decode(bytes)
}

const join = (chunks: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> => {
  const size = Math.min(
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    limit,
  )
  const joined = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    const piece = chunk.subarray(0, size - at)
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
