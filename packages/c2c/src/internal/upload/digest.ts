/**
 * Hashes the buffer of a chunk in slices, so that sockets, timers and other chunks do not wait for the whole buffer: MD5 takes
 * about 1.5 ms for each MiB.
 */
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"

/** The most bytes that are hashed without a break: 128 KiB, which is also the length of a piece that undici takes over TLS. */
export const sliceSize = 128 * 1024

/** The hash of a buffer that does not change meanwhile. */
export interface Digest {
  /** Hashes the bytes before `end` if they are at most a slice. Otherwise, they are left to `hex`. */
  readonly advance: (end: number) => void
  /** Hashes the remaining bytes, with a turn of the event loop after each slice, and returns the hash in hexadecimal. */
  readonly hex: Effect.Effect<string>
}

export const make = (algorithm: "md5" | "sha256", bytes: Uint8Array): Digest => {
  let hash: Crypto.Hash | undefined
  let done = 0
  let hex: string | undefined
  const advance = (end: number): void => {
    if (end <= done || end > done + sliceSize) return
    hash ??= Crypto.createHash(algorithm)
    hash.update(bytes.subarray(done, end))
    done = end
  }
  const slice = (): boolean => {
    advance(Math.min(done + sliceSize, bytes.byteLength))
    return done === bytes.byteLength
  }
  const end = () => (hex ??= (hash ?? Crypto.createHash(algorithm)).digest("hex"))
  const rest: Effect.Effect<string> = Effect.suspend(() =>
    slice() ? Effect.sync(end) : Effect.andThen(Effect.yieldNow, rest),
  )
  return { advance, hex: rest }
}
