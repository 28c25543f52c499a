/**
 * The fields of all S3 errors.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The fields that every S3 error contains.
 *
 * **Details**
 *
 * `code` is the vendor's error code, or empty if the response does not contain one. `message` is the vendor's message.
 * Without an S3 document, `message` contains the status and the first bytes of the body. `requestId` and `hostId` come from
 * the document or, if it lacks them, from the headers `x-amz-request-id` and `x-amz-id-2`. `extra` contains all other
 * elements by name.
 *
 * **Gotchas**
 *
 * `extra` contains evidence, which may include secrets: `Token-0` is a session token, and `CanonicalRequest` contains a
 * signed query. Show `extra` to the user who requests a diagnosis, but do not log it.
 */
export const fields = {
  code: Schema.String,
  message: Schema.String,
  requestId: Schema.optionalKey(Schema.String),
  hostId: Schema.optionalKey(Schema.String),
  resource: Schema.optionalKey(Schema.String),
  // Not `Finite`: the decoder is total, whatever it receives. @effect-diagnostics-next-line schemaNumber:off
  status: Schema.Number,
  extra: Schema.Record(Schema.String, Schema.String),
  verdict: VerdictSchema,
}

/** All fields except the verdict, which the table adds. */
export interface Fields {
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  readonly resource?: string
  readonly status: number
  readonly extra: Readonly<Record<string, string>>
}
