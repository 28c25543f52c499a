/**
 * Finds many texts, and pieces of them, in another text, in time that depends only on the length of that text.
 *
 * All texts are folded (`fold`). Pieces are compared by rolling hashes, and the search continues after a piece that was found, so
 * that neither a repeated letter nor common prefixes make it slow.
 */
import { fold } from "./fold.ts"

/** Shorter texts are not searched for. */
export const shortest = 8

/** A run of this many octets of a secret is not a coincidence. */
const shortestPiece = 12

/** The distance between the grams, of `shortest` octets, of a text whose pieces are searched for. */
const stride = 4

/** The most texts of different lengths with a common prefix. Beyond it, the prefix alone counts as a piece. */
const mostLengths = 32

/** Builds the set of texts to find. */
export interface Sought {
  /** Adds a text with its name. The first name of a text counts. */
  readonly add: (text: string, name: string) => void
  /** Adds the pieces of a text. */
  readonly addPieces: (text: string) => void
}

/** The replacement of a match. */
export interface Instead {
  readonly whole: (name: string) => string
  readonly piece: (found: string) => string
  /** Whether a piece of a text is significant. */
  readonly isPiece?: (found: string) => boolean
  /** Whether the letters and digits around a match belong to it, as in base64 that starts with other content. */
  readonly widen?: (name: string | undefined) => boolean
}

/** A set of texts and the search for them. */
export interface Finder extends Sought {
  readonly replace: (text: string, instead: Instead) => string
}

/** Eight octets of a text, and their position in it. */
interface Gram {
  readonly octets: string
  readonly at: number
}

/** Texts of one length with a common prefix. */
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

/** How far a text and the text of a gram agree around the gram. */
const around = (octets: string, at: number, free: number, gram: Gram) => {
  let left = 0
  while (at - left > free && gram.at - left > 0 && octets[at - left - 1] === gram.octets[gram.at - left - 1]) left++
  let right = shortest
  while (octets[at + right] !== undefined && octets[at + right] === gram.octets[gram.at + right]) right++
  return { left, right }
}

/** The slots of the table of pairs, which rules out most positions quickly: a power of two. */
const slots = 4096

const pair = (text: string, at: number): number => (text.charCodeAt(at) * 67 + text.charCodeAt(at + 1)) & (slots - 1)

/** Prefix hashes, which give the hash of any part of a text. */
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
