/**
 * Reads tokens as plain text from the fields of a successful response, both for the call itself and for its diagnosis.
 */
import * as AnswerFields from "./answerFields.ts"
import * as Lifetime from "./lifetime.ts"

/** The reason why a response with the expected fields cannot be used. */
export interface Unusable {
  readonly problem: string
}

/** Whether a result is a reason why a response cannot be used. */
export const isUnusable = <A extends object>(found: A | Unusable): found is Unusable => "problem" in found

/**
 * Reads a response. Returns `undefined` if the response does not contain the expected tokens or codes. `now` is the current
 * time in epoch milliseconds.
 */
export type Reader<A extends object> = (fields: AnswerFields.Members, now: number) => A | Unusable | undefined

/** The tokens in a response, with their lifetime and scope. */
export interface Tokens {
  readonly access: string
  readonly refresh: string | undefined
  /** Seconds. */
  readonly lifetime: number | undefined
  readonly scope: string | undefined
}

/** Converts a numeric code or token from the server to a string. */
export const digits = (value: unknown): string | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined

/** Token types, from IANA's registry and the `mac` draft, for which it is not sufficient to send the token in a header. */
const otherTypes = /^(?:dpop|pop|mac|n_a)$/i

/** The characters that are allowed in a token: printable ASCII (RFC 6749 appendix A.12). */
const sendable = /^[\u0020-\u007e]+$/

/**
 * Reads the tokens from a response (RFC 6749 section 5.1).
 *
 * A truncated response is accepted only if it contains both tokens. If the refresh token is absent from a truncated response,
 * the missing part may contain it.
 */
export const read: Reader<Tokens> = (fields, now) => {
  const answer = AnswerFields.holder(fields, "access_token")
  if (answer === undefined)
    return fields.whole ? undefined : { problem: "the body ends before the tokens are complete" }
  const access = AnswerFields.text(answer, "access_token") ?? ""
  const refresh = refreshTokenOf(answer) ?? besides(fields)
  const type = AnswerFields.text(answer, "token_type") ?? ""
  if (!sendable.test(access))
    return { problem: "the access token contains characters that are not allowed in a header" }
  if (otherTypes.test(type))
    return { problem: `the access token has the type ${type}, but only bearer tokens are supported` }
  if (!fields.whole && refresh === undefined) return { problem: "the body ends before the tokens are complete" }
  return {
    access,
    refresh,
    lifetime: Lifetime.seconds(AnswerFields.member(answer, "expires_in"), now),
    scope: scopeOf(AnswerFields.member(answer, "scope")),
  }
}

const refreshTokenOf = (answer: object): string | undefined =>
  AnswerFields.text(answer, "refresh_token") ?? digits(AnswerFields.member(answer, "refresh_token"))

/**
 * Finds a refresh token outside the object that contains the access token. The refresh token is ignored if its object
 * contains another access token, because the refresh token then belongs to that access token.
 */
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
