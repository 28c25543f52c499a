/**
 * Short constructors for table rows, so that each row fits on one line.
 */
import type { Row } from "@holdfast/core/ErrorTable"
import * as Verdict from "@holdfast/core/Verdict"
import type * as Errors from "./classes.ts"

/** The tags of the S3 error classes: `classes.ts` exports only error classes. */
export type Tag = keyof typeof Errors

/** A code after which the same request may succeed later; it is retried until the attempts are exhausted. */
export const always = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  options: Verdict.Options,
  description: string,
): Row<Class> => ({ class: tag, key, status, verdict: Verdict.always(options), description })

/** A code with its own class for bytes that were damaged or lost in transit; it is retried once. */
export const damaged = <const Class extends Tag>(tag: Class, status: number, description: string): Row<Class> => ({
  class: tag,
  key: tag,
  status,
  verdict: Verdict.once(),
  description,
})

/** A code, or `Code: prefix of the message`, for a rejected request with any status. */
export const named = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({
  class: tag,
  key,
  status,
  verdict: Verdict.never({ change, outcome: "ignored", applied: "no" }),
  description,
})

/** A rejection with its own error class. */
export const refused = <const Class extends Tag>(
  tag: Class,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => named(tag, tag, status, change, description)

/** A rejection that the vendor does not document: it was observed or inferred. */
export const seen = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({ ...named(tag, key, status, change, description), inferred: true })

/** Rejections that share an error class and a required change. */
export const group = <const Class extends Tag>(
  tag: Class,
  change: Verdict.Change,
  codes: ReadonlyArray<readonly [code: string, status: number, description: string]>,
): ReadonlyArray<Row<Class>> =>
  codes.map(([code, status, description]) => named(tag, code, status, change, description))

/** A response without an S3 document, classified only by its status. */
export const bare = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: tag, status, form: "none", verdict, description, inferred: true })

/**
 * Like the previous function, but for responses whose headers identify the storage, such as a response to a HEAD request,
 * which has no body.
 */
export const marked = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ ...bare(tag, status, verdict, description), form: "marks" })
