/**
 * The server's connections: resetting one, and cutting them all for a time.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { Socket } from "node:net"

export type Connections = Effect.Success<ReturnType<typeof make>>

/** The calls that a client must not repeat when it cannot know whether they were done. */
const unrepeatable: ReadonlyArray<string> = ["/v2/auth/token", "/v2/devices/assets"]

/** Watches the connections of a server that does not listen yet. */
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

  // An outage may come before a call that must not be repeated, or after it, never between the work and its answer.
  const hold = ({ method, socket, url = "" }: IncomingMessage, response: ServerResponse) => {
    if (method !== "POST" || !unrepeatable.includes(url)) return
    held.add(socket)
    response.once("close", () => {
      held.delete(socket)
      // An end and not a reset, which could overtake the answer.
      if (isCut()) socket.end()
    })
  }
  server.on("request", hold)
  server.on("checkContinue", hold)

  return {
    /** Makes the server unreachable for so many milliseconds. */
    cut: (milliseconds: number) =>
      Effect.sync(() => {
        cutUntil = Math.max(cutUntil, now() + milliseconds)
        for (const socket of sockets) if (!held.has(socket)) reset(socket)
      }),
  }
})

/** Ends a connection with RST, so that the other side sees a reset and not an end. */
export const reset = (socket: Socket): void => {
  // A reset can make the socket emit an error of the operation that it ended; the server ignores it.
  socket.on("error", () => {})
  socket.resetAndDestroy()
}
