/**
 * Decoding OAuth errors: from the payload of an answer, else its status, by `OAuthTable`.
 */
import * as Schema from "effect/Schema"
import * as Redaction from "@holdfast/core/Redaction"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as AnswerFields from "./internal/answerFields.ts"
import { scrub } from "./internal/scrub.ts"
import { OAuthTable } from "./OAuthTable.ts"

/** What the payload of an answer says, as far as OAuth cares. */
interface Payload {
  readonly key?: string
  readonly form: "simple" | "detailed" | "none"
  readonly description?: string
  readonly interval?: number
}

const nothing: Payload = { form: "none" }

/** An own member of an object. */
const own = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** The members of a body, whether it is JSON or, as GitHub writes unless asked otherwise, a form. */
const members = (body: string): unknown => AnswerFields.read(body, true)?.value

const payload = (body: string): Payload => {
  const json = members(body)
  const error = text(own(json, "error"))
  const detailed = error === undefined ? text(own(json, "message")) : undefined
  const key = error ?? detailed
  if (key === undefined) return nothing
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

/**
 * The error that an answer means, without the words that are secret.
 *
 * **Details**
 *
 * Some servers repeat what they were sent in `error_description`; the redactor knows the secrets among it.
 */
export const decode = (answer: HttpAnswer, redactor: Redaction.Redactor): OAuthError => {
  const { key, form, description, interval } = payload(answer.body)
  return OAuthTable.decode({
    key,
    form,
    status: answer.status,
    retryAfter: RetryAfter.fromHeaders(answer.headers),
    fields: {
      code: scrub(key ?? "", redactor),
      status: answer.status,
      ...(description === undefined ? {} : { description: scrub(description, redactor) }),
      ...(interval === undefined ? {} : { interval }),
    },
  })
}

/** Whether the body names an error: some providers send one with status 200. */
export const isErrorBody = (body: string): boolean => text(own(members(body), "error")) !== undefined

/**
 * The OAuth errors: their table, schema and decoder.
 *
 * **Details**
 *
 * `fromResponse` is pure and total: any status, headers and body give an error. The payload comes first, then the status,
 * then `UnknownOAuthError`.
 */
export const OAuthError = {
  ...OAuthTable,
  match: OAuthTable.schema.match,
  guards: OAuthTable.schema.guards,
  isAnyOf: OAuthTable.schema.isAnyOf,
  isErrorBody,
  fromResponse: (answer: HttpAnswer): OAuthError => decode(answer, Redaction.redactor([])),
}

/** Any of the OAuth errors. */
export type OAuthError = InstanceType<(typeof OAuthTable.classes)[keyof typeof OAuthTable.classes]>

/** Whether a value is one of the OAuth errors. */
export const isOAuthError = Schema.is(OAuthTable.schema)
