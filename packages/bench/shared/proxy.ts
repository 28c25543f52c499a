/**
 * A TCP proxy that makes a server on loopback as slow and as distant as a real one, and counts what clients send to it.
 */
import { once } from "node:events"
import * as Net from "node:net"

export interface Options {
  /** The port of the server on 127.0.0.1. */
  readonly to: number
  /** The rate at which all clients together may send. The default is no limit. */
  readonly bytesPerSecond?: number
  /** The time by which each response is late, in milliseconds. The default is none. */
  readonly latency?: number
}

export interface Proxy {
  readonly url: string
  /** The bytes that clients have sent so far, headers included. */
  readonly sent: () => number
  /** The number of connections so far. */
  readonly connections: () => number
  readonly end: () => Promise<void>
}

/** Starts a proxy on a free port of 127.0.0.1. */
export const start = async ({
  bytesPerSecond = Number.POSITIVE_INFINITY,
  latency = 0,
  to,
}: Options): Promise<Proxy> => {
  let sent = 0
  let connections = 0
  // The time at which everything that was forwarded would have passed a line with this rate.
  let free = 0
  const sockets = new Set<Net.Socket>()
  const track = (socket: Net.Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on("close", () => sockets.delete(socket))
  }

  const server = Net.createServer({ allowHalfOpen: true }, (client) => {
    connections++
    const upstream = Net.connect({ host: "127.0.0.1", port: to, allowHalfOpen: true })
    track(client)
    track(upstream)
    client.on("data", (data: Buffer) => {
      sent += data.length
      upstream.write(data)
      const now = performance.now()
      free = Math.max(free, now) + (data.length / bytesPerSecond) * 1000
      if (free - now < 5) return
      client.pause()
      setTimeout(() => client.resume(), free - now)
    })
    client.on("end", () => upstream.end())
    // Timers of the same length fire in the order in which they were set, so the bytes keep their order.
    const later = (run: () => void) => (latency > 0 ? void setTimeout(run, latency) : run())
    upstream.on("data", (data: Buffer) => later(() => void client.write(data)))
    upstream.on("end", () => later(() => client.end()))
    client.on("error", () => upstream.destroy())
    upstream.on("error", () => client.destroy())
    client.on("close", () => upstream.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`,
    sent: () => sent,
    connections: () => connections,
    end: async () => {
      const closed = once(server, "close")
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
