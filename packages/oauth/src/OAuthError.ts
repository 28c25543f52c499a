/**
 * Decoding OAuth errors: from the payload of an answer, else its status, by the rows of the table.
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
   * The class is that of the cause that the server's words name (`AADSTS50076`, `Invalid JWT`), where its code covers several.
   * Some servers repeat request fields in `error_description`; the redactor knows which of them are secrets.
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

/** The decoder of a server without a dialect. */
export const decode = decoderOf(undefined)

/** Whether the body names an error: some providers send one with status 200. */
export const isErrorBody = (body: string): boolean => ErrorPayload.names(body, standard)

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
