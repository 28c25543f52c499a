/**
 * Reads the error that the body of a response names: for the error of a call, and for its diagnosis.
 */
import * as AnswerFields from "./answerFields.ts"
import type * as ErrorWords from "./errorWords.ts"
import { isUnanswered } from "./unansweredPage.ts"

/** What a body says about an error. */
export interface ErrorPayload {
  /** `unanswered` is the text of an intermediary that lost the server's response. */
  readonly form: "simple" | "detailed" | "unanswered" | "none"
  /** The name of the error, as the table spells it if it lists the name. */
  readonly key?: string
  /** The name as the server wrote it. */
  readonly written?: string
  /** The path of the member with the name. */
  readonly at?: string
  readonly description?: string
  /** Seconds. */
  readonly interval?: number
  /** Whether the detailed form has a numeric `code` or a list of `errors`, as no other JSON with a `message` does. */
  readonly isMarked: boolean
  /** Whether the body is complete. Otherwise the name of the error may be cut off. */
  readonly isWhole: boolean
}

const nothing: ErrorPayload = { form: "none", isMarked: false, isWhole: true }
const unanswered: ErrorPayload = { form: "unanswered", isMarked: false, isWhole: true }

/** An own member of an object. */
const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** The members of a body in JSON, or in a form, which is GitHub's default. */
const members = (body: string): unknown => AnswerFields.read(body, true)?.value

/** Reads a body. Total. */
export const read = (body: string, words: ErrorWords.Words): ErrorPayload => {
  const fields = AnswerFields.read(body, true)
  const json = fields?.value
  const code = nameOf(json, words)
  const message = code === undefined ? text(own(json, "message")) : undefined
  const found = code ?? (message === undefined ? undefined : { name: message, written: message, at: "message" })
  if (found === undefined) return isUnanswered(body) ? unanswered : nothing
  const errors = own(json, "errors")
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  const description = text(own(json, "error_description")) ?? text(own(first, "detail"))
  const interval = own(json, "interval")
  return {
    key: found.name,
    written: found.written,
    at: found.at,
    form: code === undefined ? "detailed" : "simple",
    isWhole: fields?.whole === true,
    isMarked: typeof own(json, "code") === "number" || (typeof first === "object" && first !== null),
    ...(description === undefined ? {} : { description }),
    ...(typeof interval === "number" && Number.isFinite(interval) && interval > 0 ? { interval } : {}),
  }
}

const nameOf = (json: unknown, words: ErrorWords.Words): ErrorWords.Found | undefined => {
  const listed = words.find(json)
  if (listed !== undefined) return listed
  // Twitch puts the status and its phrase into `error`, and the code into `message`.
  const isPhrase = typeof own(json, "status") === "number" && text(own(json, "message")) !== undefined
  const error = isPhrase ? undefined : text(own(json, "error"))
  return error === undefined ? undefined : { name: error, written: error, at: "error" }
}

/** Whether the body names an error: some providers send one with status 200. */
export const names = (body: string, words: ErrorWords.Words): boolean => {
  const json = members(body)
  return text(own(json, "error")) !== undefined || words.find(json) !== undefined
}

/** A code in `error_code` that no table lists. It is no reason to end a poll, but it may be the cause of a refusal. */
export const unlisted = (body: string): string | undefined => text(own(members(body), "error_code"))
