/**
 * Checks a form against its policy, with S3's error texts. The check is pure: the caller passes the time.
 *
 * **Details**
 *
 * The check shares no code with the reader in `@holdfast/s3`, so that each can test the other.
 */
import type { Refusal } from "../../Signature.ts"

/** The part of a form that a policy checks. */
export interface Subject {
  readonly bucket: string
  /** Values keyed by lowercase name. The values of a repeated name are joined with commas. */
  readonly fields: ReadonlyMap<string, string>
}

/** The inclusive range of file sizes that the policy permits, in bytes. */
export interface Range {
  readonly min: number
  readonly max: number
}

/**
 * Checks a form against its policy at the time `now` (epoch milliseconds). Returns S3's error, or the permitted
 * `Range`.
 */
export const check = (text: string, subject: Subject, now: number): Refusal | Range => {
  const policy = parse(text)
  if ("code" in policy) return policy
  if (policy.expiration <= now) return denied("Policy expired.")
  const covered = new Set<string>()
  let range: Range = { min: 0, max: 5 * 1024 ** 3 }
  for (const condition of policy.conditions) {
    if (isObject(condition) && Object.keys(condition).length !== 1) {
      return invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
    }
    const [operator, name, operand] = listed(condition)
    // A client can nest lists and objects here to any depth.
    if ([operator, name, operand].some((one) => typeof one === "object" && one !== null))
      return invalid("Invalid JSON.")
    const failed = denied(`Policy Condition failed: ${JSON.stringify([operator, name, operand]).replaceAll(",", ", ")}`)
    if (operator === "content-length-range") {
      const [min, max] = [Number(name), Number(operand)]
      if (!Number.isInteger(min) || !Number.isInteger(max)) return failed
      range = { min: Math.max(min, range.min), max: Math.min(max, range.max) }
      continue
    }
    if (typeof name !== "string" || !name.startsWith("$") || typeof operand !== "string") return failed
    const field = name.slice(1).toLowerCase()
    covered.add(field)
    const value = field === "bucket" ? subject.bucket : subject.fields.get(field)
    if (value === undefined) return failed
    if (operator === "eq" ? value !== operand : operator !== "starts-with" || !begins(field, value, operand)) {
      return failed
    }
  }
  const extra = [...subject.fields.keys()].filter((name) => !covered.has(name) && !needsNone.test(name))
  return extra.length === 0 ? range : denied(`Extra input fields: ${extra.join(", ")}`)
}

/** Fields that need no condition, in either version of the signature. */
const needsNone = /^(?:x-amz-signature|awsaccesskeyid|signature|file|policy|x-ignore-.*)$/

/** A content type may be a list. Each list item must begin with the prefix. */
const begins = (field: string, value: string, prefix: string): boolean =>
  (field === "content-type" ? value.split(",") : [value]).every((one) => one.trimStart().startsWith(prefix))

type Listed = readonly [operator: unknown, name: unknown, operand: unknown]

const listed = (condition: unknown): Listed => {
  if (Array.isArray(condition)) {
    const [operator, name, operand] = condition as ReadonlyArray<unknown>
    return [typeof operator === "string" ? operator.toLowerCase() : operator, name, operand]
  }
  const [entry] = isObject(condition) ? Object.entries(condition) : []
  return entry === undefined ? ["eq", "", ""] : ["eq", `$${entry[0]}`, entry[1]]
}

interface Parsed {
  readonly expiration: number
  readonly conditions: ReadonlyArray<unknown>
}

const parse = (text: string): Refusal | Parsed => {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(text, "base64").toString())
  } catch {
    return invalid("Invalid JSON.")
  }
  if (!isObject(json)) return invalid("Invalid JSON.")
  const { conditions, expiration, ...more } = json
  const [unexpected] = Object.keys(more)
  if (unexpected !== undefined) return invalid(`Unexpected: '${unexpected}'`)
  if (expiration === undefined) return invalid("Policy missing expiration.")
  if (conditions === undefined) return invalid("Policy missing conditions.")
  const utc = typeof expiration === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(expiration)
  const at = utc ? Date.parse(expiration) : Number.NaN
  if (Number.isNaN(at)) {
    return invalid(`Invalid 'expiration' value: '${typeof expiration === "object" ? "" : String(expiration)}'`)
  }
  return Array.isArray(conditions)
    ? { expiration: at, conditions }
    : invalid("Invalid 'conditions' value: not an array")
}

const invalid = (message: string): Refusal => ({
  code: "InvalidPolicyDocument",
  status: 400,
  message: `Invalid Policy: ${message}`,
})

const denied = (message: string): Refusal => ({
  code: "AccessDenied",
  status: 403,
  message: `Invalid according to Policy: ${message}`,
})

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === "object" && u !== null && !Array.isArray(u)
