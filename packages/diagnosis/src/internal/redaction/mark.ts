/**
 * Reads and writes redaction marks, which replace secrets. An example of a mark is `[hidden-3:812:percent]`.
 */

/** A trait that describes a secret without revealing it. */
export type Trait = "blanks" | "percent" | "jwt" | "literal" | "start"

/**
 * Matches a mark, which consists of the number of the secret, its length in bytes, and its traits. If the numbers have more
 * digits than the pattern allows, the text is not a mark.
 */
export const pattern = /\[hidden-(\d{1,9}):(\d{1,12})((?::[a-z]{1,10}){0,3})\]/

/** The prefix of every mark. */
const opening = "[hidden-"

const everywhere = new RegExp(pattern, "g")
const whole = new RegExp(`^${pattern.source}$`)

/** Whether a string consists of a single mark and therefore contains nothing else to hide. */
export const isMark = (text: string): boolean => text.startsWith(opening) && whole.test(text)

const utf8 = new TextEncoder()

/** Returns the length of a string in UTF-8, in bytes. */
const lengthOf = (text: string): number => utf8.encode(text).length

/**
 * Matches placeholders from examples and unset variables. Examples are `undefined`, `AuthCode`, `YOUR_TOKEN_HERE` and
 * `${CODE}`.
 */
const literal =
  /^(?:undefined|null|none|nan|\[object \w{1,20}\]|x{3,40}|todo|changeme|(?:(?:your|my|the|insert|enter)[_ -]?)?(?:(?:auth(?:orization|entication)?|access|refresh|device|id|client)[_ -]?)?(?:code|token|secret|key)(?:[_ -]?here)?|<[^<>]{1,40}>|\$?\{\{?\s?[\w.-]{1,40}\s?\}?\}|%[a-z_]{1,30}%|\$[A-Z_]{2,30})$/i

/** The patterns that detect each trait of a secret. A JWT begins with two encoded JSON objects. */
export const traits = {
  blanks: /[ \t\r\n]/,
  percent: /%[0-9a-f]{2}/i,
  jwt: /^eyJ[\w-]{1,4096}\.eyJ[\w-]{1,16384}\.[\w-]{0,8192}$/,
  literal,
} as const

/** Returns the mark for a secret. */
export const write = (number: number, secret: string, more: ReadonlyArray<Trait> = []): string => {
  const has = (["blanks", "percent", "jwt", "literal"] as const).filter((trait) => traits[trait].test(secret))
  return `[${[`hidden-${number}`, lengthOf(secret), ...has, ...more].join(":")}]`
}

/** A mark that was found in a string. */
export interface FoundMark {
  readonly index: number
  readonly end: number
  readonly number: number
  readonly bytes: number
  readonly traits: ReadonlyArray<string>
}

/** The marks in a text. */
export const all = (text: string): ReadonlyArray<FoundMark> =>
  text.includes(opening)
    ? Array.from(text.matchAll(everywhere), (found) => ({
        index: found.index,
        end: found.index + found[0].length,
        number: Number(found[1]),
        bytes: Number(found[2]),
        traits: (found[3] ?? "").split(":").filter((trait) => trait !== ""),
      }))
    : []

/** Returns the parts of a string that are not marks. The result is empty if the string does not contain any marks. */
export const gaps = (text: string): ReadonlyArray<string> => {
  const marks = all(text)
  return marks.length === 0
    ? []
    : [...marks.map(({ index }, at) => text.slice(marks[at - 1]?.end ?? 0, index)), text.slice(marks.at(-1)?.end)]
}

const here = new RegExp(pattern, "y")

/**
 * Rewrites the parts of a string that are not marks. The function does not allocate memory for each mark, because a long form
 * can contain thousands of marks.
 */
export const between = (text: string, rewrite: (gap: string) => string): string => {
  let clean = ""
  let from = 0
  for (let index = text.indexOf(opening); index !== -1; index = text.indexOf(opening, index)) {
    here.lastIndex = index
    if (!here.test(text)) {
      index++
      continue
    }
    const end = here.lastIndex
    clean += (index > from ? rewrite(text.slice(from, index)) : "") + text.slice(index, end)
    from = end
    index = end
  }
  if (from === 0) return rewrite(text)
  return clean + (from < text.length ? rewrite(text.slice(from)) : "")
}

/** Returns the beginning of a string. A mark that would be cut in half is omitted. */
export const beginning = (text: string, limit: number): string => {
  if (text.length <= limit) return text
  const cut = all(text).find(({ end, index }) => index < limit && end > limit)
  return text.slice(0, cut?.index ?? limit)
}

/** Returns the length of the original value, in bytes. */
export const bytesOf = (value: string): number => {
  const marks = all(value)
  const seen = marks.reduce((sum, { bytes, end, index }) => sum + bytes - (end - index), 0)
  return lengthOf(value) + seen
}
