/**
 * The client credentials grant of RFC 6749 section 4.4: a program signs in as itself, without a person.
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

/** The endpoint of a server, and the credentials of this program as its client. */
export interface Options {
  /** The endpoint for tokens. */
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clientSecret: Redacted.Redacted<string>
  /**
   * How the client authenticates: in the `Authorization` header (`basic`), which every server must accept, or in the
   * body (`post`), which some require (RFC 6749 section 2.3.1). Default: `basic`.
   */
  readonly authentication?: "basic" | "post" | undefined
  /** The requested scope, separated by spaces. Default: none is sent, and the server decides. */
  readonly scope?: string | undefined
  /**
   * Additional parameters of the request, such as `audience` (Auth0) or `resource` (RFC 8707). A list is sent as one
   * parameter for each value.
   */
  readonly parameters?: Readonly<Record<string, string | ReadonlyArray<string>>> | undefined
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The timeout of one request; above 0. Default: `requestTimeout` of `DeviceAuthorization`, 15 s. */
  readonly timeout?: Duration.Input | undefined
  /** The gate at which a request waits and to which it reports failures. A gate of another origin is ignored. Default: none. */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** The server's own error codes. Default: those of `OAuthError`. */
  readonly dialect?: Dialect | undefined
}

/** Requests access tokens for this program. */
export class ClientCredentials extends Context.Service<
  ClientCredentials,
  {
    /**
     * Requests a token in one attempt. The error's verdict states whether another one may succeed. A lost response does
     * no harm, because the server issues another token for the next request.
     */
    readonly request: Effect.Effect<AccessToken, OAuthError.OAuthError | TransportError | AnswerUnreadable>
  }
>()("@holdfast/oauth/ClientCredentials") {
  /**
   * The layer for one server.
   *
   * **When to use**
   *
   * Use it for a program that calls an API in its own name. `ClientTokens.layer` turns it into the `Tokens` of the
   * authorization gate.
   *
   * **Details**
   *
   * A refresh token in the response is ignored: the server should not send one (RFC 6749 section 4.4.3), and the
   * credentials yield a new access token at any time.
   *
   * Throws an `InvalidPolicy` for invalid or unknown options, and for `parameters` that this grant sends itself.
   */
  static readonly layer = (options: Options): Layer.Layer<ClientCredentials, never, HttpClient.HttpClient> => {
    const timeout = check(options)
    return Layer.effect(
      ClientCredentials,
      Effect.map(HttpClient.HttpClient, (client) => make(client, options, timeout)),
    )
  }

  /** `layer` with options from a `Config`; an invalid or unknown option fails the layer. */
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

/** Checks the options; throws an `InvalidPolicy`. */
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
 * The credentials of HTTP Basic, each encoded as in a form, so that a colon in the id is not a separator (RFC 6749
 * section 2.3.1).
 */
const basic = (id: string, secret: Redacted.Redacted<string>): string =>
  btoa(`${asForm(id)}:${asForm(Secret.value(secret))}`)

const asForm = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1)
