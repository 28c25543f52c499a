/**
 * `/devices/websocket`: the socket of a device, which speaks the Phoenix protocol.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import { CloseEvent } from "effect/socket/Socket"
import type { Socket } from "node:net"
import { reset } from "../network/connections.ts"
import * as frameio from "../responses/frameio.ts"
import { type Backend, incoming } from "./backend.ts"
import { deviceId } from "./devices.ts"

/** The time without a frame from the device after which the server closes the connection. */
const silenceMs = 60_000

const Frame = Schema.fromJsonString(
  Schema.Struct({
    topic: Schema.String,
    event: Schema.String,
    ref: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.Number]))),
  }),
)

export const topic = `devices:${deviceId}`

/**
 * Destroys a connection when the server's scope closes before the session ends.
 *
 * **Details**
 *
 * The WebSocket server waits for its clients when its scope closes. It is created with the first session, so only a finalizer
 * that is added during a session runs earlier.
 */
const endWithServer = (server: Scope.Scope, connection: Socket) => {
  let isOver = false
  return Effect.acquireRelease(
    Effect.tap(Scope.fork(server), (scope) =>
      Scope.addFinalizer(
        scope,
        Effect.sync(() => (isOver ? undefined : connection.destroy())),
      ),
    ),
    (scope, exit) => {
      isOver = true
      return Scope.close(scope, exit)
    },
  )
}

/** The routes of a server that ends when `server` closes. */
export const socketRoutes = (backend: Backend, server: Scope.Scope) => {
  const { accounts, injector, pause } = backend

  /** Serves one device until the connection ends. `fault` is a fault that begins after the connection is open. */
  const serve = (fault?: "socket-drop" | "socket-silent") =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const { socket: connection } = yield* incoming
      const socket = yield* request.upgrade
      const { pull } = yield* socket.reader
      const { write } = yield* socket.writer
      yield* endWithServer(server, connection)
      const send = (to: string, event: string, payload: object, ref: string | number | null = null) =>
        write(JSON.stringify({ topic: to, event, payload, ref }))
      const reply = (to: string, ref: string | number | null | undefined, status: "ok" | "error", response: object) =>
        send(to, "phx_reply", { status, response }, ref)
      if (fault === "socket-silent") return yield* Effect.forever(pull)

      let isJoined = false
      const handle = Effect.fnUntraced(function* (data: string | Uint8Array) {
        const frame = Option.getOrUndefined(Schema.decodeUnknownOption(Frame)(data))
        if (frame === undefined) return
        const { event, ref } = frame
        if (frame.topic === "phoenix" && event === "heartbeat") return yield* reply("phoenix", ref, "ok", {})
        if (event !== "phx_join") return
        if (frame.topic !== topic) return yield* reply(frame.topic, ref, "error", { reason: "unmatched topic" })
        yield* reply(topic, ref, "ok", {})
        if (!isJoined) {
          isJoined = true
          yield* pause.listen((paused) =>
            Effect.ignore(send(topic, "status_updated", { status: paused ? "paused" : "online" })),
          )
        }
        if (fault === "socket-drop") yield* Effect.sync(() => reset(connection))
      })
      const silent = write(new CloseEvent(1000)).pipe(Effect.andThen(Effect.interrupt))
      return yield* pull.pipe(
        Effect.timeoutOrElse({ duration: silenceMs, orElse: () => silent }),
        Effect.flatMap((batch) => Effect.forEach(batch, handle, { discard: true })),
        Effect.forever,
      )
    }).pipe(Effect.scoped, Effect.ignore, Effect.as(HttpServerResponse.empty()))

  return [
    HttpRouter.route(
      "GET",
      "/devices/websocket",
      injector.around({ route: "socket", resource: "" }, (twist) =>
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          if (request.headers["upgrade"]?.toLowerCase() !== "websocket") return frameio.notFound
          const given = new URL(request.url, "http://sandbox").searchParams.get("Authorization") ?? ""
          const token = /^Bearer (.+)$/.exec(given)?.[1]
          if (token === undefined || !(yield* accounts.accepts(token))) return frameio.notAuthorized
          return yield* serve(twist === "socket-drop" || twist === "socket-silent" ? twist : undefined)
        }),
      ),
    ),
  ]
}
