/**
 * Sets the headers that identify the sender of a request.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { C2cConfig } from "../../C2cConfig.ts"
import { version } from "./version.ts"

/** The default user agent. */
const userAgent = `holdfast-c2c/${version}`

/** The user agent of a client. */
export const userAgentOf = (names: Names): string => names.userAgent ?? userAgent

type Names = Pick<C2cConfig["Service"], "traceHeaders" | "userAgent">

/**
 * Sets the user agent of requests that do not have one and, by default, omits Effect's trace headers. These headers would
 * reveal to a vendor and its storage which of a program's calls belong together.
 */
export const identify = (client: HttpClient.HttpClient, names: Names = {}): HttpClient.HttpClient => {
  const agent = userAgentOf(names)
  const named = HttpClient.mapRequest(client, (request) =>
    request.headers["user-agent"] === undefined ? HttpClientRequest.setHeader(request, "user-agent", agent) : request,
  )
  return names.traceHeaders === true
    ? named
    : HttpClient.transform(named, Effect.provideService(HttpClient.TracerPropagationEnabled, false))
}
