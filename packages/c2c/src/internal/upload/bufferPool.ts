/**
 * A fixed number of buffers of one size, lent one at a time, so that the memory of an upload is bounded.
 */
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** Lends buffers; a borrower waits if none is free. */
export interface BufferPool {
  /** The largest length that can be borrowed, in bytes. */
  readonly size: number
  /** How many buffers have been allocated: at most the `count` of the pool. */
  readonly allocated: () => number
  /** Lends a buffer of exactly `length` bytes to `use`, and takes it back however `use` ends. */
  readonly borrow: <A, E, R>(
    length: number,
    use: (buffer: Uint8Array<ArrayBuffer>) => Effect.Effect<A, E, R>,
  ) => Effect.Effect<A, E, R>
}

/**
 * Makes a pool of at most `count` buffers of `size` bytes. Each is allocated when it is first needed.
 *
 * **Gotchas**
 *
 * A borrowed buffer contains what its last user left. A buffer may return while the rest of an answered or aborted request is
 * still in a socket. This is safe: the server has already rejected the rest of an answered request, and the destroyed socket of
 * an aborted one sends nothing more.
 */
export const make = (options: { readonly count: number; readonly size: number }): BufferPool => {
  const permits = Semaphore.makeUnsafe(options.count)
  const free: Array<Uint8Array<ArrayBuffer>> = []
  let allocated = 0
  const acquire = Effect.sync(() => {
    const buffer = free.pop()
    if (buffer !== undefined) return buffer
    allocated++
    // Allocated outside Node's shared 8 KiB slab and not zeroed: every borrower overwrites the buffer.
    return new Uint8Array(Buffer.allocUnsafeSlow(options.size).buffer)
  })
  return {
    size: options.size,
    allocated: () => allocated,
    borrow: (length, use) =>
      permits.withPermit(
        Effect.acquireUseRelease(
          acquire,
          (buffer) => use(length === buffer.byteLength ? buffer : buffer.subarray(0, length)),
          (buffer) => Effect.sync(() => free.push(buffer)),
        ),
      ),
  }
}
