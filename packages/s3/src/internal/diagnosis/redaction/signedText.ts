/**
 * Redacts, line by line, the text that a server reports as signed: a canonical request, or a string to sign of either
 * version.
 *
 * A line is shown only if it matches the format expected at its position. Otherwise, the whole line is hidden, because
 * servers can put any text there and a single word may be a key.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import type { Hide } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../decoded.ts"
import * as Layout from "../signature/layout.ts"

/** The names of visible values, in lowercase. */
export interface Naming {
  readonly header: (name: string) => boolean
  readonly parameter: (name: string) => boolean
  /** Masks a credential. */
  readonly credential: (text: string) => string
  /** Whether the request contains a header with this name. The header's value is redacted wherever it appears. */
  readonly isSent: (name: string) => boolean
}

/** The names of the headers in the request. */
export const sentIn = ({ request }: Exchange): ((name: string) => boolean) => {
  const names = new Set(Object.keys(request?.headers ?? {}).map((name) => name.toLowerCase()))
  return (name) => names.has(name.toLowerCase())
}

/** Shows or hides one line. */
type Show = (line: string, hide: Hide, naming: Naming) => string

/** Redacts signed text that spans several lines. */
export const signed = (text: string, hide: Hide, naming: Naming): string => {
  // Restores the line breaks of a text that lost them.
  const written = text.includes("\n") ? text.split("\n") : (Layout.lines(text) ?? [text])
  const lines = written.map((line) => line.replace(/\r$/, ""))
  return places(lines)
    .map((show, index) => {
      const line = lines[index] ?? ""
      return (line === "" ? line : show(line, hide, naming)) + (line === written[index] ? "" : "\r")
    })
    .join("\n")
}

/** The formatting functions for each line. */
const places = (lines: ReadonlyArray<string>): ReadonlyArray<Show> => {
  const [first = "", second = ""] = lines
  if (Layout.algorithm.test(first)) {
    // The text of a chunk has the previous signature in place of the hash.
    const hash = first.endsWith("-PAYLOAD") || first.endsWith("-TRAILER") ? never : only(digest)
    return lines.map((_, index) => [only(Layout.algorithm), only(basicDate), scope, hash][index] ?? never)
  }
  if (first === "sha1") return lines.map((_, index) => [only(/^sha1$/), only(period), only(sha1)][index] ?? never)
  if (cosMethod.test(first)) {
    return lines.map((_, index) => [only(cosMethod), path, query, cosHeaders][index] ?? never)
  }
  if (!method.test(first)) return lines.map(() => never)
  if (second.startsWith("/")) {
    const blank = lines.indexOf("", 3)
    return lines.map((_, index) => {
      if (index < 3) return [only(method), path, query][index] ?? never
      if (blank === -1 || index < blank) return header
      return [never, names, only(payload)][index - blank] ?? never
    })
  }
  // In version 2 the resource is the last line.
  const end = lines.findLastIndex((line) => line !== "")
  return lines.map((_, index) => {
    if (index < 4) return [only(method), only(md5), mediaType, only(date)][index] ?? never
    return index === end ? resource : header
  })
}

const never: Show = (line, hide) => hide(line)

const only =
  (shape: RegExp): Show =>
  (line, hide) =>
    shape.test(line) ? line : hide(line)

/** Accepts common signer mistakes: fractional seconds or missing letters. */
const basicDate = /^\d{8}T?\d{6}(?:\.?\d{1,6})?Z?$/
const digest = /^[\da-f]{64}$/
const sha1 = /^[\da-f]{40}$/
/** The validity period of a Tencent signature, as start and end in seconds since the epoch. */
const period = /^\d{9,11};\d{9,11}$/
const method =
  /^(?:CONNECT|COPY|DELETE|GET|HEAD|LINK|LOCK|MKCOL|MOVE|OPTIONS|PATCH|POST|PROPFIND|PROPPATCH|PUSH|PUT|SEARCH|TRACE|UNLOCK)$/
const cosMethod = /^(?:delete|get|head|options|post|put)$/
const md5 = /^[A-Za-z0-9+/]{22}==$/
const payload = /^(?:[\da-f]{64}|UNSIGNED-PAYLOAD|STREAMING-(?:[A-Z0-9]+-){1,8}[A-Z0-9]+)$/
/** An HTTP date, or the time in seconds since the epoch at which a URL expires. */
const date = /^(?:[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]{8} (?:GMT|[+-]\d{4})|\d{9,13})$/
/** Whether the text has the format of a credential's scope. */
const scope: Show = (line, _, naming) => naming.credential(`/${line}`).slice(1)

const mediaType: Show = (line, hide) =>
  /^(?:application|audio|font|image|message|model|multipart|text|video)\/[\w.+-]{1,80}(?:; ?(?:boundary|charset)="?[\w-]{1,80}"?)?$/i.test(
    line,
  )
    ? hide.visible("content-type", line)
    : hide(line)

/** Whether the text has the format of a URL path. */
const path: Show = (line, hide) =>
  /^\/[^?]*$/.test(line) ? `/${hide.visible("", `${line}?`).replace(/\?$/, "").replace(/^\//, "")}` : hide(line)

const query: Show = (line, hide, naming) =>
  line
    .split("&")
    .map((pair) => {
      const [name = "", value] = pair.split(/=(.*)/s)
      const known = name.toLowerCase()
      if (value === undefined || /^=*$/.test(value)) return naming.parameter(known) ? pair : hide(pair)
      if (/^x-(?:amz|goog|oss)-credential$/.test(known)) return `${name}=${naming.credential(value)}`
      if (/^x-(?:amz|goog)-signedheaders$/.test(known)) return `${name}=${listed(value, hide, naming.isSent)}`
      // Decoded like the parameters of a URL before redaction, so that equal secrets get equal marks.
      return naming.parameter(known) ? pair : `${name}=${hide(decoded(value))}`
    })
    .join("&")

const header: Show = (line, hide, naming) => {
  const [, name = "", value = ""] = /^([\w-]+):(.*)$/s.exec(line) ?? []
  const known = name.toLowerCase()
  if (naming.header(known)) return `${name}:${hide.visible(known, value)}`
  return isHeader(name, naming.isSent) ? `${name}:${hide(value)}` : hide(line)
}

/** Tencent's list of headers: `name=value&…` with percent-encoded values. */
const cosHeaders: Show = (line, hide, naming) =>
  line
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=")
      const name = equals === -1 ? pair : pair.slice(0, equals)
      if (!isHeader(name, naming.isSent)) return hide(pair)
      const value = equals === -1 ? "" : pair.slice(equals + 1)
      return naming.header(name.toLowerCase()) || value === "" ? pair : `${name}=${hide(decoded(value))}`
    })
    .join("&")

/**
 * Whether the word has the format of a header name, which keys and tokens do not have. The longest header names of storage
 * services are those for encryption: `x-amz-server-side-encryption-customer-key-md5`.
 */
const isHeader = (name: string, isSent: (name: string) => boolean): boolean =>
  own.test(name) ||
  /^[a-z]{1,16}(?:-(?:[a-z]{1,16}\d{0,4}|\d{1,4}|md5|crc64nvme|crc32c)){0,6}$/i.test(name) ||
  isSent(name)

const own =
  /^x-(?:amz|goog|oss|cos|obs|ms|minio|rgw)(?:-(?:[a-z]{1,16}|md5|sha1|sha256|crc32|crc32c|crc64nvme)){1,14}$/i

/**
 * The header names in a list, which is either a line of plain text or encoded in a query. Any other word in the list may be a
 * key.
 */
export const listed = (list: string, hide: Hide, isSent: (name: string) => boolean): string =>
  list
    .split(/(;|%3B|%253B)/i)
    .map((name) => (/^(?:;|%3B|%253B)?$/i.test(name) || isHeader(name, isSent) ? name : hide(name)))
    .join("")

const names: Show = (line, hide, naming) => listed(line, hide, naming.isSent)

const resource: Show = (line, hide, naming) => {
  const [place = "", parameters] = line.split(/\?(.*)/s)
  return path(place, hide, naming) + (parameters === undefined ? "" : `?${query(parameters, hide, naming)}`)
}
