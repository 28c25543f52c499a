/**
 * Implements the `Tokens` of the authorization gate for a program that signs in with its own credentials.
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Redacted from "effect/Redacted"
import { SignInNeeded, Tokens } from "@holdfast/core/Authorization"
import * as Backoff from "@holdfast/core/Backoff"
import { reader } from "@holdfast/core/InvalidPolicy"
import * as Monotonic from "@holdfast/core/Monotonic"
import * as Retry from "@holdfast/core/Retry"
import type { TransportError } from "@holdfast/http/TransportError"
import type { AccessToken } from "./AccessToken.ts"
import type { AnswerUnreadable } from "./AnswerUnreadable.ts"
import { ClientCredentials } from "./ClientCredentials.ts"
import type { OAuthError } from "./OAuthError.ts"
import { same } from "./TokenSet.ts"

type Token = Redacted.Redacted<string>

type Failure = OAuthError | TransportError | AnswerUnreadable

/**
 * The default time before expiry at which a token is renewed: 60 s, the clock skew that [Spring
 * Security](https://github.com/spring-projects/spring-security/blob/main/oauth2/oauth2-client/src/main/java/org/springframework/security/oauth2/client/ClientCredentialsOAuth2AuthorizedClientProvider.java)
 * uses for this grant.
 */
export const defaultMargin = Duration.seconds(60)

/**
 * How long a final failure is remembered. We chose 1 min. No request is sent during this time, because a server may lock out
 * a client that repeats a wrong secret.
 */
export const recheckEvery = Duration.minutes(1)

/**
 * The minimum lifetime of a token, in milliseconds. A shorter lifetime is raised to this value, so that the server does not
 * receive a request for every call.
 */
const shortestLifetime = 5000

/** The age in milliseconds below which a rejected token counts as rejected early. */
const young = 60_000

/** The options for renewing a token. */
export interface Options {
  /**
   * The time before expiry at which a token is renewed; at most half of the token's lifetime. Default: {@link defaultMargin},
   * 60 s.
   */
  readonly margin?: Duration.Input | undefined
  /** The delays before a request is sent again. Default: the delays of `Backoff.standard`. */
  readonly backoff?: Backoff.Settings | undefined
}

/** The token in use. Times are in milliseconds. */
interface Held {
  readonly token: Token
  readonly since: Moment
  /** The age at which the token is renewed, and the age at which it is no longer used. */
  readonly renewAt: number
  readonly endsAt: number
  /** Whether an early renewal was started. A failed early renewal is not repeated: the token is used until it expires. */
  renewed: boolean
}

/**
 * A point in time, measured by both the monotonic clock and the wall clock. The two clocks may measure different ages of a
 * token; the greater age is used. The wall clock can be changed, and the monotonic clock does not advance while the machine
 * is suspended.
 */
interface Moment {
  readonly monotonic: number
  readonly wall: number
}

const momentOf = (clock: Clock.Clock): Moment => ({
  monotonic: Monotonic.millisOf(clock),
  wall: clock.currentTimeMillisUnsafe(),
})

const ageOf = (since: Moment, now: Moment): number => Math.max(now.monotonic - since.monotonic, now.wall - since.wall)

/** The action that a user must take after a final failure. */
const actions: { readonly [Tag in OAuthError["_tag"]]?: string } = {
  InvalidClient: "check the client id and the client secret",
  InvalidScope: "check the scope, the audience and the resource",
  UnauthorizedClient: "allow this client to use the client credentials grant",
  UnsupportedGrantType: "allow this client to use the client credentials grant",
  InvalidClientVersion: "update this program",
}

const actionOf = (error: Failure): string => {
  if ("reached" in error) return "check the address of the token endpoint"
  if (error._tag === "AnswerUnreadable")
    return "check the address of the token endpoint and whether a proxy modifies its responses"
  return actions[error._tag] ?? "check the settings of this client on the server"
}

const needed = (error: Failure): SignInNeeded =>
  new SignInNeeded({ reason: error.message, action: actionOf(error), need: "settings" })

/**
 * Whether a failure is final although its verdict is `always`. Such a failure means that the response is not valid for this
 * grant, and only a user can resolve the failure.
 */
const isFinal = ({ verdict }: Failure): boolean => verdict.retry === "always" && verdict.change === "human"

/**
 * Implements `Tokens` with `ClientCredentials`.
 *
 * **Details**
 *
 * All callers share one request. The shared request belongs to the layer. Interrupting callers does not interrupt the
 * request, but closing the layer's scope does.
 *
 * The error's verdict determines how a failed request is retried. With the verdict `always`, the request is retried without
 * limit; a `Retry-After` can lengthen the capped backoff to at most 1 h. With the verdict `once`, the request is retried
 * once. A final failure is reported as a `SignInNeeded` with `need` set to `settings`. A final failure is remembered for 1
 * min (`recheckEvery`). After this time, `signedIn` requests a token again, so the program continues without a restart after
 * the client's settings on the server have been corrected.
 *
 * The first use of a token that expires within `margin` starts a renewal but does not wait for the renewal. An expired token
 * is not used. Without `expires_in`, a token is used until the server rejects it. Changing the clock of this machine causes
 * at most one unnecessary renewal, because the lifetime of a token is counted from the token's arrival. A token that a server
 * rejects is always replaced.
 *
 * If several consecutive new tokens are rejected within 1 min of their arrival, the next requests are delayed by the same
 * backoff.
 *
 * Throws an `InvalidPolicy` for invalid or unknown options.
 */
export const layerWith = (options: Options): Layer.Layer<Tokens, never, ClientCredentials> => {
  const read = reader("ClientTokens")
  read.known(options, { margin: true, backoff: true })
  const margin = read.millis("margin", options.margin ?? defaultMargin)
  return Layer.effect(Tokens, make(margin, options.backoff ?? {}, Backoff.waits(options.backoff)))
}

const make = (margin: number, backoff: Backoff.Settings, waits: Backoff.Waits) =>
  Effect.gen(function* () {
    const client = yield* ClientCredentials
    const scope = yield* Effect.scope
    // The request is shared, so it must not depend on a caller's context: neither on its span nor on its pipeline.
    const context = yield* Effect.context<never>()
    const policy = Retry.policy({ attempts: Infinity, backoff, hintCap: Duration.hours(1), beyondHintCap: "clamp" })

    let held: Held | undefined
    let flight: Deferred.Deferred<Token, SignInNeeded> | undefined
    let failed: { readonly error: SignInNeeded; readonly since: number } | undefined
    /** The number of consecutive tokens that were rejected early. */
    let rejections = 0

    const keep = ({ accessToken, lifetime }: AccessToken, now: Moment): Token => {
      const endsAt = lifetime === undefined ? Infinity : Math.max(Duration.toMillis(lifetime), shortestLifetime)
      const renewAt = Math.max(endsAt - margin, endsAt / 2)
      held = { token: accessToken, since: now, renewAt, endsAt, renewed: false }
      failed = undefined
      return accessToken
    }

    const pace = Effect.suspend(() => {
      // The first rejection may concern only that token, so its successor is requested immediately.
      const n = rejections - 2
      if (n < 0) return Effect.void
      return Effect.flatMap(Random.next, (random) => Effect.sleep(waits.wait(n, waits.delay(n), random)))
    })

    const obtain: Effect.Effect<Token, SignInNeeded> = Effect.andThen(
      pace,
      client.request.pipe(Effect.retry({ schedule: policy, while: (error) => !isFinal(error) })),
    ).pipe(
      Effect.flatMap((found) => Clock.clockWith((clock) => Effect.sync(() => keep(found, momentOf(clock))))),
      Effect.catch((failure) =>
        Effect.flatMap(Monotonic.millis, (since) => {
          const error = needed(failure)
          failed = { error, since }
          return Effect.fail(error)
        }),
      ),
    )

    /** Returns the request in flight, or starts a new request. */
    const begin: Effect.Effect<Deferred.Deferred<Token, SignInNeeded>> = Effect.suspend(() => {
      if (flight !== undefined) return Effect.succeed(flight)
      const mine = Deferred.makeUnsafe<Token, SignInNeeded>()
      flight = mine
      return obtain.pipe(
        Effect.interruptible,
        Effect.onExit((exit) => {
          flight = undefined
          return Deferred.done(mine, exit)
        }),
        Effect.setContext(context),
        Effect.forkIn(scope, { startImmediately: true }),
        Effect.as(mine),
      )
    }).pipe(Effect.uninterruptible)

    const request = Effect.flatMap(begin, Deferred.await)

    /** Sends a request, unless a final failure occurred within the last `recheckEvery`. */
    const requestUnlessRefused = Effect.flatMap(Monotonic.millis, (now) =>
      failed !== undefined && now - failed.since < Duration.toMillis(recheckEvery)
        ? Effect.fail(failed.error)
        : request,
    )

    /**
     * Returns the current token, or `undefined` if there is no valid token. Starts the renewal of the token when the renewal
     * is due.
     */
    const latest: Effect.Effect<Token | undefined> = Clock.clockWith((clock) => {
      if (held === undefined) return Effect.undefined
      const { endsAt, renewAt, renewed, since, token } = held
      const age = ageOf(since, momentOf(clock))
      if (age >= endsAt) return Effect.undefined
      if (age < renewAt || renewed) return Effect.succeed(token)
      held.renewed = true
      return Effect.as(begin, token)
    })

    const current = Effect.flatMap(latest, (token) =>
      token === undefined ? requestUnlessRefused : Effect.succeed(token),
    )

    const refresh = (rejected: Token): Effect.Effect<Token, SignInNeeded> =>
      Clock.clockWith((clock) => {
        if (held !== undefined && !same(held.token, rejected)) return current
        if (held !== undefined) {
          const age = ageOf(held.since, momentOf(clock))
          rejections = age < Math.min(young, held.endsAt) ? rejections + 1 : 0
          held = undefined
        }
        return requestUnlessRefused
      })

    const signedIn: Effect.Effect<Token> = Effect.suspend(() =>
      Effect.sleep(recheckEvery).pipe(
        Effect.andThen(Effect.suspend(() => (held === undefined ? request : current))),
        Effect.catch(() => signedIn),
      ),
    )

    return { current, latest, refresh, signedIn }
  })

/** `layerWith` with default options. */
export const layer: Layer.Layer<Tokens, never, ClientCredentials> = layerWith({})
