/**
 * Reads an exchange from text: a `.http` capture, a raw request and response, or the output of `curl -v`.
 *
 * The module contains only plain data and functions, so that it can run in a browser and in a command that must start fast.
 */
import type { Exchange } from "./Exchange.ts"
import * as Curl from "./internal/capture/curl.ts"
import * as Message from "./internal/capture/message.ts"
import * as Octets from "./internal/capture/octets.ts"

/**
 * Reads the exchange of a capture; returns `undefined` if the text is not a capture.
 *
 * **Details**
 *
 * Pure; never throws. A capture may begin with comments. The parser interprets the following comments:
 *
 * - `# at: 2026-11-21T17:23:58Z`: when the exchange ended, by the client's clock
 * - `# failure: ECONNRESET`: why there is no response
 * - `# attempt: 2`: the number of the attempt, from 1
 * - `# sent: 4096`: how many bytes of the body had been sent
 *
 * The request follows the line `# ===== REQUEST =====`, and the response follows the line `# ===== RESPONSE =====`. Without
 * these marker lines, the request and the response are recognized by their first lines. A capture may consist of only a
 * request or only a response.
 *
 * The URL is either the request target itself or is built from the https scheme, the `Host` header and the request target.
 * The scheme is http for localhost and for ports other than 443. A multipart body is read as `form`, even if its header
 * contains a different boundary; any other text is read as `body`. `size` is the number of bytes that the capture contains.
 * If a file part or a body consists only of a placeholder such as `[21136250 bytes]`, its size is the number in the
 * placeholder. Chunked framing is removed.
 *
 * **Gotchas**
 *
 * In a string, bytes that are not valid UTF-8 have already been replaced, and `size` counts the replacement characters. To
 * get exact sizes, pass the bytes of the file instead of a string. The result is not redacted.
 *
 * **Example** (A response alone)
 *
 * ```ts
 * HttpCapture.parse("HTTP/1.1 403 Forbidden\n\n<Error><Code>AccessDenied</Code></Error>")?.response?.status // 403
 * ```
 */
export const parse = (capture: string | Uint8Array): Exchange | undefined => {
  const octets = Octets.of(capture).replace(/^\u00ef\u00bb\u00bf/, "")
  const { at, comments, section } = preamble(octets)
  const known = readComments(comments)
  const rest = octets.slice(at)
  if (section === "response") return exchange(undefined, rest, { literal: true }, known)
  if (section === "request") return sections(rest, (line) => marker(line) === "response", { literal: true }, known)
  const first = Message.firstLine(rest)
  if (Message.isStatusLine(first)) return exchange(undefined, rest, { literal: false }, known)
  if (Message.isRequestLine(first)) return sections(rest, isResponseBeginning, { literal: false }, known)
  const curl = /^[<>] /m.test(rest) ? Curl.read(rest) : undefined
  if (curl === undefined) return undefined
  const { failure, request, response, secure } = curl
  const noted = failure === undefined ? known : { failure, ...known }
  return exchange(request, response, { literal: false, secure }, noted)
}

type Known = Pick<Exchange, "at" | "attempt" | "failure"> & { readonly sent?: number }

const marker = (line: string): "request" | "response" | undefined => {
  const [, name] = /^#\s*=+\s*(request|response)\s*=+\s*$/i.exec(line) ?? []
  return name === undefined ? undefined : name.toLowerCase() === "request" ? "request" : "response"
}

const isResponseBeginning = (line: string): boolean => marker(line) === "response" || Message.isStatusLine(line)

/** Finds the comments and blank lines before the exchange, and the position at which they end. */
const preamble = (octets: string) => {
  const comments: Array<string> = []
  let at = 0
  while (at < octets.length) {
    const end = octets.indexOf("\n", at)
    const line = octets.slice(at, end === -1 ? undefined : end).trim()
    if (line !== "" && !line.startsWith("#")) break
    at = end === -1 ? octets.length : end + 1
    const section = marker(line)
    if (section !== undefined) return { comments, at, section }
    comments.push(line)
  }
  return { comments, at, section: undefined }
}

const readComments = (comments: ReadonlyArray<string>): Known => {
  const told = new Map<string, string>()
  for (const comment of comments) {
    const [, key = "", value = ""] = /^#+\s*(\w+):\s*(\S.*)$/.exec(comment) ?? []
    told.set(key.toLowerCase(), Octets.text(value))
  }
  const at = told.get("at")
  const failure = told.get("failure")
  const attempt = count(told.get("attempt"))
  const sent = count(told.get("sent"))
  return {
    ...(at === undefined || Number.isNaN(Date.parse(at)) ? {} : { at }),
    ...(failure === undefined ? {} : { failure }),
    ...(attempt === undefined ? {} : { attempt }),
    ...(sent === undefined ? {} : { sent }),
  }
}

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** Splits text that begins with a request into the request and the response that follows it. */
const sections = (
  octets: string,
  isBeginning: (line: string) => boolean,
  origin: Message.Origin,
  known: Known,
): Exchange | undefined => {
  if (isBeginning(Message.firstLine(octets))) return exchange(undefined, withoutMarker(octets), origin, known)
  const begin = Message.divide(octets, isBeginning)
  if (begin === undefined) return exchange(octets, undefined, origin, known)
  // The line break before the response belongs to the capture format.
  return exchange(octets.slice(0, begin).replace(/\r?\n$/, ""), withoutMarker(octets.slice(begin)), origin, known)
}

const withoutMarker = (octets: string): string =>
  marker(Message.firstLine(octets)) === undefined ? octets : octets.slice(Message.firstLine(octets).length)

const exchange = (
  requestOctets: string | undefined,
  responseOctets: string | undefined,
  origin: Message.Origin,
  { sent, ...known }: Known,
): Exchange | undefined => {
  const request = requestOctets === undefined ? undefined : Message.readRequest(requestOctets, origin)
  const response = responseOctets === undefined ? undefined : Message.readResponse(responseOctets)
  if (request === undefined && response === undefined) return undefined
  return {
    ...(request === undefined ? {} : { request: { ...request, ...(sent === undefined ? {} : { sent }) } }),
    ...(response === undefined ? {} : { response }),
    ...known,
  }
}
