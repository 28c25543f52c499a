/**
 * Seeded random numbers (mulberry32): the same seed yields the same inputs on every machine.
 */

/** A random source. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly next: () => number
  /** An integer from 0 (inclusive) to `limit` (exclusive). */
  readonly below: (limit: number) => number
  readonly pick: <A>(all: ReadonlyArray<A>) => A
}

/** Makes a random source. */
export const make = (seed: number): Random => {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    pick: (all) => {
      const one = all[below(all.length)]
      if (one === undefined) throw new RangeError("nothing to pick from")
      return one
    },
  }
}
