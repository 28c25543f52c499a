/**
 * Short constructors for the rows of the table, so that a row is one line.
 */
import type { Row } from "@holdfast/core/ErrorTable"
import * as Verdict from "@holdfast/core/Verdict"
import type * as Errors from "./classes.ts"

/** The tags of S3's errors: `classes.ts` exports only the classes. */
export type Tag = keyof typeof Errors

/** A code after which the same request may succeed later: retried until the attempts are used up. */
export const always = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  options: Verdict.Options,
  description: string,
): Row<Class> => ({ class: tag, key, status, verdict: Verdict.always(options), description })

/** A code with its own class for bytes that were damaged or lost in transit: retried once. */
export const damaged = <const Class extends Tag>(tag: Class, status: number, description: string): Row<Class> => ({
  class: tag,
  key: tag,
  status,
  verdict: Verdict.once(),
  description,
})

/** A code, or `Code: prefix of the message`, of a rejected request, whatever its status. */
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

/** A refusal with its own class. */
export const refused = <const Class extends Tag>(
  tag: Class,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => named(tag, tag, status, change, description)

/** A refusal that the vendor does not document: observed or inferred. */
export const seen = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({ ...named(tag, key, status, change, description), inferred: true })

/** Refusals that share a class and a change. */
export const group = <const Class extends Tag>(
  tag: Class,
  change: Verdict.Change,
  codes: ReadonlyArray<readonly [code: string, status: number, description: string]>,
): ReadonlyArray<Row<Class>> =>
  codes.map(([code, status, description]) => named(tag, code, status, change, description))

/** A response without an S3 document, by its status alone. */
export const bare = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: tag, status, form: "none", verdict, description, inferred: true })

/** The same with a mark of the storage in the headers, as in a response to a HEAD, which has no body. */
export const marked = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ ...bare(tag, status, verdict, description), form: "marks" })
