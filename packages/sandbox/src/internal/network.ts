/**
 * The server's connections: resetting one, and cutting them all for a time.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

export type Network = Effect.Success<ReturnType<typeof make>>

/** Watches the connections of a server that does not listen yet. */
export const make = Effect.fnUntraced(function* (server: Server) {
  const clock = yield* Clock.Clock
  const sockets = new Set<Socket>()
  const held = new Set<Socket>()
  let cutUntil = Number.NEGATIVE_INFINITY
  const isCut = () => clock.currentTimeMillisUnsafe() < cutUntil

  server.on("connection", (socket: Socket) => {
    if (isCut()) return reset(socket)
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  return {
    /**
     * Lets the answer on this connection leave before the connection can be cut.
     *
     * **Details**
     *
     * For calls that a client must not repeat: an outage may come before them or after them, never between the work and
     * its answer.
     */
    hold: (socket: Socket, response: ServerResponse) =>
      Effect.sync(() => {
        held.add(socket)
        response.once("close", () => {
          held.delete(socket)
          if (isCut()) reset(socket)
        })
      }),

    /** Makes the server unreachable for so many milliseconds. */
    cut: (milliseconds: number) =>
      Effect.sync(() => {
        cutUntil = Math.max(cutUntil, clock.currentTimeMillisUnsafe() + milliseconds)
        for (const socket of sockets) if (!held.has(socket)) reset(socket)
      }),
  }
})

/** Ends a connection with RST, so that the other side sees a reset and not an end. */
export const reset = (socket: Socket): void => {
  // A reset can make the socket report what it was doing; nobody is interested any more.
  socket.on("error", () => {})
  socket.resetAndDestroy()
}
