/**
 * Provides a runner with the clients of each device, over the tokens and the gate that all runners share.
 */
import * as C2c from "@holdfast/c2c/C2c"
import { C2cClient, layerWith as clientLayer } from "@holdfast/c2c/C2cClient"
import { C2cConfig } from "@holdfast/c2c/C2cConfig"
import * as C2cHealth from "@holdfast/c2c/C2cHealth"
import * as Heartbeat from "@holdfast/c2c/Heartbeat"
import { RealtimeUploader } from "@holdfast/c2c/RealtimeUploader"
import { layerOver as uploaderLayer } from "@holdfast/c2c/Uploader"
import { Authorization } from "@holdfast/core/Authorization"
import { Connectivity, Health } from "@holdfast/core/Connectivity"
import { make as makeOrigins, Origins } from "@holdfast/core/Origins"
import * as Verdict from "@holdfast/core/Verdict"
import { DeviceAuthorization } from "@holdfast/oauth/DeviceAuthorization"
import type * as Sharding from "effect/cluster/Sharding"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import type { Rate } from "../internal/cluster/limits/limitedClient.ts"
import * as BreakerClient from "../internal/cluster/limits/breakerClient.ts"
import * as LimitedClient from "../internal/cluster/limits/limitedClient.ts"
import { defaultDevice, DeviceClients } from "./DeviceClients.ts"
import { DeviceNotPaired, DeviceUnavailable } from "./DeviceError.ts"
import * as SharedGate from "./gates/SharedGate.ts"
import { DeviceTokens } from "./tokens/DeviceTokens.ts"
import * as TokenKeeper from "./tokens/TokenKeeper.ts"

export type { Rate } from "../internal/cluster/limits/limitedClient.ts"

/** How long the clients of a device are kept after its last upload. */
export const idleTimeToLive = Duration.minutes(5)

/** The API and the devices of a worker. Every worker of a cluster needs the same values. */
export interface Options {
  /** The API, and the identity of the default device. */
  readonly config: C2cConfig["Service"]
  /** Returns the client id of a device. Default: the name of the device; for the default device, the id in `config`. */
  readonly clientId?: ((device: string) => string) | undefined
  /** The policies for API calls. */
  readonly policies?: Omit<C2c.Options, "refresh"> | undefined
  /**
   * The number of API calls that start within a window, for all devices together. If the context contains a
   * `RateLimiterStore`, such as that of `SharedLimits.layerRedis`, all runners share the rate. Otherwise each runner has its
   * own. Retries of a call are not counted. Default: no limit.
   */
  readonly rate?: Rate | undefined
  /** The options for refreshing tokens. */
  readonly refresh?: C2c.RefreshOptions | undefined
}

/**
 * Provides `DeviceClients`, and lets this runner keep the tokens of devices and the gate of the API.
 *
 * **Details**
 *
 * The clients of a device are created for its first upload on this runner and kept for 5 min after the last one. All devices
 * share the gate of the API with all runners: while the API is unreachable, one runner probes it. Their tokens come from
 * `DeviceTokens`, and one runner at a time refreshes those of a device. `of` fails with `DeviceNotPaired` if the database has
 * no pair for the device.
 *
 * If the context contains a `CircuitBreakerStore`, such as that of `SharedLimits.layerRedis`, API calls pass a circuit breaker
 * that all runners share: after 5 calls in a row that failed in spite of their retries, all calls wait, and one of them probes
 * the API.
 */
export const layer = ({
  clientId,
  config,
  policies = {},
  rate,
  refresh = {},
}: Options): Layer.Layer<
  Connectivity | DeviceClients,
  never,
  DeviceTokens | HttpClient.HttpClient | Sharding.Sharding
> => {
  const { probe, ...calls } = policies
  const { timeout: refreshTimeout, ...refreshes } = refresh
  const { origin } = new URL(config.api)
  const probing = { ...(calls.backoff === undefined ? {} : { backoff: calls.backoff }), ...probe }
  const configOf = (device: string) => ({
    ...config,
    clientId: clientId?.(device) ?? (device === defaultDevice ? config.clientId : device),
  })

  const keeper = Layer.unwrap(
    Effect.gen(function* () {
      const connectivity = yield* Connectivity
      const http = yield* HttpClient.HttpClient
      return TokenKeeper.layer({
        authorization: (device) =>
          Layer.build(
            C2c.deviceAuthorizationWith({ timeout: calls.timeout, refreshTimeout }).pipe(
              Layer.provide(Layer.succeed(C2cConfig, configOf(device))),
              Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
              Layer.provide(Layer.succeed(Connectivity, connectivity)),
            ),
          ).pipe(
            Effect.map((context) => ({
              device: Context.get(context, DeviceAuthorization),
              options: { ...refreshes, connectivity },
            })),
          ),
      })
    }),
  )
  const gateKeeper = Layer.unwrap(
    Effect.map(Health, ({ check }) =>
      SharedGate.layer({
        ...probing,
        check: (asked) =>
          asked === origin ? check : Effect.fail(`this worker is configured for ${origin}, not for ${asked}`),
      }),
    ),
  )

  return Layer.effect(DeviceClients, make(configOf, calls, rate)).pipe(
    Layer.merge(keeper),
    Layer.provideMerge(SharedGate.connectivity(probing)),
    Layer.merge(gateKeeper),
    Layer.merge(SharedGate.turns),
    Layer.provide(C2cHealth.layer),
    Layer.provide(Layer.succeed(C2cConfig, config)),
  )
}

const make = (
  configOf: (device: string) => C2cConfig["Service"],
  calls: Omit<C2c.Options, "probe" | "refresh">,
  rate: Rate | undefined,
) =>
  Effect.gen(function* () {
    const tokens = yield* DeviceTokens
    // The storage gates are those of the runner, and not of a device.
    const origins = yield* SharedGate.origins(yield* makeOrigins([yield* Connectivity]))
    const limited = rate === undefined ? (client: C2cClient["Service"]) => client : yield* LimitedClient.make(rate)
    // A call that waits for the circuit takes no turn of the rate.
    const guarded = yield* BreakerClient.make(new URL(configOf(defaultDevice).api).origin)
    const services = yield* Effect.context<Connectivity | DeviceTokens | HttpClient.HttpClient | Sharding.Sharding>()

    const paired = (device: string) =>
      Effect.flatMap(tokens.of(device), ({ load }) => load).pipe(
        Effect.mapError(
          (error) =>
            new DeviceUnavailable({ device, verdict: error.verdict, detail: error.message, action: error.action }),
        ),
        Effect.filterOrFail(
          (set) => set !== undefined,
          () =>
            new DeviceNotPaired({
              device,
              verdict: Verdict.never({ change: "human" }),
              detail: "the database contains no tokens for it",
              action: "pair the device with this database",
            }),
        ),
      )

    const clients = (device: string) =>
      Layer.mergeAll(uploaderLayer(), RealtimeUploader.layer, Heartbeat.layer).pipe(
        Layer.provide(
          Layer.effect(
            C2cClient,
            Effect.map(C2cClient, (client) => guarded(limited(client))),
          ).pipe(Layer.provide(clientLayer(calls))),
        ),
        Layer.provide(Layer.succeed(Origins, origins)),
        Layer.provide(Authorization.layer),
        Layer.provide(TokenKeeper.tokens(device)),
        Layer.provide(Layer.succeed(C2cConfig, configOf(device))),
        Layer.provide(Layer.succeedContext(services)),
      )

    const byDevice = yield* RcMap.make({
      lookup: (device: string) => Layer.build(Layer.fresh(clients(device))),
      idleTimeToLive,
    })
    return { of: (device: string) => Effect.andThen(paired(device), RcMap.get(byDevice, device)) }
  })
