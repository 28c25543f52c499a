/**
 * The C2C client with everything that it needs, wired: gates, tokens, device authorization, heartbeat.
 */
import { Authorization, type Tokens } from "@holdfast/core/Authorization"
import { Connectivity } from "@holdfast/core/Connectivity"
import { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import * as OAuthTokens from "@holdfast/oauth/OAuthTokens"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { C2cClient } from "./C2cClient.ts"
import { C2cConfig } from "./C2cConfig.ts"
import * as C2cHealth from "./C2cHealth.ts"
import * as Heartbeat from "./Heartbeat.ts"
import { dialect } from "./internal/oauthDialect.ts"
import { versionHeader } from "./internal/versionHeader.ts"

/** What a device may do: create assets, and stay signed in while nobody is there. */
export const scope = "asset_create offline"

/**
 * Pairing with Frame.io.
 *
 * **Details**
 *
 * Frame.io wants multipart bodies, the client's secret, and the version header on these calls too. Where there is a
 * `Connectivity`, they wait at its gate and report to it.
 */
export const deviceAuthorization: Layer.Layer<DeviceAuthorization, never, C2cConfig | HttpClient.HttpClient> =
  Layer.unwrap(
    Effect.map(
      Effect.all([C2cConfig, Effect.serviceOption(Connectivity)]),
      ([{ api, clientId, clientSecret, clientVersion }, connectivity]) =>
        DeviceAuthorization.layer({
          connectivity: Option.getOrUndefined(connectivity),
          deviceEndpoint: `${api}/v2/auth/device/code`,
          tokenEndpoint: `${api}/v2/auth/token`,
          revokeEndpoint: `${api}/v2/auth/revoke`,
          clientId,
          clientSecret,
          scope,
          encoding: "multipart",
          headers: { [versionHeader]: clientVersion },
          dialect,
        }),
    ),
  )

/** The tokens; a refresh waits at the connectivity gate. */
const tokens = Layer.unwrap(Effect.map(Connectivity, (connectivity) => OAuthTokens.layerWith({ connectivity })))

/**
 * The client, its gates and its device authorization, with the heartbeat running.
 *
 * **Details**
 *
 * The connectivity gate is closed until Frame.io's health endpoint answers; the authorization gate until there is a
 * token in the `TokenStore`. Calls wait at both; the calls of a sign-in and of a refresh wait at the first. To pair, run `Pairing` of `@holdfast/oauth` beside it: what it saves
 * opens the gate. All fibers end with the layer.
 */
export const layer: Layer.Layer<
  C2cClient | Connectivity | Authorization | DeviceAuthorization | Tokens,
  never,
  C2cConfig | HttpClient.HttpClient | TokenStore
> = Heartbeat.layer.pipe(
  Layer.provideMerge(C2cClient.layer),
  Layer.provideMerge(Authorization.layer),
  Layer.provideMerge(tokens),
  Layer.provideMerge(deviceAuthorization),
  Layer.provideMerge(Connectivity.layer.pipe(Layer.provide(C2cHealth.layer))),
)
