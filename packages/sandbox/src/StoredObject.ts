/**
 * An object that a form stored in the sandbox's bucket.
 */
import * as Schema from "effect/Schema"

/** One object on the server's disk. `etag` is its MD5 in hexadecimal, and `bytes` is its size. */
export const StoredObject = Schema.Struct({
  key: Schema.String,
  contentType: Schema.String,
  bytes: Schema.Int,
  etag: Schema.String,
  path: Schema.String,
})
export type StoredObject = typeof StoredObject.Type
