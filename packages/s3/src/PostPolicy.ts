/**
 * Reads and writes the policy of a POST form. The conditions are plain data and do not depend on a clock or a form.
 */
import { isoDate } from "./internal/time/isoDate.ts"
import * as PolicyJson from "./internal/form/policyJson.ts"

/** A condition that requires a field to have exactly this value. Case matters. */
export interface Exact {
  readonly _tag: "Exact"
  readonly field: string
  readonly value: string
}

/**
 * A condition that requires a field's value to begin with this prefix. The comparison is case-sensitive. An empty prefix
 * permits any value.
 */
export interface StartsWith {
  readonly _tag: "StartsWith"
  readonly field: string
  readonly prefix: string
}

/** A condition that limits the size of the file in bytes. Both limits are inclusive. */
export interface LengthRange {
  readonly _tag: "LengthRange"
  readonly min: number
  readonly max: number
  /** Whether the JSON contains the limits as strings. Only Amazon accepts strings. */
  readonly inStrings?: true
}

/** One condition in a policy. */
export type Condition = Exact | StartsWith | LengthRange

/** A policy, which defines what the signer permits and when the permission expires. */
export interface PostPolicy {
  /** The expiration time in epoch milliseconds. */
  readonly expiration: number
  readonly conditions: ReadonlyArray<Condition>
}

/**
 * The decoded content of a policy field, or the problem that prevented decoding.
 *
 * **Details**
 *
 * `problem` is a single line of text. The `problem` text identifies properties, operators and positions. The `problem` text
 * never quotes the value of a condition, because the value may be the session token.
 */
export type Decoded =
  | { readonly _tag: "Policy"; readonly policy: PostPolicy }
  | { readonly _tag: "Malformed"; readonly problem: string }

/** Creates a condition that requires the field to have exactly this value. */
export const exact = (field: string, value: string): Condition => ({ _tag: "Exact", field: bare(field), value })

/**
 * Creates a condition that requires the field's value to begin with this prefix. The empty prefix `""` permits any value, but
 * the field must exist.
 */
export const startsWith = (field: string, prefix: string): Condition => ({
  _tag: "StartsWith",
  field: bare(field),
  prefix,
})

/** Creates a condition that requires the file to have a size from `min` to `max` bytes, inclusive. */
export const contentLengthRange = (min: number, max: number): Condition => ({ _tag: "LengthRange", min, max })

const bare = (field: string): string => (field.startsWith("$") ? field.slice(1) : field)

/**
 * Reads the `policy` field of a form.
 *
 * **Details**
 *
 * This function is pure and total, and as strict as S3 (see "HTTP POST: creating a policy" in the S3 documentation). The
 * policy must contain an `expiration` in UTC with `T` and `Z`, a list of `conditions`, and no other properties. A condition
 * in object form must have exactly one property, whose value is a string. Field names are returned in lower case and without
 * the `$` of list conditions, because S3 compares names in this form.
 *
 * **Gotchas**
 *
 * This function does not compare the policy with a form or a clock. Field names in object conditions keep their `$`, because
 * `{"$key": …}` refers to a field whose name includes the `$`.
 */
export const decode = (base64: string): Decoded => {
  try {
    return { _tag: "Policy", policy: policyOf(parse(textOf(base64))) }
  } catch (error) {
    return { _tag: "Malformed", problem: error instanceof Problem ? error.message : "the policy cannot be read" }
  }
}

/**
 * Encodes a policy as the base64 text for the form. The signature is calculated from the same text. Names and values are not
 * changed.
 */
export const encode = ({ conditions, expiration }: PostPolicy): string =>
  toBase64(JSON.stringify({ expiration: isoDate(expiration), conditions: conditions.map(written) }))

/** Encodes the text as UTF-8 and returns the bytes in base64. */
export const toBase64 = (text: string): string => {
  let binary = ""
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

const written = (condition: Condition): unknown => {
  switch (condition._tag) {
    case "Exact":
      return { [condition.field]: condition.value }
    case "StartsWith":
      return ["starts-with", `$${condition.field}`, condition.prefix]
    case "LengthRange":
      return ["content-length-range", condition.min, condition.max]
  }
}

/** Carries a problem to the function that reports it. */
class Problem extends Error {}

const fail = (problem: string): never => {
  throw new Problem(problem)
}

const textOf = (base64: string): string => {
  // S3's decoder skips line ends, which some encoders insert. A space is a `+` that was decoded as in a URL.
  const text = base64.replace(/[\r\n]/g, "")
  if (text === "") return fail("the policy is empty")
  const stray = /[^\w+/=-]/.exec(text)?.[0] ?? /[_-]/.exec(text)?.[0]
  if (stray === " ") return fail('the policy is not base64: it contains a space in place of a "+"')
  if (stray !== undefined) return fail(`the policy is not base64: it contains ${JSON.stringify(stray)}`)
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return fail("the policy is not base64: its length or padding is wrong")
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)))
  } catch {
    return fail("the policy is not UTF-8")
  }
}

const parse = (text: string): unknown => {
  try {
    return PolicyJson.parse(text)
  } catch {
    return fail("the policy is not JSON")
  }
}

const policyOf = (json: unknown): PostPolicy => {
  if (!isRecord(json)) return fail("the policy is not a JSON object")
  const properties = new Map<string, unknown>()
  for (const [name, value] of Object.entries(json)) {
    const known = name.toLowerCase()
    if (known !== "expiration" && known !== "conditions") {
      return fail(
        known === "statement" || known === "version"
          ? `unexpected property ${quoted(name)}: this is an IAM policy, not a POST policy`
          : `unexpected property ${quoted(name)}`,
      )
    }
    properties.set(known, value)
  }
  const expiration = expirationOf(properties.get("expiration"))
  const conditions = properties.get("conditions")
  if (conditions === undefined) return fail("conditions are missing")
  if (!Array.isArray(conditions)) return fail("conditions must be a list")
  return { expiration, conditions: conditions.map((condition, at) => conditionOf(condition, `condition ${at + 1}`)) }
}

const iso = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z$/

const expirationOf = (value: unknown): number => {
  if (value === undefined) return fail("expiration is missing")
  if (typeof value !== "string") return fail("expiration must be a string")
  const day = iso.exec(value)?.[1]
  const time = day === undefined ? Number.NaN : Date.parse(value)
  if (day !== undefined && !Number.isNaN(time) && exists(day)) return time
  if (/^\d{4}-\d{2}-\d{2} /.test(value))
    return fail("expiration must be an ISO date, but contains a space instead of the T")
  if (/[+-]\d{2}:?\d{2}$/.test(value.slice(value.indexOf("T") + 1 || value.length)))
    return fail("expiration must be in UTC and end with Z, but has an offset")
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(value)) return fail("expiration must end with Z")
  return fail("expiration must be a date like 2026-11-21T12:00:00.000Z")
}

/**
 * Whether the date exists in the calendar. This check is necessary because JavaScript engines convert February 30 to a date
 * in March.
 */
const exists = (day: string): boolean => isoDate(Date.parse(`${day}T00:00Z`)).startsWith(day)

const conditionOf = (json: unknown, where: string): Condition => {
  if (Array.isArray(json)) return listed(json, where)
  if (!isRecord(json)) return fail(`${where} must be an object or a list`)
  const [entry, ...more] = Object.entries(json)
  if (entry === undefined) return fail(`${where} is empty`)
  if (more.length > 0) {
    return fail(`${where} must have one property, but has ${1 + more.length}, starting with ${quoted(entry[0])}`)
  }
  const [field, value] = entry
  if (typeof value !== "string") return fail(`${where}: the value of ${quoted(field)} must be a string`)
  return { _tag: "Exact", field: field.toLowerCase(), value }
}

const listed = (list: ReadonlyArray<unknown>, where: string): Condition => {
  const [operator, first, second] = list
  if (typeof operator !== "string") return fail(`${where} must begin with an operator`)
  const known = operator.toLowerCase()
  if (known !== "eq" && known !== "starts-with" && known !== "content-length-range") {
    return fail(
      `${where} has the unknown operator ${quoted(operator)}; the operators are eq, starts-with and content-length-range`,
    )
  }
  if (list.length !== 3) return fail(`${where} (${known}) must have 3 elements, but has ${list.length}`)
  if (known === "content-length-range") {
    const isText = typeof first === "string" || typeof second === "string"
    const range = { _tag: "LengthRange", min: bytes(first, where), max: bytes(second, where) } as const
    return isText ? { ...range, inStrings: true } : range
  }
  if (typeof first !== "string" || typeof second !== "string")
    return fail(`${where} (${known}) must contain two strings`)
  if (!first.startsWith("$")) return fail(`${where} (${known}) names ${quoted(first)} without its $`)
  const field = first.slice(1).toLowerCase()
  return known === "eq" ? { _tag: "Exact", field, value: second } : { _tag: "StartsWith", field, prefix: second }
}

const bytes = (value: unknown, where: string): number => {
  // S3 also accepts these numbers as strings, so signers may write them so.
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number
  return fail(`${where} (content-length-range) must contain two integers`)
}

/**
 * The maximum length, in characters, of a name that an error message quotes. Field names in S3 are shorter than this limit. A
 * session token that appears in place of a name is longer than this limit.
 */
const longest = 60

const quoted = (name: string): string =>
  name.length > longest ? `a text of ${name.length} characters` : JSON.stringify(name)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
