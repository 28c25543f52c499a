/**
 * The secrets of one exchange: their numbers, and how they are found again in what others wrote.
 */
import type { Exchange } from "../../Exchange.ts"
import * as Finder from "./finder.ts"
import * as Mark from "./mark.ts"
import { base64s, encodings, isWords, partsOf, randomRuns } from "./spellings.ts"

/** The secrets of one exchange. */
export interface Secrets {
  /**
   * The mark of a secret, which is then searched for everywhere. A secret made of words is searched for only if its field marks
   * it as a secret (`sure`), because the vendor's text may use the same words.
   */
  readonly hide: (secret: string, sure?: boolean) => string
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
export const shortest = Finder.shortest

/**
 * Values that are hidden in unknown places, and yet are no secrets elsewhere: a media type, a
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
  // Without an answer no server has quoted anything in another spelling.
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
    if (shown.get(secret) !== written && (sure || !isWords(secret))) alias(secret, written)
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
        // A secret may have in it what looks like a mark, and is looked for between the marks of a text.
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
