/**
 * Builds the request body from the form and the file. Its length is always known.
 */
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as Stream from "effect/Stream"
import type { StreamFile, UploadFile } from "./types.ts"
import type { FilePart, Frame } from "./multipart.ts"
import { untyped } from "./multipart.ts"
import { FileLengthMismatch, InvalidPostOption } from "./errors.ts"
import { held, nameOf, noFile } from "./value.ts"

/** A file that is ready to be sent once. */
export interface Source extends FilePart {
  readonly size: number
  readonly body: (frame: Frame) => HttpBody.HttpBody
  /** The body as a stream, for clients that do not support Blobs. */
  readonly streamed: (frame: Frame) => HttpBody.HttpBody
  /** Whether the body must be a stream, which `fetch` sends without announcing its length. */
  readonly isStream: boolean
  /**
   * Returns the error that explains why the bytes read so far differ from the announced size; after a success, also checks
   * whether all bytes were read. A success response for an incomplete file proves nothing.
   */
  readonly fault: (stored: boolean) => FileLengthMismatch | InvalidPostOption | undefined
}

/** Prepares a file for sending without reading it. */
export const make = (file: UploadFile): Effect.Effect<Source, InvalidPostOption> => {
  const whole = held(file)
  if (typeof whole === "string") return Effect.succeed(inMemory(new TextEncoder().encode(whole)))
  if (whole instanceof Uint8Array) return Effect.succeed(inMemory(whole))
  if (whole !== undefined) return Effect.succeed(fromBlob(whole))
  if (!isStreamFile(file)) return Effect.fail(noFile(file))
  if (!Number.isSafeInteger(file.size) || file.size < 0) {
    const value = String(file.size)
    return Effect.fail(new InvalidPostOption({ option: "file.size", value, allowed: "a whole number of bytes" }))
  }
  return Effect.succeed(fromStream(file))
}

const isStreamFile = (file: unknown): file is StreamFile => {
  const stream: unknown = typeof file === "object" && file !== null && "stream" in file ? file.stream : undefined
  if (typeof stream !== "object" || stream === null) return false
  return Stream.isStream(stream) || stream instanceof ReadableStream || Symbol.asyncIterator in stream
}

/** A single buffer that contains the form and the file, so each client copies once and writes once. */
const inMemory = (bytes: Uint8Array): Source => {
  const body = ({ contentType, head, tail }: Frame) => {
    const whole = new Uint8Array(head.length + bytes.length + tail.length)
    whole.set(head)
    whole.set(bytes, head.length)
    whole.set(tail, head.length + bytes.length)
    return HttpBody.uint8Array(whole, contentType)
  }
  return {
    filename: nameOf(bytes),
    type: untyped,
    size: bytes.length,
    body,
    streamed: body,
    isStream: false,
    fault: () => undefined,
  }
}

/** A Blob that contains the file's Blob: nothing is copied, and `fetch` and undici read it in chunks. */
const fromBlob = (blob: Blob): Source => {
  const whole = ({ head, tail }: Frame) => new Blob([head, blob, tail])
  return {
    filename: nameOf(blob),
    type: blob.type,
    size: blob.size,
    body: (frame) => {
      const form = whole(frame)
      return HttpBody.raw(form, { contentType: frame.contentType, contentLength: form.size })
    },
    streamed: (frame) => {
      const form = whole(frame)
      const bytes = Stream.fromReadableStream({ evaluate: () => form.stream(), onError: (error) => error })
      return HttpBody.stream(bytes, frame.contentType, form.size)
    },
    isStream: false,
    fault: () => undefined,
  }
}

const fromStream = (file: StreamFile): Source => {
  const { size } = file
  let seen = 0
  let fault: FileLengthMismatch | InvalidPostOption | undefined
  const failed = (why: NonNullable<typeof fault>) => Effect.fail((fault = why))
  const difference = () => new FileLengthMismatch({ announced: size, actual: seen })

  const count = (piece: unknown) =>
    Effect.suspend(() => {
      if (!(piece instanceof Uint8Array)) {
        const allowed = "a stream of Uint8Array"
        return failed(new InvalidPostOption({ option: "file.stream", value: `of type ${typeof piece}`, allowed }))
      }
      seen += piece.length
      // Excess bytes are not sent, because the server would read them as the end of the form.
      return seen > size ? failed(difference()) : Effect.succeed(piece)
    })

  const streamed = ({ contentType, head, tail }: Frame) => {
    const bytes = Stream.suspend(() => {
      // A client that retries by itself reads the stream again.
      seen = 0
      fault = undefined
      const end = Effect.suspend(() => (seen === size ? Effect.succeed(tail) : failed(difference())))
      return Stream.make(head).pipe(
        Stream.concat(Stream.mapEffect(toStream(file.stream), count)),
        Stream.concat(Stream.fromEffect(end)),
      )
    })
    return HttpBody.stream(bytes, contentType, head.length + size + tail.length)
  }
  return {
    filename: nameOf(file),
    type: file.type ?? untyped,
    size,
    body: streamed,
    streamed,
    isStream: true,
    fault: (stored) => fault ?? (stored && seen !== size ? difference() : undefined),
  }
}

const toStream = (stream: StreamFile["stream"]): Stream.Stream<unknown, unknown> =>
  Stream.isStream(stream)
    ? stream
    : stream instanceof ReadableStream
      ? Stream.fromReadableStream({ evaluate: () => stream, onError: (error) => error })
      : Stream.fromAsyncIterable(stream, (error) => error)
