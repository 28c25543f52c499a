/**
 * Reads an exchange from a HAR recording (HTTP Archive 1.2), which the network panel of a browser's tools saves.
 *
 * Plain data and plain functions: it runs in a browser, and in a command that must start at once.
 */
import { type Exchange, type FormPart, isFile, type Request, type Response } from "./Exchange.ts"
import * as Multipart from "./internal/capture/multipart.ts"
import * as Octets from "./internal/capture/octets.ts"

/** The exchange of one entry of a recording. */
export interface Recorded {
  readonly exchange: Exchange
  /** The entry's place in the recording, counted from 1. */
  readonly place: number
  /** How many entries the recording has. */
  readonly entries: number
}

type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Whether parsed JSON is a recording. */
export const isRecording = (json: unknown): boolean =>
  isObject(json) && isObject(json["log"]) && Array.isArray(json["log"]["entries"])

/**
 * Reads the last request of a recording that failed, or the last of all. `undefined` if the JSON is not a recording, or the entry
 * has no request.
 *
 * **Details**
 *
 * Total and pure. A status of 0 is no response; Chrome then records why (`net::ERR_CONNECTION_REFUSED`). A recording has the bytes
 * of no file: the parts of a form keep their names and types.
 *
 * **Gotchas**
 *
 * Nothing is redacted here.
 */
export const read = (json: unknown): Recorded | undefined => {
  if (!isObject(json) || !isObject(json["log"]) || !Array.isArray(json["log"]["entries"])) return undefined
  const entries = json["log"]["entries"].filter(isObject)
  const entry = entries.findLast((one) => statusOf(one) >= 400 || statusOf(one) === 0) ?? entries.at(-1)
  if (entry === undefined || !isObject(entry["request"])) return undefined
  const { response } = entry
  const at = textOf(entry["startedDateTime"])
  const failure = isObject(response) ? textOf(response["_error"]) : undefined
  return {
    exchange: {
      request: requestOf(entry["request"]),
      ...(isObject(response) && statusOf(entry) !== 0 ? { response: responseOf(response) } : {}),
      ...(failure === undefined || statusOf(entry) !== 0 ? {} : { failure }),
      ...(at === undefined || Number.isNaN(Date.parse(at)) ? {} : { at }),
    },
    place: entries.indexOf(entry) + 1,
    entries: entries.length,
  }
}

/** A value that is written as text; an object is not. */
const valueOf = (u: unknown): string => (typeof u === "object" || u === undefined ? "" : String(u))

const textOf = (u: unknown): string | undefined => (typeof u === "string" && u !== "" ? u : undefined)

const statusOf = ({ response }: Json): number =>
  isObject(response) && typeof response["status"] === "number" ? response["status"] : 0

const requestOf = ({ headers, method, postData, url }: Json): Request => ({
  ...(typeof method === "string" ? { method } : {}),
  ...(typeof url === "string" ? { url } : {}),
  headers: headersOf(headers),
  ...(isObject(postData) ? contentOf(postData) : {}),
})

/** The headers without the pseudo-headers of HTTP/2. */
const headersOf = (headers: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Array.isArray(headers) ? headers : []).flatMap((header: unknown) =>
      isObject(header) && typeof header["name"] === "string" && !header["name"].startsWith(":")
        ? [[header["name"].toLowerCase(), valueOf(header["value"])]]
        : [],
    ),
  )

/** A form, or a short body that is text. */
const contentOf = ({ mimeType, params, text }: Json): Pick<Request, "body" | "form"> => {
  const type = textOf(mimeType)
  const isText = type !== undefined && !/^\s*multipart\//i.test(type) && typeof text === "string"
  if (isText) return text === "" || text.length > longestText ? {} : { body: text }
  if (Array.isArray(params) && params.length > 0) return { form: params.flatMap(partOf) }
  if (typeof text !== "string") return {}
  const multipart = Multipart.read(Octets.of(text.trimStart()), type)
  return multipart === undefined ? {} : { form: multipart.parts.map(withoutSize) }
}

/** A file is recorded with its head alone, which does not make it an empty file. */
const withoutSize = (part: FormPart): FormPart => {
  if (!isFile(part) || part.size !== 0) return part
  const { size: _, ...rest } = part
  return rest
}

/** The length in characters up to which a body is a document or an encoded form. */
const longestText = 64 * 1024

/** The value that recordings have in the place of a file. */
const binary = /^\(binary\)$|^\[object (?:File|Blob)\]$/i

const partOf = (param: unknown): ReadonlyArray<FormPart> => {
  if (!isObject(param) || typeof param["name"] !== "string") return []
  const { contentType, fileName, name } = param
  const value = valueOf(param["value"])
  if (typeof fileName !== "string" && !binary.test(value)) return [{ name, value }]
  const filename = textOf(fileName)
  const type = textOf(contentType)
  return [{ name, ...(filename === undefined ? {} : { filename }), ...(type === undefined ? {} : { type }) }]
}

const responseOf = ({ content, headers, status }: Json): Response => {
  const { encoding, text } = isObject(content) ? content : {}
  const body = typeof text === "string" ? (encoding === "base64" ? fromBase64(text) : text) : undefined
  return { status: Number(status), headers: headersOf(headers), ...(body === undefined ? {} : { body }) }
}

const fromBase64 = (text: string): string => {
  try {
    return Octets.text(atob(text))
  } catch {
    return text
  }
}
