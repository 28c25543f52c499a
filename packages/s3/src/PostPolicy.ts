/**
 * The policy of a POST form: what its conditions are, and how they are read and written. Plain data, no clock, no form.
 */
import { isoDate } from "./internal/time/isoDate.ts"
import * as PolicyJson from "./internal/form/policyJson.ts"

/** A field has this value, compared with case. */
export interface Exact {
  readonly _tag: "Exact"
  readonly field: string
  readonly value: string
}

/** A field's value begins with this, compared with case; an empty prefix permits any value. */
export interface StartsWith {
  readonly _tag: "StartsWith"
  readonly field: string
  readonly prefix: string
}

/** The file has this many bytes, both ends included. */
export interface LengthRange {
  readonly _tag: "LengthRange"
  readonly min: number
  readonly max: number
  /** The ends were read from strings of JSON, which Amazon takes and others do not. */
  readonly inStrings?: true
}

/** One condition of a policy. */
export type Condition = Exact | StartsWith | LengthRange

/** What the signer permits, and until when. */
export interface PostPolicy {
  /** Epoch milliseconds. */
  readonly expiration: number
  readonly conditions: ReadonlyArray<Condition>
}

/**
 * What a policy field holds.
 *
 * **Details**
 *
 * `problem` is one line. It names properties, operators and positions, and never quotes a condition's value: the session
 * token is one of them.
 */
export type Decoded =
  | { readonly _tag: "Policy"; readonly policy: PostPolicy }
  | { readonly _tag: "Malformed"; readonly problem: string }

/** The field must have exactly this value. */
export const exact = (field: string, value: string): Condition => ({ _tag: "Exact", field: bare(field), value })

/** The field's value must begin with this; `""` permits any value, and the field must still be there. */
export const startsWith = (field: string, prefix: string): Condition => ({
  _tag: "StartsWith",
  field: bare(field),
  prefix,
})

/** The file must have from `min` to `max` bytes, both included. */
export const contentLengthRange = (min: number, max: number): Condition => ({ _tag: "LengthRange", min, max })

const bare = (field: string): string => (field.startsWith("$") ? field.slice(1) : field)

/**
 * Reads the `policy` field of a form.
 *
 * **Details**
 *
 * Pure and total, and as strict as S3 is (HTTP POST: creating a policy): `expiration` in UTC with `T` and `Z`, a list of
 * `conditions` and nothing else; a simple condition has one property, and its value is a string. Names come out in lower
 * case and without their `$`, for S3 compares them so.
 *
 * **Gotchas**
 *
 * A policy that is read is not a policy that is met: nothing is compared with a form or a clock. An object's name keeps
 * its `$`, as `{"$key": …}` asks for a field of that very name.
 */
export const decode = (base64: string): Decoded => {
  try {
    return { _tag: "Policy", policy: policyOf(parse(textOf(base64))) }
  } catch (error) {
    return { _tag: "Malformed", problem: error instanceof Problem ? error.message : "the policy cannot be read" }
  }
}

/** Writes a policy as the base64 text that goes into the form and is signed. Names and values stay as they are. */
export const encode = ({ conditions, expiration }: PostPolicy): string =>
  toBase64(JSON.stringify({ expiration: isoDate(expiration), conditions: conditions.map(written) }))

/** The base64 of a text in UTF-8. */
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

/** What is wrong, on its way to the one place that reports it. */
class Problem extends Error {}

const fail = (problem: string): never => {
  throw new Problem(problem)
}

const textOf = (base64: string): string => {
  // S3's own decoder skips line ends, which some encoders put in. A blank is a `+` that some layer took for one.
  const text = base64.replace(/[\r\n]/g, "")
  if (text === "") return fail("the policy is empty")
  const stray = /[^\w+/=-]/.exec(text)?.[0] ?? /[_-]/.exec(text)?.[0]
  if (stray === " ") return fail('not base64: a blank stands where a "+" was')
  if (stray !== undefined) return fail(`not base64: it holds ${JSON.stringify(stray)}`)
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return fail("not base64: its length or padding is wrong")
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
          ? `unexpected property ${quoted(name)}: this is an IAM policy, not the policy of a form`
          : `unexpected property ${quoted(name)}`,
      )
    }
    properties.set(known, value)
  }
  const expiration = expirationOf(properties.get("expiration"))
  const conditions = properties.get("conditions")
  if (conditions === undefined) return fail("conditions are missing")
  if (!Array.isArray(conditions)) return fail("conditions are not a list")
  return { expiration, conditions: conditions.map((condition, at) => conditionOf(condition, `condition ${at + 1}`)) }
}

const iso = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z$/

const expirationOf = (value: unknown): number => {
  if (value === undefined) return fail("expiration is missing")
  if (typeof value !== "string") return fail("expiration is not a string")
  const day = iso.exec(value)?.[1]
  const time = day === undefined ? Number.NaN : Date.parse(value)
  if (day !== undefined && !Number.isNaN(time) && exists(day)) return time
  if (/^\d{4}-\d{2}-\d{2} /.test(value)) return fail("expiration has a blank where its T must stand")
  if (/[+-]\d{2}:?\d{2}$/.test(value.slice(value.indexOf("T") + 1 || value.length)))
    return fail("expiration has an offset, it must be UTC and end with Z")
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(value)) return fail("expiration has no Z")
  return fail("expiration is not a date like 2026-11-21T12:00:00.000Z")
}

/** Engines count a 30th of February into March. */
const exists = (day: string): boolean => isoDate(Date.parse(`${day}T00:00Z`)).startsWith(day)

const conditionOf = (json: unknown, where: string): Condition => {
  if (Array.isArray(json)) return listed(json, where)
  if (!isRecord(json)) return fail(`${where} is neither an object nor a list`)
  const [entry, ...more] = Object.entries(json)
  if (entry === undefined) return fail(`${where} is empty`)
  if (more.length > 0) {
    return fail(`${where} has ${1 + more.length} properties, from ${quoted(entry[0])} on, and may have one`)
  }
  const [field, value] = entry
  if (typeof value !== "string") return fail(`${where}: the value of ${quoted(field)} is not a string`)
  return { _tag: "Exact", field: field.toLowerCase(), value }
}

const listed = (list: ReadonlyArray<unknown>, where: string): Condition => {
  const [operator, first, second] = list
  if (typeof operator !== "string") return fail(`${where} does not begin with an operator`)
  const known = operator.toLowerCase()
  if (known !== "eq" && known !== "starts-with" && known !== "content-length-range") {
    return fail(`${where} has the operator ${quoted(operator)}: only eq, starts-with, content-length-range exist`)
  }
  if (list.length !== 3) return fail(`${where} (${known}) has ${list.length} elements, it must have 3`)
  if (known === "content-length-range") {
    const isText = typeof first === "string" || typeof second === "string"
    const range = { _tag: "LengthRange", min: bytes(first, where), max: bytes(second, where) } as const
    return isText ? { ...range, inStrings: true } : range
  }
  if (typeof first !== "string" || typeof second !== "string") return fail(`${where} (${known}) holds no two strings`)
  if (!first.startsWith("$")) return fail(`${where} (${known}) names ${quoted(first)} without its $`)
  const field = first.slice(1).toLowerCase()
  return known === "eq" ? { _tag: "Exact", field, value: second } : { _tag: "StartsWith", field, prefix: second }
}

const bytes = (value: unknown, where: string): number => {
  // Signers that keep all their values as strings get away with it here.
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number
  return fail(`${where} (content-length-range) holds no two whole numbers of bytes`)
}

/** No name of S3's is as long; a session token in the place of a name is longer. */
const longest = 60

const quoted = (name: string): string =>
  name.length > longest ? `a text of ${name.length} characters` : JSON.stringify(name)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
