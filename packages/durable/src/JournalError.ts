/**
 * Defines the errors that can occur when the journal is opened, read or written.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The fields that all journal errors share.
 *
 * **Details**
 *
 * `detail` describes the problem, and `action` describes the remedy. Neither field quotes an upload URL.
 */
const fields = {
  verdict: VerdictSchema,
  path: Schema.String,
  detail: Schema.String,
  action: Schema.String,
  cause: Schema.optionalKey(Schema.Defect()),
}

/** The folder cannot hold a journal: it is missing, read-only, on a network share, or accessible to other users. */
export class JournalUnusable extends Schema.TaggedError<JournalUnusable>()("JournalUnusable", fields) {
  override get message() {
    return `The journal ${this.path} cannot be used: ${this.detail}`
  }
}

/** A record could not be written, for example because the disk is full. Earlier records are unchanged. */
export class JournalUnwritable extends Schema.TaggedError<JournalUnwritable>()("JournalUnwritable", fields) {
  override get message() {
    return `The journal ${this.path} cannot be written: ${this.detail}`
  }
}

/** The journal could not be read. */
export class JournalUnreadable extends Schema.TaggedError<JournalUnreadable>()("JournalUnreadable", fields) {
  override get message() {
    return `The journal ${this.path} cannot be read: ${this.detail}`
  }
}

/** A newer version of Holdfast wrote the journal. */
export class JournalTooNew extends Schema.TaggedError<JournalTooNew>()("JournalTooNew", fields) {
  override get message() {
    return `The journal ${this.path} was written by a newer version: ${this.detail}`
  }
}

/** Another process is working through the queue. */
export class JournalOwned extends Schema.TaggedError<JournalOwned>()("JournalOwned", fields) {
  override get message() {
    return `Another process is working through the queue ${this.path}: ${this.detail}`
  }
}

/** Another process took over the queue while this process was suspended. This process has stopped writing. */
export class JournalFenced extends Schema.TaggedError<JournalFenced>()("JournalFenced", fields) {
  override get message() {
    return `Another process has taken over the queue ${this.path}: ${this.detail}`
  }
}

/** The journal was copied from another machine, or an older copy of the journal was restored. */
export class JournalMisplaced extends Schema.TaggedError<JournalMisplaced>()("JournalMisplaced", {
  ...fields,
  /** `moved`: another machine wrote the journal. `rolled-back`: the journal is older than the last known state. */
  reason: Schema.Literals(["moved", "rolled-back"]),
}) {
  override get message() {
    return `The journal ${this.path} is not the latest one of this machine: ${this.detail}`
  }
}

/** The union of all errors of the journal, with the helpers `match`, `guards` and `isAnyOf`. */
export const JournalError = Schema.Union([
  JournalUnusable,
  JournalUnwritable,
  JournalUnreadable,
  JournalTooNew,
  JournalOwned,
  JournalFenced,
  JournalMisplaced,
]).pipe(Schema.toTaggedUnion("_tag"))

/** The union of all errors of the journal. */
export type JournalError = typeof JournalError.Type
