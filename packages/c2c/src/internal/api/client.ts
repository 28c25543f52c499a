/**
 * Provides the HTTP client for one API, which sets the base URL and the version header of every request.
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
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schedule from "effect/Schedule"
import type { C2cConfig } from "../../C2cConfig.ts"
import { identify } from "./identity.ts"
import { C2cError } from "../../C2cError.ts"
import { versionHeader } from "./versionHeader.ts"

/**
 * Resolves request paths, and sets the version header exactly once, regardless of the headers that the request already has.
 */
export const client = (http: HttpClient.HttpClient, config: C2cConfig["Service"]): HttpClient.HttpClient =>
  identify(http, config).pipe(
    HttpClient.mapRequest((request) =>
      request.pipe(
        HttpClientRequest.prependUrl(config.api),
        HttpClientRequest.setHeader(versionHeader, config.clientVersion),
      ),
    ),
  )

/**
 * The statuses that indicate success according to Frame.io's error guide. Any other status below 400 comes from an
 * intermediary.
 */
export const successes: ReadonlyArray<number> = [200, 201, 204]

/** A schedule for a single attempt: failures are not retried. */
export const once = Schedule.recurs(0)

/**
 * Checks once whether the API responds.
 *
 * **Details**
 *
 * Frame.io does not document the body, so a 2xx response counts as success only if {@link isOwnWord} accepts its body. Any
 * other body is considered to come from an intermediary, such as a portal or a firewall. At most 64 KiB of the body are read.
 * A response after a redirect counts only if it comes from the API's own origin. A redirect to another origin indicates a
 * captive portal.
 */
export const probe = (api: HttpClient.HttpClient): Effect.Effect<void, C2cError | TransportError> =>
  Effect.suspend(() => {
    let asked: string | undefined
    let answered: string | undefined
    const noted = api.pipe(
      HttpClient.tapRequest(({ url }) => Effect.sync(() => (asked = url))),
      HttpClient.tap(({ url }) => Effect.sync(() => (answered = url))),
    )
    const elsewhere = (url: string | undefined) => originOf(url) !== undefined && originOf(url) !== originOf(asked)
    const portal = (url: string, status: number | undefined) =>
      TransportCause.make("CaptivePortal", HttpClientRequest.get(url), {
        ...(status === undefined ? {} : { status }),
        detail: "another origin",
      })
    const health = ResilientClient.make(noted, {
      decode: C2cError.fromResponse,
      expects: successes,
      retry: once,
      timeout: Timeouts.probe,
    })
    return health.get("/health").pipe(
      // The behavior of a redirect's target, or its being unreachable, says nothing about the API.
      Effect.mapError((error) => {
        const url = "url" in error ? error.url : answered
        return url !== undefined && elsewhere(url) ? portal(url, error.status) : error
      }),
      Effect.flatMap((response) =>
        elsewhere(response.url)
          ? Effect.fail(portal(response.url, response.status))
          : acknowledged("the health status of the API")(response).pipe(
              Effect.timeoutOrElse({
                duration: Timeouts.probe,
                orElse: () => Effect.fail(TransportCause.make("UND_ERR_BODY_TIMEOUT", response.request)),
              }),
            ),
      ),
    )
  })

const originOf = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined

/** Fails unless {@link isOwnWord} accepts the body of a successful response. Reads at most 64 KiB of the body. */
export const acknowledged =
  (what: string) =>
  (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void, TransportError> =>
    Effect.flatMap(ResponseBody.readBounded(response), (body) => {
      const { headers, request, status } = response
      const page = body.trim() !== "" && Portal.isHtml({ body, headers })
      if (!page && isOwnWord(body)) return Effect.void
      const detail = `received ${page ? "a page" : "another text"} instead of ${what}`
      return Effect.fail(TransportCause.make("CaptivePortal", request, { status, detail }))
    })

/** Returns whether a body may come from the API: the body is empty, JSON without an error, or a single word such as `OK`. */
const isOwnWord = (body: string): boolean => {
  const text = body.trim()
  if (text === "" || /^"?(?:ok(?:ay)?|healthy|alive|up|pass|pong|success)"?[.!]?$/i.test(text)) return true
  if (!/^[{[]/.test(text)) return false
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === "object" && json !== null && !("error" in json) && !("errors" in json)
  } catch {
    return false
  }
}
