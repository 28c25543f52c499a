/**
 * The object that a form asks for, to compare it with the one that an answer names.
 */
import { header } from "@holdfast/http/HttpAnswer"
import * as PostPolicy from "../PostPolicy.ts"
import type { Field } from "./multipartForm.ts"
import type { Stored } from "./PostResponse.ts"

/** Where a form puts its file. */
export interface FormObject {
  /** Absent where neither a field nor the policy names it. */
  readonly bucket: string | undefined
  /** As the form has it: S3 puts the file's name in the place of `${filename}`. */
  readonly key: string | undefined
}

/** Reads the object out of a form: its bucket is that of the field `bucket`, else the one that the policy binds. Total. */
export const of = (fields: ReadonlyArray<Field>): FormObject => {
  const form = Object.fromEntries(fields)
  return { bucket: header(form, "bucket") ?? boundBucket(header(form, "policy")), key: header(form, "key") }
}

const boundBucket = (policy: string | undefined): string | undefined => {
  const decoded = policy === undefined ? undefined : PostPolicy.decode(policy)
  if (decoded?._tag !== "Policy") return undefined
  const bound = decoded.policy.conditions.find(
    (condition): condition is PostPolicy.Exact => condition._tag === "Exact" && condition.field === "bucket",
  )
  return bound?.value
}

/** How the object that an answer names differs from the form's, in words; `undefined` where it does not. */
export const mismatch = (asked: FormObject, stored: Stored): string | undefined => {
  if (asked.bucket !== undefined && stored.bucket !== undefined && stored.bucket !== asked.bucket) {
    return "the answer names another bucket than the form"
  }
  return asked.key !== undefined && stored.key !== undefined && !fits(stored.key, asked.key)
    ? "the answer names another key than the form"
    : undefined
}

const fits = (stored: string, asked: string): boolean => {
  // Servers differ in how they write a plus sign and a blank into an address.
  const key = stored.replaceAll("+", " ")
  const [beginning = "", ...rest] = asked.replaceAll("+", " ").split("${filename}")
  return rest.length === 0 ? key === beginning : key.startsWith(beginning) && key.endsWith(rest.at(-1) ?? "")
}
