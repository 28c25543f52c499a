/**
 * The type of a misbehaviour, and the responses that misbehaviours use. Each writes directly to the socket.
 */
import type { Socket } from "node:net"

/** A request as far as it has arrived. */
export interface Seen {
  readonly method: string
  readonly path: string
  /** The secrets in the request. */
  readonly secrets: ReadonlyArray<string>
  /** The address of another server, which must receive no credential and no body. */
  readonly elsewhere: string
  /** The address of this misbehaviour. */
  readonly here: string
}

/** The required reaction of a client. */
export interface Expected {
  /** The expected retry after the failure of a plain GET, if the server's meaning is clear. */
  readonly retry?: "always" | "never"
  readonly outcome?: "failure" | "overload" | "ignored"
  /** The clients for which it is nevertheless a success: the request was carried out, or they require nothing more. */
  readonly done?: ReadonlyArray<string>
}

export interface Misbehaviour extends Expected {
  readonly name: string
  /** Responds as soon as the head has arrived, without waiting for the body. */
  readonly early?: true
  readonly answer: (socket: Socket, seen: Seen) => void
}

const reasons: Readonly<Record<number, string>> = { 200: "OK", 307: "Temporary Redirect", 503: "Service Unavailable" }

const head = (status: number, headers: Readonly<Record<string, string | number>>): string =>
  `HTTP/1.1 ${status} ${reasons[status] ?? "Status"}\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`

/** Sends a complete response, and closes the connection. */
export const whole =
  (status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Misbehaviour["answer"] =>
  (socket) => {
    const bytes = Buffer.from(body)
    socket.write(
      head(status, { "content-type": "text/plain", "content-length": bytes.length, connection: "close", ...headers }),
    )
    socket.end(bytes)
  }

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  whole(status, typeof body === "string" ? body : JSON.stringify(body), {
    "content-type": "application/json",
    ...headers,
  })

export const page = "<!doctype html><html><title>Sign in</title><body>Welcome to the hotel</body></html>"
export const html = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  whole(status, page, { "content-type": "text/html", ...headers })

export const xml = (status: number, body: string) => whole(status, body, { "content-type": "application/xml" })

export const redirect =
  (status: number, to: (seen: Seen) => string): Misbehaviour["answer"] =>
  (socket, seen) =>
    whole(status, "", { location: to(seen) })(socket, seen)

/** Writes pieces for as long as the peer reads. */
export const endless =
  (
    status: number,
    headers: Readonly<Record<string, string | number>>,
    piece: Buffer,
    every = 0,
  ): Misbehaviour["answer"] =>
  (socket) => {
    socket.write(head(status, headers))
    flood(socket, piece, every)
  }

export const flood = (socket: Socket, piece: Buffer, every: number): void => {
  const next = (): void => {
    if (socket.destroyed) return
    const room = socket.write(piece)
    if (every > 0) setTimeout(next, every)
    else if (room) setImmediate(next)
    else socket.once("drain", next)
  }
  next()
}

export const raw =
  (text: string | Buffer, ending: "end" | "reset" | "stay" = "end"): Misbehaviour["answer"] =>
  (socket) => {
    socket.write(text)
    if (ending === "end") socket.end()
    if (ending === "reset") setTimeout(() => socket.resetAndDestroy(), 20)
  }

export const endlessDrip = (socket: Socket, text: string): void => {
  let at = 0
  const next = (): void => {
    if (socket.destroyed) return
    socket.write(text[at++] ?? "a")
    setTimeout(next, 50)
  }
  next()
}
