/**
 * Requests whose body stops coming: without an end they would hold their connections forever.
 *
 * **Details**
 *
 * Nothing bounds the time that a response takes: a fault may be to hang.
 */
import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"

/** Milliseconds without a byte; longer than any pause that a slow network makes between two packets. */
export const afterMs = 60_000

/** Closes the connection of a request whose body has sent nothing for so many milliseconds. */
export const end = (node: Server, ms: number): void => {
  const current = new WeakMap<Duplex, IncomingMessage>()
  const watch = (request: IncomingMessage) => current.set(request.socket, request)
  node.on("request", watch)
  node.on("checkContinue", watch)
  node.setTimeout(ms, (socket) => {
    if (current.get(socket)?.complete === false) socket.destroy()
  })
}
