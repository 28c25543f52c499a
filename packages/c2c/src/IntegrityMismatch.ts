/**
 * Defines the error for stored bytes that differ from the file.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The MD5 that the storage reported differs from the MD5 of the bytes that were read from the file.
 *
 * **Details**
 *
 * The error is retried like a transient failure, and the bytes are read from the file again. A PUT of the same chunk replaces
 * the stored chunk, and a bit flip in transit or in memory is unlikely to recur. If every attempt ends with a mismatch, the
 * upload fails with this error after the last attempt.
 */
export class IntegrityMismatch extends Schema.TaggedError<IntegrityMismatch>()("IntegrityMismatch", {
  verdict: VerdictSchema,
  chunk: Schema.Number,
  /** The MD5 of the bytes that were read from the file, in hexadecimal. */
  expected: Schema.String,
  /** The MD5 that the storage reported. */
  actual: Schema.String,
}) {
  override get message() {
    return `Chunk ${this.chunk}: the stored bytes differ from the file (MD5 ${this.actual} instead of ${this.expected})`
  }
}

/** Builds the error for a chunk whose MD5 differs from the MD5 that the storage reported. */
export const make = (chunk: number, expected: string, actual: string): IntegrityMismatch =>
  new IntegrityMismatch({ verdict: Verdict.always(), chunk, expected, actual })
