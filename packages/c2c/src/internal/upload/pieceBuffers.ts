/**
 * The buffers for the pieces of one streamed chunk. A buffer is used again when the socket no longer reads it, because new
 * memory costs a page fault for every 4 KiB: more CPU time than reading, hashing and sending the piece.
 */

/** Returns a buffer for the piece that begins at `start` within the chunk. */
export type PieceBuffers = (start: number) => Uint8Array<ArrayBuffer>

/** The most buffers that are kept. A socket that accepts pieces more slowly gets new ones. */
const mostKept = 8

/**
 * Makes buffers of `size` bytes. `accepted` returns how many bytes of the chunk the socket no longer reads, or `undefined` if
 * that cannot be observed. Every piece then has memory of its own.
 */
export const make = (size: number, accepted: () => number | undefined): PieceBuffers => {
  const kept: Array<{ readonly buffer: Uint8Array<ArrayBuffer>; readonly end: number }> = []
  return (start) => {
    const [oldest] = kept
    const isFree = oldest !== undefined && oldest.end <= (accepted() ?? 0)
    if (isFree || kept.length === mostKept) kept.shift()
    const buffer = isFree ? oldest.buffer : new Uint8Array(Buffer.allocUnsafeSlow(size).buffer)
    kept.push({ buffer, end: start + size })
    return buffer
  }
}
