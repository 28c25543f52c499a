/**
 * Reads HTTP/1.1 requests and responses from text, even if they are incomplete.
 */
import type { Request, Response } from "../../Exchange.ts"
import { header } from "../../Exchange.ts"
import * as Coding from "./coding.ts"
import * as Multipart from "./multipart.ts"
import * as Octets from "./octets.ts"

/**
 * Matches the first line of a request. The HTTP version may be missing after an absolute URL, as in request files for
 * editors.
 */
const requestLine = (line: string): { readonly method: string; readonly target: string } | undefined => {
  const [, method, after = ""] = /^([A-Za-z][A-Za-z-]{0,30}) +(\S.*)$/.exec(line) ?? []
  if (method === undefined) return undefined
  const rest = Octets.trimEnd(after, " \t")
  const version = rest.lastIndexOf(" HTTP/")
  if (version !== -1 && /^ HTTP\/\d(?:\.\d)?$/.test(rest.slice(version))) {
    return { method, target: Octets.trimEnd(rest.slice(0, version), " ") }
  }
  return /^[a-z][a-z+.-]{1,20}:\/\/\S+$/.test(rest) ? { method, target: rest } : undefined
}

/** Matches the first line of a response. */
const statusLine = /^HTTP\/\d(?:\.\d)? ([1-9]\d\d)(?: (.*))?$/

/**
 * The maximum length, in characters, of the part of the reason phrase that is kept. Azure sends whole sentences as reason
 * phrases.
 */
const longestReason = 300

export const isRequestLine = (line: string): boolean => requestLine(line) !== undefined
export const isStatusLine = (line: string): boolean => statusLine.test(line)

/** The lines before the body, and the body itself. */
interface Head {
  readonly first: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether lines end with a carriage return, as on the wire. */
  readonly asSent: boolean
}

/**
 * Splits the head from the body. The head ends at a blank line, or where a response begins without a preceding blank line.
 */
const readHead = (octets: string): Head => {
  const text = octets.replace(/^(?:[ \t]*\r?\n)+/, "")
  const lines: Array<string> = []
  let at = 0
  let asSent = false
  while (at < text.length) {
    const end = text.indexOf("\n", at)
    const whole = text.slice(at, end === -1 ? undefined : end)
    const line = whole.replace(/\r$/, "")
    if (lines.length > 0 && isStatusLine(line)) break
    asSent ||= line !== whole
    at = end === -1 ? text.length : end + 1
    if (line.trim() === "") break
    lines.push(line)
  }
  const [first = "", ...rest] = lines
  return { first, headers: headersOf(rest), body: text.slice(at), asSent }
}

/** Joins the values of repeated headers under the first spelling of the header name. */
const headersOf = (lines: ReadonlyArray<string>): Readonly<Record<string, string>> => {
  const found = new Map<string, { readonly name: string; readonly values: Array<string> }>()
  let current: { readonly values: Array<string> } | undefined
  for (const line of lines) {
    const [, name, value = ""] = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)$/.exec(line) ?? []
    if (name !== undefined) {
      const entry = found.get(name.toLowerCase()) ?? { name, values: [] }
      entry.values.push(Octets.text(value.trim()))
      found.set(name.toLowerCase(), entry)
      current = entry
    } else if (/^[ \t]/.test(line) && current !== undefined) {
      // A folded line, which RFC 9112 still allows.
      current.values.push(`${current.values.pop() ?? ""} ${Octets.text(line.trim())}`)
    }
  }
  return Object.fromEntries([...found.values()].map(({ name, values }) => [name, values.join(", ")]))
}

/** Properties of the capture that the message itself does not show. */
export interface Origin {
  /** Whether the body is complete; if it is, an empty body in the capture means that an empty body was sent. */
  readonly literal: boolean
  /** Whether the connection used TLS, if the capture shows it. */
  readonly secure?: boolean | undefined
}

/** Reads a request; returns `undefined` if the text has no request line. */
export const readRequest = (octets: string, { literal, secure }: Origin): Request | undefined => {
  const { asSent, body: raw, first, headers } = readHead(octets)
  const line = requestLine(first)
  if (line === undefined) return undefined
  const body = bodyOf(raw, headers)
  const length = lengthOf(headers)
  const content = read(body, headers)
  return {
    method: line.method.toUpperCase(),
    url: urlOf(Octets.text(line.target), headers, secure),
    headers,
    ...(content.form === undefined ? {} : { form: content.form }),
    ...(content.text === undefined ? {} : { body: content.text }),
    ...(body === "" && !literal && length !== 0 ? {} : { size: sizeOf(body, content.elided, asSent, length) }),
  }
}

/**
 * The maximum number of interim responses to skip. Usually there are at most three: the response from a proxy, 103 Early
 * Hints and 100 Continue.
 */
const mostInterim = 8

/** Reads a response; returns `undefined` if the text has no status line. Interim responses are skipped. */
export const readResponse = (octets: string, interim = 0): Response | undefined => {
  const { body: raw, first, headers } = readHead(octets)
  const [, digits, phrase = ""] = statusLine.exec(first) ?? []
  const status = Number(digits)
  const reason = Octets.text(phrase.trim().slice(0, longestReason))
  if (Number.isNaN(status)) return undefined
  // 100 Continue, and a proxy's response to CONNECT, precede the response.
  const next =
    interim < mostInterim && isStatusLine(firstLine(raw)) && lengthOf(headers) === undefined
      ? readResponse(raw, interim + 1)
      : undefined
  if (next !== undefined) return next
  const body = bodyOf(raw, headers)
  return {
    status,
    ...(reason === "" ? {} : { reason }),
    headers,
    ...(body === "" ? {} : { body: Coding.text(unchunked(body, headers), headers) }),
  }
}

/**
 * Finds where the response begins in octets that start with a request: after the request's body, as determined by its length,
 * or at the first line that looks like a status line.
 */
export const divide = (octets: string, isBeginning: (line: string) => boolean): number | undefined => {
  const { body, headers } = readHead(octets)
  const start = octets.length - body.length
  const skipped = /^\s*/.exec(body.slice(lengthOf(headers) ?? body.length))?.[0].length ?? 0
  const announced = start + (lengthOf(headers) ?? body.length) + skipped
  if (announced < octets.length && isBeginning(firstLine(octets.slice(announced, announced + 1000)))) return announced
  let at = start
  while (at < octets.length) {
    const end = octets.indexOf("\n", at)
    if (isBeginning(octets.slice(at, end === -1 ? undefined : end).replace(/\r$/, ""))) return at
    if (end === -1) return undefined
    at = end + 1
  }
  return undefined
}

export const firstLine = (octets: string): string => /^[^\r\n]*/.exec(octets)?.[0] ?? ""

const lengthOf = (headers: Readonly<Record<string, string>>): number | undefined => {
  const value = header(headers, "content-length")
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

const isChunked = (headers: Readonly<Record<string, string>>): boolean =>
  /\bchunked\b/i.test(header(headers, "transfer-encoding") ?? "")

/** Returns the body without the line breaks that editors append to a file. */
const bodyOf = (raw: string, headers: Readonly<Record<string, string>>): string => {
  const length = lengthOf(headers)
  if (length !== undefined) return raw.length > length && raw.slice(length).trim() === "" ? raw.slice(0, length) : raw
  return isChunked(headers) ? raw : withoutEnds(raw)
}

/** Removes trailing line breaks. */
const withoutEnds = (text: string): string => {
  let end = text.length
  while (text[end - 1] === "\n") end -= text[end - 2] === "\r" ? 2 : 1
  return text.slice(0, end)
}

/** Removes chunked framing from a body; returns the body unchanged if its chunks are incomplete. */
const unchunked = (body: string, headers: Readonly<Record<string, string>>): string => {
  if (!isChunked(headers)) return body
  const pieces: Array<string> = []
  let at = 0
  while (true) {
    const end = body.indexOf("\n", at)
    const [, digits] = /^([0-9a-f]{1,8})\s*(?:;[^\n]*)?$/i.exec(body.slice(at, end === -1 ? undefined : end)) ?? []
    if (digits === undefined) return body
    const size = Number.parseInt(digits, 16)
    if (size === 0) return pieces.join("")
    if (end === -1 || end + 1 + size > body.length) return body
    pieces.push(body.slice(end + 1, end + 1 + size))
    at = end + 1 + size
    at += /^\r?\n/.exec(body.slice(at, at + 2))?.[0].length ?? 0
  }
}

/** Converts a body to a form or to text, and drops the bytes of files. */
const read = (
  body: string,
  headers: Readonly<Record<string, string>>,
): { readonly form?: Request["form"]; readonly text?: string; readonly elided: number } => {
  const content = unchunked(body, headers)
  const multipart = Multipart.read(content, header(headers, "content-type"))
  if (multipart !== undefined) return { form: multipart.parts, elided: multipart.elided }
  const stated = Multipart.elision(content)
  if (stated !== undefined) return { elided: stated - content.length }
  const text = content.length > longestText ? undefined : Octets.utf8(content)
  // oxlint-disable-next-line no-control-regex -- control characters show that the bytes are no text
  return text === undefined || text === "" || /[\u0000-\u0008\u000e-\u001f]/.test(text)
    ? { elided: 0 }
    : { text, elided: 0 }
}

/** A text body of up to 64 KiB is treated as a document or an encoded form; a longer body is treated as a file. */
const longestText = 64 * 1024

/**
 * The length of a body in bytes.
 *
 * An editor that converts the line endings of a capture removes one byte per line. If these removed bytes explain why the
 * body is shorter than the length in the header, the length in the header is used.
 */
const sizeOf = (body: string, elided: number, asSent: boolean, length: number | undefined): number => {
  const size = body.length + elided
  if (asSent || length === undefined || size >= length) return size
  return size + body.split("\n").length >= length ? length : size
}

/** Builds the requested URL from the request target and the host. */
const urlOf = (target: string, headers: Readonly<Record<string, string>>, secure: boolean | undefined): string => {
  const host = header(headers, "host")
  if (host === undefined || /^[a-z][a-z+.-]*:\/\//i.test(target)) return target
  return `${schemeOf(host, secure)}://${host}${target.startsWith("/") ? target : ""}`
}

/** A request does not contain the scheme of its URL. For localhost, and for ports other than 443, TLS is unlikely. */
const schemeOf = (host: string, secure: boolean | undefined): "http" | "https" => {
  if (secure !== undefined) return secure ? "https" : "http"
  const [, name = "", port] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase()) ?? []
  const loopback = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(name)
  return loopback || (port !== undefined && port !== "443") ? "http" : "https"
}
