/**
 * The error for stored bytes that differ from the file.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The MD5 stated by the storage differs from that of the bytes that were read.
 *
 * **Details**
 *
 * It is retried like a transient failure, and the bytes are read from the file again: a PUT of the same chunk replaces the
 * stored one, and a bit that flipped in transit or in memory does not flip again. If the storage always mismatches, the upload
 * fails with this error after the last attempt.
 */
export class IntegrityMismatch extends Schema.TaggedError<IntegrityMismatch>()("IntegrityMismatch", {
  verdict: VerdictSchema,
  chunk: Schema.Number,
  /** MD5 of what was read from the file, in hexadecimal. */
  expected: Schema.String,
  /** The MD5 stated by the storage. */
  actual: Schema.String,
}) {
  override get message() {
    return `Chunk ${this.chunk}: the stored bytes differ from the file (MD5 ${this.actual} instead of ${this.expected})`
  }
}

/** Builds the error for a chunk whose MD5 differs from that stated by the storage. */
export const make = (chunk: number, expected: string, actual: string): IntegrityMismatch =>
  new IntegrityMismatch({ verdict: Verdict.always(), chunk, expected, actual })
