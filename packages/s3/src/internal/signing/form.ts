/**
 * Prepares an unsigned form: its address, its fields, and a policy that covers them. Pure.
 */
import { problem, reader } from "@holdfast/core/InvalidPolicy"
import * as Secret from "@holdfast/core/Secret"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as PostPolicy from "../../PostPolicy.ts"
import type { SignOptions, WrittenCondition } from "./options.ts"
import type { Field } from "../form/multipart.ts"
import { InvalidPostOption } from "../form/errors.ts"
import { kind } from "../form/value.ts"
import * as Address from "./address.ts"
import * as SigV4 from "./sigV4.ts"

/** An unsigned form: its URL, its fields, and the policy to sign. */
export interface Unsigned {
  readonly url: string
  readonly fields: ReadonlyArray<Field>
  /** The policy encoded in base64, as it appears in the form. */
  readonly policy: string
  readonly scope: SigV4.Scope
}

/** The maximum lifetime of a version 4 signature: seven days. */
const longest = 604_800_000

/** The maximum length of an object key, in bytes of UTF-8. */
const longestKey = 1024

/** The default lifetime of a form, which is the same as that of Amazon's signers. */
const anHour = 3_600_000

/** The names of all signing options. */
const names: Readonly<Record<keyof SignOptions, true>> = {
  bucket: true,
  region: true,
  credentials: true,
  key: true,
  keyPrefix: true,
  endpoint: true,
  url: true,
  expiresIn: true,
  at: true,
  conditions: true,
  fields: true,
  successStatus: true,
}

/** Prepares a form. Throws an `InvalidPostOption` if an option is invalid. */
export const prepare = (options: SignOptions, now: number): Unsigned => {
  const known = Object.keys(names)
  check(isObject(options), "options", kind(options), `an object of ${known.join(", ")}`)
  for (const name of Object.keys(options)) check(known.includes(name), name, "no option", known.join(", "))
  const { bucket, region, successStatus } = options
  const at = timeOf(options.at ?? now)
  checkName("bucket", bucket, bucket)
  checkName("region", region, region)
  const { accessKeyId, token } = credentialsOf(options.credentials)
  const allowed = "200, 201 or 204"
  check([undefined, 200, 201, 204].includes(successStatus), "successStatus", successStatus, allowed)
  const conditions = conditionsOf(options.conditions ?? [])

  const { day, time } = SigV4.dates(at)
  const scope = { day, region }
  const own: ReadonlyArray<Field> = [
    ["key", keyOf(options)],
    ...(successStatus === undefined ? [] : [["success_action_status", `${successStatus}`] as const]),
  ]
  const signed: ReadonlyArray<Field> = [
    ["x-amz-algorithm", "AWS4-HMAC-SHA256"],
    ["x-amz-credential", `${accessKeyId}/${SigV4.scope(scope)}`],
    ["x-amz-date", time],
    ...(token === undefined ? [] : [["x-amz-security-token", token] as const]),
  ]
  const fields = [...own, ...extra(options.fields ?? {}, [...own, ...signed]), ...signed]
  const covered = new Set(conditions.flatMap((c) => (c._tag === "LengthRange" ? [] : [c.field.toLowerCase()])))
  const policy = PostPolicy.encode({
    expiration: at + lifetime(options.expiresIn),
    conditions: [
      ...[["bucket", bucket] as const, ...fields]
        .filter(([name]) => !covered.has(name.toLowerCase()) && !isExempt(name))
        .map(([name, value]) => condition(name, value)),
      ...conditions,
    ],
  })
  return { url: urlOf(options), fields, policy, scope }
}

const timeOf = (given: NonNullable<SignOptions["at"]>): number => {
  const at = typeof given === "string" ? Date.parse(given) : Number(given)
  check(at >= 0 && at <= latest, "at", given, "a time as epoch milliseconds, an ISO date or a Date")
  return at
}

const checkName = (option: string, name: unknown, shown: unknown): void =>
  check(
    typeof name === "string" && /^[^\s/]+$/.test(name),
    option,
    shown,
    "a non-empty name without whitespace or slashes",
  )

/** The values are never quoted, because a caller may have passed the secret instead of the key id. */
const credentialsOf = (credentials: SignOptions["credentials"]) => {
  const parts = "accessKeyId and secretAccessKey, plus sessionToken for a session"
  check(isObject(credentials), "credentials", kind(credentials), parts)
  const { accessKeyId } = credentials
  checkName("credentials.accessKeyId", accessKeyId, kind(accessKeyId))
  const secret: unknown = text(credentials.secretAccessKey)
  check(isText(secret), "credentials.secretAccessKey", kind(secret), "a non-empty secret")
  // A backend without a token sends null.
  const token: unknown = text(credentials.sessionToken ?? undefined)
  check(token === undefined || isText(token), "credentials.sessionToken", kind(token), "a token, or none")
  return { accessKeyId, token }
}

const conditionsOf = (given: NonNullable<SignOptions["conditions"]>): ReadonlyArray<PostPolicy.Condition> => {
  check(Array.isArray(given), "conditions", kind(given), "a list")
  return given.map((one, at) => {
    const condition = isCondition(one) ? one : conditionOf(one)
    const allowed = `one of PostPolicy, { field: value }, ["eq", "$field", value], ["starts-with", "$field", prefix], or ["content-length-range", min, max]`
    if (condition === undefined) throw invalid(`conditions[${at}]`, "no condition", allowed)
    checkCondition(condition, at)
    return condition
  })
}

const isCondition = (condition: unknown): condition is PostPolicy.Condition =>
  isObject(condition) && "_tag" in condition && /^(?:Exact|StartsWith|LengthRange)$/.test(`${condition._tag}`)

/** Parses a condition in the same way as the parser for complete policies. */
const conditionOf = (written: WrittenCondition): PostPolicy.Condition | undefined => {
  const expiration = "2000-01-01T00:00:00Z"
  const decoded = PostPolicy.decode(PostPolicy.toBase64(JSON.stringify({ expiration, conditions: [written] })))
  return decoded._tag === "Policy" ? decoded.policy.conditions[0] : undefined
}

/** The latest permitted signing time: the end of the year 9999 minus the maximum lifetime. */
const latest = 253_402_300_799_999 - longest

const urlOf = ({ bucket, endpoint, region, url }: SignOptions): string =>
  url === undefined ? Address.ofBucket({ bucket, endpoint, region }) : `${url}`

/** S3 replaces this placeholder with the file name, and then checks the policy. */
const filename = "${filename}"

const keyOf = ({ key, keyPrefix }: SignOptions): string => {
  const given = key ?? keyPrefix
  const option = keyPrefix === undefined ? "key" : "keyPrefix"
  check(key === undefined || keyPrefix === undefined, option, "given beside key", "either key or keyPrefix")
  if (given === undefined) throw invalid("key", "missing", "either key or keyPrefix")
  const allowed = `a text of 1 to ${longestKey} bytes`
  check(typeof given === "string" && key !== "" && byteLength(given) <= longestKey, option, given, allowed)
  return key ?? `${given}${filename}`
}

const condition = (name: string, value: string): PostPolicy.Condition => {
  const at = name === "key" ? value.indexOf(filename) : -1
  // The name is used unchanged, including a $ at its beginning.
  return at === -1 ? { _tag: "Exact", field: name, value } : PostPolicy.startsWith(name, value.slice(0, at))
}

/** Fields for which S3 does not require a condition. */
const isExempt = (name: string): boolean => /^x-ignore-/i.test(name)

const extra = (fields: Readonly<Record<string, string>>, own: ReadonlyArray<Field>): ReadonlyArray<Field> => {
  const foreign = problem(() => reader("PresignedPost").plain("fields", fields))
  if (foreign !== undefined) throw invalid("fields", foreign.value, foreign.allowed)
  const taken = new Set([...own.map(([name]) => name), "file", "policy", "x-amz-signature", "x-amz-security-token"])
  return Object.entries(fields).map(([name, value]) => {
    check(!taken.has(name.toLowerCase()), `fields.${name}`, "given", "a field that the signer does not add itself")
    taken.add(name.toLowerCase())
    check(typeof value === "string", `fields.${name}`, `of type ${typeof value}`, "a string")
    return [name, value]
  })
}

const lifetime = (expiresIn: SignOptions["expiresIn"] = anHour / 1000): number => {
  const life =
    typeof expiresIn === "number"
      ? expiresIn * 1000
      : Option.match(Duration.fromInput(expiresIn), { onNone: () => Number.NaN, onSome: Duration.toMillis })
  check(life > 0 && life <= longest, "expiresIn", expiresIn, "more than 0 and at most 7 days (604800 seconds)")
  return life
}

const checkCondition = (condition: PostPolicy.Condition, at: number): void => {
  const option = `conditions[${at}]`
  if (condition._tag !== "LengthRange") return check(condition.field !== "", option, "", "a field's name")
  const { max, min } = condition
  const whole = [min, max].every((n) => Number.isSafeInteger(n) && n >= 0)
  check(whole && min <= max, option, `from ${min} to ${max} bytes`, "integers, the smaller one first")
}

const text = (secret: unknown): unknown => (Redacted.isRedacted(secret) ? Secret.value(secret) : secret)

const isText = (value: unknown): value is string => typeof value === "string" && value !== ""

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const byteLength = (value: string): number => new TextEncoder().encode(value).length

const invalid = (option: string, value: unknown, allowed: string): InvalidPostOption =>
  new InvalidPostOption({ option, value: said(value), allowed })

/** The options shown here are not secret, but a caller may have passed a secret by mistake. */
const said = (value: unknown): string => {
  if (value === "") return "empty"
  const words = String(value)
  // Amazon's secrets have 40 characters.
  return words.length >= 40 ? `a text of ${words.length} characters` : words
}

const check: (holds: boolean, option: string, value: unknown, allowed: string) => asserts holds = (
  holds,
  option,
  value,
  allowed,
) => {
  if (!holds) throw invalid(option, value, allowed)
}
