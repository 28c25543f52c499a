/**
 * Provides the C2C API calls that a paired device makes.
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
import * as Attempts from "./internal/api/creationAttempts.ts"
import * as Policies from "./Policies.ts"
import type { CreationRecord, StepNotRecorded } from "./UploadSession.ts"
import * as UploadUrls from "./UploadUrls.ts"
import * as Wire from "./Wire.ts"

export { AssetCreationUncertain } from "./AssetCreationUncertain.ts"
export { PlanRefused } from "./AssetRequest.ts"
export { UploadUrlRefused } from "./UploadUrls.ts"

/**
 * An asset whose chunks have not been uploaded yet. Chunk `i` is sent to `uploadUrls[i]`. For a realtime asset, `uploadUrls`
 * is empty, because the client requests its URLs with `realtimeParts`.
 */
export interface Asset {
  readonly id: string
  readonly name: string
  readonly uploadUrls: ReadonlyArray<Redacted.Redacted<string>>
  /**
   * The time at which the asset was created according to the API server, in epoch milliseconds. This field is absent if the
   * response did not include a time.
   */
  readonly serverTime?: number | undefined
}

/** The errors with which an API call can fail. */
export type CallError = C2cError | TransportError

/** The errors with which the creation of an asset can fail. */
export type CreationError =
  | CallError
  | Uncertain.AssetCreationUncertain
  | AssetRequest.PlanRefused
  | UploadUrls.UploadUrlRefused
  | StepNotRecorded

/**
 * A client for the C2C API.
 *
 * **Details**
 *
 * Every attempt waits at both gates, sends the token and the `x-client-version` header, and has a timeout of 15 s. Failures
 * are retried according to their verdicts, with at most 8 attempts. The `health` and `heartbeat` calls are exceptions: each
 * makes only a single attempt. The `health` call also bypasses both gates and does not send the token.
 */
export class C2cClient extends Context.Service<
  C2cClient,
  {
    /** Checks once whether the API responds. */
    readonly health: Effect.Effect<void, CallError>
    /** Returns the device with its project and its channels. */
    readonly me: Effect.Effect<Wire.Device, CallError>
    /**
     * Reports once that the device is online. A failed heartbeat is not retried, because a late heartbeat is less useful than
     * the next one.
     */
    readonly heartbeat: Effect.Effect<void, CallError>
    /**
     * Creates an asset. Fails with `PlanRefused`, without sending a request, for a plan that would cause a 500 response from
     * Frame.io. If the response to the creation request is lost, the client does not repeat the call but fails with
     * `AssetCreationUncertain`. Fails with `UploadUrlRefused` if the API returns an upload URL that must not receive footage.
     * `record` is notified of each attempt, so that a later process can find out whether the asset may exist.
     */
    readonly createAsset: (
      request: AssetRequest.AssetRequest,
      record?: CreationRecord,
    ) => Effect.Effect<Asset, CreationError>
    /** Creates an asset that is uploaded while it is being recorded. Use `realtimeParts` to get its upload URLs. */
    readonly createRealtimeAsset: (
      request: AssetRequest.RealtimeAssetRequest,
      record?: CreationRecord,
    ) => Effect.Effect<Asset, CreationError>
    /** Returns upload URLs for parts of a recording, in the order of the request. */
    readonly realtimeParts: (
      assetId: string,
      request: Wire.RealtimeParts,
    ) => Effect.Effect<
      ReadonlyArray<Redacted.Redacted<string>>,
      CallError | AssetRequest.PlanRefused | UploadUrls.UploadUrlRefused
    >
    /**
     * The time at which the API last heard from the device, in monotonic milliseconds: the last time that a request was sent
     * or completed, or that `seen` ran. `-Infinity` before the first request.
     */
    readonly lastCallAt: Effect.Effect<number>
    /** Records that the API has heard from the device outside of these calls, for example on its socket. */
    readonly seen: Effect.Effect<void>
    /** Waits until both gates are open, so that a call would be sent immediately. */
    readonly ready: Effect.Effect<void>
  }
>()("@holdfast/c2c/C2cClient") {
  static readonly layer: Layer.Layer<
    C2cClient,
    never,
    C2cConfig | HttpClient.HttpClient | Connectivity | Authorization
  > = Layer.suspend(() => layerWith())
}

/** The policies for API calls. Omitted options use the defaults of `C2cClient.layer`. */
export interface Options extends Policies.Options {
  /** The timeout for a single attempt. Default: `Timeouts.request` (15 s). */
  readonly timeout?: Duration.Input | undefined
}

/** Like `layer`, but with custom policies. Throws an `InvalidPolicy` for invalid or unknown options. */
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

      /** Fetches the device again before rejecting a channel, because the channel may have been added recently. */
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
        record: CreationRecord = unrecorded,
      ) {
        const refused = AssetRequest.check(request)
        if (refused !== undefined) return yield* refused
        if (request.channel !== undefined) yield* refuseChannel(request.channel)

        // The body is built for each attempt, because the offset depends on the time of sending.
        const recorded = yield* Attempts.recordedBy(record)
        const creating = ResilientClient.make(
          api.pipe(
            recorded.client,
            HttpClient.mapRequestEffect((sent) =>
              Effect.map(Clock.currentTimeMillis, (now) =>
                HttpClientRequest.bodyJsonUnsafe(sent, encodeCreation(AssetRequest.toWire(request, now))),
              ),
            ),
          ),
          {
            ...options,
            retry: recorded.retry(retry),
            expects: [200, 201],
          },
        )
        const name = typeof request.name === "string" ? request.name : request.name.extension
        const { created, serverTime } = yield* recorded.run(
          creating.post("/v2/devices/assets").pipe(
            Effect.flatMap((response) =>
              Effect.map(ResponseBody.decodeJson(Wire.CreatedAsset)(response), (created) => ({
                created,
                serverTime: RetryHint.serverTime(response.headers),
              })),
            ),
            Effect.mapError((error) => (Uncertain.isLost(error) ? Uncertain.make(name, error) : error)),
          ),
          ({ _tag }) => _tag === "AssetCreationUncertain",
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
        seen: stamp,
        ready: Gate.awaitAll([connectivity.gate, authorization.gate]),
      }
    }),
  )
}

const unrecorded = { before: Effect.void, notCreated: Effect.void }

const encodeCreation = Schema.encodeSync(Wire.AssetCreation)
const encodeParts = Schema.encodeSync(Wire.RealtimeParts)
