/**
 * Frame.io's C2C errors: their classes, and the decoder that turns an error response into a typed error.
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

/** Any error of the C2C API. Each carries the verdict of its row. */
export type C2cError = typeof table.schema.Type

/**
 * The C2C error table and its decoder.
 *
 * **Details**
 *
 * `fromResponse` looks at the payload first and then at the status; anything else becomes an `UnknownApiError`. It is pure and
 * never throws: any bytes, headers and status yield an error with a verdict. Without a Frame.io payload, a response's
 * `Retry-After` delays no retry, only the probe of the gate that the response closes. `match`, `guards` and `isAnyOf` are those
 * of the union. `json` is a codec for logs, queues and other processes.
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
