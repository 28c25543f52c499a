/**
 * The client credentials grant of RFC 6749 section 4.4, which a program uses to sign in as itself, without a user.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Connectivity } from "@holdfast/core/Connectivity"
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Secret from "@holdfast/core/Secret"
import type { TransportError } from "@holdfast/http/TransportError"
import type { AccessToken } from "./AccessToken.ts"
import type { AnswerUnreadable } from "./AnswerUnreadable.ts"
import { requestTimeout } from "./DeviceAuthorization.ts"
import type { Dialect } from "./Dialect.ts"
import * as Endpoint from "./internal/endpoint/endpoint.ts"
import * as Passage from "./internal/endpoint/passage.ts"
import * as Success from "./internal/wire/success.ts"
import * as OAuthError from "./OAuthError.ts"

/** The token endpoint of a server, and the credentials with which this program authenticates as a client. */
export interface Options {
  /** The URL of the token endpoint. */
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
  /**
   * How the client authenticates. `basic` uses the `Authorization` header, which every server must accept. `post` uses the
   * body, which some servers require (RFC 6749 section 2.3.1). Default: `basic`.
   */
  readonly authentication?: "basic" | "post" | undefined
  /** The requested scopes, separated by spaces. Default: no scope is sent, and the server decides which scope it grants. */
  readonly scope?: string | undefined
  /**
   * Additional parameters of the request, such as `audience` (Auth0) or `resource` (RFC 8707). A list is sent as one
   * parameter per value.
   */
  readonly parameters?: Readonly<Record<string, string | ReadonlyArray<string>>> | undefined
  /** Headers that are sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The timeout of one request; must be greater than 0. Default: `requestTimeout` of `DeviceAuthorization`, 15 s. */
  readonly timeout?: Duration.Input | undefined
  /**
   * The connectivity gate. Every request waits until the gate is open, and reports its network failures to the gate. A gate
   * for a different origin is ignored. Default: none.
   */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** The server's own error codes. Default: the error codes of `OAuthError`. */
  readonly dialect?: Dialect | undefined
}

/** Requests access tokens for this program. */
export class ClientCredentials extends Context.Service<
  ClientCredentials,
  {
    /**
     * Requests a token in one attempt. The error's verdict states whether another attempt may succeed. A lost response is
     * harmless, because the server issues another token for the next request.
     */
    readonly request: Effect.Effect<AccessToken, OAuthError.OAuthError | TransportError | AnswerUnreadable>
  }
>()("@holdfast/oauth/ClientCredentials") {
  /**
   * The layer for one server.
   *
   * **When to use**
   *
   * Use this layer for a program that calls an API on its own behalf. `ClientTokens.layer` turns this service into the
   * `Tokens` of the authorization gate.
   *
   * **Details**
   *
   * A refresh token in the response is ignored. The server should not send a refresh token (RFC 6749 section 4.4.3), and the
   * program can obtain a new access token with its credentials at any time.
   *
   * Throws an `InvalidPolicy` if an option is invalid or unknown, or if `parameters` contains a parameter that this grant
   * sends itself.
   */
  static readonly layer = (options: Options): Layer.Layer<ClientCredentials, never, HttpClient.HttpClient> => {
    const timeout = check(options)
    return Layer.effect(
      ClientCredentials,
      Effect.map(HttpClient.HttpClient, (client) => make(client, options, timeout)),
    )
  }

  /** Builds `layer` with options from a `Config`. The layer fails if an option is invalid or unknown. */
  static readonly layerConfig = (
    options: Config.Wrap<Omit<Options, "connectivity">>,
  ): Layer.Layer<ClientCredentials, Config.ConfigError | InvalidPolicy.InvalidPolicy, HttpClient.HttpClient> =>
    Layer.effect(
      ClientCredentials,
      Effect.gen(function* () {
        const found = yield* Config.unwrap(options)
        return make(yield* HttpClient.HttpClient, found, yield* InvalidPolicy.build(() => check(found)))
      }),
    )
}

/** The parameters that the grant itself sends. */
const own: ReadonlySet<string> = new Set(["grant_type", "client_id", "client_secret", "scope"])

/** Checks the options and throws an `InvalidPolicy` if an option is invalid or unknown. */
const check = (options: Options): Duration.Duration => {
  const read = InvalidPolicy.reader("ClientCredentials")
  read.known(options, {
    tokenEndpoint: true,
    clientId: true,
    clientSecret: true,
    authentication: true,
    scope: true,
    parameters: true,
    headers: true,
    timeout: true,
    connectivity: true,
    dialect: true,
  })
  read.address("tokenEndpoint", options.tokenEndpoint)
  read.text("clientId", options.clientId)
  read.secret("clientSecret", options.clientSecret)
  read.plain("parameters", options.parameters)
  read.plain("headers", options.headers)
  read.oneOf("authentication", options.authentication ?? "basic", ["basic", "post"])
  const twice = Object.keys(options.parameters ?? {}).find((name) => own.has(name))
  if (twice !== undefined) {
    throw new InvalidPolicy.InvalidPolicy({
      policy: "ClientCredentials",
      option: "parameters",
      value: twice,
      allowed: `names other than ${[...own].join(", ")}`,
    })
  }
  return Duration.millis(read.millis("timeout", options.timeout ?? requestTimeout, { min: 0, above: true }))
}

const make = (
  client: HttpClient.HttpClient,
  options: Options,
  timeout: Duration.Duration,
): ClientCredentials["Service"] => {
  const { authentication = "basic", clientId, clientSecret, connectivity, dialect, scope, tokenEndpoint } = options
  const proof = authentication === "basic" ? basic(clientId, clientSecret) : undefined
  const server: Endpoint.Server = {
    client,
    encoding: "form",
    headers: { ...options.headers, ...(proof === undefined ? {} : { authorization: `Basic ${proof}` }) },
    decode: OAuthError.decoderOf(dialect),
  }
  const credentials = proof === undefined ? { client_id: clientId, client_secret: clientSecret } : {}
  const passage = Passage.of(connectivity, tokenEndpoint)
  const send = Endpoint.send<AccessToken>(server, {
    url: tokenEndpoint,
    fields: { grant_type: "client_credentials", ...credentials, scope, ...options.parameters },
    secrets: [clientSecret, ...(proof === undefined ? [] : [Redacted.make(proof)])],
    timeout,
    read: Success.accessToken,
  })
  return {
    // The endpoint returns nothing only if the call expects nothing.
    request: Effect.andThen(passage.open, passage.reporting(Effect.map(send, (found) => found as AccessToken))),
  }
}

/**
 * Returns the credentials for HTTP Basic authentication. The client id and the secret are each form-encoded, so that a colon
 * in the id is not mistaken for the separator (RFC 6749 section 2.3.1).
 */
const basic = (id: string, secret: Redacted.Redacted<string>): string =>
  btoa(`${asForm(id)}:${asForm(Secret.value(secret))}`)

const asForm = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1)
