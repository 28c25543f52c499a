/**
 * `/v2/auth`: creates device codes, issues tokens and revokes them.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import * as Credentials from "../../Credentials.ts"
import { deviceCodeLife, isDenial, type Denial, type TokenWire } from "../accounts/accounts.ts"
import * as frameio from "../responses/frameio.ts"
import { type Backend, incoming, versioned } from "./backend.ts"
import { form } from "./body.ts"

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

export const authRoutes = (backend: Backend) => {
  const { accounts, injector } = backend
  // A socket on which a device code was issued. Frame.io answers the second request on it with slow_down.
  const served = new WeakSet<Socket>()

  const requestCode = Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const { socket } = yield* incoming
    if (served.has(socket)) return frameio.simple(400, "slow_down")
    const { deviceCode, userCode, interval } = yield* accounts.requestCode
    served.add(socket)
    const page = `http://${request.headers["host"]}/device`
    return frameio.json({
      device_code: deviceCode,
      expires_in: deviceCodeLife,
      interval,
      name: "Holdfast sandbox",
      user_code: userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${userCode}`,
    })
  })

  const refreshed = Effect.fnUntraced(function* (token: string) {
    const request = yield* HttpServerRequest.HttpServerRequest
    const clock = yield* Clock.Clock
    const arrival = yield* accounts.arrived(token)
    const response = NodeHttpServerRequest.toServerResponse(request) as ServerResponse
    response.once("close", () => {
      arrival.status = response.writableFinished ? response.statusCode : null
      arrival.endedAt = clock.currentTimeMillisUnsafe()
    })
    return yield* injector.around(
      { route: "refresh", resource: "" },
      () => Effect.map(accounts.refresh(token, arrival), answer),
      ({ kind }) => (arrival.fault = kind),
    )
  })

  const tokens = (fields: Record<string, string>) => {
    switch (fields["grant_type"]) {
      case deviceGrant:
        return injector.around({ route: "token", resource: "" }, () =>
          Effect.map(accounts.poll(fields["device_code"] ?? ""), answer),
        )
      case "refresh_token":
        return refreshed(fields["refresh_token"] ?? "")
      default:
        return Effect.succeed(frameio.simple(400, "invalid_grant"))
    }
  }

  return [
    HttpRouter.route(
      "POST",
      "/v2/auth/device/code",
      withClient((fields) =>
        fields["scope"] === undefined
          ? Effect.succeed(frameio.simple(400, "invalid_request"))
          : injector.around({ route: "device-code", resource: "" }, () => requestCode),
      ),
    ),
    HttpRouter.route("POST", "/v2/auth/token", withClient(tokens)),
    HttpRouter.route(
      "POST",
      "/v2/auth/revoke",
      withClient((fields) =>
        injector.around({ route: "revoke", resource: "" }, () =>
          Effect.as(accounts.revoke(fields["token"] ?? ""), frameio.json("ok")),
        ),
      ),
    ),
  ]
}

/** Reads the form and rejects clients other than the sandbox's own. */
const withClient = <E, R>(
  handler: (fields: Record<string, string>) => Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
) =>
  versioned(
    Effect.gen(function* () {
      const fields = yield* form
      if (fields === undefined) return frameio.unsupportedMediaType
      const known =
        fields["client_id"] === Credentials.clientId &&
        fields["client_secret"] === Redacted.value(Credentials.clientSecret)
      return known ? yield* handler(fields) : frameio.simple(400, "invalid_client")
    }),
  )

const answer = (result: TokenWire | Denial) =>
  isDenial(result) ? frameio.simple(result.status, result.error) : frameio.json(result)
