/**
 * Reads how many bytes of a request are queued in the socket, which shows the progress of a large body.
 *
 * undici writes each buffer to the socket as a whole, so only the socket can show how much of the buffer has left this
 * machine. undici publishes the socket of each request (`undici:client:sendHeaders`). Node stores the length of the queue in
 * the socket's handle, where Node's socket timeouts also read it.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Diagnostics from "node:diagnostics_channel"
import * as Fs from "node:fs"

/**
 * Returns how many bytes of a request have not left this machine or, on Linux, have not reached the peer. The number is
 * `undefined` if unknown. If `now` is true, the kernel's table is read again; otherwise, all requests that are checked
 * together share one reading.
 */
export interface Queued {
  (now?: boolean): number | undefined
  /**
   * Returns the number of bytes of the body that the socket no longer reads, so their memory may be overwritten. The number may
   * be too low by `mostHeaders`, is never too high, and is `undefined` if unknown.
   */
  readonly accepted?: () => number | undefined
}

const channel = "undici:client:sendHeaders"

/** The socket of a watched request, and how many bytes it had taken before the request. */
interface Watched {
  socket: unknown
  start: number | undefined
}

/** The sockets of the watched requests, by URL. */
const sockets = new Map<string, Watched>()

const onHeaders = (message: unknown): void => {
  const { headers, request, socket } = message as {
    readonly headers?: unknown
    readonly request?: { origin?: unknown; path?: unknown }
    readonly socket?: unknown
  }
  // The previous request of this socket has its response. Bytes queued from now on belong to another request.
  for (const watched of sockets.values()) if (watched.socket === socket) watched.socket = undefined
  const watched = sockets.get(`${String(request?.origin)}${String(request?.path)}`)
  if (watched === undefined) return
  watched.socket = socket
  // The streams of HTTP/2 have queues of their own, and share the socket.
  const isAlone = typeof headers === "string" && /^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(headers)
  watched.start = isAlone ? numberOf(socket, "bytesWritten") : undefined
}

/** More bytes than the headers of a request have: 64 KiB. The socket counts headers and body together. */
export const mostHeaders = 64 * 1024

const acceptedOf = ({ socket, start }: Watched): number | undefined => {
  const written = numberOf(socket, "bytesWritten")
  const held = numberOf(socket, "writableLength")
  if (start === undefined || written === undefined || held === undefined) return undefined
  return Math.max(0, written - held - start - mostHeaders)
}

/**
 * Watches the request to a URL until the scope closes.
 *
 * **Gotchas**
 *
 * Only undici's client exposes the socket of a request. On Windows, the kernel accepts a buffer as a whole, so partial
 * progress cannot be observed.
 */
const watch = (url: string): Effect.Effect<Queued, never, Scope.Scope> => {
  if (!URL.canParse(url)) return Effect.succeed(() => undefined)
  const { origin, pathname, search } = new URL(url)
  const key = `${origin}${pathname}${search}`
  return Effect.acquireRelease(
    Effect.sync(() => {
      const watched: Watched = { socket: undefined, start: undefined }
      if (sockets.size === 0) Diagnostics.subscribe(channel, onHeaders)
      sockets.set(key, watched)
      const queued = (now = false) => {
        if (now) table = undefined
        return queueOf(watched.socket)
      }
      return { watched, queued: Object.assign(queued, { accepted: () => acceptedOf(watched) }) }
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
  // Read the queue below TLS: TLS's own queue counts a buffer as a whole.
  const length = numberOf(property(handle, "_parent"), "writeQueueSize") ?? numberOf(handle, "writeQueueSize")
  return length === undefined ? undefined : length + unacknowledged(socket)
}

/**
 * Returns the number of bytes that the kernel has accepted but the peer has not acknowledged, as reported by Linux. The
 * number is 0 on other systems and for IPv6.
 *
 * The kernel accepts several MB at once, regardless of the speed of the network. On a slow network, sending the accepted
 * bytes can take minutes.
 */
const unacknowledged = (socket: unknown): number => {
  const [address, local, remote] = ["remoteAddress", "localPort", "remotePort"].map((name) => property(socket, name))
  if (process.platform !== "linux" || typeof address !== "string" || !/^[\d.]+$/.test(address)) return 0
  const ending = ` ${hex(address.split(".").map(Number).toReversed(), 2)}:${hex([Number(remote)], 4)} 01 `
  for (const line of connections()) {
    const at = line.indexOf(ending)
    if (at !== -1 && line.slice(0, at).endsWith(`:${hex([Number(local)], 4)}`)) {
      return Number.parseInt(line.slice(at + ending.length), 16) || 0
    }
  }
  return 0
}

const hex = (numbers: ReadonlyArray<number>, digits: number): string =>
  numbers.map((number) => number.toString(16).toUpperCase().padStart(digits, "0")).join("")

let table: ReadonlyArray<string> | undefined

/** The kernel's table of connections, which is read once for all chunks that are checked together. */
const connections = (): ReadonlyArray<string> => {
  if (table === undefined) {
    try {
      table = Fs.readFileSync("/proc/net/tcp", "latin1").split("\n")
    } catch {
      table = []
    }
    setImmediate(() => {
      table = undefined
    })
  }
  return table
}

const property = (u: unknown, name: string): unknown =>
  typeof u === "object" && u !== null ? Reflect.get(u, name) : undefined

const numberOf = (u: unknown, name: string): number | undefined => {
  const value = property(u, name)
  return typeof value === "number" ? value : undefined
}

/** The service that chunks use to read the socket queue. Tests replace it. */
export const SocketQueue = Context.Reference<{ readonly watch: typeof watch }>("@holdfast/c2c/SocketQueue", {
  defaultValue: () => ({ watch }),
})
