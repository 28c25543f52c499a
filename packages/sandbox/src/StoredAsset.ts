/**
 * What the server holds of one asset, as `/sandbox/assets` reports it.
 */
import * as Schema from "effect/Schema"

/**
 * One asset, as it lies on the server's disk.
 *
 * **Details**
 *
 * `chunks` is how many were asked for, `received` how many are there, `bytes` their sum. `complete` means that every chunk
 * is there and that the bytes add up to `filesize`; only then is there a file at `path`, and only then is `sha256` (64
 * hexadecimal digits, computed by reading that file back from the disk) not empty.
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
