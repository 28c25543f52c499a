/**
 * Defines the failures of an object in S3 that is to be uploaded, each with its own verdict and remedy.
 *
 * **Details**
 *
 * An object that was replaced while it was read is a `FileChanged`, like a file. `detail` and `action` quote no credential.
 */
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

const fields = {
  path: Schema.String,
  verdict: VerdictSchema,
  /** The reason, in the words of the storage if it states one. */
  detail: Schema.String,
  /** The remedy. */
  action: Schema.String,
}

/** The bucket or the object does not exist. */
export class ObjectMissing extends Schema.TaggedError<ObjectMissing>()("ObjectMissing", fields) {
  override get message() {
    return `${this.path}: no such object (${this.detail})`
  }
}

/** The storage does not accept the credentials, or they do not permit reading the object. */
export class ObjectDenied extends Schema.TaggedError<ObjectDenied>()("ObjectDenied", fields) {
  override get message() {
    return `${this.path}: access denied (${this.detail})`
  }
}

/** The storage does not answer, or asks for a pause. The next attempt may succeed. */
export class ObjectUnavailable extends Schema.TaggedError<ObjectUnavailable>()("ObjectUnavailable", fields) {
  override get message() {
    return `${this.path}: the storage is not available (${this.detail})`
  }
}

/** The path names no object, or the storage rejects the request for any other reason. */
export class ObjectRefused extends Schema.TaggedError<ObjectRefused>()("ObjectRefused", fields) {
  override get message() {
    return `${this.path}: the object cannot be read (${this.detail})`
  }
}

/** This process has no credentials for S3, so it cannot read objects. */
export class ObjectsUnsupported extends Schema.TaggedError<ObjectsUnsupported>()("ObjectsUnsupported", fields) {
  override get message() {
    return `${this.path}: this process cannot read objects in S3 (${this.detail})`
  }
}

/** The union of all failures of an object. */
export const ObjectError = Schema.Union([
  ObjectMissing,
  ObjectDenied,
  ObjectUnavailable,
  ObjectRefused,
  ObjectsUnsupported,
]).pipe(Schema.toTaggedUnion("_tag"))

/** The union of all failures of an object. */
export type ObjectError = typeof ObjectError.Type
