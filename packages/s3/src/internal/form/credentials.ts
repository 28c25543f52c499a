/**
 * Recognises the credentials of a form in whatever JSON a backend hands out. Pure and total.
 */
import * as PostPolicy from "../../PostPolicy.ts"
import type { Field } from "./multipart.ts"

/** Credentials as they were found, not yet checked, or one line that says why they are none. */
export type Found =
  | { readonly _tag: "Found"; readonly url: string; readonly fields: ReadonlyArray<Field> }
  | { readonly _tag: "Unknown"; readonly problem: string }

type Members = ReadonlyArray<readonly [name: string, value: unknown]>

/** Reads `{ url, fields }`, or a flat object of both. */
export const find = (json: unknown): Found => {
  if (!isRecord(json)) return unknown("the credentials are not an object")
  const members = Object.entries(json)
  const url = addresses.map((name) => lookup(members, name)).find((value) => value !== undefined)
  if (typeof url !== "string") return unknown(`the credentials have no ${addresses.join(" or ")} that is a text`)
  const fields = lookup(members, "fields")
  return fields === undefined ? flat(url, members) : nested(url, fields)
}

/** What the address is called: by the signers, by the form itself, by backends. */
const addresses = ["url", "action", "endpoint"]

const nested = (url: string, fields: unknown): Found => {
  const members = isRecord(fields) ? Object.entries(fields) : Array.isArray(fields) ? fields.filter(isPair) : []
  if (Array.isArray(fields) ? members.length < fields.length : !isRecord(fields)) {
    return unknown("fields is neither an object nor a list of pairs")
  }
  return texts(url, members)
}

/**
 * A flat object may hold more than the form, such as an id or a time, and may spell names its own way. The policy knows
 * which fields there are: whatever else went into the form would be refused.
 */
const flat = (url: string, members: Members): Found => {
  const policy = lookup(members, "policy")
  if (typeof policy !== "string" || !members.some(([name]) => /^(?:x-?amz-?)?signature$/i.test(name))) {
    return unknown("the credentials have neither fields, nor a policy with its signature")
  }
  const decoded = PostPolicy.decode(policy)
  if (decoded._tag === "Malformed") return unknown(decoded.problem)
  const conditions = decoded.policy.conditions.flatMap((c) => (c._tag === "LengthRange" ? [] : [c.field]))
  const names = new Map([...conditions, ...always].map((name) => [plain(name), name] as const))
  return texts(
    url,
    members.flatMap(([name, value]) => {
      const known = /^x-ignore-/i.test(name) ? name : names.get(plain(name))
      // A backend that has no token says null.
      if (known === undefined || value === null || value === undefined) return []
      return [[known.toLowerCase() === name.toLowerCase() ? name : known, value] as const]
    }),
  )
}

/** What a form may need whether or not the policy names it. */
const always = ["key", "policy", "signature", "AWSAccessKeyId", "x-amz-signature", "x-amz-security-token"]

/** A name without its case and its dashes: `amzSecurityToken` is `x-amz-security-token`. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/^xamz/, "amz")

const texts = (url: string, members: Members): Found => {
  const fields: Array<Field> = []
  for (const [name, value] of members) {
    if (typeof value !== "string") return unknown(`the field ${JSON.stringify(name)} is not a text`)
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
