/**
 * Mutates a nearly valid text.
 */
import type { Random } from "../shared/random.ts"

const odd = [
  "\0", "\u001b[31m", "\u202e", "\u200b", "\u2028", "\ufeff", "\ud800", "\udfff", "\u{1f600}", "é", "\r", "\n", "\t", "\u009b",
  "<", ">", "&", "\"", "'", "\\", "\\u0041", "\\ud83d", "%", "%00", "%zz", "%25", "=", ";", ",", ":", "{", "}", "[", "]",
  "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "&#x41;", "&#99999999;", "&lt;", "--", "\r\n\r\n", "[hidden-9:9]", "9".repeat(30),
  "-1", "1e400", "NaN", "__proto__", "constructor", "$", "${filename}", "../",
] // prettier-ignore

const spot = (random: Random, text: string): readonly [from: number, to: number] => {
  const from = random.below(text.length + 1)
  return [from, Math.min(text.length, from + 1 + random.below(1 + Math.min(40, text.length)))]
}

type Mutation = (random: Random, text: string, other: string) => string

const mutations: ReadonlyArray<Mutation> = [
  // Duplicate.
  (random, text) => {
    const [from, to] = spot(random, text)
    return text.slice(0, to) + text.slice(from)
  },
  // Delete.
  (random, text) => {
    const [from, to] = spot(random, text)
    return text.slice(0, from) + text.slice(to)
  },
  // Splice with another text.
  (random, text, other) => text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1)),
  // Nest.
  (random, text) => {
    const [from, to] = spot(random, text)
    return text.slice(0, from) + text.replaceAll("\n", " ") + text.slice(to)
  },
  // Truncate.
  (random, text) => text.slice(0, random.below(text.length + 1)),
  // Repeat.
  (random, text) => {
    const [from, to] = spot(random, text)
    return text.slice(0, from) + text.slice(from, to).repeat(1 + random.below(30)) + text.slice(to)
  },
  // Insert an unusual character.
  (random, text) => {
    const from = random.below(text.length + 1)
    return text.slice(0, from) + random.pick(odd) + text.slice(from + random.below(2))
  },
  // Change the letter case.
  (random, text) => {
    const [from, to] = spot(random, text)
    const part = text.slice(from, to)
    return text.slice(0, from) + (random.below(2) === 0 ? part.toUpperCase() : part.toLowerCase()) + text.slice(to)
  },
]

/** The longest small input, in characters. */
const longest = 4096

/** Applies up to three mutations to a text. */
export const mutate = (random: Random, text: string, other: string): string => {
  let mutated = text
  for (let left = random.below(4); left > 0; left--) mutated = random.pick(mutations)(random, mutated, other)
  return mutated.slice(0, longest)
}
