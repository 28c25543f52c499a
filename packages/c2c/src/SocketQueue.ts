/**
 * How many bytes of a request wait in the socket: what shows whether a large body still moves.
 *
 * undici hands a whole buffer to the socket at once, so only the socket knows how much of it has left this machine. undici
 * publishes the socket of each request (`undici:client:sendHeaders`), and Node keeps the length of the queue in the handle,
 * where its own socket timeouts read it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Diagnostics from "node:diagnostics_channel"

/** The bytes of a request that have not left this machine; `undefined` where nothing shows it. */
export type Queued = () => number | undefined

const channel = "undici:client:sendHeaders"

/** The sockets of the requests that are watched, by address. */
const sockets = new Map<string, { socket: unknown }>()

const onHeaders = (message: unknown): void => {
  const { request, socket } = message as { readonly request?: { origin?: unknown; path?: unknown }; socket?: unknown }
  const watched = sockets.get(`${String(request?.origin)}${String(request?.path)}`)
  if (watched !== undefined) watched.socket = socket
}

/**
 * Watches the request to an address until the scope ends.
 *
 * **Gotchas**
 *
 * Only undici's client shows it. Windows takes a whole buffer as one request of the kernel and shows no part of it.
 */
const watch = (url: string): Effect.Effect<Queued, never, Scope.Scope> => {
  if (!URL.canParse(url)) return Effect.succeed(() => undefined)
  const { origin, pathname, search } = new URL(url)
  const key = `${origin}${pathname}${search}`
  return Effect.acquireRelease(
    Effect.sync(() => {
      const watched = { socket: undefined as unknown }
      if (sockets.size === 0) Diagnostics.subscribe(channel, onHeaders)
      sockets.set(key, watched)
      return { watched, queued: () => queueOf(watched.socket) }
    }),
    ({ watched }) =>
      Effect.sync(() => {
        if (sockets.get(key) === watched) sockets.delete(key)
        if (sockets.size === 0) Diagnostics.unsubscribe(channel, onHeaders)
      }),
  ).pipe(Effect.map(({ queued }) => queued))
}

const queueOf = (socket: unknown): number | undefined => {
  if (process.platform === "win32") return undefined
  const handle = property(socket, "_handle")
  // Below TLS, whose own queue shows a buffer as one.
  const length = property(property(handle, "_parent"), "writeQueueSize") ?? property(handle, "writeQueueSize")
  return typeof length === "number" ? length : undefined
}

const property = (u: unknown, name: string): unknown =>
  typeof u === "object" && u !== null ? Reflect.get(u, name) : undefined

/** What the chunks ask; a test puts a scripted one in its place. */
export const SocketQueue = Context.Reference<{ readonly watch: typeof watch }>("@holdfast/c2c/SocketQueue", {
  defaultValue: () => ({ watch }),
})
