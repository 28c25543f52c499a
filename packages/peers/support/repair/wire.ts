/**
 * Sends the request of an exchange unchanged, right or wrong, over a real socket, and records the response.
 */
import type { Exchange, Request } from "@holdfast/diagnosis/Exchange"
import { isFile } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"
import { type Agent, type ClientRequestArgs, request as httpRequest } from "node:http"
import { request as httpsRequest } from "node:https"

/** How it is sent, if it differs from a usual client. */
export interface Sending {
  /** The bytes of the file. Default: zeros. */
  readonly file?: Uint8Array
  /** The local port in place of the URL's host. */
  readonly port?: number
  /** Sends the stated Content-Length, whatever the body is. */
  readonly isLengthStated?: boolean
  /** Sends only the first half of the body. */
  readonly isUnfinished?: boolean
  /** Sends no byte of the body, like a program that has already read its stream. */
  readonly isConsumed?: boolean
  /** Sends the body in chunks, without its length. */
  readonly isChunked?: boolean
  /** The boundary of the body, if it differs from the header's. */
  readonly boundary?: string
  readonly agent?: Agent
  readonly lookup?: ClientRequestArgs["lookup"]
  /** How long the client waits, in milliseconds. */
  readonly patience?: number
  /** The time of the response. Default: now. */
  readonly at?: number
}

const zeros = (length: number): Uint8Array => new Uint8Array(length)

const boundaryIn = (request: Request): string | undefined =>
  /boundary="?([^";]+)/.exec(RequestEdit.headerOf(request, "content-type") ?? "")?.[1]

/** The body that a client would send. */
const bytesOf = (request: Request, boundary: string, file: Uint8Array | undefined): Buffer => {
  if (request.form !== undefined) {
    const parts = request.form.flatMap((part) => {
      const name = isFile(part) ? `${part.name}"; filename="${part.filename ?? "clip.mov"}` : part.name
      const type = isFile(part) && part.type !== undefined ? `Content-Type: ${part.type}\r\n` : ""
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n${type}\r\n`
      return [
        Buffer.from(head),
        isFile(part) ? (file ?? zeros(part.size ?? 0)) : Buffer.from(part.value),
        Buffer.from("\r\n"),
      ]
    })
    return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
  }
  return request.body === undefined ? Buffer.from(file ?? zeros(request.size ?? 0)) : Buffer.from(request.body)
}

/** Sends a request. Returns the exchange with its response, or with the reason why there is none. */
export const send = (request: Request, sending: Sending = {}): Promise<Exchange> => {
  const url = new URL(request.url ?? "")
  const boundary = sending.boundary ?? boundaryIn(request) ?? "holdfast-0123456789"
  const whole = bytesOf(request, boundary, sending.file)
  const body =
    sending.isConsumed === true
      ? Buffer.alloc(0)
      : sending.isUnfinished === true
        ? whole.subarray(0, whole.byteLength / 2)
        : whole
  const given =
    request.form !== undefined && RequestEdit.headerOf(request, "content-type") === undefined
      ? RequestEdit.withHeader(request, "Content-Type", `multipart/form-data; boundary=${boundary}`)
      : request
  const isChunked = sending.isChunked ?? RequestEdit.headerOf(given, "transfer-encoding") !== undefined
  const bare = sending.isLengthStated === true ? given : RequestEdit.withoutHeaders(given, "content-length")
  const hasBody = body.byteLength > 0 || /^(?:POST|PUT)$/.test(given.method ?? "")
  const headers = {
    ...RequestEdit.withoutHeaders(bare, "transfer-encoding").headers,
    ...(RequestEdit.headerOf(bare, "host") === undefined ? { Host: url.host } : {}),
    ...(isChunked
      ? { "Transfer-Encoding": "chunked" }
      : hasBody && sending.isLengthStated !== true
        ? { "Content-Length": String(body.byteLength) }
        : {}),
  }
  const held: Request = {
    ...given,
    ...(sending.isConsumed === true ? { size: 0, headers } : {}),
    ...(sending.isUnfinished === true ? { size: body.byteLength } : {}),
    ...(given.form === undefined && given.body === undefined && hasBody ? { size: body.byteLength } : {}),
  }
  return new Promise((resolve) => {
    const done = (rest: Exchange) => {
      clearTimeout(timer)
      outgoing.destroy()
      resolve({ request: held, at: sending.at ?? Date.now(), ...rest })
    }
    const isSecure = url.protocol === "https:" && sending.port === undefined
    const outgoing = (isSecure ? httpsRequest : httpRequest)({
      ...(sending.port === undefined
        ? { host: url.hostname, port: url.port === "" ? undefined : url.port }
        : { host: "127.0.0.1", port: sending.port }),
      ...(isSecure ? { rejectUnauthorized: false } : {}),
      ...(sending.lookup === undefined ? {} : { lookup: sending.lookup }),
      // What was cut out of the URL belongs to the path as written.
      path: (request.url ?? "").replace(/^https?:\/\/[^/]+/i, "") || "/",
      method: request.method ?? "GET",
      headers,
      agent: sending.agent ?? false,
    })
    let isConnected = false
    outgoing.on("socket", (socket) => socket.once("connect", () => (isConnected = true)))
    const timer = setTimeout(
      () => done({ failure: isConnected ? "UND_ERR_HEADERS_TIMEOUT" : "UND_ERR_CONNECT_TIMEOUT" }),
      sending.patience ?? 20_000,
    )
    outgoing.on("error", (error) =>
      done({ failure: `${"code" in error ? `${String(error.code)} ` : ""}${error.message}` }),
    )
    outgoing.on("response", (incoming) => {
      const chunks: Array<Buffer> = []
      const answer = () => ({
        status: incoming.statusCode ?? 0,
        headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
        body: Buffer.concat(chunks).toString(),
      })
      incoming.on("data", (data: Buffer) => chunks.push(data))
      incoming.on("error", () => done({ failure: "TruncatedBody: the connection was closed", response: answer() }))
      incoming.on("end", () => done({ response: answer() }))
    })
    if (sending.isUnfinished === true) outgoing.write(body)
    else outgoing.end(body)
  })
}
