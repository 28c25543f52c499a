/**
 * Free buffers that the pools of several files share. New memory costs a page fault for every 4 KiB, which is more CPU time
 * than reading and sending it.
 */

export interface SpareBuffers {
  /** Returns a buffer of at least `length` bytes, whose content is arbitrary. */
  readonly take: (length: number) => Uint8Array<ArrayBuffer>
  /** Accepts a buffer that is no longer read. */
  readonly give: (buffer: Uint8Array<ArrayBuffer>) => void
}

/** The most buffers that are remembered. */
const mostRemembered = 64

/**
 * The length of a buffer for `length` bytes: at most an eighth more. The chunks of each file have a length of their own, and
 * would otherwise never fit a buffer of another file. Memory that is not written to is not resident.
 */
const capacityFor = (length: number): number => {
  const step = 2 ** Math.max(0, Math.floor(Math.log2(length)) - 3)
  return Math.ceil(length / step) * step
}

/** Spare buffers are held weakly: they remain until the garbage collector looks for memory. */
export const make = (): SpareBuffers => {
  const spares: Array<WeakRef<Uint8Array<ArrayBuffer>>> = []
  return {
    take: (length) => {
      const capacity = capacityFor(length)
      for (let at = spares.length - 1; at >= 0; at--) {
        const spare = spares[at]?.deref()
        if (spare !== undefined && spare.byteLength !== capacity) continue
        spares.splice(at, 1)
        if (spare !== undefined) return spare
      }
      // Outside Node's shared 8 KiB slab and not zeroed: every borrower overwrites the buffer.
      return new Uint8Array(Buffer.allocUnsafeSlow(capacity).buffer)
    },
    give: (buffer) => {
      spares.push(new WeakRef(buffer))
      if (spares.length > mostRemembered) spares.shift()
    },
  }
}
