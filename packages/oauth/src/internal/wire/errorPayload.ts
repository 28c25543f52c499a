/**
 * Reads the error from a response body, both to report the error of a call and to diagnose it.
 */
import * as Codes from "../words/codes.ts"
import type { Numbers } from "../words/meaning.ts"
import * as Phrases from "../words/phrases.ts"
import * as AnswerFields from "./answerFields.ts"
import type * as ErrorWords from "./errorWords.ts"
import { isUnanswered } from "./unansweredPage.ts"

/** The parts of a body that describe an error. */
export interface ErrorPayload {
  /** `unanswered` means that the body is a message from an intermediary that lost the server's response. */
  readonly form: "simple" | "detailed" | "unanswered" | "none"
  /** The error code, in the table's spelling if the table contains the code. */
  readonly key?: string
  /** The error code exactly as the server sent it. */
  readonly written?: string
  /** The path of the field that contains the error code. */
  readonly at?: string
  readonly description?: string
  /** The path of the field that contains the description. */
  readonly describedAt?: string
  /** A more specific code that the server sent in addition to the error code. */
  readonly subtype?: string
  readonly numbers?: Numbers
  /** Seconds. */
  readonly interval?: number
  /**
   * Whether an error in the detailed form contains a numeric `code` or a list of `errors`. These fields distinguish the error
   * from other JSON that contains a `message`.
   */
  readonly isMarked: boolean
  /** Whether the body is complete. If the body is incomplete, the error code may be truncated. */
  readonly isWhole: boolean
}

const nothing: ErrorPayload = { form: "none", isMarked: false, isWhole: true }
const unanswered: ErrorPayload = { form: "unanswered", isMarked: false, isWhole: true }

/** Reads an own property of an object. */
const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const number = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined)

/** Reads the fields of a body that is either JSON or form-encoded. GitHub sends a form-encoded body by default. */
const members = (body: string): unknown => AnswerFields.read(body, true)?.value

/** Reads a body. Total. */
export const read = (body: string, words: ErrorWords.Words): ErrorPayload => {
  const fields = AnswerFields.read(body, true)
  const json = fields?.value
  const code = nameOf(json, words)
  const found = code ?? messageOf(json)
  if (found === undefined) return isUnanswered(body) ? unanswered : nothing
  const errors = own(json, "errors")
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const described = descriptionOf(json, found.at)
  const subtype = text(own(json, "error_subtype")) ?? text(own(json, "suberror"))
  const interval = number(own(json, "interval"))
  return {
    key: found.name,
    written: found.written,
    at: found.at,
    form: code === undefined ? "detailed" : "simple",
    isWhole: fields?.whole === true,
    isMarked: typeof own(json, "code") === "number" || (typeof first === "object" && first !== null),
    numbers: numbersOf(json),
    ...(described === undefined ? {} : { description: described.text, describedAt: described.at }),
    ...(subtype === undefined ? {} : { subtype }),
    ...(interval !== undefined && interval > 0 ? { interval } : {}),
  }
}

/**
 * Finds a sentence that the server sent in place of an error code. Django's framework puts this sentence in `detail`, which
 * other providers use for unrelated errors.
 */
const messageOf = (json: unknown): ErrorWords.Found | undefined => {
  const message = text(own(json, "message"))
  if (message !== undefined) return { name: message, written: message, at: "message" }
  const detail = text(own(json, "detail"))
  return detail !== undefined && Phrases.isOfToken(detail) ? { name: detail, written: detail, at: "detail" } : undefined
}

/** The fields in which providers describe the error, with the most frequently used fields first. */
const places: ReadonlyArray<string> = [
  "error_description",
  "errors[0].detail",
  "errors[0].message",
  "error.message",
  "error.error_description",
  "errorSummary",
  "error_message",
  "error_summary",
  "message",
  "reason",
  "msg",
  "detail",
]

const descriptionOf = (json: unknown, nameAt: string): { readonly text: string; readonly at: string } | undefined => {
  // The addition of the PHP League's server (Laravel Passport) to the definition of the code.
  const hint = text(own(json, "hint"))
  for (const at of places) {
    const found = at === nameAt ? undefined : text(memberAt(json, at))
    if (found !== undefined) return { text: hint === undefined ? found : `${found} ${hint}`, at }
  }
  return hint === undefined ? undefined : { text: hint, at: "hint" }
}

/** Reads the field at a path. */
const memberAt = (json: unknown, at: string): unknown => {
  const errors = own(json, "errors")
  if (at.startsWith("errors[0]."))
    return own(Array.isArray(errors) ? errors[0] : undefined, at.slice("errors[0].".length))
  return at.startsWith("error.") ? own(own(json, "error"), at.slice("error.".length)) : own(json, at)
}

const numbersOf = (json: unknown): Numbers => {
  const listed = own(json, "error_codes")
  const error = own(json, "error")
  const isFacebook = own(error, "type") === "OAuthException" || own(error, "fbtrace_id") !== undefined
  return {
    entra: Array.isArray(listed) ? listed.slice(0, 10).flatMap((one) => number(one) ?? []) : [],
    facebook: isFacebook
      ? { code: number(own(error, "code")), subcode: number(own(error, "error_subcode")) }
      : undefined,
  }
}

const nameOf = (json: unknown, words: ErrorWords.Words): ErrorWords.Found | undefined => {
  const listed = words.find(json)
  if (listed !== undefined) return listed
  // Twitch puts the status and its phrase into `error`, and the code into `message`.
  const isPhrase = typeof own(json, "status") === "number" && text(own(json, "message")) !== undefined
  const error = isPhrase ? undefined : own(json, "error")
  const candidates: ReadonlyArray<readonly [at: string, value: unknown]> = [
    ["error", error],
    // Facebook, Google's APIs, Dropbox
    ["error.type", own(error, "type")],
    ["error.status", own(error, "status")],
    ["error.errors[0].reason", tabled(own(firstOf(own(error, "errors")), "reason"))],
    ["error..tag", own(error, ".tag")],
    ["error.code", own(error, "code")],
    // Okta's API, Amazon Cognito
    ["errorCode", own(json, "errorSummary") === undefined ? undefined : own(json, "errorCode")],
    ["__type", own(json, "__type")],
    // Instagram
    ["error_type", own(json, "error_type")],
    // LinkedIn and Zoho, HubSpot, Xero: their own codes in members that others use for something else
    ...["code", "status", "category", "Detail", "error_code"].map((at) => [at, tabled(own(json, at))] as const),
    ["errors[0]", faultOf(json)],
    // Fitbit
    ["errors[0].errorType", memberAt(json, "errors[0].errorType")],
    // OAuth 1.0a
    ["oauth_problem", own(json, "oauth_problem")],
    // WeChat
    ["errmsg", (number(own(json, "errcode")) ?? 0) === 0 ? undefined : own(json, "errmsg")],
  ]
  for (const [at, value] of candidates) {
    const written = text(value)
    if (written !== undefined) return { name: written, written, at }
  }
  const errors = own(json, "errors")
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  // X numbers its errors and puts the rest into a sentence.
  const numbered = typeof own(first, "code") === "number" ? text(own(first, "message")) : undefined
  if (numbered !== undefined) return { name: numbered, written: numbered, at: "errors[0].message" }
  const message = text(own(error, "message"))
  return message === undefined ? undefined : { name: message, written: message, at: "error.message" }
}

/** Returns the value if it is an error code from a provider's table. */
const tabled = (value: unknown): string | undefined => {
  const code = text(value)
  return code === undefined || Codes.find(code) === undefined ? undefined : code
}

/** Reads an error in Strava's format, which describes a problem with a field of an object. */
const faultOf = (json: unknown): string | undefined => {
  const errors = own(json, "errors")
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const words = ["resource", "field", "code"].map((name) => own(first, name))
  return words.every((word): word is string => typeof word === "string" && word.length <= 80)
    ? tabled(words.flatMap((word) => (word === "" ? [] : word.replace(/^.+_(?=permission$)/, ""))).join(" "))
    : undefined
}

/** Whether the body contains an error. Some providers report errors with status 200. */
export const names = (body: string, words: ErrorWords.Words): boolean => {
  const json = members(body)
  const error = own(json, "error")
  return (
    text(error) !== undefined ||
    own(json, "ok") === false ||
    (typeof error === "object" && error !== null && text(own(error, "message")) !== undefined) ||
    words.find(json) !== undefined
  )
}

/**
 * Returns the code in `error_code`, which may be a code that no table lists. The code does not stop polling, but it may
 * identify the cause of an error.
 */
export const unlisted = (body: string): string | undefined => text(own(members(body), "error_code"))
