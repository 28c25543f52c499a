/**
 * Recognizes form credentials in the JSON formats that backends return. Pure and total.
 */
import * as PostPolicy from "../../PostPolicy.ts"
import type { Field } from "./multipart.ts"

/** The credentials that were found but not yet validated, or a line that states why none were found. */
export type Found =
  | { readonly _tag: "Found"; readonly url: string; readonly fields: ReadonlyArray<Field> }
  | { readonly _tag: "Unknown"; readonly problem: string }

type Members = ReadonlyArray<readonly [name: string, value: unknown]>

/** Reads an object of the form `{ url, fields }`, or a flat object that contains the URL and the fields. */
export const find = (json: unknown): Found => {
  if (!isRecord(json)) return unknown("the credentials must be an object")
  const members = Object.entries(json)
  const url = addresses.map((name) => lookup(members, name)).find((value) => value !== undefined)
  if (typeof url !== "string") return unknown(`the credentials must contain ${addresses.join(" or ")} as a string`)
  const fields = lookup(members, "fields")
  return fields === undefined ? flat(url, members) : nested(url, fields)
}

/** The property names that signers, forms and backends use for the form's address. */
const addresses = ["url", "action", "endpoint"]

const nested = (url: string, fields: unknown): Found => {
  const members = isRecord(fields) ? Object.entries(fields) : Array.isArray(fields) ? fields.filter(isPair) : []
  if (Array.isArray(fields) ? members.length < fields.length : !isRecord(fields)) {
    return unknown("fields must be an object or a list of pairs")
  }
  return texts(url, members)
}

/**
 * A flat object may contain data that does not belong to the form, such as an id or a timestamp, and may spell names
 * differently. The policy determines which fields are used, because S3 would reject any additional field.
 */
const flat = (url: string, members: Members): Found => {
  const policy = lookup(members, "policy")
  if (typeof policy !== "string" || !members.some(([name]) => /^(?:x-?amz-?)?signature$/i.test(name))) {
    return unknown("the credentials must contain either fields or a policy with its signature")
  }
  const decoded = PostPolicy.decode(policy)
  if (decoded._tag === "Malformed") return unknown(decoded.problem)
  const conditions = decoded.policy.conditions.flatMap((c) => (c._tag === "LengthRange" ? [] : [c.field]))
  const names = new Map([...conditions, ...always].map((name) => [plain(name), name] as const))
  return texts(
    url,
    members.flatMap(([name, value]) => {
      const known = /^x-ignore-/i.test(name) ? name : names.get(plain(name))
      // A backend without a token sends null.
      if (known === undefined || value === null || value === undefined) return []
      return [[known.toLowerCase() === name.toLowerCase() ? name : known, value] as const]
    }),
  )
}

/** Fields that a form may need even if the policy does not mention them. */
const always = ["key", "policy", "signature", "AWSAccessKeyId", "x-amz-signature", "x-amz-security-token"]

/** Normalizes a name by ignoring case and dashes. `amzSecurityToken` stands for `x-amz-security-token`. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/^xamz/, "amz")

const texts = (url: string, members: Members): Found => {
  const fields: Array<Field> = []
  for (const [name, value] of members) {
    if (typeof value !== "string") return unknown(`the field ${JSON.stringify(name)} must be a string`)
    fields.push([name, value])
  }
  return { _tag: "Found", url, fields }
}

const unknown = (problem: string): Found => ({ _tag: "Unknown", problem })

const lookup = (members: Members, name: string): unknown =>
  members.find(([own, value]) => own.toLowerCase() === name && value !== null)?.[1]

const isPair = (value: unknown): value is readonly [string, unknown] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === "string"

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
