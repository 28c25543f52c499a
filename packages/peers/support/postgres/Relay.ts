/**
 * A relay to a port of 127.0.0.1, which can go silent as a network does that loses all packets.
 */
import { Effect } from "effect"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"
import { once } from "node:events"

/** Starts a relay, which ends with the scope. */
export const make = (target: number) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      const server = createServer((client) => {
        const upstream = connect(target, "127.0.0.1")
        for (const [from, to] of [
          [client, upstream],
          [upstream, client],
        ] as const) {
          sockets.add(from)
          from.on("error", () => to.destroy())
          from.on("close", () => to.destroy())
          from.pipe(to)
        }
      })
      server.listen(0, "127.0.0.1")
      await once(server, "listening")
      return { server, sockets, port: (server.address() as AddressInfo).port }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      }),
  ).pipe(
    Effect.map(({ port, sockets }) => ({
      port,
      /** Loses everything that the present connections send from now on. New connections work. */
      silence: Effect.sync(() => {
        for (const socket of sockets) {
          socket.unpipe()
          socket.removeAllListeners("close")
          socket.resume()
        }
        return sockets.size
      }),
    })),
  )
