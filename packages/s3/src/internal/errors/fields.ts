/**
 * What all S3 errors are made of.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * What every S3 error keeps.
 *
 * **Details**
 *
 * `code` is the vendor's word, empty where the response had none. `message` is the vendor's prose, empty where it was;
 * without an S3 document it names the status and quotes the first bytes. `requestId` and `hostId` come from the document,
 * else from the headers `x-amz-request-id` and `x-amz-id-2`. `extra` holds all other elements by name.
 *
 * **Gotchas**
 *
 * `extra` is evidence and may hold secrets: `Token-0` is a session token, `CanonicalRequest` a signed query. Show it to
 * the person who asks for a diagnosis, not to a log.
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
