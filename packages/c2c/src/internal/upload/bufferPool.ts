/**
 * A pool with a fixed number of equally sized buffers. Each buffer is lent to one borrower at a time, which limits the memory
 * that an upload uses.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as SpareBuffers from "./spareBuffers.ts"

/** Lends buffers; a borrower waits if all buffers are in use. */
export interface BufferPool {
  /** The maximum length of a borrowed buffer, in bytes. */
  readonly size: number
  /** The number of buffers that the pool holds or lends, which is at most the pool's `count`. */
  readonly allocated: () => number
  /**
   * Lends `use` a buffer of exactly `length` bytes, and reclaims the buffer when `use` succeeds, fails or is interrupted, unless
   * `use` has called `lose`.
   */
  readonly borrow: <A, E, R>(length: number, use: Use<A, E, R>) => Effect.Effect<A, E, R>
  /** Gives up the free buffers, for the pools of other files. */
  readonly release: () => void
}

export interface Options {
  /** The maximum number of buffers. */
  readonly count: number
  /** Free buffers that several pools share. Default: the pool's own. */
  readonly spares?: SpareBuffers.SpareBuffers | undefined
}

/** `lose` states that something may still read the buffer after `use` has ended. The buffer is then never lent again. */
export type Use<A, E, R> = (buffer: Uint8Array<ArrayBuffer>, lose: () => void) => Effect.Effect<A, E, R>

const rememberedRounds = 8

/**
 * Creates a pool of at most `count` buffers of `size` bytes. Each buffer is allocated when it is needed.
 *
 * **Details**
 *
 * If uploads share a limit, the number of chunks in flight of one upload can fall from 16 to 1, and that upload must not hold
 * on to the memory. The pool therefore keeps only as many buffers as it lent at once during the current and the last 8 rounds,
 * but at least one. A round has as many returns as buffers were lent at once. Fewer rounds would free a buffer whenever a
 * chunk waits for the journal or the limit is tried a little lower, and new memory costs a page fault for every 4 KiB.
 *
 * **Gotchas**
 *
 * A borrowed buffer still contains the bytes written by its previous borrower.
 */
export const make = (options: Options & { readonly size: number }): BufferPool => {
  const { count, size, spares = SpareBuffers.make() } = options
  const permits = Semaphore.makeUnsafe(count)
  const free: Array<Uint8Array<ArrayBuffer>> = []
  let allocated = 0
  let lent = 0
  /** The most buffers lent at once: in the current round, and in each of the last ones. */
  let peak = 0
  const lastPeaks: Array<number> = []
  let returned = 0
  const acquire = Effect.sync(() => {
    lent++
    peak = Math.max(peak, lent)
    const buffer = free.pop()
    if (buffer !== undefined) return { buffer, isLost: false }
    allocated++
    return { buffer: spares.take(size), isLost: false }
  })
  const giveUp = (surplus: number) => {
    allocated -= surplus
    for (const buffer of free.splice(free.length - surplus)) spares.give(buffer)
  }
  return {
    size,
    allocated: () => allocated,
    borrow: (length, use) =>
      permits.withPermit(
        Effect.acquireUseRelease(
          acquire,
          (loan) => {
            const { buffer } = loan
            return use(length === buffer.byteLength ? buffer : buffer.subarray(0, length), () => {
              loan.isLost = true
            })
          },
          ({ buffer, isLost }) =>
            Effect.sync(() => {
              if (isLost) allocated--
              else free.push(buffer)
              lent--
              if (++returned >= peak) {
                lastPeaks.push(peak)
                if (lastPeaks.length > rememberedRounds) lastPeaks.shift()
                peak = Math.max(1, lent)
                returned = 0
              }
              const surplus = Math.max(0, Math.min(free.length, allocated - Math.max(peak, ...lastPeaks)))
              giveUp(surplus)
            }),
        ),
      ),
    release: () => giveUp(free.length),
  }
}

/** Creates a pool whose free buffers are given up when the scope closes. */
export const scoped = (pool: () => BufferPool): Effect.Effect<BufferPool, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(pool), ({ release }) => Effect.sync(release))

/**
 * Creates a pool whose buffers grow with the requested lengths, up to `most` bytes. A buffer that has become too small is
 * freed when its borrower returns it.
 */
export const growing = ({ most, ...options }: Options & { readonly most: number }): BufferPool => {
  let pool = make({ ...options, size: 0 })
  return {
    size: most,
    allocated: () => pool.allocated(),
    borrow: (length, use) =>
      Effect.suspend(() => {
        if (length > pool.size) {
          const size = Math.max(length, Math.min(most, 2 ** Math.ceil(Math.log2(length))))
          pool.release()
          pool = make({ ...options, size })
        }
        return pool.borrow(length, use)
      }),
    release: () => pool.release(),
  }
}
