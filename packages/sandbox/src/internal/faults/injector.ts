/**
 * Injects the faults of a plan before, during or after the handler of a route.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Stream from "effect/Stream"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type { IncomingMessage, ServerResponse } from "node:http"
import { type Fault, kinds } from "../../Fault.ts"
import type { InjectedFault } from "../../InjectedFault.ts"
import type { Accounts } from "../accounts/accounts.ts"
import * as frameio from "../responses/frameio.ts"
import * as intermediaries from "../responses/intermediaries.ts"
import type { Dealer, Target } from "../../Dealer.ts"
import type { Identifiers } from "../accounts/identifiers.ts"
import { type Connections, reset } from "../network/connections.ts"
import * as s3 from "../responses/s3.ts"

export type Injector = ReturnType<typeof make>

/** A fault that occurs while the handler runs, so the handler must cause it itself. */
export type Twist = "wrong-bytes" | "url-expired" | "socket-drop" | "socket-silent"

type Handler<E, R> = (twist?: Twist) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>

export const make = (options: {
  readonly dealer: Dealer
  readonly connections: Connections
  readonly accounts: Accounts
  readonly ids: Identifiers
  readonly report: (fault: InjectedFault) => Effect.Effect<void>
}) => {
  const { dealer, connections, accounts, ids, report } = options

  const suffer = Effect.fnUntraced(function* <E, R>(fault: Fault, target: Target, handler: Handler<E, R>) {
    const request = yield* HttpServerRequest.HttpServerRequest
    const incoming = NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage
    const ofS3 = target.route === "chunk"
    const work = handler()
    const hangUp = Effect.andThen(
      Effect.sync(() => reset(incoming.socket)),
      Effect.interrupt,
    )
    switch (fault.kind) {
      case "slow-down":
        return frameio.simple(400, "slow_down")
      case "too-many-requests":
        return HttpServerResponse.empty({
          status: 429,
          headers: fault.seconds === undefined ? {} : { "retry-after": String(fault.seconds) },
        })
      case "internal-error":
        return ofS3 ? refuse(s3.internalError, incoming) : frameio.internalServerError
      case "s3-slow-down":
        return refuse(s3.slowDown, incoming)
      case "not-found":
        return intermediaries.notFound
      case "html":
        return intermediaries.signIn
      case "unavailable":
        return intermediaries.unavailable
      case "channel-paused":
        return frameio.channelPaused
      case "refresh-refused":
        return frameio.simple(400, "invalid_request")
      case "url-expired":
      case "wrong-bytes":
      case "socket-drop":
      case "socket-silent":
        return yield* handler(fault.kind)
      case "token-expired":
        return yield* Effect.andThen(accounts.expireAll, work)
      case "reset-before":
        return yield* hangUp
      case "reset-during":
        return yield* Effect.andThen(readHalf(request), hangUp)
      case "reset-after":
        return yield* Effect.andThen(work, hangUp)
      case "hang":
        return yield* Effect.andThen(Effect.sleep(`${fault.seconds ?? 2} seconds`), hangUp)
      case "truncated":
        return yield* Effect.flatMap(work, (response) => cutShort(request, response))
    }
  })

  const refuse = (refusal: Parameters<typeof s3.refuse>[0], incoming: IncomingMessage) =>
    s3.refuse(refusal, (incoming.url ?? "").split("?")[0] ?? "", ids.hex("S3 request").slice(0, 16).toUpperCase())

  return {
    /** Runs a handler and injects its fault before, during or after the handler. `onFault` is called before the fault. */
    around: Effect.fnUntraced(function* <E, R>(
      target: Target,
      handler: Handler<E, R>,
      onFault: (fault: Fault) => void = () => {},
    ) {
      const { request: nth, fault, begins } = yield* dealer.next(target)
      const at = yield* Clock.currentTimeMillis
      for (const outage of begins) {
        const where = outage.routes ?? ["*"]
        yield* report({
          at,
          route: where.join(" "),
          resource: "",
          request: nth,
          fault: "unreachable",
          message: `unreachable for ${outage.seconds} s${outage.routes === undefined ? "" : ` (${outage.routes.join(", ")})`}`,
        })
        if (outage.routes === undefined) yield* connections.cut(outage.seconds * 1000)
      }
      if (fault === undefined) return yield* handler()
      onFault(fault)
      yield* report({
        at,
        route: target.route,
        resource: target.resource,
        ...(target.chunk === undefined ? {} : { chunk: target.chunk }),
        request: nth,
        fault: fault.kind,
        message: `${kinds[fault.kind].text} on ${target.chunk === undefined ? target.route : `chunk ${target.chunk}`}`,
      })
      return yield* suffer(fault, target, handler)
    }),
  }
}

const readHalf = (request: HttpServerRequest.HttpServerRequest) => {
  const half = Number(request.headers["content-length"] ?? 0) / 2
  let bytes = 0
  return request.stream.pipe(
    Stream.takeWhile((data) => (bytes += data.length) < half),
    Stream.runDrain,
    Effect.ignore,
  )
}

/** Announces the whole response (64 bytes if it has no body), sends half of it, and ends the connection. */
const cutShort = (request: HttpServerRequest.HttpServerRequest, response: HttpServerResponse.HttpServerResponse) =>
  Effect.gen(function* () {
    const body = new Uint8Array(yield* Effect.promise(() => HttpServerResponse.toWeb(response).arrayBuffer()))
    const outgoing = NodeHttpServerRequest.toServerResponse(request) as ServerResponse
    yield* Effect.callback<void>((resume) => {
      outgoing.writeHead(response.status, {
        ...response.headers,
        "content-length": body.length === 0 ? 64 : body.length,
      })
      outgoing.flushHeaders()
      outgoing.write(body.length === 0 ? "cut" : body.subarray(0, body.length >> 1), () => resume(Effect.void))
    })
    outgoing.socket?.destroy()
    return yield* Effect.interrupt
  })
