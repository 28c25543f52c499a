/**
 * Decodes OAuth errors by the rows of the table: from the payload of a response, or from its status.
 */
import * as Schema from "effect/Schema"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import type { Dialect } from "./Dialect.ts"
import * as ErrorPayload from "./internal/wire/errorPayload.ts"
import * as ErrorWords from "./internal/wire/errorWords.ts"
import * as Meaning from "./internal/words/meaning.ts"
import * as Rows from "./internal/errors/rows.ts"
import { scrub } from "./internal/wire/scrub.ts"
import { decoderOf as rowDecoderOf, table } from "./internal/errors/table.ts"

const standard = ErrorWords.make(Rows.rows)

/** The decoder of a server's error responses. */
export const decoderOf = (dialect: Dialect | undefined) => {
  const decodeRow = rowDecoderOf(dialect)
  const words = dialect === undefined ? standard : ErrorWords.make(Rows.rowsOf(dialect))
  /**
   * The error of a response, with secrets redacted.
   *
   * **Details**
   *
   * If an error code has several causes, the server's message (`AADSTS50076`, `Invalid JWT`) selects the class. Some
   * servers repeat request fields in `error_description`; the redactor knows which of them are secrets.
   */
  return (answer: HttpAnswer, redactor: Redaction.Redactor): OAuthError => {
    const payload = ErrorPayload.read(answer.body, words)
    const { key, form, description, interval } = payload
    return decodeRow({
      key: Rows.keyOf(dialect, key, Meaning.atEndpoint(payload)),
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

/** The decoder for a server without a dialect. */
export const decode = decoderOf(undefined)

/** Whether the body names an error. Some providers send one with status 200. */
export const isErrorBody = (body: string): boolean => ErrorPayload.names(body, standard)

/**
 * The OAuth errors: their table, schema and decoder.
 *
 * **Details**
 *
 * `fromResponse` is pure and total: it returns an error for any status, headers and body. It looks up the payload first
 * and then the status. Otherwise it returns `UnknownOAuthError`, which is retried at least as often as its bare status
 * would be.
 */
export const OAuthError = {
  ...table,
  match: table.schema.match,
  guards: table.schema.guards,
  isAnyOf: table.schema.isAnyOf,
  isErrorBody,
  fromResponse: (answer: HttpAnswer): OAuthError => decode(answer, Redaction.redactor([])),
}

/** The union of the OAuth errors. */
export type OAuthError = InstanceType<(typeof table.classes)[keyof typeof table.classes]>

/** Whether a value is one of the OAuth errors. */
export const isOAuthError = Schema.is(table.schema)
