/**
 * Hands the buffer of a request to undici in pieces.
 *
 * undici writes a buffer to the socket as a whole. Node's TLS then encrypts and copies all of it at once, which doubles the
 * memory of a chunk in flight and takes a third more CPU time. undici writes an iterable piece by piece and waits until the
 * socket has accepted each one. Other clients cannot send an iterable of a known length. Therefore every client receives the
 * buffer, and undici replaces it when it creates its own request (`undici:request:create`).
 */
import * as Diagnostics from "node:diagnostics_channel"
import type { Writable } from "node:stream"

const channels = { create: "undici:request:create", headers: "undici:client:sendHeaders" }

/**
 * The maximum length of a piece over TLS: 128 KiB. Longer buffers are split evenly, so that no piece is shorter than Node's
 * `highWaterMark` for sockets (64 KiB): undici then waits for the socket after each piece, the last one included.
 */
const pieceSize = 128 * 1024

/** Receives how many bytes undici has taken, and how many of these the socket has accepted. */
export type OnProgress = (pulled: number, accepted: number) => void

/** A buffer that undici may take in pieces. */
export interface Offer {
  /**
   * Ends the offer, and returns whether a socket may still read the buffer, which must then not be overwritten. After a success
   * no socket does, because the storage has confirmed all bytes.
   */
  readonly end: (succeeded: boolean) => boolean
}

/** The body of one of undici's requests. */
class Body implements Iterable<Uint8Array> {
  socket: Writable | undefined
  /** Whether undici has not taken all pieces yet. */
  sending = false
  readonly #buffer: Uint8Array
  readonly #onProgress: OnProgress
  readonly #pieceSize: number

  /** undici destroys the socket of a request that is aborted, or answered while its body is being sent. */
  get isRead(): boolean {
    if (this.socket?.destroyed === true) return false
    return this.sending || (this.socket?.writableLength ?? 0) > 0
  }

  constructor(buffer: Uint8Array, onProgress: OnProgress, isEncrypted: boolean) {
    this.#buffer = buffer
    this.#onProgress = onProgress
    // Without TLS, the kernel takes a whole buffer from where it is.
    this.#pieceSize = isEncrypted ? pieceSize : buffer.byteLength
  }

  *[Symbol.iterator]() {
    const { byteLength } = this.#buffer
    const size = Math.ceil(byteLength / Math.ceil(byteLength / this.#pieceSize))
    this.sending = true
    try {
      for (let start = 0; start < byteLength; start += size) {
        const end = Math.min(start + size, byteLength)
        this.#onProgress(end, start)
        yield this.#buffer.subarray(start, end)
      }
      // Not reached if the response arrives before the socket has accepted all pieces: undici then ends the iteration.
      this.#onProgress(byteLength, byteLength)
    } finally {
      this.sending = false
    }
  }
}

/** The buffers of the requests in flight. */
const offered = new Map<unknown, (isEncrypted: boolean) => Body>()

const onCreate = (message: unknown): void => {
  const { request } = message as { readonly request: { body?: unknown; origin?: unknown } }
  const body = offered.get(request.body)?.(String(request.origin).startsWith("https:"))
  if (body !== undefined) request.body = body
}

const onHeaders = (message: unknown): void => {
  const { request, socket } = message as { readonly request: { body?: unknown }; readonly socket: Writable }
  if (request.body instanceof Body) request.body.socket = socket
}

/**
 * Offers a buffer to undici in pieces. `onProgress` is first called with 0 for both. Other clients take the buffer as a whole,
 * without a call of `onProgress`, and so does undici if the buffer is not longer than a piece.
 */
export const offer = (buffer: Uint8Array, onProgress: OnProgress): Offer => {
  const bodies: Array<Body> = []
  const end: Offer["end"] = (succeeded) => {
    if (offered.delete(buffer) && offered.size === 0) {
      Diagnostics.unsubscribe(channels.create, onCreate)
      Diagnostics.unsubscribe(channels.headers, onHeaders)
    }
    // A client that took the buffer as a whole may still be sending it.
    return !succeeded && (bodies.length === 0 || bodies.some(({ isRead }) => isRead))
  }
  if (buffer.byteLength <= pieceSize) return { end }
  if (offered.size === 0) {
    Diagnostics.subscribe(channels.create, onCreate)
    Diagnostics.subscribe(channels.headers, onHeaders)
  }
  offered.set(buffer, (isEncrypted) => {
    const body = new Body(buffer, onProgress, isEncrypted)
    bodies.push(body)
    onProgress(0, 0)
    return body
  })
  return { end }
}
