/**
 * What the server stores for one asset, as reported by `/sandbox/assets`.
 */
import * as Schema from "effect/Schema"

/**
 * One asset on the server's disk.
 *
 * **Details**
 *
 * `chunks` is the number of requested chunks, `received` is the number of chunks that arrived, and `bytes` is their total
 * size. `complete` means that all chunks arrived and their sizes add up to `filesize`. `path` and `sha256` have values only
 * for a complete asset; the digest (64 hexadecimal digits) is computed from the file as read back from the disk.
 */
export const StoredAsset = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  filetype: Schema.String,
  filesize: Schema.Int,
  chunks: Schema.Int,
  received: Schema.Int,
  complete: Schema.Boolean,
  bytes: Schema.Int,
  sha256: Schema.String,
  path: Schema.String,
})
export type StoredAsset = typeof StoredAsset.Type
