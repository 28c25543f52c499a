/**
 * Provides the health check for the connectivity gate: `GET /health`.
 */
import { Health } from "@holdfast/core/Connectivity"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { C2cConfig } from "./C2cConfig.ts"
import * as Api from "./internal/api/client.ts"

/**
 * Sends one probe to Frame.io's health endpoint, with a timeout of 15 s. The probe does not wait at any gate and does not
 * require a token.
 */
export const layer: Layer.Layer<Health, never, C2cConfig | HttpClient.HttpClient> = Layer.effect(
  Health,
  Effect.gen(function* () {
    const config = yield* C2cConfig
    const http = yield* HttpClient.HttpClient
    return { check: Api.probe(Api.client(http, config)), origin: new URL(config.api).origin }
  }),
)
