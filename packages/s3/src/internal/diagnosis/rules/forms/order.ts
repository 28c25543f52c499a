/**
 * Rules for forms that S3 does not read to the end.
 */
import { cleared, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts, PlacedField, Form } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { dialectOf, neededNames, tokenName, isExempt, place } from "./fields.ts"

const rule = topic("post-order")

const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

/** The fields that S3 needs for its checks: the signature fields, and the fields that have a condition in the policy. */
const isNeeded = (facts: S3Facts, form: Form, { name }: PlacedField): boolean => {
  const lower = name.toLowerCase()
  if (lower === tokenName) return true
  if (neededNames(facts, form).some((needed) => needed.toLowerCase() === lower)) return true
  return form.policy?._tag === "Policy" && !isExempt(lower) && lower !== "bucket" && dialectOf(form) !== "other"
    ? form.policy.policy.conditions.some((one) => one._tag !== "LengthRange" && one.field === lower)
    : false
}

const isReadAgain = (form: Form, { name }: PlacedField): boolean => form.read(name) !== undefined

const fieldAfterFile = rule({
  code: "HF-S3-POST-011",
  name: "FieldAfterFile",
  phase: "form",
  title: 'A form field comes after "file", so S3 never reads it',
  explanation:
    'S3 reads a form as a stream. When it reaches the part named "file", it must decide immediately whether to ' +
    "store the following bytes. S3 therefore checks only the fields that it has read so far and ignores every later part. A " +
    "session token after the file makes the temporary key look unknown (InvalidAccessKeyId); a late signature or key is " +
    "reported as missing; a form with a late policy counts as unsigned.",
  fix: [{ text: 'append "file" last, after every other field', safety: "safe to apply" }],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-POST-026", "HF-S3-AUTH-001", "HF-S3-AUTH-006", "HF-S3-AUTH-007"],
  inspect: (facts) => {
    const { form } = facts
    if (form === undefined)
      return facts.proof === undefined ? unseen("the form's fields in the order in which they were sent") : undefined
    const file = form.file
    if (file === undefined) return undefined
    const late = form.fields.filter((field) => field.late && isNeeded(facts, form, field) && !isReadAgain(form, field))
    const [first] = late
    if (first === undefined)
      return cleared("field order", `"file" is part ${file.index + 1}, after every field that S3 needs`)
    return found({
      confidence: "certain",
      detail:
        late.length === 1
          ? `${first.name} is field ${first.index + 1}; file is field ${file.index + 1}.`
          : `${late.map(({ name }) => name).join(", ")} come after file, which is field ${file.index + 1}.`,
      evidence: [
        {
          at: place(file.index),
          name: "file",
          observed: file.size === undefined ? "the file" : `${file.size} bytes`,
          expected: "last",
        },
        ...late.map(({ index, name, value }) => ({
          at: place(index),
          name,
          observed: value,
          expected: 'before "file"',
        })),
      ],
      about: late.map(({ name }) => name),
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const order = [fieldAfterFile] as const
