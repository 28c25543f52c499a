/**
 * Opens WebSocket connections for the device socket, through the same proxies as HTTP requests.
 *
 * **Details**
 *
 * Node's own WebSocket ignores the command's proxies, and keeps a connection open if the server does not answer the close
 * frame. The `ws` package keeps such a connection open for 30 s. The WebSocket of undici, which also sends the HTTP requests,
 * uses the proxies, and this module ends its connections.
 */
import type * as Undici from "@effect/platform-node/Undici"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { type WebSocketClientOptions, WebSocketConstructor } from "effect/socket/Socket"
import type { Duplex } from "node:stream"
import type { Proxies } from "./Network.ts"

/** The largest message in bytes. The frames of the device socket are smaller than 1 KiB. */
const maxPayloadSize = 64 * 1024

const none: Proxies = { http: undefined, https: undefined, except: "*" }

/**
 * Ends a connection after its pending bytes, such as the close frame, have been written. It does not keep the process alive.
 */
const end = (connection: Duplex): void => {
  if ("unref" in connection && typeof connection.unref === "function") connection.unref()
  if ("destroySoon" in connection && typeof connection.destroySoon === "function") connection.destroySoon()
  else connection.destroy()
}

/** Creates one WebSocket, which ends its connection when the WebSocket is closed. */
const connect = (
  { DecoratorHandler, WebSocket }: typeof Undici,
  agent: Undici.Dispatcher,
  open: Set<Duplex>,
  url: string,
  init: { readonly headers: Record<string, string>; readonly protocols: Array<string> },
) => {
  let current: Duplex | undefined
  const upgraded = (connection: Duplex) => {
    current = connection
    open.add(connection)
    connection.once("close", () => open.delete(connection))
  }
  class Upgrade extends DecoratorHandler implements Undici.Dispatcher.DispatchHandler {
    readonly #next: Undici.Dispatcher.DispatchHandler
    constructor(next: Undici.Dispatcher.DispatchHandler) {
      super(next)
      this.#next = next
    }
    onRequestUpgrade(...all: Parameters<NonNullable<Undici.Dispatcher.DispatchHandler["onRequestUpgrade"]>>): void {
      upgraded(all[3])
      this.#next.onRequestUpgrade?.(...all)
    }
  }
  const dispatcher = agent.compose((dispatch) => (options, handler) => dispatch(options, new Upgrade(handler)))
  const socket = new WebSocket(url, { ...init, dispatcher })
  return Object.assign(socket, {
    close: (code?: number, reason?: string) => {
      WebSocket.prototype.close.call(socket, code, reason)
      if (current !== undefined) end(current)
    },
  })
}

/** Provides the connections. They end at the latest when the layer's scope closes. Without proxies, they are direct. */
export const layer = ({ except, http, https }: Proxies = none): Layer.Layer<WebSocketConstructor> =>
  Layer.effect(
    WebSocketConstructor,
    Effect.gen(function* () {
      const undici = yield* Effect.promise(() => import("@effect/platform-node/Undici"))
      const open = new Set<Duplex>()
      const agent = yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new undici.EnvHttpProxyAgent({
              httpProxy: http === undefined ? "" : Redacted.value(http),
              httpsProxy: https === undefined ? "" : Redacted.value(https),
              noProxy: except,
              // A proxy does not forward the headers of an upgrade.
              proxyTunnel: true,
              webSocket: { maxPayloadSize },
            }),
        ),
        (agent) =>
          Effect.promise(() => {
            for (const connection of open) connection.destroy()
            return agent.destroy()
          }),
      )
      return (url, options) => {
        const given = typeof options === "string" || Array.isArray(options) ? { protocols: options } : options
        const { headers = {}, protocols = [] }: WebSocketClientOptions = given ?? {}
        return connect(undici, agent, open, url, { headers: { ...headers }, protocols: [protocols].flat() })
      }
    }),
  )
