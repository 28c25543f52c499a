/**
 * What all routes share, and the checks that run before them.
 */
import * as Effect from "effect/Effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type { IncomingMessage } from "node:http"
import type { Route } from "../../Route.ts"
import type { Signer } from "../../Signature.ts"
import type { Accounts } from "../accounts/accounts.ts"
import type { Pause } from "../accounts/pause.ts"
import * as frameio from "../responses/frameio.ts"
import type { AssetStore } from "../storage/assets.ts"
import type { Injector } from "../faults/injector.ts"
import type { Identifiers } from "../accounts/identifiers.ts"

export interface Backend {
  readonly accounts: Accounts
  readonly pause: Pause
  readonly store: AssetStore
  readonly injector: Injector
  readonly ids: Identifiers
  readonly signer: Signer
  /** The chunk size in bytes if the client does not choose one. */
  readonly chunkSize: number
}

/** Node's request, which has the socket and the headers as they were sent. */
export const incoming = Effect.map(
  HttpServerRequest.HttpServerRequest,
  (request) => NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage,
)

const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/**
 * Frame.io requires exactly one `x-client-version`, with a semantic version. Node joins repeated headers, so the raw
 * headers are counted.
 */
export const versioned = <E, R>(handler: Effect.Effect<HttpServerResponse, E, R>) =>
  Effect.gen(function* () {
    const { rawHeaders } = yield* incoming
    const given = rawHeaders.filter((_, index) => index % 2 === 1 && isVersion(rawHeaders[index - 1]))
    const [version] = given
    const valid = given.length === 1 && version !== undefined && semver.test(version)
    return valid ? yield* handler : frameio.simple(400, "Invalid client version")
  })

const isVersion = (name: string | undefined): boolean => name?.toLowerCase() === "x-client-version"

/**
 * Wraps an endpoint that needs an access token. The wrapper checks the version, injects the fault, checks the token, and then
 * runs the handler.
 */
export const authorized = <E, R>(
  backend: Backend,
  route: Route,
  resource: string,
  handler: Effect.Effect<HttpServerResponse, E, R>,
) =>
  versioned(
    backend.injector.around({ route, resource }, () =>
      Effect.gen(function* () {
        const token = bearer(yield* HttpServerRequest.HttpServerRequest)
        const accepted = token !== undefined && (yield* backend.accounts.accepts(token))
        return accepted ? yield* handler : frameio.notAuthorized
      }),
    ),
  )

export const bearer = (request: HttpServerRequest.HttpServerRequest): string | undefined =>
  /^Bearer (.+)$/i.exec(request.headers["authorization"] ?? "")?.[1]
