/**
 * A server between the command and the sandbox. It counts every request and every byte, and answers instead of the sandbox if a
 * scenario says so. The API and the storage have separate addresses, so that one of them can be unavailable.
 */
import { once } from "node:events"
import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import * as Net from "node:net"

/** The purpose of a request. Pairing does not pass the front, so every request for a token is a `refresh`. */
export type Route = "health" | "me" | "heartbeat" | "asset" | "chunk" | "refresh" | "other"

/** A request: its number among those of its route, from 1, and its path. */
export interface Call {
  readonly route: Route
  readonly nth: number
  readonly path: string
}

/** A response instead of the sandbox's. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Decides about a request before its body is read: a response, a reset connection, or `undefined` to forward it to the sandbox.
 */
export type Behavior = (call: Call) => Answer | "reset" | undefined | Promise<Answer | "reset" | undefined>

/** One address of the front. */
export interface Address {
  readonly url: string
  readonly port: number
  /** Refuses connections until `open`, and resets the existing ones. */
  readonly close: () => Promise<void>
  readonly open: () => Promise<void>
}

export interface Front {
  readonly api: Address
  readonly storage: Address
  /** The number of requests so far, by route. */
  readonly calls: Readonly<Record<Route, number>>
  /** The bytes of chunk bodies received, including those of failed attempts. */
  readonly sent: () => number
  readonly behave: (behavior: Behavior) => void
  /** Resolves when this many requests of a route have arrived. */
  readonly reached: (route: Route, count: number) => Promise<void>
  readonly end: () => Promise<void>
}

/** The TLS certificate of the front, and its host names. */
export interface Secure {
  readonly key: string
  readonly cert: string
  readonly api: string
  readonly storage: string
}

const routeOf = (path: string): Route => {
  if (path.startsWith("/parts/")) return "chunk"
  switch (path.split("?")[0]) {
    case "/health":
      return "health"
    case "/v2/devices/me":
      return "me"
    case "/v2/devices/heartbeat":
      return "heartbeat"
    case "/v2/devices/assets":
      return "asset"
    case "/v2/auth/token":
      return "refresh"
    default:
      return "other"
  }
}

/** Starts a front for the sandbox at the URL `sandbox`. */
export const start = async (sandbox: string, secure?: Secure): Promise<Front> => {
  const calls: Record<Route, number> = { health: 0, me: 0, heartbeat: 0, asset: 0, chunk: 0, refresh: 0, other: 0 }
  let behavior: Behavior = () => undefined
  let sent = 0
  const upstream = new Http.Agent({ keepAlive: true })
  const { host, port } = new URL(sandbox)

  const handle = async (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const path = request.url ?? "/"
    const route = routeOf(path)
    const call = { route, nth: ++calls[route], path }
    const answer = await behavior(call)
    if (route === "chunk") request.on("data", (data: Buffer) => (sent += data.length))
    if (answer === "reset") return request.socket.resetAndDestroy()
    if (answer !== undefined) {
      request.resume()
      if (!request.complete) await once(request, "end")
      response.writeHead(answer.status, { "content-length": Buffer.byteLength(answer.body ?? ""), ...answer.headers })
      return response.end(answer.body ?? "")
    }
    forward(request, response)
  }

  const forward = (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const headers = { ...request.headers, host }
    const onward = Http.request({
      agent: upstream,
      host: "127.0.0.1",
      port,
      method: request.method,
      path: request.url,
      headers,
    })
    onward.on("response", async (incoming) => {
      const chunks: Array<Buffer> = []
      for await (const data of incoming) chunks.push(data as Buffer)
      // The upload URLs are rewritten to the storage's own address.
      const text = Buffer.concat(chunks).toString("latin1").replaceAll(`${sandbox}/parts/`, `${storage.url}/parts/`)
      const { "transfer-encoding": _, ...rest } = incoming.headers
      response.writeHead(incoming.statusCode ?? 500, { ...rest, "content-length": text.length })
      response.end(text, "latin1")
    })
    onward.on("error", () => request.socket.destroy())
    response.on("close", () => onward.destroy())
    request.pipe(onward)
  }

  const listener = (request: Http.IncomingMessage, response: Http.ServerResponse) =>
    void handle(request, response).catch(() => request.socket.destroy())
  const api = await listen(listener, secure, secure?.api)
  const storage = await listen(listener, secure, secure?.storage)
  return {
    api,
    storage,
    calls,
    sent: () => sent,
    reached: async (route, count) => {
      while (calls[route] < count) await new Promise((resolve) => setTimeout(resolve, 50))
    },
    behave: (next) => void (behavior = next),
    end: async () => {
      await Promise.all([api.close(), storage.close()])
      upstream.destroy()
    },
  }
}

const listen = async (listener: Http.RequestListener, secure?: Secure, name?: string): Promise<Address> => {
  const make = () => (secure === undefined ? Http.createServer(listener) : Https.createServer(secure, listener))
  let server: Net.Server | undefined
  let port = 0
  const sockets = new Set<Socket>()
  const open = async () => {
    if (server !== undefined) return
    server = make().listen(port, "127.0.0.1")
    server.on("connection", (socket: Socket) => {
      sockets.add(socket)
      socket.on("close", () => sockets.delete(socket))
      socket.on("error", () => {})
    })
    await once(server, "listening")
    port = (server.address() as AddressInfo).port
  }
  const close = async () => {
    if (server === undefined) return
    const closed = once(server, "close")
    server.close()
    for (const socket of sockets) socket.resetAndDestroy()
    server = undefined
    await closed
  }
  await open()
  return { url: name === undefined ? `http://127.0.0.1:${port}` : `https://${name}`, port, open, close }
}

/** A proxy for `CONNECT`: `ports` maps each known host to a local port. */
export interface Proxy {
  readonly url: string
  readonly tunnels: () => number
  readonly end: () => Promise<void>
}

/** Starts a proxy; with `refuse` it answers every request with that status. */
export const proxy = async (ports: Readonly<Record<string, number>>, refuse?: number): Promise<Proxy> => {
  let tunnels = 0
  const sockets = new Set<Socket>()
  const server = Http.createServer((_, response) => response.writeHead(refuse ?? 405).end())
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
  })
  server.on("connect", (request, socket: Socket) => {
    const port = ports[(request.url ?? "").split(":")[0] ?? ""]
    if (refuse !== undefined || port === undefined) {
      return socket.end(`HTTP/1.1 ${refuse ?? 502} Refused\r\ncontent-length: 0\r\n\r\n`)
    }
    tunnels++
    const onward = Net.connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connected\r\n\r\n")
      socket.pipe(onward).pipe(socket)
    })
    sockets.add(onward)
    onward.on("error", () => socket.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels: () => tunnels,
    end: async () => {
      const closed = once(server, "close")
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
