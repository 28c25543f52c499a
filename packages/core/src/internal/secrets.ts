/**
 * The secrets of one exchange: their numbers, and how they are found again in what others wrote.
 */
import type { Exchange } from "../Exchange.ts"
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
  // An exchange that was redacted before keeps its marks; new ones are counted on from them.
  let last = Mark.all(JSON.stringify(exchange) ?? "").reduce((most, { number }) => Math.max(most, number), 0)
  const forms = new Map<string, string>()
  const settled = new Set<string>()
  let find: ((text: string) => string) | undefined

  const numberOf = (secret: string): number => {
    const known = numbers.get(secret)
    if (known !== undefined) return known
    last += 1
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
        for (const form of [...writings(text), ...(hidden ? partsOf(text) : [])]) {
          if (form.length >= shortest && !forms.has(form)) forms.set(form, text)
        }
      }
      if (fresh.length > 0 || find === undefined) find = finder(forms, (text) => shown.get(text) ?? "")
      return fresh.length > 0
    },
    collecting: () => find === undefined,
  }
}

/**
 * Finds all texts in one pass, the longest first, however many there are.
 *
 * Texts are filed under their first characters; a small table of the first two of them says for most positions at once
 * that nothing begins there.
 */
const finder = (forms: ReadonlyMap<string, string>, instead: (text: string) => string): ((text: string) => string) => {
  const lengths = new Map<string, Array<number>>()
  const pairs = new Uint8Array(slots)
  for (const form of forms.keys()) {
    const key = form.slice(0, shortest)
    const known = lengths.get(key)
    if (known === undefined) lengths.set(key, [form.length])
    else if (!known.includes(form.length)) known.push(form.length)
    pairs[pair(form, 0)] = 1
  }
  for (const known of lengths.values()) known.sort((a, b) => b - a)
  const longestAt = (text: string, at: number): string | undefined => {
    for (const length of lengths.get(text.slice(at, at + shortest)) ?? []) {
      const form = text.slice(at, at + length)
      if (forms.has(form)) return form
    }
    return undefined
  }
  return (text) => {
    let clean = ""
    let from = 0
    for (let at = 0; at <= text.length - shortest; at++) {
      if (pairs[pair(text, at)] === 0) continue
      const form = longestAt(text, at)
      if (form === undefined) continue
      clean += text.slice(from, at) + instead(forms.get(form) ?? "")
      from = at + form.length
      at = from - 1
    }
    return from === 0 ? text : clean + text.slice(from)
  }
}

/** Slots of the table of pairs: a power of two. */
const slots = 4096

const pair = (text: string, at: number): number => (text.charCodeAt(at) * 67 + text.charCodeAt(at + 1)) & (slots - 1)

/** A secret as servers, proxies and documents write it. */
const writings = (secret: string): ReadonlyArray<string> => {
  const base64 = toBase64(secret)
  return [
    secret,
    base64,
    base64.replace(/=+$/, ""),
    base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
    // Most secrets are words that nothing has to escape.
    ...(/^[\w.-]*$/.test(secret) ? [] : escaped(secret)),
  ]
}

/** Without the blanks around it, and the lines of a key that a server quotes one by one. */
const partsOf = (secret: string): ReadonlyArray<string> =>
  secret.includes("\n") ? [secret.trim(), ...secret.split("\n").map((line) => line.trim())] : [secret.trim()]

const escaped = (secret: string): ReadonlyArray<string> => {
  const encoded = percent(secret)
  const form = encoded.replaceAll("%20", "+")
  const json = JSON.stringify(secret).slice(1, -1)
  const xml = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
  return [
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    encoded.replaceAll("%2F", "/"),
    percent(encoded),
    form,
    form.replaceAll(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    json,
    json.replaceAll("/", "\\/"),
    xml,
    xml.replaceAll('"', "&quot;"),
    xml.replaceAll('"', "&quot;").replaceAll("'", "&apos;"),
    xml.replaceAll('"', "&#34;").replaceAll("'", "&#39;"),
    xml.replaceAll('"', "&quot;").replaceAll("'", "&#x27;"),
    xml.replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  ]
}

/** Percent-encoded; half a surrogate pair, which has no such form, as the sign that stands for it in UTF-8. */
export const percent = (text: string): string => encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, "\ufffd"))

const toBase64 = (text: string): string => {
  let binary = ""
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet)
  return btoa(binary)
}
