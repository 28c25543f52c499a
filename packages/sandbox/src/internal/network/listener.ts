/**
 * The Node server that serves the routes. It listens on loopback, closes with its scope, and can write a response as raw
 * bytes.
 */
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { ServeError } from "effect/http/HttpServerError"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { IncomingMessage, Server } from "node:http"
import type { Duplex } from "node:stream"
import { ListenFailed, PortInUse } from "../../SandboxError.ts"
import { admitted } from "./admission.ts"
import * as frameio from "../responses/frameio.ts"
import * as s3 from "../responses/s3.ts"
import * as stalled from "./stalled.ts"

/**
 * Serves routes on 127.0.0.1 until the scope closes, and returns the base URL. Port 0 means any free port. `storage` contains
 * the prefixes of the storage paths.
 */
export const listen = Effect.fnUntraced(function* (
  node: Server,
  routes: ReadonlyArray<HttpRouter.Route>,
  port: number,
  storage: ReadonlyArray<string>,
) {
  answerIncompleteBodies(node)
  stalled.end(node, stalled.afterMs)
  const app = yield* HttpRouter.toHttpEffect(HttpRouter.addAll([...routes, elsewhere(routes)]))
  const server = yield* NodeHttpServer.make(() => node, { port, host: "127.0.0.1" }).pipe(
    Effect.mapError((error) => listenError(error, port)),
  )
  yield* server.serve(dated(admitted(app, storage)))
  // Added last, so it runs first: a client that keeps its connections open must not delay the end of the layer.
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      node.close()
      node.closeAllConnections()
    }),
  )
  const address = node.address()
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : port}`
})

/** Sets `Date` from `Clock` instead of Node's clock, so that it agrees with the server's signatures and tokens. */
const dated = <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
  Effect.flatMap(app, (response) =>
    Effect.map(Clock.currentTimeMillis, (now) => HttpServerResponse.setHeader(response, "date", httpDate(now))),
  )

const httpDate = (millis: number): string => DateTime.toDateUtc(DateTime.makeUnsafe(millis)).toUTCString()

/** The response if no route matches: 405 for a known path with another method, 404 for any other path. */
const elsewhere = (routes: ReadonlyArray<HttpRouter.Route>) => {
  const paths = new Set<string>(routes.map((route) => route.path))
  return HttpRouter.route(
    "*",
    "/*",
    Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
      paths.has(request.url.split("?")[0] ?? "") ? frameio.methodNotAllowed : frameio.notFound,
    ),
  )
}

const listenError = (error: ServeError, port: number) =>
  error.cause instanceof Error && "code" in error.cause && error.cause.code === "EADDRINUSE"
    ? new PortInUse({ port })
    : new ListenFailed({ port, cause: error.cause })

/**
 * Answers a client that half-closes its connection before sending the announced body. Node would respond with a bare
 * 400; S3 responds with `IncompleteBody`.
 */
const answerIncompleteBodies = (node: Server): void => {
  const uploads = new WeakMap<Duplex, string>()
  const remember = ({ method, socket, url = "" }: IncomingMessage) => {
    if (method === "PUT") uploads.set(socket, url.split("?")[0] ?? "")
    else uploads.delete(socket)
  }
  node.on("request", remember)
  node.on("checkContinue", remember)
  node.on("clientError", (error: Error & { readonly code?: string }, socket) => {
    const upload = uploads.get(socket)
    if (!socket.writable) return void socket.destroy()
    if (error.code !== "HPE_INVALID_EOF_STATE" || upload === undefined) {
      return void socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    }
    const body = s3.document(s3.incompleteBody, upload, "INCOMPLETE")
    const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}`
    socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
  })
}
