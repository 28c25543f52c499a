/**
 * Reads an exchange from a HAR recording (HTTP Archive 1.2), as saved by the network panel of a browser.
 *
 * The module contains only plain data and functions, so that it can run in a browser and in a command that must start fast.
 */
import { type Exchange, type FormPart, isFile, type Request, type Response } from "./Exchange.ts"
import * as Multipart from "./internal/capture/multipart.ts"
import * as Octets from "./internal/capture/octets.ts"

/** The exchange from one entry in a recording. */
export interface Recorded {
  readonly exchange: Exchange
  /** The position of the entry in the recording, starting at 1. */
  readonly place: number
  /** The number of entries in the recording. */
  readonly entries: number
}

type Json = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Json => typeof u === "object" && u !== null && !Array.isArray(u)

/** Whether parsed JSON is a HAR recording. */
export const isRecording = (json: unknown): boolean =>
  isObject(json) && isObject(json["log"]) && Array.isArray(json["log"]["entries"])

/**
 * Reads the last failed request of a recording, or the last request if none failed. Returns `undefined` if the JSON is not a
 * recording or the entry has no request.
 *
 * **Details**
 *
 * Pure; never throws. A status of 0 means that no response was received; in this case, Chrome records the reason
 * (`net::ERR_CONNECTION_REFUSED`). A recording does not contain the bytes of files: only the names and the type of a file in
 * a form are kept.
 *
 * **Gotchas**
 *
 * The result is not redacted.
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

/** Returns a value as text, or the empty string if the value is an object. */
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

/** The headers without HTTP/2 pseudo-headers. */
const headersOf = (headers: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (Array.isArray(headers) ? headers : []).flatMap((header: unknown) =>
      isObject(header) && typeof header["name"] === "string" && !header["name"].startsWith(":")
        ? [[header["name"].toLowerCase(), valueOf(header["value"])]]
        : [],
    ),
  )

/** The form or the short text body of a request. */
const contentOf = ({ mimeType, params, text }: Json): Pick<Request, "body" | "form"> => {
  const type = textOf(mimeType)
  const isText = type !== undefined && !/^\s*multipart\//i.test(type) && typeof text === "string"
  if (isText) return text === "" || text.length > longestText ? {} : { body: text }
  if (Array.isArray(params) && params.length > 0) return { form: params.flatMap(partOf) }
  if (typeof text !== "string") return {}
  const multipart = Multipart.read(Octets.of(text.trimStart()), type)
  return multipart === undefined ? {} : { form: multipart.parts.map(withoutSize) }
}

/** Drops a file size of 0: only the head of the file part is recorded, so the actual size is unknown. */
const withoutSize = (part: FormPart): FormPart => {
  if (!isFile(part) || part.size !== 0) return part
  const { size: _, ...rest } = part
  return rest
}

/** The maximum length, in characters, of a body that is treated as a document or an encoded form. */
const longestText = 64 * 1024

/** Matches the placeholder that recordings contain in place of a file. */
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
