/**
 * Ends requests whose bodies stall, which would otherwise hold their connections forever.
 *
 * **Details**
 *
 * Responses have no time limit, because a fault may be a hang.
 */
import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"

/**
 * The maximum time between two received bytes, in milliseconds. The limit is longer than any pause between two packets on a
 * slow network.
 */
export const afterMs = 60_000

/** Closes the connection of a request whose body has been silent for this many milliseconds. */
export const end = (node: Server, ms: number): void => {
  const current = new WeakMap<Duplex, IncomingMessage>()
  const watch = (request: IncomingMessage) => current.set(request.socket, request)
  node.on("request", watch)
  node.on("checkContinue", watch)
  node.setTimeout(ms, (socket) => {
    if (current.get(socket)?.complete === false) socket.destroy()
  })
}
