/**
 * S3's errors as one tagged union, and the decoder that turns any response into one of them.
 */
import * as ErrorTable from "@holdfast/core/ErrorTable"
import type { Request } from "@holdfast/core/Exchange"
import * as Redaction from "@holdfast/core/Redaction"
import { header, type HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as Schema from "effect/Schema"
import * as ErrorDocument from "./internal/errorDocument.ts"
import * as ErrorXml from "./internal/ErrorXml.ts"
import type { Fields } from "./internal/fields.ts"
import { rows, seen, unknown } from "./internal/lookup.ts"
import { vocabulary } from "./internal/vocabulary.ts"
import * as classes from "./S3Errors.ts"

const table = ErrorTable.make<Fields>()({
  system: "s3",
  classes: { ...classes },
  rows,
  unknown,
})

/** Any error of S3; each carries the verdict of its row. */
export type S3Error = typeof table.schema.Type

const fromResponse = ({ status, headers, body }: HttpAnswer): S3Error => {
  const document = ErrorDocument.read(body)
  const code = document?.code ?? ""
  const requestId = document?.requestId ?? header(headers, "x-amz-request-id")
  const hostId = document?.hostId ?? header(headers, "x-amz-id-2")
  return table.decode({
    ...seen({ status, code, message: document?.message ?? "" }),
    retryAfter: RetryAfter.fromHeaders(headers),
    fields: {
      code,
      message: document?.message ?? quote(status, body),
      status,
      extra: document?.extra ?? {},
      ...(requestId === undefined ? undefined : { requestId }),
      ...(hostId === undefined ? undefined : { hostId }),
      ...(document?.resource === undefined ? undefined : { resource: document.resource }),
    },
  })
}

const redact = Redaction.make([vocabulary])

const fromExchange = (request: Request, answer: HttpAnswer): S3Error => {
  const { body } = redact({ request, response: answer }).response ?? answer
  return fromResponse({ ...answer, body: Redaction.shown(body ?? "") })
}

/** Enough of a page to recognise the box that wrote it. */
const quoted = 200

const quote = (status: number, body: string): string => {
  const words = body
    .slice(0, 4 * quoted)
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, quoted)
  return words === "" ? `HTTP ${status} with no body` : `HTTP ${status} with a body that is not S3's: ${words}`
}

/**
 * S3's error table and its decoder.
 *
 * **Details**
 *
 * `fromResponse` reads the code of the XML document, refined by its message where one code means several things, then
 * the status; the rest is `UnknownS3Error`. It is pure and total: any body, headers and status give an error with a
 * verdict. Entities are never expanded, and 64 Ki characters are read at most. `isErrorBody` tells whether a body is an
 * S3 error whatever the status says: CompleteMultipartUpload and copies can fail after a 200. `fromExchange` takes out of
 * the answer first what it repeats of the request's secrets: the error of a client may be logged. `match`, `guards` and
 * `isAnyOf` are those of the union, `json` is its codec.
 *
 * **Gotchas**
 *
 * These errors close no gate. A presigned URL carries its own authorization, so a 403 says nothing about the token of
 * the API; and whoever answers with a status is reachable.
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
  isErrorBody: ErrorXml.isError,
  table,
  schema: table.schema,
  json: Schema.toCodecJson(table.schema),
  match: table.schema.match,
  guards: table.schema.guards,
  matchOrElse: table.schema.matchOrElse,
  isAnyOf: table.schema.isAnyOf,
} as const
