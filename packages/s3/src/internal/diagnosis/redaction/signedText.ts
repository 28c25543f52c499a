/**
 * What a server says it signed, line by line: a canonical request, or a string to sign of either version.
 *
 * A line is shown where it is what must stand in its place, and hidden whole wherever it is not: servers put anything there,
 * and a word alone on a line may be a key.
 */
import type { Hide } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../decoded.ts"

/** What may be seen. Names are in lower case. */
export interface Naming {
  readonly header: (name: string) => boolean
  readonly parameter: (name: string) => boolean
  /** Shows a credential in part. */
  readonly credential: (text: string) => string
}

/** Shows one line, or hides it. */
type Show = (line: string, hide: Hide, naming: Naming) => string

/** Redacts a signed text of several lines. */
export const signed = (text: string, hide: Hide, naming: Naming): string => {
  const written = text.split("\n")
  const lines = written.map((line) => line.replace(/\r$/, ""))
  return places(lines)
    .map((show, index) => {
      const line = lines[index] ?? ""
      return (line === "" ? line : show(line, hide, naming)) + (line === written[index] ? "" : "\r")
    })
    .join("\n")
}

/** What stands on which line. */
const places = (lines: ReadonlyArray<string>): ReadonlyArray<Show> => {
  const [first = "", second = ""] = lines
  const end = lines.length - 1
  if (algorithm.test(first)) {
    // The text of a chunk has the signature of the one before instead of the hash.
    const hash = first.endsWith("-PAYLOAD") || first.endsWith("-TRAILER") ? never : only(digest)
    return lines.map((_, index) => [only(algorithm), only(basicDate), scope, hash][index] ?? never)
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
  // Version 2: the resource is the last line.
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

const algorithm = /^(?:AWS4|GOOG4|OSS4)-[A-Z0-9-]{1,40}$/
const basicDate = /^\d{8}T\d{6}Z$/
const digest = /^[\da-f]{64}$/
const method = /^(?:DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT)$/
const md5 = /^[A-Za-z0-9+/]{22}==$/
const payload = /^(?:[\da-f]{64}|UNSIGNED-PAYLOAD|STREAMING-(?:[A-Z0-9]+-){1,8}[A-Z0-9]+)$/
/** A date of HTTP, or the second of the epoch at which a URL ends. */
const date = /^(?:[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]{8} (?:GMT|[+-]\d{4})|\d{9,13})$/
/** As the scope of a credential is shown. */
const scope: Show = (line, _, naming) => naming.credential(`/${line}`).slice(1)

const mediaType: Show = (line, hide) =>
  /^(?:application|audio|font|image|message|model|multipart|text|video)\/[\w.+-]{1,80}(?:; ?charset=[\w-]{1,20})?$/i.test(
    line,
  )
    ? hide.visible("content-type", line)
    : hide(line)

/** As the path of an address is shown. */
const path: Show = (line, hide) =>
  /^\/[^\s?]*$/.test(line) ? `/${hide.visible("", `${line}?`).replace(/\?$/, "").replace(/^\//, "")}` : hide(line)

const query: Show = (line, hide, naming) =>
  line
    .split("&")
    .map((pair) => {
      const [name = "", value] = pair.split(/=(.*)/s)
      const known = name.toLowerCase()
      if (value === undefined || /^=*$/.test(value)) return naming.parameter(known) ? pair : hide(pair)
      if (known === "x-amz-credential") return `${name}=${naming.credential(value)}`
      if (known === "x-amz-signedheaders") return `${name}=${listed(value, hide)}`
      // Decoded, as the parameters of a URL are before they are hidden: equal secrets get equal marks.
      return naming.parameter(known) ? pair : `${name}=${hide(decoded(value))}`
    })
    .join("&")

const header: Show = (line, hide, naming) => {
  const [, name = "", value = ""] = /^([\w-]+):(.*)$/s.exec(line) ?? []
  const known = name.toLowerCase()
  if (naming.header(known)) return `${name}:${hide.visible(known, value)}`
  return isHeader(name) ? `${name}:${hide(value)}` : hide(line)
}

/** Whether a word is a header's name by its shape: no key or token has it. */
const isHeader = (name: string): boolean =>
  /^[a-z]{1,16}(?:-(?:[a-z]{1,16}\d{0,4}|\d{1,4}|md5|crc64nvme|crc32c)){0,6}$/i.test(name)

/** The names of headers in a list, as they stand on a line or, encoded, in a query; another word among them may be a key. */
export const listed = (list: string, hide: Hide): string =>
  list
    .split(/(;|%3B)/i)
    .map((name) => (/^(?:;|%3B)?$/i.test(name) || isHeader(name) ? name : hide(name)))
    .join("")

const names: Show = (line, hide) => (line.split(";").every(isHeader) ? line : hide(line))

const resource: Show = (line, hide, naming) => {
  const [place = "", parameters] = line.split(/\?(.*)/s)
  return path(place, hide, naming) + (parameters === undefined ? "" : `?${query(parameters, hide, naming)}`)
}
