/**
 * Reads successful responses from an OAuth server. The tables show how missing or invalid fields are handled.
 */
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import type { AccessToken } from "../../AccessToken.ts"
import { defaultInterval, defaultLifetime, longestLifetime, shortestInterval } from "../../DeviceCode.ts"
import type { DeviceCode } from "../../DeviceCode.ts"
import { noExpiry } from "../../TokenSet.ts"
import type { TokenSet } from "../../TokenSet.ts"
import * as AnswerFields from "./answerFields.ts"
import * as Lifetime from "./lifetime.ts"
import { plain } from "./scrub.ts"
import * as Tokens from "./tokens.ts"
import * as VerificationAddress from "./verificationAddress.ts"

/** The maximum length of a user code. The user has to type the user code. Providers use codes of 6 to 12 characters. */
const longestUserCode = 128

const longestName = 200

/**
 * Reads the device code from a response (RFC 8628 section 3.2).
 *
 * | member | if it is missing or invalid |
 * | --- | --- |
 * | `device_code`, `user_code` | rejected |
 * | `verification_uri`, or `verification_url` (Google) | rejected |
 * | `verification_uri_complete`, `name` | omitted if it is not a string |
 * | `expires_in` | 120 s; at most a day |
 * | `interval` | 5 s; at least 1 s |
 */
export const deviceCode: Tokens.Reader<DeviceCode> = (fields, now) => {
  const answer = AnswerFields.holder(fields, "device_code")
  if (answer === undefined) return undefined
  const code = AnswerFields.text(answer, "device_code")
  const userCode = AnswerFields.text(answer, "user_code") ?? Tokens.digits(AnswerFields.member(answer, "user_code"))
  const address = addressOf(answer, "verification_uri") ?? addressOf(answer, "verification_url")
  if (code === undefined || userCode === undefined) return { problem: "it has no user code" }
  if (address === undefined) return { problem: "the verification address is missing" }
  if (userCode.length > longestUserCode) return { problem: `the user code is too long (${userCode.length} characters)` }
  const complete = addressOf(answer, "verification_uri_complete")
  for (const shown of [address, complete ?? address]) {
    const oddity = VerificationAddress.oddity(shown)
    if (oddity !== undefined) return { problem: `its verification address ${oddity}` }
  }
  const name = AnswerFields.text(answer, "name")
  const lifetime = Lifetime.seconds(AnswerFields.member(answer, "expires_in"), now) ?? 0
  return {
    deviceCode: Redacted.make(code, { label: "device code" }),
    userCode: plain(userCode),
    verificationUri: address,
    ...(complete === undefined ? {} : { verificationUriComplete: complete }),
    expiresAt: now + 1000 * (lifetime < 1 ? defaultLifetime : Math.min(lifetime, longestLifetime)),
    interval: Math.max(
      Lifetime.seconds(AnswerFields.member(answer, "interval"), now) ?? defaultInterval,
      shortestInterval,
    ),
    ...(name === undefined ? {} : { name: plain(name).slice(0, longestName) }),
  }
}

const addressOf = (answer: object, name: string): string | undefined => {
  const address = AnswerFields.text(answer, name)
  return address === undefined ? undefined : VerificationAddress.visible(address)
}

/**
 * Reads the tokens from a response (RFC 6749 section 5.1). `before` is the token pair that is being refreshed.
 *
 * | member | if it is missing or invalid |
 * | --- | --- |
 * | `access_token` | no tokens |
 * | `refresh_token`, also a number, or beside the object of the access token | the previous one, because a server that
 * does not rotate sends none (RFC 6749 section 6) |
 * | `expires_in` | unknown |
 * | `scope`, a string or a list | the previous one |
 * | `token_type` | bearer, unless it is a type that needs a proof in addition to the token |
 */
export const tokenSet =
  (before: TokenSet | undefined): Tokens.Reader<TokenSet> =>
  (fields, now) => {
    const found = Tokens.read(fields, now)
    if (found === undefined || Tokens.isUnusable(found)) return found
    const { access, lifetime, refresh } = found
    const scope = found.scope ?? before?.scope
    return {
      accessToken: Redacted.make(access, { label: "access token" }),
      refreshToken: refresh === undefined ? before?.refreshToken : Redacted.make(refresh, { label: "refresh token" }),
      expiresAt: lifetime === undefined ? noExpiry : Math.min(now + 1000 * lifetime, noExpiry),
      ...(scope === undefined ? {} : { scope }),
    }
  }

/** Reads the access token from a response in the same way as `tokenSet`. A refresh token in the response is ignored. */
export const accessToken: Tokens.Reader<AccessToken> = (fields, now) => {
  const found = Tokens.read(fields, now)
  if (found === undefined || Tokens.isUnusable(found)) return found
  const { access, lifetime, scope } = found
  return {
    accessToken: Redacted.make(access, { label: "access token" }),
    ...(lifetime === undefined ? {} : { lifetime: Duration.seconds(lifetime) }),
    ...(scope === undefined ? {} : { scope }),
  }
}
