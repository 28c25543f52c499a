/**
 * Chance from a seed: the same seed gives the same inputs on every machine (mulberry32).
 */

/** A source of chance. */
export interface Random {
  /** From 0 up to 1. */
  readonly next: () => number
  /** A whole number from 0 up to `limit`. */
  readonly below: (limit: number) => number
  readonly pick: <A>(all: ReadonlyArray<A>) => A
}

/** Makes a source of chance. */
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
