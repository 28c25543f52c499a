/**
 * Defines the upload errors that are not caused by the server, the file or the journal.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/** The process stopped repeatedly during this upload, each time without progress. The upload is not begun again. */
export class StoppedTheProgram extends Schema.TaggedError<StoppedTheProgram>()("StoppedTheProgram", {
  verdict: VerdictSchema,
  path: Schema.String,
  stops: Schema.Int,
}) {
  override get message() {
    return `${this.path}: the program stopped ${this.stops} times during this upload, each time without progress`
  }
}

/** A bug in this program ended the upload. Other uploads continue. */
export class UploadDefect extends Schema.TaggedError<UploadDefect>()("UploadDefect", {
  verdict: VerdictSchema,
  path: Schema.String,
  cause: Schema.Defect(),
}) {
  override get message() {
    return `${this.path}: a bug ended the upload: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/** The union of the errors in this module, with the helpers `match`, `guards` and `isAnyOf`. */
export const QueueError = Schema.Union([StoppedTheProgram, UploadDefect]).pipe(Schema.toTaggedUnion("_tag"))

/** The union of the errors in this module. */
export type QueueError = typeof QueueError.Type
