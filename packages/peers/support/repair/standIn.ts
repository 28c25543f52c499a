/**
 * A small strict server in place of a vendor that cannot run here. It rejects a request with the vendor's own words while the
 * request has the fault, and accepts it otherwise.
 */
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type Server } from "node:http"
import type { AddressInfo } from "node:net"

/** A request as read by the server. */
export interface Received {
  readonly method: string
  /** Path and query as received. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** The number of the request, from 1. */
  readonly nth: number
}

/** A response. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A running server. */
export interface StandIn {
  readonly port: number
  readonly close: () => Promise<void>
}

/** After this many milliseconds without a byte, the server answers what it has received. */
const idle = 300

/** Listens on a free port of 127.0.0.1. */
export const listen = async (server: Server): Promise<StandIn> => {
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Starts a server whose response depends on the request. */
export const start = (answer: (received: Received) => Answer): Promise<StandIn> => {
  let nth = 0
  const server = createServer((incoming, outgoing) => {
    nth++
    const turn = nth
    const chunks: Array<Buffer> = []
    let timer = setTimeout(finish, 10_000)
    function finish() {
      clearTimeout(timer)
      if (outgoing.headersSent) return
      const {
        body = "",
        headers = {},
        status,
      } = answer({
        method: incoming.method ?? "",
        target: incoming.url ?? "",
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("latin1"),
        nth: turn,
      })
      const kept = Object.entries(headers).filter(
        ([name]) => !/^(?:content-length|transfer-encoding|connection)$/i.test(name),
      )
      outgoing.sendDate = !kept.some(([name]) => name.toLowerCase() === "date")
      outgoing.writeHead(status, { ...Object.fromEntries(kept), "content-length": Buffer.byteLength(body) })
      outgoing.end(incoming.method === "HEAD" ? undefined : body)
    }
    incoming.on("data", (data: Buffer) => {
      chunks.push(data)
      clearTimeout(timer)
      timer = setTimeout(finish, idle)
    })
    incoming.on("end", finish)
    incoming.on("error", () => clearTimeout(timer))
  })
  // By default Node itself answers an unknown Expect.
  server.on("checkExpectation", (incoming, outgoing) => server.emit("request", incoming, outgoing))
  server.on("checkContinue", (incoming, outgoing) => server.emit("request", incoming, outgoing))
  return listen(server)
}

/** The response of an exchange in the form of a server. */
export const answerOf = ({ response }: Exchange): Answer => ({
  status: response?.status ?? 500,
  headers: response?.headers ?? {},
  body: response?.body ?? "",
})
