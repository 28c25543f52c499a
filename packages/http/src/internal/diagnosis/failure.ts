/**
 * Determines why a response is missing. The sources are the client's error code, the client's message, and the output of
 * another program.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import * as Keys from "../errors/transport/keys.ts"
import * as Transport from "../errors/transport/rows.ts"
import * as Localized from "./localized.ts"
import * as Numbers from "./numbers.ts"
import * as Sentences from "./sentences.ts"
import * as Unsent from "./unsent.ts"

/** A failure and its row in the transport table. */
export interface Failure {
  /**
   * The key of the row; if no row has a matching key, one of this module's own names. Examples of the module's own names are
   * `CORS`, `browser`, `blocked by the page`, `fetch failed` and `no answer`.
   */
  readonly key: string
  readonly row: Row
  /** The client's message. */
  readonly text: string
}

/** Maps error names to keys, for programs that print only the name of an error. */
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

/** Reads the message of a failure. It never throws. */
export const read = (text: string): Failure => {
  const key = keyOf(text)
  return { key, row: Transport.find({ key: rows[key] ?? key, status: 0 }), text }
}

/** The keys of the table rows for this module's own names. */
const rows: Readonly<Record<string, string>> = { "no connection": "ECONNREFUSED", pool: "ECONNREFUSED" }

/**
 * The failure for an exchange that has neither a response nor a stated reason; a browser shows such an exchange with status
 * 0.
 */
export const silent: Failure = { key: "no answer", row: Transport.find({ key: "", status: 0 }), text: "" }

/** Codes that report only that TLS failed. The message after the code may contain more details. */
const vague: ReadonlySet<string> = new Set(["EPROTO", "ERR_SSL_*", "ERR_TLS_*"])

/** The keys of messages that are more specific than the accompanying code. */
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

/**
 * Matches the message of the client's own timeout. axios and superagent report this timeout with the code ECONNABORTED
 * (axios-http.com/docs/handling_errors). Without such a message, the code means that the connection was aborted.
 */
const ownTimeout = /\btimeout (?:of \d{1,9} ?ms )?exceeded|\btimed[ -]out\b/i

/** The maximum number of characters of a message that are read. The first sentence of a message identifies the failure. */
const longest = 2000

const keyOf = (words: string): string => {
  const text = words.slice(0, longest)
  const hidden = Sentences.ofBrowser(text)
  if (hidden !== undefined) return hidden
  const unsent = Unsent.keyOf(text)
  if (unsent !== undefined) return unsent
  // These messages override the code beside them: `queryA ECONNREFUSED` means that the name server refused.
  const sentence = Sentences.keyOf(text)
  if (sentence !== undefined && ahead.has(sentence)) return sentence
  if (Keys.isUnfinishedHandshake(text)) return "unfinished handshake"
  const code = codeIn(text)
  if (code === "ECONNABORTED" && ownTimeout.test(text)) return "RequestTimedOut"
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

/** The keys of phrases that also occur in prose and therefore do not prove a failure on their own. */
const weak: ReadonlySet<string> = new Set([
  "",
  "RequestTimedOut",
  "UND_ERR_DESTROYED",
  "connect *",
  "InvalidUrlError",
  "fetch failed",
])

/** Whether the text can only be the message of a transport failure. */
export const isTold = (text: string): boolean =>
  !weak.has(keyOf(text)) ||
  Numbers.keyOf(text) !== undefined ||
  Localized.keyOf(text) !== undefined ||
  /\b(?:timed[ -]?out|timeout (?:of \d{1,9} ?ms )?exceeded|context deadline exceeded|Timeout(?:Error|Exception)|Timeout awaiting '|HttpClient\.Timeout of|no route to host|network is unreachable)\b/i.test(
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
