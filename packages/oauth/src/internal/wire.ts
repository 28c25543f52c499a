/**
 * The two successful answers of an OAuth server, as tolerant as the servers are inexact.
 */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { defaultInterval, defaultLifetime } from "../DeviceCode.ts"
import type { DeviceCode } from "../DeviceCode.ts"
import { noExpiry } from "../TokenSet.ts"
import type { TokenSet } from "../TokenSet.ts"
import { plain } from "./scrub.ts"

/** Some servers write their numbers as strings, and what they have not as `null`. */
const Seconds = Schema.optional(Schema.NullOr(Schema.Union([Schema.Finite, Schema.FiniteFromString])))
const Text = Schema.optional(Schema.NullOr(Schema.String))

const DeviceAnswer = Schema.fromJsonString(
  Schema.Struct({
    device_code: Schema.NonEmptyString,
    user_code: Schema.NonEmptyString,
    verification_uri: Text,
    // Google's name for it.
    verification_url: Text,
    verification_uri_complete: Text,
    expires_in: Seconds,
    interval: Seconds,
    name: Text,
  }),
)

const TokenAnswer = Schema.fromJsonString(
  Schema.Struct({
    access_token: Schema.NonEmptyString,
    refresh_token: Text,
    expires_in: Seconds,
    scope: Text,
    token_type: Text,
  }),
)

const positive = (seconds: number | null | undefined): number | undefined =>
  typeof seconds === "number" && seconds > 0 ? seconds : undefined

const readDevice = Schema.decodeUnknownOption(DeviceAnswer)
const readToken = Schema.decodeUnknownOption(TokenAnswer)

/** The code in the answer, or `undefined`; `now` is in milliseconds of the epoch. */
export const deviceCode = (body: string, now: number): DeviceCode | undefined => {
  const answer = Option.getOrUndefined(readDevice(body))
  const verificationUri = answer?.verification_uri ?? answer?.verification_url
  if (answer === undefined || typeof verificationUri !== "string") return undefined
  return {
    deviceCode: Redacted.make(answer.device_code, { label: "device code" }),
    userCode: plain(answer.user_code),
    verificationUri: plain(verificationUri),
    ...(answer.verification_uri_complete ? { verificationUriComplete: plain(answer.verification_uri_complete) } : {}),
    expiresAt: Math.min(now + 1000 * (positive(answer.expires_in) ?? defaultLifetime), noExpiry),
    interval: positive(answer.interval) ?? defaultInterval,
    ...(answer.name ? { name: plain(answer.name) } : {}),
  }
}

/**
 * The tokens in the answer, or `undefined`; `before` is the pair that is being refreshed.
 *
 * **Details**
 *
 * A server that rotates sends a new refresh token; one that does not leaves it out, and the old one stays good
 * (RFC 6749 section 6). The same holds for the scope. A token type other than bearer cannot be used.
 */
export const tokenSet = (body: string, now: number, before: TokenSet | undefined): TokenSet | undefined => {
  const answer = Option.getOrUndefined(readToken(body))
  if (answer === undefined || !/^bearer$/i.test(answer.token_type ?? "bearer")) return undefined
  const lifetime = positive(answer.expires_in)
  const scope = answer.scope ?? before?.scope
  return {
    accessToken: Redacted.make(answer.access_token, { label: "access token" }),
    refreshToken: answer.refresh_token
      ? Redacted.make(answer.refresh_token, { label: "refresh token" })
      : before?.refreshToken,
    expiresAt: lifetime === undefined ? noExpiry : Math.min(now + 1000 * lifetime, noExpiry),
    ...(scope === undefined ? {} : { scope }),
  }
}
