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
 * The maximum length of a piece: 128 KiB. Longer buffers are split evenly, so that no piece is shorter than Node's
 * `highWaterMark` for sockets (64 KiB): undici then waits for the socket after each piece, the last one included.
 */
const pieceSize = 128 * 1024

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
  readonly #onPull: (pulled: number) => void

  /** undici destroys the socket of a request that is aborted, or answered while its body is being sent. */
  get isRead(): boolean {
    if (this.socket?.destroyed === true) return false
    return this.sending || (this.socket?.writableLength ?? 0) > 0
  }

  constructor(buffer: Uint8Array, onPull: (pulled: number) => void) {
    this.#buffer = buffer
    this.#onPull = onPull
  }

  *[Symbol.iterator]() {
    const { byteLength } = this.#buffer
    const size = Math.ceil(byteLength / Math.ceil(byteLength / pieceSize))
    this.sending = true
    try {
      for (let start = 0; start < byteLength; start += size) {
        const end = Math.min(start + size, byteLength)
        this.#onPull(end)
        yield this.#buffer.subarray(start, end)
      }
    } finally {
      this.sending = false
    }
  }
}

/** The buffers of the requests in flight. */
const offered = new Map<unknown, () => Body>()

const onCreate = (message: unknown): void => {
  const { request } = message as { readonly request: { body?: unknown } }
  const body = offered.get(request.body)?.()
  if (body !== undefined) request.body = body
}

const onHeaders = (message: unknown): void => {
  const { request, socket } = message as { readonly request: { body?: unknown }; readonly socket: Writable }
  if (request.body instanceof Body) request.body.socket = socket
}

/**
 * Offers a buffer to undici in pieces. `onPull` receives the number of bytes that undici has taken so far, beginning with 0.
 * Other clients take the buffer as a whole, without a call of `onPull`, and so does undici if the buffer is a single piece.
 */
export const offer = (buffer: Uint8Array, onPull: (pulled: number) => void): Offer => {
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
  offered.set(buffer, () => {
    const body = new Body(buffer, onPull)
    bodies.push(body)
    onPull(0)
    return body
  })
  return { end }
}
