/**
 * Who sends a request, in its headers.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { C2cConfig } from "../C2cConfig.ts"
import { version } from "./version.ts"

/** The user agent of a program that names none. */
export const userAgent = `holdfast-c2c/${version}`

type Names = Pick<C2cConfig["Service"], "traceHeaders" | "userAgent">

/**
 * The client with the user agent on each request that has none, and without the trace headers of Effect: they say which
 * calls of a program belong together, which is nothing that a vendor or its storage is to know unasked.
 */
export const identify = (client: HttpClient.HttpClient, names: Names = {}): HttpClient.HttpClient => {
  const agent = names.userAgent ?? userAgent
  const named = HttpClient.mapRequest(client, (request) =>
    request.headers["user-agent"] === undefined ? HttpClientRequest.setHeader(request, "user-agent", agent) : request,
  )
  return names.traceHeaders === true
    ? named
    : HttpClient.transform(named, Effect.provideService(HttpClient.TracerPropagationEnabled, false))
}
