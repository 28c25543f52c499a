/**
 * Finds the policy conditions that a form violates. Compares values in the same way as S3. If a redaction mark hides the
 * result, the condition is skipped.
 */
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { Condition, Exact, StartsWith } from "../../../../PostPolicy.ts"
import type { S3Facts, PlacedField, Form } from "../../facts.ts"
import { dialectOf, isExempt, neededNames, place, tokenName } from "./fields.ts"

/** A policy condition on a form field. */
export type FieldCondition = Exact | StartsWith

/** A policy condition that the form violates. */
export interface Unmet {
  readonly condition: FieldCondition
  readonly field: PlacedField | undefined
  /** The reason, as a clause. */
  readonly why: string
  /** The places in the exchange that show the violation. */
  readonly at: string
  readonly isSure: boolean
}

export const isOnField = (condition: Condition): condition is FieldCondition => condition._tag !== "LengthRange"

/** Formats a condition as human-readable text. */
export const written = (condition: FieldCondition): string =>
  condition._tag === "Exact"
    ? `${condition.field} = "${condition.value}"`
    : `${condition.field} starting with "${condition.prefix}"`

/** The signature fields, which are checked by the rules about signatures and tokens. */
const signedNames = ["x-amz-algorithm", "x-amz-credential", "x-amz-date", tokenName] as const

/** The policy conditions that the form violates. */
export const unmet = (facts: S3Facts): ReadonlyArray<Unmet> => {
  const { form } = facts
  if (form?.policy?._tag !== "Policy") return []
  const needed = new Set(neededNames(facts, form).map((name) => name.toLowerCase()))
  return form.policy.policy.conditions.filter(isOnField).flatMap((condition): ReadonlyArray<Unmet> => {
    const { field: name } = condition
    if (name === "bucket") return bucketUnmet(condition, facts)
    if (isExempt(name) && name !== "awsaccesskeyid") return []
    const fields = form.fields.filter((field) => field.name.toLowerCase() === name)
    if ((signedNames as ReadonlyArray<string>).includes(name) && (fields.length > 0 || name === tokenName)) return []
    const read = fields.filter(({ late }) => !late)
    // Other rules check late fields and missing fields of the signature.
    if (read.length === 0 && (fields.length > 0 || needed.has(name))) return []
    const isSure = dialectOf(form) !== "other"
    const [field] = read
    if (field === undefined) return [{ condition, field, why: absence(name, facts), at: "request.form", isSure }]
    if (holds(condition, read, form) !== false) return []
    return [{ condition, field, why: difference(condition, field, form), at: place(field.index), isSure }]
  })
}

/** Whether a condition is met by the fields with its name; `undefined` if a redaction mark hides the result. */
const holds = (condition: FieldCondition, fields: ReadonlyArray<PlacedField>, form: Form): boolean | undefined => {
  // Repeated fields count as one field with a list of values.
  const value = filled(fields.map((field) => field.value).join(","), form)
  if (value === undefined) return undefined
  if (fields.length > 1 && Redaction.isHidden(value)) return undefined
  if (condition._tag === "Exact") return equal(value, condition.value)
  if (condition.field !== "content-type" || condition.prefix.includes(",")) return begins(value, condition)
  const each = value.split(",").map((one) => begins(one.trim(), condition))
  return each.includes(false) ? false : each.includes(undefined) ? undefined : true
}

const isWhole = (value: string): boolean => /^\[hidden-[^\]]*\]$/.test(value)

/** Compares two values, either or both of which may be hidden. */
export const equal = (a: string, b: string): boolean | undefined => {
  if (a === b) return true
  const hidden = [Redaction.isHidden(a), Redaction.isHidden(b)]
  if (!hidden.includes(true) || !hidden.includes(false)) return false
  // Only one value is hidden, so only its length is known, unless a mark stands for a complete non-empty value.
  return Redaction.bytesOf(a) === Redaction.bytesOf(b) ? undefined : false
}

const begins = (value: string, { field, prefix }: StartsWith): boolean | undefined => {
  const answer = Redaction.startsWith(value, prefix)
  if (answer === true) return true
  if (Redaction.bytesOf(prefix) > Redaction.bytesOf(value)) return false
  if (answer === undefined) return undefined
  // The start of a partly visible value is hidden under its own number.
  const isPartial = field === "awsaccesskeyid" || field.endsWith("credential")
  return Redaction.isHidden(prefix) && (isPartial || !isWhole(value)) ? undefined : false
}

const filename = "${filename}"

/**
 * The value with the file name inserted; S3 uses only the last path segment of the file name. The value remains unchanged if
 * the part has no file name.
 */
const filled = (value: string, { file }: Form): string | undefined => {
  if (!value.includes(filename)) return value
  if (file?.filename === undefined) return value
  return file.filename === "" ? undefined : value.replaceAll(filename, file.filename.replace(/^.*[/\\]/s, ""))
}

const absence = (name: string, { form, header }: S3Facts): string => {
  if (name.startsWith("$"))
    return `no field can have the name "${name}": the name in the condition begins with an extra "$"`
  if (name === "content-length")
    return "a form cannot have a field named content-length: to limit the size, use a content-length-range condition"
  if (name === "content-type" && form?.files.some(({ type }) => type !== undefined) === true)
    return "the form has no field Content-Type: the type of the part with the file does not count as a field"
  return header(name) === undefined
    ? `the form has no field "${name}"`
    : `the form has no field "${name}", and a header with that name does not count as a field`
}

const difference = (condition: FieldCondition, { name, value }: PlacedField, form: Form): string => {
  const expected = condition._tag === "Exact" ? condition.value : condition.prefix
  const actual = filled(value, form) ?? value
  if (expected.includes(filename))
    return `the condition contains "${filename}" literally, and S3 compares it with "${actual}"`
  if (Redaction.isHidden(actual + expected)) return `the value of ${name} differs`
  const start = condition._tag === "Exact" ? actual : actual.slice(0, expected.length)
  if (start.toLowerCase() === expected.toLowerCase()) return `"${actual}" differs only in case`
  if (start.trim() === expected.trim()) return `"${actual}" differs only in spaces`
  if (name.toLowerCase() === "content-type" && actual.includes(","))
    return `not every type in "${actual}" meets this condition`
  return `${name} is "${actual}"`
}

/** Checks the bucket, which is stated in the address rather than in a form field. */
const bucketUnmet = (condition: FieldCondition, { url }: S3Facts): ReadonlyArray<Unmet> => {
  if (url === undefined || condition._tag !== "Exact" || Redaction.isHidden(condition.value)) return []
  const bucket = condition.value
  const host = url.hostname.toLowerCase()
  const [first = ""] = url.pathname.slice(1).split("/")
  const wanted = bucket.toLowerCase()
  if (first === bucket || host === wanted || host.startsWith(`${wanted}.`)) return []
  const isAws = /(?:^|\.)s3[.-](?:.*\.)?amazonaws\.com(?:\.cn)?$/.test(host) && !/accesspoint|s3alias/.test(host)
  const isPathStyle = /^(?:localhost|[\d.]+|\[.*\])$/.test(host)
  // On another host, the bucket may have any name.
  if (!isAws && !(isPathStyle && first !== "")) return []
  const why = isAws ? `the form is sent to ${host}${url.pathname}` : `the form is sent to "${first}"`
  return [{ condition, field: undefined, why, at: "request.url", isSure: isAws }]
}
