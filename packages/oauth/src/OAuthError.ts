/**
 * Decoding OAuth errors: from the payload of an answer, else its status, by the rows of the table.
 */
import * as Schema from "effect/Schema"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import type { Dialect } from "./Dialect.ts"
import * as AnswerFields from "./internal/wire/answerFields.ts"
import * as ErrorWords from "./internal/wire/errorWords.ts"
import * as Rows from "./internal/errors/rows.ts"
import { scrub } from "./internal/wire/scrub.ts"
import { isUnanswered } from "./internal/wire/unansweredPage.ts"
import { decoderOf as rowDecoderOf, table } from "./internal/errors/table.ts"

/** What the payload of an answer says, as far as OAuth cares. */
interface Payload {
  readonly key?: string
  readonly form: "simple" | "detailed" | "unanswered" | "none"
  readonly description?: string
  readonly interval?: number
}

const standard = ErrorWords.make(Rows.rows)

const nothing: Payload = { form: "none" }
const unanswered: Payload = { form: "unanswered" }

/** An own member of an object. */
const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** The members of a body in JSON, or in a form, which is GitHub's default. */
const members = (body: string): unknown => AnswerFields.read(body, true)?.value

const payload = (body: string, words: ErrorWords.Words): Payload => {
  const json = members(body)
  // Twitch puts the status and its phrase into `error`, and the code into `message`.
  const isPhrase = typeof own(json, "status") === "number" && text(own(json, "message")) !== undefined
  const error = words.find(json) ?? (isPhrase ? undefined : text(own(json, "error")))
  const detailed = error === undefined ? text(own(json, "message")) : undefined
  const key = error ?? detailed
  if (key === undefined) return isUnanswered(body) ? unanswered : nothing
  const errors = own(json, "errors")
  const description =
    text(own(json, "error_description")) ?? text(own(Array.isArray(errors) ? errors[0] : undefined, "detail"))
  const interval = own(json, "interval")
  return {
    key,
    form: error === undefined ? "detailed" : "simple",
    ...(description === undefined ? {} : { description }),
    ...(typeof interval === "number" && Number.isFinite(interval) && interval > 0 ? { interval } : {}),
  }
}

/** The decoder of a server's error responses. */
export const decoderOf = (dialect: Dialect | undefined) => {
  const decodeRow = rowDecoderOf(dialect)
  const words = dialect === undefined ? standard : ErrorWords.make(Rows.rowsOf(dialect))
  /**
   * The error of a response, with secrets redacted.
   *
   * **Details**
   *
   * Some servers repeat request fields in `error_description`; the redactor knows which of them are secrets.
   */
  return (answer: HttpAnswer, redactor: Redaction.Redactor): OAuthError => {
    const { key, form, description, interval } = payload(answer.body, words)
    return decodeRow({
      key,
      form,
      status: answer.status,
      retryAfter: RetryAfter.fromAnswer(answer),
      fields: {
        code: scrub(key ?? "", redactor),
        status: answer.status,
        ...(description === undefined ? {} : { description: scrub(description, redactor) }),
        ...(interval === undefined ? {} : { interval }),
      },
    })
  }
}

/** The decoder of a server without a dialect. */
export const decode = decoderOf(undefined)

/** Whether the body names an error: some providers send one with status 200. */
export const isErrorBody = (body: string): boolean => {
  const json = members(body)
  return text(own(json, "error")) !== undefined || standard.find(json) !== undefined
}

/**
 * The OAuth errors: their table, schema and decoder.
 *
 * **Details**
 *
 * `fromResponse` is pure and total: any status, headers and body give an error. The payload comes first, then the status,
 * then `UnknownOAuthError`, which is retried at least as often as its bare status would be.
 */
export const OAuthError = {
  ...table,
  match: table.schema.match,
  guards: table.schema.guards,
  isAnyOf: table.schema.isAnyOf,
  isErrorBody,
  fromResponse: (answer: HttpAnswer): OAuthError => decode(answer, Redaction.redactor([])),
}

/** Any of the OAuth errors. */
export type OAuthError = InstanceType<(typeof table.classes)[keyof typeof table.classes]>

/** Whether a value is one of the OAuth errors. */
export const isOAuthError = Schema.is(table.schema)
