/**
 * The secrets of one exchange: their numbers, and how they are found again in what others wrote.
 */
import type { Exchange } from "../Exchange.ts"
import { fold } from "./fold.ts"
import * as Mark from "./mark.ts"

/** The secrets of one exchange. */
export interface Secrets {
  /** The mark of a secret, which is then looked for in all places. */
  readonly hide: (secret: string) => string
  /** The mark of what only looks like a secret: it may stand in other places as what it is, an id or a digest. */
  readonly mark: (suspect: string) => string
  /** The mark of a beginning: it says whose beginning it is, if it is that of `whole`. */
  readonly beginning: (beginning: string, whole: string | undefined) => string
  /** Another way in which a secret stands in the exchange, and what is shown in its place. */
  readonly alias: (text: string, shown: string) => void
  /** Takes the secrets that were known when it was last settled out of a text, however they are written there. */
  readonly without: (text: string) => string
  /** Makes ready to look for all secrets that are known by now; says whether any are new. */
  readonly settle: () => boolean
  /** Whether secrets are being collected from the places that hold them, and none is looked for elsewhere yet. */
  readonly collecting: () => boolean
}

/** Shorter secrets are not looked for in other places: they would be found in innocent words. */
export const shortest = 8

/**
 * Values that are hidden where nobody knows their place, and yet are no secrets wherever else they stand: a media type, a
 * region, a date. A policy could not be compared with its form without them.
 */
const ordinary =
  /^(?:(?:application|audio|font|image|model|multipart|text|video)\/[\w.+-]{1,60}|[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d|\d{8}T\d{6}Z|\d{4}-\d\d-\d\dT[\d:.]{5,15}Z?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]{8} GMT)$/i

/** No secrets yet. Words that `isName` knows are shown by their place, and are no secrets elsewhere either. */
export const make = (exchange: Exchange, isName: (word: string) => boolean): Secrets => {
  const numbers = new Map<string, number>()
  const marks = new Map<string, string>()
  const shown = new Map<string, string>()
  // An exchange that was redacted before keeps its marks; new ones get other numbers.
  // Without an answer nobody has quoted anything in a way of his own.
  const isAnswered = exchange.response !== undefined || exchange.failure !== undefined
  const taken = takenIn(JSON.stringify(exchange) ?? "")
  let last = 0
  const forms = new Map<string, string>()
  const grams = new Map<string, Gram>()
  const settled = new Set<string>()
  let find: ((text: string) => string) | undefined

  const numberOf = (secret: string): number => {
    const known = numbers.get(secret)
    if (known !== undefined) return known
    do last += 1
    while (taken.has(last))
    numbers.set(secret, last)
    return last
  }
  const alias = (text: string, instead: string): void => {
    if (text.length < shortest || ordinary.test(text) || isName(text.toLowerCase()) || Mark.isMark(text)) return
    shown.set(text, instead)
  }
  const mark = (secret: string): string => {
    const known = marks.get(secret)
    if (known !== undefined) return known
    if (secret === "" || Mark.isMark(secret)) return secret
    const written = Mark.write(numberOf(secret), secret)
    marks.set(secret, written)
    return written
  }
  const hide = (secret: string): string => {
    const written = mark(secret)
    if (shown.get(secret) !== written) alias(secret, written)
    return written
  }
  return {
    hide,
    mark,
    alias,
    beginning: (beginning, whole) => {
      if (beginning === "" || Mark.isMark(beginning)) return beginning
      const mark = Mark.write(numberOf(whole?.startsWith(beginning) === true ? whole : beginning), beginning, ["start"])
      if (beginning !== whole) alias(beginning, mark)
      return mark
    },
    without: (text) => (find === undefined || text.length < shortest ? text : Mark.between(text, find)),
    settle: () => {
      const fresh = [...shown.keys()].filter((text) => !settled.has(text))
      for (const text of fresh) {
        settled.add(text)
        const hidden = Mark.isMark(shown.get(text) ?? "")
        // A secret may have in it what looks like a mark, and is looked for between the marks of a text.
        const pieces = hidden ? [...partsOf(text), ...Mark.gaps(text), ...(isAnswered ? encodings(text) : [])] : []
        for (const form of [text, ...base64s(text), ...pieces]) {
          const octets = form.length < shortest ? "" : fold(form).octets
          if (octets.length >= shortest && !forms.has(octets)) forms.set(octets, text)
        }
        for (const run of hidden && isAnswered ? randomRuns(text) : []) {
          const { octets } = fold(run)
          for (let at = 0; at + shortest <= octets.length; at += stride) {
            const gram = octets.slice(at, at + shortest)
            if (!grams.has(gram)) grams.set(gram, { octets, at })
          }
        }
      }
      if (fresh.length > 0 || find === undefined) find = finder(forms, grams, (text) => shown.get(text) ?? "", mark)
      return fresh.length > 0
    },
    collecting: () => find === undefined,
  }
}

/** The numbers of the marks that are there already, those in base64 too. */
const takenIn = (text: string): ReadonlySet<number> => {
  const inside = base64Marks.test(text)
    ? (text.match(/[A-Za-z0-9+/]{12,}/g) ?? []).filter((run) => base64Marks.test(run)).map(decoded)
    : []
  return new Set([text, ...inside].flatMap((one) => Mark.all(one).map(({ number }) => number)))
}

/** `hidden-` in base64, wherever it begins. */
export const base64Marks = /aGlkZGVuL|hpZGRlbi|oaWRkZW4t/

const decoded = (base64: string): string => {
  try {
    return atob(base64.slice(0, base64.length - (base64.length % 4)))
  } catch {
    return ""
  }
}

/** Eight octets of a secret, and where they stand in it. */
interface Gram {
  readonly octets: string
  readonly at: number
}

/** Of every so many places of a secret there is a gram. */
const stride = 4

/** A run of so many octets of a secret is no chance. */
const shortestPiece = 12

/**
 * Finds all texts in one pass, the longest first, however many there are, and what somebody has cut out of them.
 *
 * Texts are folded and filed under their first octets; a small table of the first two of them says for most positions at
 * once that nothing begins there.
 */
const finder = (
  forms: ReadonlyMap<string, string>,
  grams: ReadonlyMap<string, Gram>,
  instead: (text: string) => string,
  mark: (piece: string) => string,
): ((text: string) => string) => {
  const lengths = new Map<string, Array<number>>()
  const pairs = new Uint8Array(slots)
  for (const form of forms.keys()) {
    const key = form.slice(0, shortest)
    const known = lengths.get(key)
    if (known === undefined) lengths.set(key, [form.length])
    else if (!known.includes(form.length)) known.push(form.length)
    pairs[pair(form, 0)] = 1
  }
  for (const gram of grams.keys()) pairs[pair(gram, 0)] = 1
  for (const known of lengths.values()) known.sort((a, b) => b - a)
  const longestAt = (text: string, at: number, key: string): string | undefined => {
    for (const length of lengths.get(key) ?? []) {
      const form = text.slice(at, at + length)
      if (forms.has(form)) return form
    }
    return undefined
  }
  return (text) => {
    const { octets, places } = fold(text)
    const begin = (at: number): number => places?.begin[at] ?? at
    const end = (at: number): number => places?.end[at - 1] ?? at
    let clean = ""
    let from = 0
    let free = 0
    const replace = (start: number, stop: number, by: (found: string) => string): void => {
      clean += text.slice(from, begin(start)) + by(text.slice(begin(start), end(stop)))
      from = end(stop)
      free = stop
    }
    for (let at = 0; at <= octets.length - shortest; at++) {
      if (pairs[pair(octets, at)] === 0) continue
      const key = octets.slice(at, at + shortest)
      const form = longestAt(octets, at, key)
      if (form !== undefined) {
        replace(at, at + form.length, () => instead(forms.get(form) ?? ""))
        at = free - 1
        continue
      }
      const gram = grams.get(key)
      if (gram === undefined) continue
      let left = 0
      while (at - left > free && gram.at - left > 0 && octets[at - left - 1] === gram.octets[gram.at - left - 1]) left++
      let right = shortest
      while (octets[at + right] !== undefined && octets[at + right] === gram.octets[gram.at + right]) right++
      if (left + right < shortestPiece) continue
      replace(at - left, at + right, mark)
      at = free - 1
    }
    return from === 0 ? text : clean + text.slice(from)
  }
}

/** Slots of the table of pairs: a power of two. */
const slots = 4096

const pair = (text: string, at: number): number => (text.charCodeAt(at) * 67 + text.charCodeAt(at + 1)) & (slots - 1)

/** In base64, with the signs of either alphabet. */
const base64s = (secret: string): ReadonlyArray<string> => {
  const base64 = btoa(octetsOf(secret))
  const padding = base64.indexOf("=", base64.length - 2)
  const bare = padding === -1 ? base64 : base64.slice(0, padding)
  const forms = padding === -1 ? [base64] : [base64, bare]
  return /[+/]/.test(bare) ? [...forms, bare.replaceAll("+", "-").replaceAll("/", "_")] : forms
}

/** In base64 behind something else, as what can be read there; and octet by octet. */
const encodings = (secret: string): ReadonlyArray<string> => {
  if (secret.length > longestEncoded) return []
  const octets = octetsOf(secret)
  const inside = ["\0", "\0\0", ""].map((before) =>
    btoa(before + octets.slice(0, octets.length - ((before.length + octets.length) % 3))).slice(
      before === "" ? 0 : before.length + 1,
    ),
  )
  const hex = Array.from(octets, (octet) => octet.charCodeAt(0).toString(16).padStart(2, "0"))
  return [...inside, ...inside.map((one) => one.replaceAll("+", "-").replaceAll("/", "_")), hex.join(""), hex.join(" ")]
}

/** No server spells out a longer secret. */
const longestEncoded = 4096

/** Whether a word is nobody's name: keys and tokens have capitals, small letters and digits without an order. */
export const isRandom = (word: string): boolean => randomRuns(word).length > 0

/** What of a word is random: the scope of a credential is the same in others. */
const randomRuns = (word: string): ReadonlyArray<string> =>
  (word.match(/[A-Za-z\d+/]{16,}/g) ?? []).filter(
    (run) => /[\da-f]{24}/i.test(run) || (/[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run)),
  )

/** Without the blanks around it, and the lines of a key that a server quotes one by one. */
const partsOf = (secret: string): ReadonlyArray<string> =>
  secret.includes("\n") ? [secret.trim(), ...secret.split("\n").map((line) => line.trim())] : [secret.trim()]

/** Percent-encoded; half a surrogate pair, which has no such form, as the sign that stands for it in UTF-8. */
export const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))

const octetsOf = (text: string): string => {
  // oxlint-disable-next-line no-control-regex -- control characters are ASCII too
  if (/^[\0-\x7f]*$/.test(text)) return text
  let binary = ""
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return binary
}
