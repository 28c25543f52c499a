/**
 * Finds many strings, and pieces of those strings, in text. The search time depends only on the length of the searched text.
 *
 * All strings are folded by `fold`. Pieces are compared using rolling hashes, and the search resumes after each piece that
 * was found. As a result, neither repeated letters nor common prefixes slow down the search.
 */
import { fold } from "./fold.ts"

/** The minimum length of a string to search for, in octets. Shorter strings are not searched for. */
export const shortest = 8

/**
 * The minimum length of a piece, in octets. If text contains this many consecutive octets of a secret, the match is not a
 * coincidence.
 */
const shortestPiece = 12

/**
 * The distance, in octets, between the starts of consecutive grams of a string, which are used to find pieces of that string.
 * Each gram contains `shortest` octets.
 */
const stride = 4

/**
 * The maximum number of distinct lengths among strings with a common prefix. If strings with a common prefix have more
 * distinct lengths than this maximum, a match of the prefix alone is treated as a piece.
 */
const mostLengths = 32

/** Builds a set of strings to search for. */
export interface Sought {
  /**
   * Adds a string, together with its name, to the set. If the same string is added more than once, only its first name is
   * used.
   */
  readonly add: (text: string, name: string) => void
  /** Adds the pieces of a string to the set. */
  readonly addPieces: (text: string) => void
}

/** Defines the replacement for a match. */
export interface Instead {
  readonly whole: (name: string) => string
  readonly piece: (found: string) => string
  /** Whether a piece of a string is significant enough to be replaced. */
  readonly isPiece?: (found: string) => boolean
  /**
   * Whether the letters and digits around a match belong to the match, as in base64 that encodes other content before the
   * secret.
   */
  readonly widen?: (name: string | undefined) => boolean
}

/** A set of strings, together with a function that searches for them. */
export interface Finder extends Sought {
  readonly replace: (text: string, instead: Instead) => string
}

/** Eight octets of a string, together with their position in that string. */
interface Gram {
  readonly octets: string
  readonly at: number
}

/** Strings that have the same length and a common prefix. */
interface SameLength {
  readonly length: number
  readonly byHash: Map<number, { readonly octets: string; readonly name: string }>
}

/** An empty set. */
export const make = (): Finder => {
  const wholes = new Map<string, Array<SameLength>>()
  const grams = new Map<string, Gram>()
  const pairs = new Uint8Array(slots)

  const add = (text: string, name: string): void => {
    const { octets } = fold(text)
    if (octets.length < shortest) return
    const key = octets.slice(0, shortest)
    pairs[pair(octets, 0)] = 1
    const known = wholes.get(key) ?? []
    wholes.set(key, known)
    let same = known.find(({ length }) => length === octets.length)
    if (same === undefined) {
      if (known.length > mostLengths) return
      same = { length: octets.length, byHash: new Map() }
      known.push(same)
      known.sort((a, b) => b.length - a.length)
      if (known.length > mostLengths) grams.set(key, { octets: octets.slice(0, shortestPiece), at: 0 })
    }
    const hash = hashOf(octets)
    if (!same.byHash.has(hash)) same.byHash.set(hash, { octets, name })
  }

  const addPieces = (text: string): void => {
    const { octets } = fold(text)
    for (let at = 0; at + shortest <= octets.length; at += stride) {
      const key = octets.slice(at, at + shortest)
      pairs[pair(octets, at)] = 1
      if (!grams.has(key)) grams.set(key, { octets, at })
    }
  }

  const replace = (text: string, instead: Instead): string => {
    if (text.length < shortest) return text
    const { octets, places } = fold(text)
    const begin = (at: number): number => places?.begin[at] ?? at
    const end = (at: number): number => places?.end[at - 1] ?? at
    let rolling: Rolling | undefined
    const pieces: Array<string> = []
    let from = 0
    let free = 0
    const put = (first: number, last: number, name: string | undefined, by: (found: string) => string): void => {
      let start = first
      let stop = last
      if (instead.widen?.(name) === true) {
        while (start > free && isInWord(octets, start - 1)) start--
        while (isInWord(octets, stop)) stop++
      }
      pieces.push(text.slice(from, begin(start)), by(text.slice(begin(start), end(stop))))
      from = end(stop)
      free = stop
    }
    for (let at = 0; at <= octets.length - shortest; at++) {
      if (pairs[pair(octets, at)] === 0) continue
      const key = octets.slice(at, at + shortest)
      const lengths = wholes.get(key)
      if (lengths !== undefined) {
        rolling ??= roll(octets)
        const found = wholeAt(rolling, octets, at, lengths.slice(0, mostLengths))
        if (found !== undefined) {
          put(at, at + found.octets.length, found.name, () => instead.whole(found.name))
          at = free - 1
          continue
        }
      }
      const gram = grams.get(key)
      if (gram === undefined) continue
      const crowded = (lengths?.length ?? 0) > mostLengths
      const { left, right } = around(octets, at, free, gram)
      if (!crowded) {
        if (left + right < shortestPiece) continue
        if (instead.isPiece?.(text.slice(begin(at - left), end(at + right))) === false) continue
      }
      put(at - left, at + right, undefined, instead.piece)
      at = free - 1
    }
    if (from === 0) return text
    pieces.push(text.slice(from))
    return pieces.join("")
  }
  return { add, addPieces, replace }
}

/** Whether an octet belongs to a word. */
export const isInWord = (octets: string, at: number): boolean => {
  const code = octets.charCodeAt(at)
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a) || code >= 0x80
}

const wholeAt = (rolling: Rolling, octets: string, at: number, lengths: ReadonlyArray<SameLength>) => {
  for (const { byHash, length } of lengths) {
    if (at + length > octets.length) continue
    const found = byHash.get(rolling.of(at, length))
    if (found !== undefined && octets.startsWith(found.octets, at)) return found
  }
  return undefined
}

/** Returns how far text matches the string that contains a gram, to the left and to the right of the gram's start. */
const around = (octets: string, at: number, free: number, gram: Gram) => {
  let left = 0
  while (at - left > free && gram.at - left > 0 && octets[at - left - 1] === gram.octets[gram.at - left - 1]) left++
  let right = shortest
  while (octets[at + right] !== undefined && octets[at + right] === gram.octets[gram.at + right]) right++
  return { left, right }
}

/**
 * The number of slots in the table of octet pairs, which must be a power of two. The table quickly rules out most positions.
 */
const slots = 4096

const pair = (text: string, at: number): number => (text.charCodeAt(at) * 67 + text.charCodeAt(at + 1)) & (slots - 1)

/** The hashes of all prefixes of a string, from which the hash of any part of the string is computed. */
interface Rolling {
  readonly of: (at: number, length: number) => number
}

const base = 0x01_00_01_93

const hashOf = (octets: string): number => {
  let hash = 0
  for (let at = 0; at < octets.length; at++) hash = (Math.imul(hash, base) + octets.charCodeAt(at) + 1) | 0
  return hash
}

const roll = (octets: string): Rolling => {
  const hashes = new Int32Array(octets.length + 1)
  const powers = new Int32Array(octets.length + 1)
  powers[0] = 1
  for (let at = 0; at < octets.length; at++) {
    hashes[at + 1] = Math.imul(hashes[at] ?? 0, base) + octets.charCodeAt(at) + 1
    powers[at + 1] = Math.imul(powers[at] ?? 0, base)
  }
  return {
    of: (at, length) => ((hashes[at + length] ?? 0) - Math.imul(hashes[at] ?? 0, powers[length] ?? 0)) | 0,
  }
}
