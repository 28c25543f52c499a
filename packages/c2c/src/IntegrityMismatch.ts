/**
 * The storage acknowledged bytes that are not those of the file.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The MD5 that the storage states is that of other bytes than were read.
 *
 * **Details**
 *
 * Retried like any transient fault, and read from the file again: a PUT of the same chunk replaces what was stored, and a bit that
 * flipped on the way or in memory does not flip again. A storage that always mismatches ends the upload after the last
 * attempt with this error, never with a success.
 */
export class IntegrityMismatch extends Schema.TaggedError<IntegrityMismatch>()("IntegrityMismatch", {
  verdict: VerdictSchema,
  chunk: Schema.Number,
  /** MD5 of what was read from the file, in hexadecimal. */
  expected: Schema.String,
  /** What the storage says it holds. */
  actual: Schema.String,
}) {
  override get message() {
    return `Chunk ${this.chunk}: the storage holds other bytes (MD5 ${this.actual} instead of ${this.expected})`
  }
}

/** The error for a chunk whose MD5 is not the one that the storage states. */
export const make = (chunk: number, expected: string, actual: string): IntegrityMismatch =>
  new IntegrityMismatch({ verdict: Verdict.always(), chunk, expected, actual })
