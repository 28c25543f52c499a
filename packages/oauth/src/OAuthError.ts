/**
 * Decodes an OAuth error from the payload or the status of a response, using the rows of the error table.
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

/** Returns the decoder for the error responses of a server. */
export const decoderOf = (dialect: Dialect | undefined) => {
  const decodeRow = rowDecoderOf(dialect)
  const words = dialect === undefined ? standard : ErrorWords.make(Rows.rowsOf(dialect))
  /**
   * Returns the error that a response reports, with secrets redacted.
   *
   * **Details**
   *
   * If an error code has several causes, the server's message (`AADSTS50076`, `Invalid JWT`) selects the class. Some servers
   * repeat request fields in `error_description`. The redactor recognizes which of these fields are secrets.
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

/** The decoder for a server that does not have a dialect. */
export const decode = decoderOf(undefined)

/** Whether the body contains an error. Some providers send errors with status 200. */
export const isErrorBody = (body: string): boolean => ErrorPayload.names(body, standard)

/**
 * The table, the schema and the decoder of the OAuth errors.
 *
 * **Details**
 *
 * `fromResponse` is pure and total: it returns an error for any status, headers and body. `fromResponse` looks up the payload
 * first and then the status. If the table contains neither the payload nor the status, `fromResponse` returns
 * `UnknownOAuthError`, which is retried at least as often as a response with the same status and no payload.
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
