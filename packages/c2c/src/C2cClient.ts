/**
 * The C2C API calls that a paired device makes.
 */
import { Authorization } from "@holdfast/core/Authorization"
import { Connectivity } from "@holdfast/core/Connectivity"
import * as Gate from "@holdfast/core/Gate"
import { reader } from "@holdfast/core/InvalidPolicy"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as ResilientClient from "@holdfast/http/ResilientClient"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as RetryHint from "@holdfast/http/RetryHint"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Uncertain from "./AssetCreationUncertain.ts"
import * as AssetRequest from "./AssetRequest.ts"
import { C2cConfig } from "./C2cConfig.ts"
import { C2cError } from "./C2cError.ts"
import * as Api from "./internal/api/client.ts"
import * as Policies from "./Policies.ts"
import * as UploadUrls from "./UploadUrls.ts"
import * as Wire from "./Wire.ts"

export { AssetCreationUncertain } from "./AssetCreationUncertain.ts"
export { PlanRefused } from "./AssetRequest.ts"
export { UploadUrlRefused } from "./UploadUrls.ts"

/** An asset that waits for its chunks; chunk `i` goes to `uploadUrls[i]`. A realtime asset has no URLs yet. */
export interface Asset {
  readonly id: string
  readonly name: string
  readonly uploadUrls: ReadonlyArray<Redacted.Redacted<string>>
  /** The API's time when the asset was created, in epoch milliseconds, if the response stated it. */
  readonly serverTime?: number | undefined
}

/** The errors of a call. */
export type CallError = C2cError | TransportError

/** The errors of a creation. */
export type CreationError =
  | CallError
  | Uncertain.AssetCreationUncertain
  | AssetRequest.PlanRefused
  | UploadUrls.UploadUrlRefused

/**
 * The calls of the C2C API.
 *
 * **Details**
 *
 * Every attempt waits for both gates, carries the token and `x-client-version`, and has a timeout of 15 s. Failures are retried
 * as their verdicts say, with at most 8 attempts. There are two exceptions, each with a single attempt: `health`, which passes
 * no gate, and `heartbeat`.
 */
export class C2cClient extends Context.Service<
  C2cClient,
  {
    /** Checks once whether the API answers. */
    readonly health: Effect.Effect<void, CallError>
    /** The device, its project and its channels. */
    readonly me: Effect.Effect<Wire.Device, CallError>
    /** Reports once that the device is online. It is not retried, because a late heartbeat is worth less than the next one. */
    readonly heartbeat: Effect.Effect<void, CallError>
    /**
     * Creates an asset. Fails with `PlanRefused`, without sending, for a plan that Frame.io would answer with 500. If the
     * response is lost, the call is not repeated and fails with `AssetCreationUncertain`. Fails with `UploadUrlRefused` for
     * upload URLs that must not receive footage.
     */
    readonly createAsset: (request: AssetRequest.AssetRequest) => Effect.Effect<Asset, CreationError>
    /** Creates an asset that is uploaded while it is being recorded; see `realtimeParts`. */
    readonly createRealtimeAsset: (request: AssetRequest.RealtimeAssetRequest) => Effect.Effect<Asset, CreationError>
    /** Returns upload URLs for parts of a recording, in the order of the request. */
    readonly realtimeParts: (
      assetId: string,
      request: Wire.RealtimeParts,
    ) => Effect.Effect<
      ReadonlyArray<Redacted.Redacted<string>>,
      CallError | AssetRequest.PlanRefused | UploadUrls.UploadUrlRefused
    >
    /** When a request was last sent or answered, in monotonic milliseconds; `-Infinity` before the first. */
    readonly lastCallAt: Effect.Effect<number>
    /** Waits until a call would be sent immediately. */
    readonly ready: Effect.Effect<void>
  }
>()("@holdfast/c2c/C2cClient") {
  static readonly layer: Layer.Layer<
    C2cClient,
    never,
    C2cConfig | HttpClient.HttpClient | Connectivity | Authorization
  > = Layer.suspend(() => layerWith())
}

/** The policies of the calls. Absent options have the defaults of `C2cClient.layer`. */
export interface Options extends Policies.Options {
  /** The timeout of one attempt. Default: `Timeouts.request`, 15 s. */
  readonly timeout?: Duration.Input | undefined
}

/** `layer` with other policies. Throws an `InvalidPolicy` for invalid or unknown options. */
export const layerWith = (
  policies: Options = {},
): Layer.Layer<C2cClient, never, C2cConfig | HttpClient.HttpClient | Connectivity | Authorization> => {
  Policies.known("C2cClient", policies, { retry: true, backoff: true, timeout: true })
  const retry = Policies.retryOf(policies)
  const timeout = reader("C2cClient").millis("timeout", policies.timeout ?? Timeouts.request, { min: 0, above: true })
  return Layer.effect(
    C2cClient,
    Effect.gen(function* () {
      const config = yield* C2cConfig
      const http = yield* HttpClient.HttpClient
      const connectivity = yield* Connectivity
      const authorization = yield* Authorization

      let lastCallAt = Number.NEGATIVE_INFINITY
      const stamp = Effect.map(Monotonic.millis, (now) => {
        lastCallAt = now
      })
      const open = Api.client(http, config)
      const api = open.pipe(HttpClient.transform((exchange) => Effect.andThen(stamp, Effect.ensuring(exchange, stamp))))
      // The policy's defaults follow Frame.io's error guide, except for "retry once, even DivideByZero".
      const options = {
        decode: C2cError.fromResponse,
        expects: Api.successes,
        json: true,
        connectivity,
        authorization,
        defects: "once",
        retry,
        timeout,
      } as const
      const client = ResilientClient.make(api, options)
      const single = ResilientClient.make(api, { ...options, retry: Api.once })
      const repeatable = ResilientClient.make(api, { ...options, idempotent: true })

      let device: Wire.Device | undefined
      const me = client.get("/v2/devices/me").pipe(
        Effect.flatMap(ResponseBody.decodeJson(Wire.Device)),
        Effect.tap((answer) =>
          Effect.sync(() => {
            device = answer
          }),
        ),
      )

      /** Reads the device again before rejecting a channel, because one may have been added. */
      const refuseChannel = Effect.fnUntraced(function* (channel: number) {
        if (device !== undefined && AssetRequest.checkChannel(channel, device) === undefined) return
        const refused = AssetRequest.checkChannel(channel, yield* me)
        if (refused !== undefined) return yield* refused
      })

      const allow = (urls: Asset["uploadUrls"], parts?: number) => {
        const refused = UploadUrls.check(config.api, urls, parts)
        return refused === undefined ? Effect.void : Effect.fail(refused)
      }

      const create = Effect.fnUntraced(function* (
        request: AssetRequest.AssetRequest | AssetRequest.RealtimeAssetRequest,
      ) {
        const refused = AssetRequest.check(request)
        if (refused !== undefined) return yield* refused
        if (request.channel !== undefined) yield* refuseChannel(request.channel)

        // The body is built for each attempt, because the offset depends on the time of sending.
        const creating = ResilientClient.make(
          api.pipe(
            HttpClient.mapRequestEffect((sent) =>
              Effect.map(Clock.currentTimeMillis, (now) =>
                HttpClientRequest.bodyJsonUnsafe(sent, encodeCreation(AssetRequest.toWire(request, now))),
              ),
            ),
          ),
          {
            ...options,
            expects: [200, 201],
          },
        )
        const name = typeof request.name === "string" ? request.name : request.name.extension
        const { created, serverTime } = yield* creating.post("/v2/devices/assets").pipe(
          Effect.flatMap((response) =>
            Effect.map(ResponseBody.decodeJson(Wire.CreatedAsset)(response), (created) => ({
              created,
              serverTime: RetryHint.serverTime(response.headers),
            })),
          ),
          Effect.mapError((error) => (Uncertain.isLost(error) ? Uncertain.make(name, error) : error)),
        )
        const uploadUrls = created.uploadUrls ?? []
        yield* allow(uploadUrls, "parts" in request ? request.parts : undefined)
        return {
          id: created.id,
          name: created.name ?? name,
          uploadUrls,
          ...(serverTime === undefined ? {} : { serverTime }),
        }
      })

      const realtimeParts: C2cClient["Service"]["realtimeParts"] = Effect.fnUntraced(function* (assetId, request) {
        const refused = AssetRequest.checkRealtimeParts(request)
        if (refused !== undefined) return yield* refused
        const asked = HttpClientRequest.post(
          `/v2/devices/assets/${encodeURIComponent(assetId)}/realtime_upload/parts`,
        ).pipe(HttpClientRequest.bodyJsonUnsafe(encodeParts(request)))
        // Requesting URLs for the same parts twice is harmless, although the method is POST.
        const { uploadUrls } = yield* Effect.flatMap(
          repeatable.execute(asked),
          ResponseBody.decodeJson(Wire.RealtimeUrls),
        )
        yield* allow(uploadUrls)
        if (uploadUrls.length === request.parts.length) return uploadUrls
        return yield* TransportCause.make("DecodeFailure", asked, {
          detail: `${uploadUrls.length} URLs for ${request.parts.length} parts`,
        })
      })

      return {
        health: Api.probe(open),
        me,
        heartbeat: Effect.flatMap(
          single.post("/v2/devices/heartbeat"),
          Api.acknowledged("an acknowledgement from the API"),
        ),
        createAsset: create,
        createRealtimeAsset: create,
        realtimeParts,
        lastCallAt: Effect.sync(() => lastCallAt),
        ready: Gate.awaitAll([connectivity.gate, authorization.gate]),
      }
    }),
  )
}

const encodeCreation = Schema.encodeSync(Wire.AssetCreation)
const encodeParts = Schema.encodeSync(Wire.RealtimeParts)
