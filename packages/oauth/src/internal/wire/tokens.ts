/**
 * Reads the members of a successful response with tokens as plain text, for the tokens of a call and for its diagnosis.
 */
import * as AnswerFields from "./answerFields.ts"
import * as Lifetime from "./lifetime.ts"

/** Why a response with the right members cannot be used. */
export interface Unusable {
  readonly problem: string
}

/** Whether a result is such a reason. */
export const isUnusable = <A extends object>(found: A | Unusable): found is Unusable => "problem" in found

/** Reads a response; `undefined` if it has no tokens. `now` is in epoch milliseconds. */
export type Reader<A extends object> = (fields: AnswerFields.Members, now: number) => A | Unusable | undefined

/** The tokens of a response with their properties. */
export interface Tokens {
  readonly access: string
  readonly refresh: string | undefined
  /** Seconds. */
  readonly lifetime: number | undefined
  readonly scope: string | undefined
}

/** A code or token that the server sends as a number. */
export const digits = (value: unknown): string | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined

/** Token types of IANA's registry and the `mac` draft that need more than the token in a header. */
const otherTypes = /^(?:dpop|pop|mac|n_a)$/i

/** The characters of a token: printable ASCII (RFC 6749 appendix A.12). */
const sendable = /^[\u0020-\u007e]+$/

/**
 * Reads the tokens in a response (RFC 6749 section 5.1).
 *
 * A truncated response counts only if it has both tokens. Otherwise the missing part may contain the refresh token.
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
 * A refresh token outside of the access token's object. It is ignored if another access token is beside it, because it
 * then belongs to that one.
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
