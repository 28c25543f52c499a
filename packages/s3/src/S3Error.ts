/**
 * Defines S3's errors as one tagged union, and the decoder that converts any response to one of them.
 */
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { Verdict } from "@holdfast/core/Verdict"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as Schema from "effect/Schema"
import { vocabulary } from "./internal/diagnosis/vocabulary.ts"
import * as Lookup from "./internal/errors/lookup.ts"
import * as Response from "./internal/errors/response.ts"
import { rows } from "./internal/errors/rows.ts"
import { table } from "./internal/errors/table.ts"
import * as ErrorXml from "./internal/xml/errorXml.ts"
import * as StorageMarks from "./StorageMarks.ts"

export type { Fields } from "./internal/errors/fields.ts"

/** Any S3 error. Each error carries the verdict of its table row. */
export type S3Error = typeof table.schema.Type

const fromResponse = (answer: HttpAnswer): S3Error => decode(answer, answer)

/** Decodes the original response, but stores the redacted text of `kept`. */
const decode = (answer: HttpAnswer, kept: HttpAnswer): S3Error => {
  const { body, headers, status } = answer
  const said = Response.read(answer)
  const words =
    kept === answer ? said : kept.body === body ? Response.of(said.document, kept.headers) : Response.read(kept)
  const { code, message } = said
  const seen = Lookup.seen({ status, code, message, isMarked: code === "" && StorageMarks.isStorage(headers) })
  const { extra, hostId, requestId, resource } = words
  return table.decode({
    ...seen,
    retryAfter: RetryAfter.fromAnswer(answer),
    isOwn: Lookup.isOwn(seen),
    fields: {
      code: codes.has(code) ? code : words.code,
      message:
        words.document?.message ??
        (said.document !== undefined || said.message !== "" ? words.message : quote(status, kept.body)),
      status,
      extra,
      ...(requestId === undefined ? undefined : { requestId }),
      ...(hostId === undefined ? undefined : { hostId }),
      ...(resource === undefined ? undefined : { resource }),
    },
  })
}

/** S3's own error codes, which are never secret. */
const codes: ReadonlySet<string> = new Set(rows.flatMap((row) => ("key" in row ? [row.key] : [])))

const redact = Redaction.make([vocabulary])

/**
 * The maximum length of the body text that an error stores, in characters. S3's own error documents are smaller than 4 KiB.
 */
const longestKept = 16 * 1024

const fromExchange = (request: Request, answer: HttpAnswer): S3Error => {
  const response = { ...answer, body: answer.body.slice(0, longestKept) }
  const { body = "", headers = {} } = redact({ request, response }).response ?? {}
  const shown = Object.entries(headers).map(([name, value]) => [name, Redaction.shown(value)] as const)
  return decode(answer, { ...answer, headers: Object.fromEntries(shown), body: Redaction.shown(body) })
}

const withVerdict = (error: S3Error, verdict: Verdict): S3Error => copy(error, verdict, error.message)

const withMessage = (error: S3Error, message: string): S3Error => copy(error, error.verdict, message)

const copy = (error: S3Error, verdict: Verdict, message: string): S3Error => {
  const { code, extra, hostId, requestId, resource, status } = error
  return new table.classes[error._tag]({
    verdict,
    code,
    message,
    status,
    extra,
    ...(requestId === undefined ? undefined : { requestId }),
    ...(hostId === undefined ? undefined : { hostId }),
    ...(resource === undefined ? undefined : { resource }),
  })
}

/** The length, in characters, of an excerpt that is sufficient to identify the intermediary that sent a page. */
const quoted = 200

const quote = (status: number, body: string): string => {
  const words = body
    .slice(0, 4 * quoted)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, quoted)
  return words === "" ? `HTTP ${status} with no body` : `HTTP ${status} with a body that is not from S3: ${words}`
}

/**
 * S3's error table, together with its decoder.
 *
 * **Details**
 *
 * `fromResponse` first uses the code in the XML document, refined by its message if the code has several meanings, and then
 * the status. All other codes become `UnknownS3Error`, which is retried at least as often as its status alone would be.
 * Without a document, for example after a HEAD, the headers show whether the storage or an intermediary responded
 * (`StorageMarks`). Only a `Retry-After` from the storage itself delays a retry. A response without a code and without
 * identifying headers has no `retryAfter`. The decoder is pure and total: any combination of body, headers and status
 * produces an error with a verdict. XML entities are never expanded, and at most 64 Ki characters are parsed. `isErrorBody`
 * checks whether a body is an S3 error, regardless of the status: CompleteMultipartUpload and copy operations can fail after
 * a status of 200. `fromExchange` decodes to the same class, and redacts the request's secrets in the text that the error
 * stores, because errors are logged. `withVerdict` replaces the verdict, for a service that needs different retry behavior
 * than S3, and `withMessage` replaces the message. `match`, `guards` and `isAnyOf` are the functions of the union, and `json`
 * is its codec.
 *
 * **Gotchas**
 *
 * These errors do not close a gate, except for the `NotFromS3` error for a success response that an intermediary sent. A
 * presigned URL carries its own authorization, so a 403 does not indicate a problem with the API's token. A server that
 * responds is reachable.
 *
 * **Example** (Reading a refusal)
 *
 * ```ts
 * const error = S3Error.fromResponse({ status: 503, headers: {}, body: "<Error><Code>SlowDown</Code></Error>" })
 * error._tag // "SlowDown"
 * error.verdict.retry // "always"
 * ```
 */
export const S3Error = {
  fromResponse,
  fromExchange,
  withVerdict,
  withMessage,
  isErrorBody: ErrorXml.isError,
  table,
  schema: table.schema,
  json: Schema.toCodecJson(table.schema),
  match: table.schema.match,
  guards: table.schema.guards,
  matchOrElse: table.schema.matchOrElse,
  isAnyOf: table.schema.isAnyOf,
} as const
