/**
 * Assigns numbers to the secrets of an exchange and finds these secrets in other text.
 */
import type { Exchange } from "../../Exchange.ts"
import * as Finder from "./finder.ts"
import * as Mark from "./mark.ts"
import { base64s, encodings, isWords, partsOf, randomRuns } from "./spellings.ts"

/** The secrets of one exchange. */
export interface Secrets {
  /**
   * Returns the mark for a secret. The secret is then searched for in the entire exchange. A secret that consists of words is
   * searched for only if its field marks it as a secret (`sure`), because the vendor's text may use the same words.
   */
  readonly hide: (secret: string, sure?: boolean) => string
  /**
   * Returns the mark for text that looks like a secret but may be harmless. Elsewhere, the same text may be harmless, for
   * example an ID or a digest.
   */
  readonly mark: (suspect: string) => string
  /** Returns the mark for a prefix. If `whole` starts with the prefix, the mark refers to `whole`. */
  readonly beginning: (beginning: string, whole: string | undefined) => string
  /** Registers another form of a secret in the exchange, together with the replacement for that form. */
  readonly alias: (text: string, shown: string) => void
  /**
   * Removes secrets from text, regardless of how they are spelled. Only secrets known at the last call to `settle` are
   * removed.
   */
  readonly without: (text: string) => string
  /** Prepares the search for all secrets known so far. Returns whether any of these secrets are new. */
  readonly settle: () => boolean
  /** Whether secrets are still being collected, before the search for them in other places begins. */
  readonly collecting: () => boolean
}

/** The minimum length of a secret that is searched for in other places. Shorter secrets would match harmless words. */
export const shortest = Finder.shortest

/**
 * Matches values such as a media type, a region or a date. These values are hidden in places that no vocabulary lists, but
 * they are not searched for in other places. If these values were hidden everywhere, a policy could not be compared with its
 * form.
 */
const ordinary =
  /^(?:(?:application|audio|font|image|model|multipart|text|video)\/[\w.+-]{1,60}|[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d|\d{8}T\d{6}Z|\d{4}-\d\d-\d\dT[\d:.]{5,15}Z?|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]{8} GMT)$/i

/**
 * Creates an empty set of secrets. Words that `isName` accepts are shown in listed places and are not searched for in other
 * places.
 */
export const make = (exchange: Exchange, isName: (word: string) => boolean): Secrets => {
  const numbers = new Map<string, number>()
  const marks = new Map<string, string>()
  const shown = new Map<string, string>()
  // An exchange that was redacted before keeps its marks, and new ones get other numbers. Without a response, no server has
  // quoted a secret in another spelling.
  const isAnswered = exchange.response !== undefined || exchange.failure !== undefined
  const taken = takenIn(JSON.stringify(exchange) ?? "")
  let last = 0
  const finder = Finder.make()
  const settled = new Set<string>()
  let collecting = true

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
  const hide = (secret: string, sure = false): string => {
    const written = mark(secret)
    // The length is checked first because a long form has thousands of short values.
    const isSought = secret.length >= shortest && shown.get(secret) !== written
    if (isSought && (sure || !isWords(secret))) alias(secret, written)
    return written
  }
  const instead: Finder.Instead = { whole: (text) => shown.get(text) ?? "", piece: mark }
  return {
    hide,
    mark,
    alias,
    beginning: (beginning, whole) => {
      if (beginning === "" || Mark.isMark(beginning)) return beginning
      const mark = Mark.write(numberOf(whole?.startsWith(beginning) === true ? whole : beginning), beginning, ["start"])
      if (beginning !== whole && !isWords(beginning)) alias(beginning, mark)
      return mark
    },
    without: (text) =>
      collecting || text.length < shortest ? text : Mark.between(text, (gap) => finder.replace(gap, instead)),
    settle: () => {
      const fresh = [...shown.keys()].filter((text) => !settled.has(text))
      for (const text of fresh) {
        settled.add(text)
        const hidden = Mark.isMark(shown.get(text) ?? "")
        // A secret may contain text that looks like a mark, and is searched for between the marks of a text.
        const pieces = hidden ? [...partsOf(text), ...Mark.gaps(text), ...(isAnswered ? encodings(text) : [])] : []
        for (const form of [text, ...base64s(text), ...pieces]) finder.add(form, text)
        for (const run of hidden && isAnswered ? randomRuns(text) : []) finder.addPieces(run)
      }
      collecting = false
      return fresh.length > 0
    },
    collecting: () => collecting,
  }
}

/** Returns the numbers of the marks that a string already contains, including marks in base64. */
const takenIn = (text: string): ReadonlySet<number> => {
  const inside = base64Marks.test(text)
    ? (text.match(/[A-Za-z0-9+/]{12,}/g) ?? []).filter((run) => base64Marks.test(run)).map(decoded)
    : []
  return new Set([text, ...inside].flatMap((one) => Mark.all(one).map(({ number }) => number)))
}

/** Matches `hidden-` in base64, at each possible offset. */
export const base64Marks = /aGlkZGVuL|hpZGRlbi|oaWRkZW4t/

const decoded = (base64: string): string => {
  try {
    return atob(base64.slice(0, base64.length - (base64.length % 4)))
  } catch {
    return ""
  }
}
