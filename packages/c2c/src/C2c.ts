/**
 * Provides the complete C2C client with its gates, tokens, device authorization and heartbeat.
 */
import { Authorization, type Tokens } from "@holdfast/core/Authorization"
import {
  Connectivity,
  layerWith as connectivityLayer,
  type Options as ConnectivityOptions,
} from "@holdfast/core/Connectivity"
import {
  DeviceAuthorization,
  limits as signInLimits,
  type TimeoutOptions as SignInTimeouts,
} from "@holdfast/oauth/DeviceAuthorization"
import * as OAuthTokens from "@holdfast/oauth/OAuthTokens"
import type { TokenStore } from "@holdfast/oauth/TokenStore"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type C2cClient, layerWith as clientLayer, type Options as C2cClientOptions } from "./C2cClient.ts"
import { C2cConfig } from "./C2cConfig.ts"
import * as C2cHealth from "./C2cHealth.ts"
import * as Heartbeat from "./Heartbeat.ts"
import { identify } from "./internal/api/identity.ts"
import { dialect } from "./internal/api/oauthDialect.ts"
import { versionHeader } from "./internal/api/versionHeader.ts"
import * as Policies from "./Policies.ts"

/**
 * The OAuth scope that a device requests. This scope lets the device create assets and refresh its tokens without user
 * interaction.
 */
export const scope = "asset_create offline"

/**
 * Provides device authorization, which pairs a device with Frame.io.
 *
 * **Details**
 *
 * For the device authorization calls, Frame.io requires multipart bodies, the client secret and the version header. If the
 * context contains a `Connectivity`, the authorization calls wait at its gate and report failures to it.
 */
export const deviceAuthorization: Layer.Layer<DeviceAuthorization, never, C2cConfig | HttpClient.HttpClient> =
  Layer.suspend(() => deviceAuthorizationWith())

/** Like `deviceAuthorization`, but with custom timeouts. Throws an `InvalidPolicy` for invalid or unknown options. */
export const deviceAuthorizationWith = (
  timeouts: SignInTimeouts = {},
): Layer.Layer<DeviceAuthorization, never, C2cConfig | HttpClient.HttpClient> => {
  Policies.known("C2c.deviceAuthorization", timeouts, { timeout: true, refreshTimeout: true })
  // Validate the options now, not when the layer is built.
  signInLimits(timeouts)
  return Layer.unwrap(
    Effect.map(
      Effect.all([C2cConfig, Effect.serviceOption(Connectivity)]),
      ([{ api, clientId, clientSecret, clientVersion }, connectivity]) =>
        DeviceAuthorization.layer({
          ...timeouts,
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
  ).pipe(
    Layer.provide(
      Layer.effect(
        HttpClient.HttpClient,
        Effect.map(Effect.all([HttpClient.HttpClient, C2cConfig]), ([client, config]) => identify(client, config)),
      ),
    ),
  )
}

/**
 * Provides the client, its gates and its device authorization, and runs the heartbeat.
 *
 * **Details**
 *
 * The connectivity gate is closed until Frame.io's health endpoint responds. The authorization gate is closed until the
 * `TokenStore` contains a token. API calls wait at both gates, whereas sign-in and refresh calls wait only at the
 * connectivity gate. To pair, run `Pairing` from `@holdfast/oauth` alongside this layer: the token that it saves opens the
 * gate. All fibers are interrupted when the layer's scope closes.
 */
export const layer: Layer.Layer<Services, never, C2cConfig | HttpClient.HttpClient | TokenStore> = Layer.suspend(() =>
  layerWith(),
)

/** The services that `layer` and `layerWith` provide. */
export type Services = C2cClient | Connectivity | Authorization | DeviceAuthorization | Tokens

/** The options for refreshing tokens. */
export interface RefreshOptions extends Omit<OAuthTokens.Options, "connectivity"> {
  /** The timeout for a single token refresh. Default: `Timeouts.refresh` (2 min). */
  readonly timeout?: Duration.Input | undefined
}

/** The policies for API calls. Omitted options use the defaults of `layer`. */
export interface Options extends C2cClientOptions {
  /**
   * The timeout for a single attempt of an API call, a code request, a poll or a revocation. Token refreshes and connectivity
   * probes have their own timeouts. Default: `Timeouts.request` (15 s).
   */
  readonly timeout?: Duration.Input | undefined
  /** The options for probing an unreachable API. Default: the waits configured in `backoff` and a timeout of 15 s. */
  readonly probe?: ConnectivityOptions | undefined
  /** The options for refreshing tokens. */
  readonly refresh?: RefreshOptions | undefined
}

/**
 * Like `layer`, but with custom policies. Throws an `InvalidPolicy` for invalid or unknown options.
 *
 * **Example**
 *
 * ```ts
 * const Api = C2c.layerWith({ backoff: { jitter: "additive" }, timeout: "30 seconds", probe: { timeout: "5 seconds" } })
 * ```
 */
export const layerWith = (
  options: Options = {},
): Layer.Layer<Services, never, C2cConfig | HttpClient.HttpClient | TokenStore> => {
  Policies.known("C2c", options, { retry: true, backoff: true, timeout: true, probe: true, refresh: true })
  const { probe, refresh = {}, ...calls } = options
  const { timeout: refreshTimeout, ...refreshes } = refresh
  // Validate the options now, not when the layer is built.
  OAuthTokens.layerWith(refreshes)
  return Heartbeat.layer.pipe(
    Layer.provideMerge(clientLayer(calls)),
    Layer.provideMerge(Authorization.layer),
    // A refresh waits at the connectivity gate.
    Layer.provideMerge(
      Layer.unwrap(Effect.map(Connectivity, (connectivity) => OAuthTokens.layerWith({ ...refreshes, connectivity }))),
    ),
    Layer.provideMerge(deviceAuthorizationWith({ timeout: calls.timeout, refreshTimeout })),
    Layer.provideMerge(connectivityLayer({ backoff: options.backoff, ...probe }).pipe(Layer.provide(C2cHealth.layer))),
  )
}
