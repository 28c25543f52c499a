/**
 * Short ways to write the rows of the table, so that a row is one line.
 */
import type { Row } from "@holdfast/core/ErrorTable"
import * as Verdict from "@holdfast/core/Verdict"
import type * as Errors from "../S3Errors.ts"

/** The tags of S3's errors: `S3Errors` exports its classes and nothing else. */
export type Tag = keyof typeof Errors

/** A code after which the same request may well succeed later: retried until the attempts are spent. */
export const always = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  options: Verdict.Options,
  description: string,
): Row<Class> => ({ class: tag, key, status, verdict: Verdict.always(options), description })

/** A code with a class of its own name that says the bytes were damaged or lost on the way: worth one more attempt. */
export const damaged = <const Class extends Tag>(tag: Class, status: number, description: string): Row<Class> => ({
  class: tag,
  key: tag,
  status,
  verdict: Verdict.once(),
  description,
})

/** A code, or `Code: beginning of the message`, by which S3 refuses a request, whatever status came with it. */
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

/** A refusal whose code has a class of its own name. */
export const refused = <const Class extends Tag>(
  tag: Class,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => named(tag, tag, status, change, description)

/** A refusal that no documentation of the vendor states: seen on the wire, or concluded. */
export const seen = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({ ...named(tag, key, status, change, description), inferred: true })

/** Refusals that share a class and what has to change. */
export const group = <const Class extends Tag>(
  tag: Class,
  change: Verdict.Change,
  codes: ReadonlyArray<readonly [code: string, status: number, description: string]>,
): ReadonlyArray<Row<Class>> =>
  codes.map(([code, status, description]) => named(tag, code, status, change, description))

/** A response without a document of S3's, told by its status alone. */
export const bare = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: tag, status, form: "none", verdict, description, inferred: true })

/** The same, where the headers show that the storage itself has answered: the answer to a HEAD has no body. */
export const marked = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ ...bare(tag, status, verdict, description), form: "marks" })
