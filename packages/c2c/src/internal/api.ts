/**
 * The HTTP client of one API: its base URL and its version header, on every request.
 */
import * as Portal from "@holdfast/http/Portal"
import * as TransportCause from "@holdfast/http/TransportCause"
import type { TransportError } from "@holdfast/http/TransportError"
import * as ResilientClient from "@holdfast/http/ResilientClient"
import * as ResponseBody from "@holdfast/http/ResponseBody"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Schedule from "effect/Schedule"
import type { C2cConfig } from "../C2cConfig.ts"
import { C2cError } from "../C2cError.ts"

/** The header that names the version of the device; Frame.io refuses a request that has it twice. */
export const versionHeader = "x-client-version"

/** Requests by path, each with the version header exactly once, whatever the request had before. */
export const client = (http: HttpClient.HttpClient, config: C2cConfig["Service"]): HttpClient.HttpClient =>
  http.pipe(
    HttpClient.mapRequest((request) =>
      request.pipe(
        HttpClientRequest.prependUrl(config.api),
        HttpClientRequest.setHeader(versionHeader, config.clientVersion),
      ),
    ),
  )

/** One attempt, without gates. */
export const once = Schedule.recurs(0)

/**
 * Asks once whether the API answers.
 *
 * **Details**
 *
 * What the answer says is not documented, so any 2xx will do, unless it is a page: then something else has answered.
 */
export const probe = (api: HttpClient.HttpClient): Effect.Effect<void, C2cError | TransportError> => {
  const health = ResilientClient.make(api, { decode: C2cError.fromResponse, retry: once, timeout: Timeouts.probe })
  return Effect.gen(function* () {
    const response = yield* health.get("/health")
    const body = yield* ResponseBody.readBounded(response, pageLimit)
    if (Portal.isHtml({ body, headers: response.headers })) {
      return yield* TransportCause.make("CaptivePortal", response.request, {
        status: response.status,
        detail: "a page where the health of the API was due",
      })
    }
  })
}

/** Enough of a body to see that it is a page. */
const pageLimit = 1024
