/**
 * Why there is no answer, told from the words that a client gave: a code, a message, or the text of another program.
 */
import type { Row } from "@holdfast/core/ErrorRows"
import * as Keys from "../errors/transport/keys.ts"
import * as Transport from "../errors/transport/rows.ts"

/** A failure and the row of the transport table that it belongs to. */
export interface Failure {
  /** The key of the row, or one of our own names where no row has it: `browser`, `fetch failed`, `no answer`. */
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

/** A sentence about the server's certificate: in an alert, the server rejects that of the client. */
const ofServer = ({ source }: RegExp): RegExp => new RegExp(`^(?!.*(?:\\balert|remote error)).*(?:${source})`, "is")

/** What browsers, curl, Go, Java and Python say instead of a code; the first that fits. */
const sentences: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /Proxy response \(\d{3}\)|CONNECT tunnel failed|HTTP code \d{3} from proxy|Proxy Authentication Required/i,
    "PROXY_REFUSED_*",
  ],
  [/certificate has expired|ERR_CERT_DATE_INVALID/i, "CERT_HAS_EXPIRED"],
  [/certificate is not yet valid/i, "CERT_NOT_YET_VALID"],
  [ofServer(/expired certificate|certificate (?:is )?expired/), "CERT_HAS_EXPIRED"],
  [ofServer(/certificate not yet valid/), "CERT_NOT_YET_VALID"],
  [
    ofServer(/certificate (?:is |was |has been )?revoked|revoked certificate|ERR_CERT_REVOKED|REVOKED_CERTIFICATE/),
    "CERT_REVOKED",
  ],
  [
    /altnames|(?:host ?name|ip address)[ _]mismatch|doesn't match|certificate is (?:not )?valid for|subject ?name.* match|COMMON_NAME_INVALID/i,
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ],
  [/self[- ]signed certificate in (?:certificate )?chain/i, "SELF_SIGNED_CERT_IN_CHAIN"],
  [/self[- ]signed/i, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [
    /unable to (?:get|verify|find).*(?:certificate|issuer|path)|unknown authority|UNKNOWN_ISSUER|CERTIFICATE_VERIFY_FAILED|certificate problem|ERR_CERT_AUTHORITY/i,
    "UNABLE_TO_*",
  ],
  [
    /wrong version number|packet length too long|not look like a TLS handshake|record too long|unrecognized SSL message/i,
    "ERR_SSL_WRONG_VERSION_NUMBER",
  ],
  [/ssl.*http request|malformed HTTP response "\\x15/i, "ERR_SSL_HTTP_REQUEST"],
  [/handshake failure/i, "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE"],
  [/alert protocol version|unsupported protocol|VERSION_OR_CIPHER/i, "ERR_SSL_UNSUPPORTED_PROTOCOL"],
  [/handshake.*(?:EOF|closed|reset)|SSL_ERROR_SYSCALL/i, "unfinished handshake"],
  [/temporary failure in name resolution/i, "EAI_*"],
  [
    /could ?n[o']t (?:be )?resolve|no such host|name or service not known|nodename nor servname|NAME_NOT_RESOLVED|UnknownHost|getaddrinfo/i,
    "ENOTFOUND",
  ],
  [/connection refused|CONNECTION_REFUSED|failed to connect to|could ?n[o']t connect/i, "ECONNREFUSED"],
  [/broken pipe|send failure/i, "EPIPE"],
  [
    /reset by peer|connection reset|CONNECTION_RESET|CONNECTION_CLOSED|socket hang up|other side closed|empty reply|remote(?: end)? ?(?:closed|disconnected)|connection aborted|server disconnected|forcibly closed/i,
    "ECONNRESET",
  ],
  [/connect(?:ion)? ?time|CONNECTION_TIMED_OUT|dial tcp.*timeout/i, "connect ETIMEDOUT"],
  [/timed? ?out|timeout|deadline exceeded/i, "RequestTimedOut"],
  [/unreachable|no route to host|INTERNET_DISCONNECTED|NETWORK_CHANGED/i, "connect *"],
  [
    /^(?:TypeError: )?terminated$|premature close|INCOMPLETE_CHUNKED|CONTENT_LENGTH_MISMATCH|transfer closed|IncompleteRead|unexpected EOF/i,
    "TruncatedBody",
  ],
  [/^EOF$|: EOF$/, "ECONNRESET"],
  [/failed to fetch|load failed|NetworkError when|^network ?error$|ERR_FAILED|CORS/i, "browser"],
  [/fetch failed/i, "fetch failed"],
  [/abort/i, "UND_ERR_DESTROYED"],
]

/** Reads the words of a failure. Total. */
export const read = (text: string): Failure => {
  const key = keyOf(text)
  return { key, row: Transport.find({ key, status: 0 }), text }
}

/** No answer, and nobody says why: what a browser shows as status 0. */
export const silent: Failure = { key: "no answer", row: Transport.find({ key: "", status: 0 }), text: "" }

/** Codes that say no more than that TLS failed: the sentence behind them may know more. */
const vague: ReadonlySet<string> = new Set(["EPROTO", "ERR_SSL_*", "ERR_TLS_*"])

/** The length of the message that is read, in characters: the first sentence names the failure. */
const longest = 2000

const keyOf = (words: string): string => {
  const text = words.slice(0, longest)
  if (Keys.isUnfinishedHandshake(text)) return "unfinished handshake"
  const code = codeIn(text)
  if (code !== undefined && !vague.has(code)) return code
  return sentences.find(([pattern]) => pattern.test(text))?.[1] ?? code ?? ""
}

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
