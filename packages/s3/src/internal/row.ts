/**
 * Short ways to write the rows of the table, so that a row is one line.
 */
import type { Row } from "@holdfast/core/ErrorTable"
import * as Verdict from "@holdfast/core/Verdict"
import type * as Errors from "../S3Errors.ts"

/** The tags of S3's errors: `S3Errors` exports its classes and nothing else. */
export type Tag = keyof typeof Errors

/** A row of the guide's five: retried until the attempts are spent. */
export const always = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  pace: Verdict.Pace,
  description: string,
): Row<Class> => ({ class: tag, key, status, verdict: Verdict.always({ pace }), description })

/** A code with a class of its own name. As the guide says of everything but its five, it is retried once. */
export const once = <const Class extends Tag>(
  tag: Class,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({ class: tag, key: tag, status, verdict: Verdict.once({ change }), description })

/** A code, or `Code: beginning of the message`, that belongs to a class of another name. */
export const named = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({ class: tag, key, status, verdict: Verdict.once({ change }), description })

/** The same, for what no documentation of the vendor states: seen on the wire, or concluded. */
export const seen = <const Class extends Tag>(
  tag: Class,
  key: string,
  status: number,
  change: Verdict.Change,
  description: string,
): Row<Class> => ({ ...named(tag, key, status, change, description), inferred: true })

/** Codes that share a class and what has to change. */
export const group = <const Class extends Tag>(
  tag: Class,
  change: Verdict.Change,
  codes: ReadonlyArray<readonly [code: string, status: number, description: string]>,
): ReadonlyArray<Row<Class>> =>
  codes.map(([code, status, description]) => named(tag, code, status, change, description))

/** A response whose body is not S3's, told by its status alone. */
export const bare = <const Class extends Tag>(
  tag: Class,
  status: number,
  verdict: Verdict.Verdict,
  description: string,
): Row<Class> => ({ class: tag, status, form: "none", verdict, description, inferred: true })
