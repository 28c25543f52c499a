/**
 * The object that a form names, for comparison with the object named in a response.
 */
import { header } from "@holdfast/diagnosis/Exchange"
import * as PostPolicy from "../../PostPolicy.ts"
import type { Field } from "./multipart.ts"
import type { Stored } from "./response.ts"

/** The bucket and key that a form specifies. */
export interface FormObject {
  /** Absent if neither a field nor the policy specifies it. */
  readonly bucket: string | undefined
  /** The key as written in the form: S3 replaces `${filename}` with the name of the file. */
  readonly key: string | undefined
}

/**
 * Determines the object that a form names. The bucket comes from the `bucket` field or, if that field is absent, from the
 * policy. Total.
 */
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

/** Describes how the object in a response differs from the form's object; `undefined` if they are the same. */
export const mismatch = (asked: FormObject, stored: Stored): string | undefined => {
  if (asked.bucket !== undefined && stored.bucket !== undefined && stored.bucket !== asked.bucket) {
    return "the bucket in the response differs from the bucket in the form"
  }
  return asked.key !== undefined && stored.key !== undefined && !fits(stored.key, asked.key)
    ? "the key in the response differs from the key in the form"
    : undefined
}

const fits = (stored: string, asked: string): boolean => {
  // Servers encode a plus sign and a space in an address differently.
  const key = stored.replaceAll("+", " ")
  const [beginning = "", ...rest] = asked.replaceAll("+", " ").split("${filename}")
  return rest.length === 0 ? key === beginning : key.startsWith(beginning) && key.endsWith(rest.at(-1) ?? "")
}
