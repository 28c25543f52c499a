/**
 * Defines the error for a recording whose recorder changed bytes after they had been sent.
 */
import * as Verdict from "@holdfast/core/Verdict"
import { VerdictSchema } from "@holdfast/core/VerdictSchema"
import * as Schema from "effect/Schema"

/** A part of a recording. `number` is the number of the part at Frame.io, from 1. */
const Part = Schema.Struct({ number: Schema.Number, offset: Schema.Number, length: Schema.Number })

/**
 * Some parts of a recording changed after they had been sent.
 *
 * **Details**
 *
 * Many recorders write the header of a file again when the recording ends. The final part was not sent, so Frame.io does not
 * complete the asset. If the error occurs on resuming an upload whose final part had been confirmed, the asset contains the
 * bytes from before the change. `action` states the remedy.
 */
export class RecordingRewritten extends Schema.TaggedError<RecordingRewritten>()("RecordingRewritten", {
  path: Schema.String,
  verdict: VerdictSchema,
  parts: Schema.Array(Part),
  action: Schema.String,
}) {
  override get message() {
    const numbers = this.parts.map(({ number }) => number)
    const shown = numbers.slice(0, mostShown).join(", ")
    const more = numbers.length > mostShown ? ` and ${numbers.length - mostShown} more` : ""
    return `${this.path}: part${numbers.length === 1 ? "" : "s"} ${shown}${more} changed after being sent`
  }
}

/** The number of parts that the message lists. */
const mostShown = 10

/** Builds the error for the given parts. */
export const make = (
  path: string,
  parts: ReadonlyArray<{ readonly index: number; readonly offset: number; readonly length: number }>,
): RecordingRewritten =>
  new RecordingRewritten({
    path,
    verdict: Verdict.never({ change: "plan" }),
    parts: parts.map(({ index, offset, length }) => ({ number: index + 1, offset, length })),
    action: 'Upload the finished file, or set onRewrite to "resend".',
  })
