/** A scripted WebSocket without a network. It follows TestClock and records what the device sends. */
import { Clock, Effect, Layer } from "effect"
import * as Socket from "effect/socket/Socket"

type Listener = (event: Socket.WebSocketEvent) => void

export interface Sent {
  /** In seconds. */
  readonly at: number
  readonly topic: string
  readonly event: string
  readonly ref: string
}

/** One connection, as the server sees it. */
export class FakeSocket {
  readyState = 0
  readonly sent: Array<Sent> = []
  closedWith: number | undefined
  private readonly listeners = new Map<string, Set<Listener>>()
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly at: number
  private readonly now: () => number
  private readonly script: Script

  constructor(url: string, options: Socket.WebSocketConstructorOptions | undefined, now: () => number, script: Script) {
    this.url = url
    this.headers = typeof options === "object" && "headers" in options ? (options.headers ?? {}) : {}
    this.now = now
    this.at = now()
    this.script = script
  }

  addEventListener(type: string, listener: Listener) {
    this.listeners.set(type, (this.listeners.get(type) ?? new Set()).add(listener))
  }
  removeEventListener(type: string, listener: Listener) {
    this.listeners.get(type)?.delete(listener)
  }
  private emit(type: string, event: Socket.WebSocketEvent) {
    for (const listener of this.listeners.get(type) ?? []) listener(event)
  }

  send(data: string | Uint8Array) {
    const { event, ref, topic } = JSON.parse(String(data)) as Sent
    this.sent.push({ at: this.now(), topic, event, ref })
    this.script.onSend?.(this, { at: this.now(), topic, event, ref })
  }
  close(code?: number) {
    this.closedWith ??= code
    this.readyState = 3
  }

  open() {
    this.readyState = 1
    this.emit("open", { type: "open" })
  }
  receive(data: unknown) {
    const isRaw = typeof data === "string" || data instanceof Uint8Array
    this.emit("message", { type: "message", data: isRaw ? data : JSON.stringify(data) })
  }
  /** Ends the connection as a WebSocket client reports it: with a close frame, or with 1006 after an error. */
  end(code: number, reason = "") {
    this.readyState = 3
    this.emit("close", { type: "close", code, reason })
  }
  fail(details: Readonly<Record<string, unknown>> = {}) {
    this.readyState = 3
    this.emit("error", { type: "error", target: this, ...details } as Socket.WebSocketEvent)
    this.emit("close", { type: "close", code: 1006, reason: "" })
  }
}

/** What the server does when a connection is made, and when a frame arrives. */
export interface Script {
  readonly onConnect?: (socket: FakeSocket) => void
  readonly onSend?: (socket: FakeSocket, frame: Sent) => void
}

export const reply = (to: Sent, status: "ok" | "error" = "ok") => ({
  topic: to.topic,
  event: "phx_reply",
  payload: { status, response: {} },
  ref: to.ref,
})

/** A healthy server: it accepts every connection and answers every frame. */
export const calm: Script = {
  onConnect: (socket) => socket.open(),
  onSend: (socket, frame) => socket.receive(reply(frame)),
}

/** A server that does not accept connections. */
export const refusing: Script = { onConnect: (socket) => socket.fail() }

/** `script` returns what the server does with the nth connection, from 0. */
export const make = (script: (n: number) => Script = () => calm) => {
  const sockets: Array<FakeSocket> = []
  const layer = Layer.effect(
    Socket.WebSocketConstructor,
    Effect.map(Clock.Clock, (clock) =>
      Socket.WebSocketConstructor.of((url, options) => {
        const chosen = script(sockets.length)
        const socket = new FakeSocket(url, options, () => clock.currentTimeMillisUnsafe() / 1000, chosen)
        sockets.push(socket)
        setImmediate(() => chosen.onConnect?.(socket))
        return socket as unknown as Socket.WebSocketLike
      }),
    ),
  )
  const last = () => sockets.at(-1)!
  return { sockets, layer, last, times: () => sockets.map(({ at }) => at) }
}
