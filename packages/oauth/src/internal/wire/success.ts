/**
 * The two success responses of an OAuth server: how each member is read, and its default if it cannot be used.
 */
import * as Redacted from "effect/Redacted"
import { defaultInterval, defaultLifetime, longestLifetime, shortestInterval } from "../../DeviceCode.ts"
import type { DeviceCode } from "../../DeviceCode.ts"
import { noExpiry } from "../../TokenSet.ts"
import type { TokenSet } from "../../TokenSet.ts"
import * as AnswerFields from "./answerFields.ts"
import * as Lifetime from "./lifetime.ts"
import { plain } from "./scrub.ts"
import * as VerificationAddress from "./verificationAddress.ts"

/** Why a response with the right members cannot be used. */
export interface Unusable {
  readonly problem: string
}

/** Whether a result is such a reason. */
export const isUnusable = <A extends object>(found: A | Unusable): found is Unusable => "problem" in found

/** Reads a response; `undefined` if it is of another kind. `now` is in epoch milliseconds. */
export type Reader<A extends object> = (fields: AnswerFields.Members, now: number) => A | Unusable | undefined

/** The longest user code. A person types it; providers use 6 to 12 characters. */
const longestUserCode = 128

const longestName = 200

/**
 * The device code in a response (RFC 8628 section 3.2).
 *
 * | member | when it cannot be used |
 * | --- | --- |
 * | `device_code`, `user_code` | refused |
 * | `verification_uri`, or `verification_url` (Google) | refused |
 * | `verification_uri_complete`, `name` | left out when it is no text |
 * | `expires_in` | 120 s; at most a day |
 * | `interval` | 5 s; at least 1 s |
 */
export const deviceCode: Reader<DeviceCode> = (fields, now) => {
  const answer = AnswerFields.holder(fields, "device_code")
  if (answer === undefined) return undefined
  const code = AnswerFields.text(answer, "device_code")
  const userCode = AnswerFields.text(answer, "user_code") ?? digits(AnswerFields.member(answer, "user_code"))
  const address = addressOf(answer, "verification_uri") ?? addressOf(answer, "verification_url")
  if (code === undefined || userCode === undefined) return { problem: "it has no user code" }
  if (address === undefined) return { problem: "it has no verification address" }
  if (userCode.length > longestUserCode) return { problem: `its user code has ${userCode.length} characters` }
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

/** A code or token that the server sends as a number. */
const digits = (value: unknown): string | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined

const addressOf = (answer: object, name: string): string | undefined => {
  const address = AnswerFields.text(answer, name)
  return address === undefined ? undefined : VerificationAddress.visible(address)
}

/** Token types of IANA's registry and the `mac` draft that need more than the token in a header. */
const otherTypes = /^(?:dpop|pop|mac|n_a)$/i

/** The characters of a token: printable ASCII (RFC 6749 appendix A.12). */
const sendable = /^[\u0020-\u007e]+$/

/**
 * Reads the tokens in a response (RFC 6749 section 5.1); `before` is the pair that is being refreshed.
 *
 * | member | when it cannot be used |
 * | --- | --- |
 * | `access_token` | no tokens |
 * | `refresh_token`, also a number, or beside the object of the access token | the one before: a server that does not rotate sends none (RFC 6749 section 6) |
 * | `expires_in` | not known |
 * | `scope`, a text or a list | the one before |
 * | `token_type` | bearer, unless it is a type that needs a proof beside the token |
 *
 * A truncated response counts only if it has both tokens: otherwise the missing part may have contained the refresh token.
 */
export const tokenSet =
  (before: TokenSet | undefined): Reader<TokenSet> =>
  (fields, now) => {
    const answer = AnswerFields.holder(fields, "access_token")
    if (answer === undefined) return fields.whole ? undefined : { problem: "it ends before the tokens do" }
    const access = AnswerFields.text(answer, "access_token") ?? ""
    const refresh = refreshTokenOf(answer) ?? besides(fields)
    const type = AnswerFields.text(answer, "token_type") ?? ""
    if (!sendable.test(access)) return { problem: "its access token has characters that no header can carry" }
    if (otherTypes.test(type))
      return { problem: `its access token is of type ${type}, and only bearer tokens are used` }
    if (!fields.whole && refresh === undefined) return { problem: "it ends before the tokens do" }
    const lifetime = Lifetime.seconds(AnswerFields.member(answer, "expires_in"), now)
    const scope = scopeOf(AnswerFields.member(answer, "scope")) ?? before?.scope
    return {
      accessToken: Redacted.make(access, { label: "access token" }),
      refreshToken: refresh === undefined ? before?.refreshToken : Redacted.make(refresh, { label: "refresh token" }),
      expiresAt: lifetime === undefined ? noExpiry : Math.min(now + 1000 * lifetime, noExpiry),
      ...(scope === undefined ? {} : { scope }),
    }
  }

const refreshTokenOf = (answer: object): string | undefined =>
  AnswerFields.text(answer, "refresh_token") ?? digits(AnswerFields.member(answer, "refresh_token"))

/** A refresh token apart from the access token, unless another access token is beside it: then it belongs to that one. */
const besides = (fields: AnswerFields.Members): string | undefined => {
  const other = AnswerFields.holder(fields, "refresh_token")
  return other === undefined || AnswerFields.text(other, "access_token") !== undefined
    ? undefined
    : refreshTokenOf(other)
}

const scopeOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value === "" ? undefined : value
  if (!Array.isArray(value)) return undefined
  const words = value.filter((one): one is string => typeof one === "string" && one !== "")
  return words.length === 0 ? undefined : words.join(" ")
}
