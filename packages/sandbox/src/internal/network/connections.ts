/**
 * The server's connections: resets a single connection, or makes the server unreachable for some time.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

export type Connections = Effect.Success<ReturnType<typeof make>>

/** The calls that a client must not repeat without knowing whether they succeeded. */
const unrepeatable: ReadonlyArray<string> = ["/v2/auth/token", "/v2/devices/assets"]

/** Tracks the connections of a server that is not listening yet. */
export const make = Effect.fnUntraced(function* (server: Server) {
  const clock = yield* Clock.Clock
  const sockets = new Set<Socket>()
  const held = new Set<Socket>()
  let cutUntil = Number.NEGATIVE_INFINITY
  const now = () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  const isCut = () => now() < cutUntil

  server.on("connection", (socket: Socket) => {
    if (isCut()) return reset(socket)
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })

  // An outage may start before or after a call that must not be repeated, but never between its work and its response.
  const hold = ({ method, socket, url = "" }: IncomingMessage, response: ServerResponse) => {
    if (method !== "POST" || !unrepeatable.includes(url)) return
    held.add(socket)
    response.once("close", () => {
      held.delete(socket)
      // Ends the connection instead of resetting it, because a reset can overtake the response.
      if (isCut()) socket.end()
    })
  }
  server.on("request", hold)
  server.on("checkContinue", hold)

  return {
    /** Makes the server unreachable for this many milliseconds. */
    cut: (milliseconds: number) =>
      Effect.sync(() => {
        cutUntil = Math.max(cutUntil, now() + milliseconds)
        for (const socket of sockets) if (!held.has(socket)) reset(socket)
      }),
  }
})

/** Ends a connection with RST, so that the client sees a reset instead of an orderly end. */
export const reset = (socket: Socket): void => {
  // The reset can make the socket emit the error of the interrupted operation. The server ignores it.
  socket.on("error", () => {})
  socket.resetAndDestroy()
}
