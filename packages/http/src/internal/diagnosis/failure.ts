/**
 * Why there is no answer, told from the words that a client gave: a code, a message, or the text of another program.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import * as Keys from "../errors/transport/keys.ts"
import * as Transport from "../errors/transport/rows.ts"
import * as Localized from "./localized.ts"
import * as Numbers from "./numbers.ts"
import * as Sentences from "./sentences.ts"
import * as Unsent from "./unsent.ts"

/** A failure and the row of the transport table that it belongs to. */
export interface Failure {
  /** The key of the row, or one of our own names where no row has it: `CORS`, `browser`, `blocked by the page`, `fetch failed`, `no answer`. */
  readonly key: string
  readonly row: Row
  /** The client's own words. */
  readonly text: string
}

/** The names of the errors, where a program kept only those. */
const names: Readonly<Record<string, string>> = {
  ...Keys.byName,
  ConnectionRefused: "ECONNREFUSED",
  ConnectionReset: "ECONNRESET",
  DnsFailure: "ENOTFOUND",
  EHOSTDOWN: "connect *",
  EHOSTUNREACH: "connect *",
  ENETDOWN: "connect *",
  ENETUNREACH: "connect *",
  TlsFailure: "EPROTO",
}

/** Reads the words of a failure. Total. */
export const read = (text: string): Failure => {
  const key = keyOf(text)
  return { key, row: Transport.find({ key: rows[key] ?? key, status: 0 }), text }
}

/** Rows of the table for names of our own. */
const rows: Readonly<Record<string, string>> = { "no connection": "ECONNREFUSED", pool: "ECONNREFUSED" }

/** No answer and no reason: what a browser shows as status 0. */
export const silent: Failure = { key: "no answer", row: Transport.find({ key: "", status: 0 }), text: "" }

/** Codes that say no more than that TLS failed: the sentence behind them may know more. */
const vague: ReadonlySet<string> = new Set(["EPROTO", "ERR_SSL_*", "ERR_TLS_*"])

/** Sentences that know more than the code beside them. */
const ahead: ReadonlySet<string> = new Set([
  "pool",
  "function limit",
  "proxy unreachable",
  "redirect loop",
  "page as data",
  "bad encoding",
  "empty as data",
  "plain http forbidden",
  "client certificate",
  "weak certificate",
  "EAI_*",
  "HPE_*",
])

/** The length of the message that is read, in characters: the first sentence names the failure. */
const longest = 2000

const keyOf = (words: string): string => {
  const text = words.slice(0, longest)
  const hidden = Sentences.ofBrowser(text)
  if (hidden !== undefined) return hidden
  const unsent = Unsent.keyOf(text)
  if (unsent !== undefined) return unsent
  // What these say decides, whatever code stands beside it: `queryA ECONNREFUSED` is the name server's refusal.
  const sentence = Sentences.keyOf(text)
  if (sentence !== undefined && ahead.has(sentence)) return sentence
  if (Keys.isUnfinishedHandshake(text)) return "unfinished handshake"
  const code = codeIn(text)
  if (code !== undefined && !vague.has(code)) return code
  return (
    sentence ??
    code ??
    Numbers.keyOf(text) ??
    Localized.keyOf(text) ??
    Sentences.vagueOf(text) ??
    Sentences.ofCurl(text) ??
    ""
  )
}

/** Words of prose as well: alone they are no sign of a failure. */
const weak: ReadonlySet<string> = new Set([
  "",
  "RequestTimedOut",
  "UND_ERR_DESTROYED",
  "connect *",
  "InvalidUrlError",
  "fetch failed",
])

/** Whether words name a failure of the transport so that nothing else can be meant. */
export const isTold = (text: string): boolean =>
  !weak.has(keyOf(text)) ||
  Numbers.keyOf(text) !== undefined ||
  Localized.keyOf(text) !== undefined ||
  /\b(?:timed[ -]?out|context deadline exceeded|Timeout(?:Error|Exception)|Timeout awaiting '|HttpClient\.Timeout of|no route to host|network is unreachable)\b/i.test(
    text,
  )

const codeIn = (text: string): string | undefined => {
  const connecting = /\bconnect\b/.test(text)
  for (const word of text.match(/[A-Za-z][A-Za-z0-9_]{3,}/g) ?? []) {
    if (connecting && Keys.keys.has(`connect ${word}`)) return `connect ${word}`
    if (Keys.keys.has(word)) return word
    const named = Object.hasOwn(names, word) ? names[word] : undefined
    if (named !== undefined) return named
    const family = Keys.familyOf(word)
    if (family !== undefined) return family
  }
  return undefined
}
