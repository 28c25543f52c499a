/**
 * The field names of a form: the required names, the names that need no condition, and names that resemble these.
 */
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { S3Facts, PlacedField, Form } from "../../facts.ts"

/**
 * How the fields of a form are named: S3's names, the names of Google's XML API, or the names of a vendor with its own rules.
 */
export type Dialect = "aws" | "goog" | "other"

const ofAws = /^(?:x-amz-(?:algorithm|credential|signature)|awsaccesskeyid)$/
const ofGoogle = /^(?:x-goog-(?:algorithm|credential|signature)|googleaccessid)$/
const ofOthers = /^(?:ossaccesskeyid|accesskeyid|q-(?:ak|signature)|x-(?:oss|obs|cos|tos)-(?:credential|signature.*))$/

/** The dialect of a form: S3's dialect, unless a field shows that the form uses another one. */
export const dialectOf = (form: Form): Dialect => {
  const names = form.fields.map(({ name }) => name.toLowerCase())
  const uses = (pattern: RegExp): boolean => names.some((name) => pattern.test(name))
  if (uses(ofAws)) return "aws"
  if (uses(ofGoogle)) return "goog"
  return uses(ofOthers) ? "other" : "aws"
}

/** The signature fields other than the policy, by signature version. */
const proofs = {
  2: ["AWSAccessKeyId", "signature"],
  4: ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"],
} as const

const proofsOfGoogle = {
  2: ["GoogleAccessId", "signature"],
  4: ["x-goog-algorithm", "x-goog-credential", "x-goog-date", "x-goog-signature"],
} as const

/** The signature fields other than the policy, spelled as in their documentation. */
export const proofNames = ({ version }: S3Facts, form: Form): ReadonlyArray<string> => {
  const dialect = dialectOf(form)
  if (dialect === "other") return []
  if (dialect === "aws") return proofs[version ?? 4]
  return form.field("GoogleAccessId") === undefined ? proofsOfGoogle[4] : proofsOfGoogle[2]
}

/** The fields that a signed form must contain. */
export const neededNames = (facts: S3Facts, form: Form): ReadonlyArray<string> => [
  "key",
  "policy",
  ...proofNames(facts, form),
]

/** The name of the field that contains the session token. */
export const tokenName = "x-amz-security-token"

/** Whether a field does not need a condition in the policy. */
export const isExempt = (name: string): boolean =>
  /^(?:file|policy|signature|awsaccesskeyid|googleaccessid|x-(?:amz|goog)-signature|x-ignore-.*)$/i.test(name)

export const isNamed = (name: string, wanted: string): boolean => name.toLowerCase() === wanted.toLowerCase()

/** A field with a similar name: it differs only in its separators, or it is the end of the wanted name. */
export const lookalike = (form: Form, wanted: string): PlacedField | undefined => {
  const aim = letters(wanted)
  return form.fields.find(({ name }) => {
    const given = letters(name)
    return !isNamed(name, wanted) && given.length > 2 && (given === aim || (wanted !== "key" && aim.endsWith(given)))
  })
}

const letters = (name: string): string => name.toLowerCase().replace(/[^a-z\d]/g, "")

/** The location of a form part. */
export const place = (index: number): string => `request.form[${index}]`

/** Names on one line. */
export const listed = (names: ReadonlyArray<string>): string => names.map((name) => `"${name}"`).join(", ")

/** Whether the request is a form, or may be a form that was only partly captured. */
export const maybeForm = ({ method, proof }: S3Facts): boolean =>
  proof === "form" || (proof === undefined && (method === undefined || method === "POST"))

/** Whether the server rejected the request without giving a reason. A page that contains text is treated as a reason. */
export const isSilent = ({ answer }: S3Facts): boolean =>
  answer.status === 403 &&
  (answer.code === "AccessDenied" || (answer.code === "" && (answer.isErrorDocument || answer.body.trim() === ""))) &&
  answer.message.trim() === ""

/** Whether the server reported only that access is denied. */
export const isPlainDenial = ({ answer }: S3Facts): boolean =>
  answer.code === "AccessDenied" && /^access denied\.?$/i.test(answer.message.trim())

/**
 * The boundary in the request header, or only the boundary's length if the boundary looks like a secret and is therefore
 * hidden.
 */
export const boundaryOf = ({
  header,
}: S3Facts): { readonly text: string | undefined; readonly length: number } | undefined => {
  const type = header("content-type") ?? ""
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(type) ?? []
  const text = quoted ?? bare
  if (text !== undefined) {
    return { text: Redaction.isHidden(text) ? undefined : text, length: Redaction.bytesOf(text) }
  }
  const parameter = /;\s*(.*)$/s.exec(type)?.[1] ?? ""
  // The boundary was hidden together with its name.
  return Redaction.isHidden(parameter)
    ? { text: undefined, length: Redaction.bytesOf(parameter) - "boundary=".length }
    : undefined
}

/** Formats a duration in a suitable unit. */
export const lasting = (millis: number): string => {
  const seconds = Math.round(Math.abs(millis) / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

/** Whether the server reports an unrecognized key. */
export const isUnknownKey = ({ answer }: S3Facts): boolean =>
  answer.code === "InvalidAccessKeyId" || answer.code === "InvalidSecurity"

/** Whether the server quotes an invalid condition: a name without its $, or a size that is not a number. */
export const quotesMalformed = ({ answer }: S3Facts): boolean =>
  /\[\s*"(?:eq|starts-with)"\s*,\s*"(?!\$)/i.test(answer.message) ||
  /\[\s*"content-length-range"\s*,(?!\s*"?\d+"?\s*,\s*"?\d+"?\s*\])/i.test(answer.message)

/** The key ids of Ceph sessions have 19 characters. The key ids of Ceph users have 20 characters, as with other vendors. */
export const looksTemporary = (keyId: string): boolean => keyId.startsWith("ASIA") || Redaction.bytesOf(keyId) === 19
