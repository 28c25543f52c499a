/**
 * The error of a file that a worker cannot see.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The worker that was to send the file cannot see it at its path, or may not read it. `detail` states the reason, and `action`
 * describes the remedy.
 *
 * **Details**
 *
 * The machine that added the file could read it, so the path exists only there, or the share is not mounted on the worker. For
 * an object in S3, the worker lacks the credentials.
 */
export class FileNotShared extends Schema.TaggedError<FileNotShared>()("FileNotShared", {
  verdict: VerdictSchema,
  path: Schema.String,
  host: Schema.String,
  detail: Schema.String,
  action: Schema.String,
}) {
  override get message() {
    return `${this.path}: the worker on ${this.host} cannot read the file: ${this.detail}`
  }
}
