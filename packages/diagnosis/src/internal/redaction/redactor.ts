/**
 * Removes known secrets from external text, regardless of how they are spelled.
 */
import * as Finder from "./finder.ts"
import { fold } from "./fold.ts"
import { base64s, encodings, isWords, partsOf } from "./spellings.ts"

/** A redactor that removes known secrets from text. */
export interface Redactor {
  /** Returns the text with `(redacted)` in place of every secret and every usable piece of a secret. */
  readonly text: (text: string) => string
}

const redacted = "(redacted)"

/** The minimum length of a secret to remove. Shorter secrets occur in too many harmless words. */
const shortestWord = 4

/** Creates a redactor that removes the given secrets. */
export const make = (secrets: Iterable<string>): Redactor => {
  const given = [...new Set(secrets)].filter((secret) => secret.trim().length >= shortestWord)
  if (given.length === 0) return { text: (text) => text }
  let search: { readonly finder: Finder.Finder; readonly words: ReadonlySet<string> } | undefined
  return {
    text: (text) => {
      if (text.length < shortestWord) return text
      // Built on first use, because most clients never see an error.
      search ??= prepare(given)
      const { finder, words } = search
      const long = finder.replace(text, instead)
      return words.size === 0 ? long : withoutWords(long, words)
    },
  }
}

const instead: Finder.Instead = {
  whole: () => redacted,
  piece: () => redacted,
  isPiece: (found) => found.length >= longestWords || !isWords(found),
  widen: (name) => name !== passphrase,
}

/** The minimum length, in octets, at which a match that consists of words is not considered a coincidence. */
const longestWords = 24

const passphrase = "passphrase"

const prepare = (secrets: ReadonlyArray<string>) => {
  const finder = Finder.make()
  const words = new Set<string>()
  for (const secret of secrets) {
    const parts = partsOf(secret)
    for (const part of [secret, ...parts]) {
      const { octets } = fold(part)
      if (octets.length >= shortestWord && octets.length < Finder.shortest) words.add(octets)
    }
    const isPhrase = isWords(secret)
    for (const form of [secret, ...parts]) finder.add(form, isPhrase ? passphrase : "")
    const spelled = encodings(secret)
    for (const form of [...base64s(secret), ...spelled]) finder.add(form, "")
    for (const form of isPhrase ? [] : [secret, ...spelled]) finder.addPieces(form)
  }
  return { finder, words }
}

/** Removes short secrets that occur as whole words in text. */
const withoutWords = (text: string, words: ReadonlySet<string>): string => {
  const { octets, places } = fold(text)
  const pieces: Array<string> = []
  let from = 0
  for (let at = 0; at < octets.length; at++) {
    if (Finder.isInWord(octets, at - 1) && Finder.isInWord(octets, at)) continue
    for (let length = Finder.shortest - 1; length >= shortestWord; length--) {
      if (Finder.isInWord(octets, at + length) && Finder.isInWord(octets, at + length - 1)) continue
      if (at + length > octets.length || !words.has(octets.slice(at, at + length))) continue
      pieces.push(text.slice(from, places?.begin[at] ?? at), redacted)
      from = places?.end[at + length - 1] ?? at + length
      at += length - 1
      break
    }
  }
  return from === 0 ? text : [...pieces, text.slice(from)].join("")
}
