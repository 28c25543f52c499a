/**
 * The fields of all S3 errors.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The fields that every S3 error stores.
 *
 * **Details**
 *
 * `code` is the vendor's code; empty if the response has none. `message` is the vendor's message; without an S3
 * document it names the status and quotes the first bytes. `requestId` and `hostId` come from the document, or else
 * from the headers `x-amz-request-id` and `x-amz-id-2`. `extra` holds all other elements by name.
 *
 * **Gotchas**
 *
 * `extra` is evidence and may contain secrets: `Token-0` is a session token, `CanonicalRequest` a signed query. Show it
 * to the person who asks for a diagnosis, but do not log it.
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

/** The fields without the verdict, which the table adds. */
export interface Fields {
  readonly code: string
  readonly message: string
  readonly requestId?: string
  readonly hostId?: string
  readonly resource?: string
  readonly status: number
  readonly extra: Readonly<Record<string, string>>
}
