/**
 * Defines the classes of Frame.io's C2C errors and the decoder that turns an error response into a typed error.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import type { HttpAnswer } from "@holdfast/http/HttpAnswer"
import * as RetryAfter from "@holdfast/http/RetryAfter"
import * as Schema from "effect/Schema"
import { table } from "./internal/errors/table.ts"
import * as Payload from "./internal/errors/payload.ts"

export {
  AccessDenied,
  AuthorizationPending,
  BadRequest,
  ChannelPaused,
  ExpiredToken,
  InternalServerError,
  InvalidArgument,
  InvalidClient,
  InvalidClientVersion,
  InvalidContentType,
  InvalidGrant,
  InvalidRequest,
  MethodNotAllowed,
  NotFound,
  ServiceUnavailable,
  SlowDown,
  UnauthorizedClient,
  UnknownApiError,
} from "./internal/errors/classes.ts"
export type { Fields } from "./internal/errors/classes.ts"
export type { Form } from "./internal/errors/payload.ts"

const fromResponse = (answer: HttpAnswer): C2cError => {
  const payload = Payload.read(answer.body)
  const requestId = header(answer.headers, "x-request-id")
  return table.decode({
    key: payload.key,
    status: answer.status,
    form: payload.form,
    retryAfter: RetryAfter.fromAnswer(answer),
    isOwn: payload.form !== "none",
    fields: {
      status: answer.status,
      message: describe(payload, answer.status),
      ...payload,
      ...(requestId === undefined ? undefined : { requestId: requestId.slice(0, Payload.textLimit) }),
    },
  })
}

const describe = ({ key, detail }: Payload.Payload, status: number): string =>
  key === undefined
    ? `HTTP ${status}`
    : detail === undefined
      ? `${key} (HTTP ${status})`
      : `${key}: ${detail} (HTTP ${status})`

/** Any error from the C2C API. Each error carries the verdict from its row in the error table. */
export type C2cError = typeof table.schema.Type

/**
 * The C2C error table and its decoder.
 *
 * **Details**
 *
 * `fromResponse` checks the payload first and then the status. If the table lists neither the error code in the payload nor
 * the status, the result is an `UnknownApiError`. `fromResponse` is pure and never throws: it returns an error with a verdict
 * for any combination of body, headers and status. If a response does not have a Frame.io payload, its `Retry-After` header
 * does not delay retries. Without such a payload, the header delays only the probe of the gate that the response closes.
 * `match`, `guards` and `isAnyOf` come from the tagged union of the error classes. `json` is a codec for errors that are
 * logged, queued or sent to other processes.
 *
 * **Example** (Reading an error response)
 *
 * ```ts
 * const error = C2cError.fromResponse({ status: 400, headers: {}, body: '{"error":"slow_down"}' })
 * error._tag // "SlowDown"
 * error.verdict.retry // "always"
 * ```
 */
export const C2cError = {
  fromResponse,
  table,
  schema: table.schema,
  json: Schema.toCodecJson(table.schema),
  match: table.schema.match,
  guards: table.schema.guards,
  isAnyOf: table.schema.isAnyOf,
} as const
