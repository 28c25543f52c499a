/**
 * A few words: a code, a status and a code, a sentence with one in it.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as Around from "./around.ts"
import { exchangeOf } from "./codes.ts"
import type { Recognized } from "./recognized.ts"

/** How many words of a text are looked up, from its start. */
const most = 200

/** A word that can be a code: CamelCase, capitals or snake_case; prose has none of these. */
const codes =
  /\b(?:[A-Z][a-z]{1,30}(?:[A-Z0-9][A-Za-z0-9]{0,40}){1,8}|[A-Z][A-Z0-9]{2,30}(?:_[A-Z0-9]{1,30}){0,8}|[a-z]{2,30}(?:_[a-z]{2,30}){1,6})\b/g

/** How long a text may be of which every word is looked up, with its neighbours: `signature does not match`. */
const short = 200

/** The codes that a short text may mean: it may be written in any case, and in words. */
const spelled = (text: string): ReadonlyArray<string> => {
  if (text.length > short) return []
  const words = text.match(/[A-Za-z][A-Za-z0-9_]{1,40}/g) ?? []
  return words.flatMap((_, start) =>
    [5, 4, 3, 2, 1].flatMap((count) => {
      const some = words.slice(start, start + count)
      // One small word of prose is no code: `error`, `timeout`.
      if (some.length < count || (count === 1 && words.length > 1)) return []
      return count === 1 ? some : [some.join(""), some.join("_"), some.join(" ")]
    }),
  )
}

/** Reads the first code of any vendor's table, or a bare status. */
export const read = (text: string): Recognized | undefined => {
  const stated = Around.statusIn(text) ?? bareStatus(text)
  for (const word of [...(text.match(codes) ?? []).slice(0, most), ...spelled(text)]) {
    const exchange = exchangeOf(word)
    if (exchange !== undefined) return { exchange: withText(exchange, text, stated), as: `the error code ${word}` }
  }
  if (stated === undefined || stated < 300) return undefined
  const request = Around.requestIn(text)
  return {
    exchange: { ...(request === undefined ? {} : { request }), response: { status: stated } },
    as: `the status ${stated} alone`,
  }
}

/** A status at the start of a text of few words: `403 Forbidden AccessDenied`. */
const bareStatus = (text: string): number | undefined => {
  const [, status] = text.length > 200 ? [] : (/^\s{0,8}([45]\d\d)\b/.exec(text) ?? [])
  return status === undefined ? undefined : Number(status)
}

const withText = (exchange: Exchange, text: string, status: number | undefined): Exchange => {
  const { response } = exchange
  const request = Around.requestIn(text)
  const { isStatusAssumed: _, ...answer } = response ?? { status: 0 }
  return {
    ...exchange,
    ...(request === undefined ? {} : { request }),
    ...(response === undefined || status === undefined ? {} : { response: { ...answer, status } }),
  }
}
