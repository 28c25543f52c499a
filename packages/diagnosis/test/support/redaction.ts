/** A redaction of every kind of name, and functions that search for a secret in the result. */
import { type Exchange, Redaction } from "@holdfast/diagnosis"

/** A small vocabulary with an entry of each kind. */
export const redact = Redaction.make([
  {
    headers: new Set(["content-type", "content-length", "x-request-id", "www-authenticate"]),
    query: new Set(["page", "uploads"]),
    fields: new Set(["key", "grant_type", "redirect"]),
    members: new Set(["error", "message", "status", "errors", "id"]),
    elements: new Set(["code", "message", "resource"]),
    masks: { credential: (value, hide) => `${value.slice(0, 4)}${hide(value.slice(4))}` },
  },
])

export const percent = (text: string): string => encodeURIComponent(text)
const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join(""))
export const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const json = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The forms in which a server may quote what it was sent. */
export const writings = {
  raw: (text: string) => text,
  percent,
  "lower-case percent": (text: string) => percent(text).replaceAll(/%../g, (octet) => octet.toLowerCase()),
  "form-encoded": (text: string) => new URLSearchParams([["", text]]).toString().slice(1),
  "twice percent": (text: string) => percent(percent(text)),
  JSON: json,
  XML: xml,
  "XML attribute": (text: string) => xml(text).replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  base64,
  "base64 of URLs": (text: string) => base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
}

/** Every text in an exchange, including names. */
export const textsIn = (u: unknown): ReadonlyArray<string> =>
  typeof u === "string"
    ? [u]
    : typeof u === "object" && u !== null
      ? Object.entries(u).flatMap(([name, value]) => [name, ...textsIn(value)])
      : []

export const leaks = (exchange: Exchange.Exchange, secret: string): ReadonlyArray<string> =>
  Object.entries(writings).flatMap(([way, write]) =>
    textsIn(exchange).flatMap((text) => (text.includes(write(secret)) ? [`${way} in ${text}`] : [])),
  )

export const url = (text: string): string => redact({ request: { url: text } }).request!.url!
export const answer = (body: string, headers: Record<string, string> = {}): string =>
  redact({ response: { status: 400, headers, body } }).response!.body!
export const sent = (body: string, headers: Record<string, string> = {}): string =>
  redact({ request: { headers, body } }).request!.body!
