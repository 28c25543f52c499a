/** A storage on loopback that accepts forms. It sends the given responses and records the exact bytes. */
import { Effect } from "effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

export interface Reply {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

export interface Seen {
  readonly method: string | undefined
  readonly headers: Http.IncomingHttpHeaders
  readonly body: Buffer
}

export interface Part {
  readonly headers: string
  readonly name: string | undefined
  readonly filename: string | undefined
  readonly content: Buffer
}

/** Parses a multipart body by the rules of RFC 2046. Throws if it violates them. */
export const parts = (contentType: string | undefined, body: Buffer): ReadonlyArray<Part> => {
  const boundary = /^multipart\/form-data; boundary=([\w'()+,./:=?-]{1,70})$/.exec(contentType ?? "")?.[1]
  if (boundary === undefined) throw new Error(`no boundary in ${contentType}`)
  const text = body.toString("latin1")
  const start = `--${boundary}\r\n`
  const end = `\r\n--${boundary}--\r\n`
  if (!text.startsWith(start) || !text.endsWith(end))
    throw new Error("the body does not begin or end with its boundary")
  return text
    .slice(start.length, -end.length)
    .split(`\r\n--${boundary}\r\n`)
    .map((part) => {
      const gap = part.indexOf("\r\n\r\n")
      const headers = Buffer.from(part.slice(0, gap), "latin1").toString()
      return {
        headers,
        name: /; name="([^"]*)"/.exec(headers)?.[1],
        filename: /; filename="([^"]*)"/.exec(headers)?.[1],
        content: Buffer.from(part.slice(gap + 4), "latin1"),
      }
    })
}

/** The fields of a form and its file, as a server reads them. */
export const formOf = ({ body, headers }: Seen): ReadonlyArray<readonly [name: string | undefined, content: string]> =>
  parts(headers["content-type"], body).map(({ content, name }) => [name, content.toString()])

export const serve = (answer: (n: number, seen: Seen) => Reply) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<{ readonly url: string; readonly requests: Array<Seen>; readonly close: () => Promise<void> }>(
          (resolve) => {
            const requests: Array<Seen> = []
            const server = Http.createServer((request, response) => {
              const chunks: Array<Buffer> = []
              request.on("error", () => {})
              request.on("data", (chunk: Buffer) => chunks.push(chunk))
              request.on("end", () => {
                const { headers, method } = request
                const seen = { method, headers, body: Buffer.concat(chunks) }
                const said = answer(requests.length, seen)
                requests.push(seen)
                const length = said.status === 204 ? {} : { "content-length": `${Buffer.byteLength(said.body ?? "")}` }
                response.writeHead(said.status, { ...length, ...said.headers })
                response.end(said.body)
              })
            })
            server.listen(0, "127.0.0.1", () => {
              const { port } = server.address() as AddressInfo
              resolve({
                url: `http://127.0.0.1:${port}/bucket`,
                requests,
                close: () =>
                  new Promise((closed) => {
                    server.close(() => closed())
                    server.closeAllConnections()
                  }),
              })
            })
          },
        ),
    ),
    ({ close }) => Effect.promise(close),
  )
