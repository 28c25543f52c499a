/**
 * Checks the API and a token with one request each, for interactive use.
 */
import * as Secret from "@holdfast/core/Secret"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as ResilientClient from "@holdfast/http/ResilientClient"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Redacted from "effect/Redacted"
import { C2cConfig } from "./C2cConfig.ts"
import { C2cError } from "./C2cError.ts"
import * as Api from "./internal/api/client.ts"
import * as Wire from "./Wire.ts"

const api = Effect.gen(function* () {
  return Api.client(yield* HttpClient.HttpClient, yield* C2cConfig)
})

/** Checks whether the API responds, with one request and a timeout of 15 s. */
export const health: Effect.Effect<void, C2cError | TransportError, C2cConfig | HttpClient.HttpClient> = Effect.flatMap(
  api,
  Api.probe,
)

/**
 * Finds the device to which a token belongs, with one request and a timeout of 15 s.
 *
 * **Details**
 *
 * The call does not wait at any gate and does not refresh the token. If the API rejects the token, the error's verdict asks
 * for the authorization gate to be closed, but the call itself does not close the gate.
 */
export const device = (
  token: Redacted.Redacted<string>,
): Effect.Effect<Wire.Device, C2cError | TransportError, C2cConfig | HttpClient.HttpClient> =>
  Effect.flatMap(api, (client) =>
    ResilientClient.make(client, {
      decode: C2cError.fromResponse,
      expects: Api.successes,
      json: true,
      retry: Api.once,
      timeout: Timeouts.request,
    })
      .execute(HttpClientRequest.bearerToken(HttpClientRequest.get("/v2/devices/me"), Secret.value(token)))
      .pipe(Effect.flatMap(ResponseBody.decodeJson(Wire.Device))),
  )
