/**
 * A storage on loopback with one object, which checks signatures and honours `Range` and `If-Match`.
 */
import { Effect, Redacted } from "effect"
import * as Crypto from "node:crypto"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export const keys = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: Redacted.make("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
}

/** The object that a server has. Tests replace it. */
export interface Content {
  bytes: Buffer
  etag: string
}

const hmac = (key: string | Buffer, text: string) => Crypto.createHmac("sha256", key).update(text).digest()
const sha256 = (text: string) => Crypto.createHash("sha256").update(text).digest("hex")

/** The signature that Amazon's documentation prescribes for a request, computed independently of the code under test. */
export const expectedAuthorization = ({ headers, method, url = "" }: Http.IncomingMessage): string => {
  const [path, query = ""] = url.split("?")
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1] ?? ""
  const signed = names.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`)
  const canonical = [method, path, query, signed.join(""), names, headers["x-amz-content-sha256"]].join("\n")
  const date = String(headers["x-amz-date"])
  const scope = `${date.slice(0, 8)}/eu-west-3/s3/aws4_request`
  const parts = [date.slice(0, 8), "eu-west-3", "s3", "aws4_request"]
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${Redacted.value(keys.secretAccessKey)}`)
  const text = ["AWS4-HMAC-SHA256", date, scope, sha256(canonical)].join("\n")
  const signature = hmac(key, text).toString("hex")
  return `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
}

/** What a test makes the server do with a request instead of answering it. */
export type Fault = "cut" | "foreign range" | "longer" | "no ETag" | "page" | "silent error" | "whole" | undefined

export interface Options {
  readonly path: string
  readonly content: Content
  readonly fault?: ((request: Http.IncomingMessage) => Fault) | undefined
}

const answer = ({ content, fault, path }: Options, request: Http.IncomingMessage, response: Http.ServerResponse) => {
  const { headers, method } = request
  const refuse = (status: number, code: string) => {
    response.writeHead(status, { "x-amz-request-id": "tx1" })
    response.end(method === "HEAD" ? undefined : `<Error><Code>${code}</Code><Message>no</Message></Error>`)
  }
  if (headers.authorization !== expectedAuthorization(request)) return refuse(403, "SignatureDoesNotMatch")
  if (request.url !== path) return refuse(404, "NoSuchKey")
  if (headers["if-match"] !== undefined && headers["if-match"] !== content.etag)
    return refuse(412, "PreconditionFailed")
  const { bytes, etag } = content
  const what = fault?.(request)
  if (what === "silent error") {
    response.writeHead(500, { "x-amz-request-id": "tx1" })
    return response.flushHeaders()
  }
  if (what === "page") {
    response.writeHead(200, { "content-type": "text/html" })
    return response.end("<html>Please accept the terms</html>")
  }
  const common = { etag, "last-modified": "Mon, 30 Nov 2026 20:00:00 GMT", "x-amz-request-id": "tx1" }
  if (method === "HEAD") {
    response.writeHead(200, { ...common, "content-length": bytes.byteLength })
    return response.end()
  }
  const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? []
  const part = bytes.subarray(Number(from), Number(to) + 1)
  if (what === "whole") {
    response.writeHead(200, { ...common, "content-length": bytes.byteLength })
    return response.end(bytes)
  }
  const range = `bytes ${what === "foreign range" ? "9" : from}-${to}/${bytes.byteLength}`
  if (what === "longer") {
    response.writeHead(206, { ...common, "content-range": range })
    const more = setInterval(() => response.write(part), 1)
    return response.once("close", () => clearInterval(more))
  }
  const { etag: _, ...others } = common
  const headersOf = { ...(what === "no ETag" ? others : common), "content-range": range }
  response.writeHead(206, { ...headersOf, "content-length": part.byteLength })
  if (what !== "cut") return response.end(part)
  return response.write(part.subarray(0, part.byteLength - 1), () => request.socket.destroy())
}

/** Starts a server. Returns its address, and the requests that it received. */
export const serve = (options: Options) =>
  Effect.acquireRelease(
    Effect.callback<{
      readonly url: string
      readonly requests: Array<string>
      readonly server: Http.Server
    }>((resume) => {
      const requests: Array<string> = []
      const server = Http.createServer((request, response) => {
        requests.push(`${request.method} ${request.headers.range ?? ""}`.trim())
        answer(options, request, response)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, requests, server }))
      })
    }),
    ({ server }) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  )
