/**
 * The storage acknowledged bytes that are not those of the file.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/**
 * The ETag of a chunk is the MD5 of other bytes than were sent.
 *
 * **Details**
 *
 * Retried like any passing fault, from the file anew: a PUT of the same chunk replaces what was stored, and a bit that
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
    return `Chunk ${this.chunk}: the storage holds other bytes (ETag ${this.actual}, MD5 ${this.expected})`
  }
}

/** An ETag that is an MD5; that of a multipart object (`…-3`) or an opaque one is not. */
const md5Form = /^"?([0-9a-f]{32})"?$/i

/** The MD5 that an ETag states, in lower case, or `undefined` when it states none. */
export const md5OfEtag = (etag: string | undefined): string | undefined =>
  etag === undefined ? undefined : md5Form.exec(etag.trim())?.[1]?.toLowerCase()

/** The error for a chunk whose ETag differs from its MD5. */
export const make = (chunk: number, expected: string, actual: string): IntegrityMismatch =>
  new IntegrityMismatch({ verdict: Verdict.always(), chunk, expected, actual })
