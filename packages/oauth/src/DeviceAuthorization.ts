/**
 * The device authorization grant of RFC 8628, including refresh (RFC 6749) and revocation (RFC 7009), for any provider.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type { Connectivity } from "@holdfast/core/Connectivity"
import * as InvalidPolicy from "@holdfast/core/InvalidPolicy"
import * as Retry from "@holdfast/core/Retry"
import * as Timeouts from "@holdfast/core/Timeouts"
import * as Verdict from "@holdfast/core/Verdict"
import type { TransportError } from "@holdfast/http/TransportError"
import type { AnswerUnreadable } from "./AnswerUnreadable.ts"
import { deviceGrant, type DeviceCode } from "./DeviceCode.ts"
import type { Dialect } from "./Dialect.ts"
import * as Endpoint from "./internal/endpoint/endpoint.ts"
import * as Passage from "./internal/endpoint/passage.ts"
import * as PollLoop from "./internal/polling/pollLoop.ts"
import * as Success from "./internal/wire/success.ts"
import type * as Tokens from "./internal/wire/tokens.ts"
import * as OAuthError from "./OAuthError.ts"
import { InvalidGrant } from "./OAuthErrors.ts"
import * as RefreshMeaning from "./RefreshMeaning.ts"
import { uncertain } from "./RefreshUncertain.ts"
import type { RefreshUncertain } from "./RefreshUncertain.ts"
import type { TokenSet } from "./TokenSet.ts"

/** The default timeout of a code request, a poll and a revocation: 15 s, from Frame.io's error guide. */
export const requestTimeout = Timeouts.request

/**
 * The default timeout of a refresh: 2 min, from Frame.io's error guide. The timeout is long because the server may already
 * have replaced the pair of tokens, and its response contains the only copy of the new pair.
 */
export const refreshTimeout = Timeouts.refresh

/** The timeout of one attempt, for each type of request. */
export interface TimeoutOptions {
  /** The timeout of a code request, a poll and a revocation; must be greater than 0. Default: {@link requestTimeout}. */
  readonly timeout?: Duration.Input | undefined
  /** The timeout of a refresh; must be greater than 0. Default: {@link refreshTimeout}. */
  readonly refreshTimeout?: Duration.Input | undefined
}

/** Validated timeouts. */
export interface Limits {
  readonly request: Duration.Duration
  readonly refresh: Duration.Duration
}

/** Checks the timeouts and throws an `InvalidPolicy` if a timeout is invalid. */
export const limits = (options: TimeoutOptions = {}): Limits => {
  const read = InvalidPolicy.reader("DeviceAuthorization")
  const above = { min: 0, above: true }
  return {
    request: Duration.millis(read.millis("timeout", options.timeout ?? requestTimeout, above)),
    refresh: Duration.millis(read.millis("refreshTimeout", options.refreshTimeout ?? refreshTimeout, above)),
  }
}

/** The endpoints of a provider, and the credentials with which this program authenticates as a client. */
export interface Options extends TimeoutOptions {
  /** The endpoint that issues device codes. */
  readonly deviceEndpoint: string
  /** The endpoint for polls and refreshes. */
  readonly tokenEndpoint: string
  /** The endpoint for revocation. Without this endpoint, `revoke` does nothing. */
  readonly revokeEndpoint?: string | undefined
  readonly clientId: string
  /** The client secret, which is sent in the body. Public clients do not have a client secret. */
  readonly clientSecret?: Redacted.Redacted<string> | undefined
  /** The requested permissions, separated by spaces. */
  readonly scope: string
  /** The format of request bodies: `form`, as specified in RFC 6749, or `multipart`, for providers that require it. */
  readonly encoding: "form" | "multipart"
  /**
   * The connectivity gate. Every request waits until the gate is open and reports its network failures to the gate. A gate
   * for a different origin is ignored. Default: none.
   */
  readonly connectivity?: Connectivity["Service"] | undefined
  /** Headers that are sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** The provider's own error codes. Default: the error codes of `OAuthError`. */
  readonly dialect?: Dialect | undefined
}

/** Signs in devices, and refreshes and revokes their tokens. */
export class DeviceAuthorization extends Context.Service<
  DeviceAuthorization,
  {
    /**
     * Requests a code. The request is retried according to the verdicts of its errors, with up to 8 attempts of `timeout`
     * each.
     */
    readonly request: Effect.Effect<DeviceCode, OAuthError.OAuthError | TransportError | AnswerUnreadable>
    /** Polls until the user has approved or declined the code, or until the code has expired. */
    readonly poll: (
      code: DeviceCode,
    ) => Effect.Effect<TokenSet, OAuthError.OAuthError | TransportError | AnswerUnreadable>
    /**
     * Exchanges the refresh token for a new pair of tokens in one attempt, which times out after `refreshTimeout`. This
     * method never retries a refresh.
     */
    readonly refresh: (
      tokens: TokenSet,
    ) => Effect.Effect<TokenSet, OAuthError.OAuthError | TransportError | AnswerUnreadable | RefreshUncertain>
    /**
     * Revokes the tokens. Each request is retried according to the verdicts of its errors, with up to 3 attempts of `timeout`
     * each.
     */
    readonly revoke: (
      tokens: TokenSet,
    ) => Effect.Effect<void, OAuthError.OAuthError | TransportError | AnswerUnreadable>
  }
>()("@holdfast/oauth/DeviceAuthorization") {
  /**
   * The layer for one provider.
   *
   * **Details**
   *
   * With a connectivity gate, requests wait while the network is down, because a refresh that is sent during an outage may
   * lose the sign-in. A poll waits at most until its code expires.
   *
   * Every request uses its own connection. Some providers respond with `slow_down` to a second code request on the same
   * connection. A refresh that is sent on an idle connection would lose the refresh token if a server or router had already
   * dropped the connection.
   *
   * `poll` sends its first request one interval after it is called. Each `slow_down` permanently lengthens the interval by at
   * least 5 s. Each consecutive network failure doubles the wait, up to 32 s. See `Polling`. The last poll is sent just
   * before the code expires. If the last poll fails, `poll` fails with the error of that poll. `ExpiredToken` therefore means
   * that the server responded.
   *
   * Interrupting `refresh` can lose the new pair of tokens. `OAuthTokens` reduces the risk of losing the new pair: after an
   * interruption, it waits up to 15 s for the response to a refresh.
   *
   * Throws an `InvalidPolicy` for invalid or unknown options.
   *
   * **Gotchas**
   *
   * Do not poll again with a code that has already yielded tokens, because some servers then revoke the tokens.
   */
  static readonly layer = (options: Options): Layer.Layer<DeviceAuthorization, never, HttpClient.HttpClient> => {
    const checked = check(options)
    return Layer.effect(
      DeviceAuthorization,
      Effect.map(HttpClient.HttpClient, (client) => make(client, options, checked)),
    )
  }

  /** Builds `layer` with options from a `Config`. The layer fails if an option is invalid or unknown. */
  static readonly layerConfig = (
    options: Config.Wrap<Omit<Options, "connectivity">>,
  ): Layer.Layer<DeviceAuthorization, Config.ConfigError | InvalidPolicy.InvalidPolicy, HttpClient.HttpClient> =>
    Layer.effect(
      DeviceAuthorization,
      Effect.gen(function* () {
        const found = yield* Config.unwrap(options)
        return make(yield* HttpClient.HttpClient, found, yield* InvalidPolicy.build(() => check(found)))
      }),
    )
}

/** Checks the options and throws an `InvalidPolicy` if an option is invalid or unknown. */
const check = (options: Options): Limits => {
  const read = InvalidPolicy.reader("DeviceAuthorization")
  read.known(options, {
    deviceEndpoint: true,
    tokenEndpoint: true,
    revokeEndpoint: true,
    clientId: true,
    clientSecret: true,
    scope: true,
    encoding: true,
    connectivity: true,
    headers: true,
    dialect: true,
    timeout: true,
    refreshTimeout: true,
  })
  read.address("deviceEndpoint", options.deviceEndpoint)
  read.address("tokenEndpoint", options.tokenEndpoint)
  if (options.revokeEndpoint !== undefined) read.address("revokeEndpoint", options.revokeEndpoint)
  read.text("clientId", options.clientId)
  if (options.clientSecret !== undefined) read.secret("clientSecret", options.clientSecret)
  read.plain("headers", options.headers)
  return limits(options)
}

const make = (client: HttpClient.HttpClient, options: Options, timeouts: Limits): DeviceAuthorization["Service"] => {
  const server: Endpoint.Server = {
    client,
    encoding: options.encoding,
    headers: options.headers ?? {},
    decode: OAuthError.decoderOf(options.dialect),
  }
  const credentials = { client_id: options.clientId, client_secret: options.clientSecret }

  const passage = (url: string) => Passage.of(options.connectivity, url)

  /** Sends a call whose successful response must contain content. */
  const ask = <A extends object>(call: Endpoint.Call<A> & { readonly read: Tokens.Reader<A> }) =>
    // Only a call that expects no content gets an empty response here.
    passage(call.url).reporting(Effect.map(Endpoint.send(server, call), (found) => found as A))

  const tokens = (call: Pick<Endpoint.Call<TokenSet>, "fields" | "timeout">, before?: TokenSet) =>
    ask({
      ...call,
      url: options.tokenEndpoint,
      read: Success.tokenSet(before),
      ...(before === undefined ? {} : { secrets: [before.accessToken] }),
    })

  const request = Effect.andThen(
    passage(options.deviceEndpoint).open,
    ask({
      url: options.deviceEndpoint,
      fields: { ...credentials, scope: options.scope },
      timeout: timeouts.request,
      read: Success.deviceCode,
    }),
  ).pipe(Effect.retry(Retry.policy()))

  const poll = (code: DeviceCode) =>
    PollLoop.run(code, {
      url: options.tokenEndpoint,
      open: passage(options.tokenEndpoint).open,
      once: tokens({
        fields: { grant_type: deviceGrant, ...credentials, device_code: code.deviceCode },
        timeout: timeouts.request,
      }),
      unreached: Endpoint.unreached(options.tokenEndpoint, "the network was down until the code expired"),
    })

  const refresh = (set: TokenSet) =>
    set.refreshToken === undefined
      ? Effect.fail(noRefreshToken())
      : Effect.andThen(
          passage(options.tokenEndpoint).open,
          tokens(
            {
              fields: { grant_type: "refresh_token", ...credentials, refresh_token: set.refreshToken },
              timeout: timeouts.refresh,
            },
            set,
          ),
        ).pipe(
          Effect.mapError((failure) => {
            const error = Endpoint.notHttp(failure) ?? failure
            return error._tag !== "AnswerUnreadable" && RefreshMeaning.of(error).next === "lost"
              ? uncertain(error.message)
              : error
          }),
        )

  const revokeOne = (url: string, token: Redacted.Redacted<string>, hint: string) =>
    Effect.andThen(
      passage(url).open,
      passage(url).reporting(
        Endpoint.send(server, {
          url,
          fields: { token, token_type_hint: hint, ...credentials },
          timeout: timeouts.request,
        }),
      ),
    ).pipe(
      // Uses fewer attempts, because a person is waiting for the result.
      Effect.retry(Retry.policy({ attempts: 3 })),
      // A token that the server rejects as expired needs no revocation.
      Effect.catchTag("InvalidGrant", () => Effect.void),
      Effect.asVoid,
    )

  const revoke = (set: TokenSet) => {
    const url = options.revokeEndpoint
    if (url === undefined) return Effect.void
    const access = revokeOne(url, set.accessToken, "access_token")
    if (set.refreshToken === undefined) return access
    return revokeOne(url, set.refreshToken, "refresh_token").pipe(
      // A refresh token that the server cannot revoke stays valid, so the caller gets the error.
      Effect.catchTag("UnsupportedTokenType", (error) => Effect.andThen(Effect.ignore(access), Effect.fail(error))),
      // The refresh token is revoked first, because it lives longer. Some servers cannot revoke access tokens, which
      // expire soon (RFC 7009 section 2.2.1).
      Effect.andThen(Effect.catchTag(access, "UnsupportedTokenType", () => Effect.void)),
    )
  }

  return { request, poll, refresh, revoke }
}

const noRefreshToken = () =>
  new InvalidGrant({
    status: 0,
    verdict: Verdict.never({ change: "human" }),
    code: "",
    description: "the server did not send a refresh token",
  })
