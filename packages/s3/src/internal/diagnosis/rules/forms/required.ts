/**
 * Rules for forms that lack a required field.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import { topic } from "../../rule.ts"
import { dialectOf, proofNames, neededNames, lookalike, place, listed, maybeForm } from "./fields.ts"

const rule = topic("post-required")

const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"
const signedForms = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html"

const unsignedForm = rule({
  code: "HF-S3-POST-012",
  name: "UnsignedForm",
  phase: "form",
  title: "The form has no policy, so S3 treats it as unsigned",
  explanation:
    "The policy is the text that the signer signs. A signature without a policy proves nothing, so S3 treats the " +
    "form as anonymous. Only a publicly writable bucket accepts an anonymous form; every other bucket rejects it " +
    "with a plain AccessDenied that does not mention the policy.",
  fix: [
    { text: "send every field that the signer returned, including the policy", safety: "safe to apply" },
    {
      text: 'look for fields that have an "id" but no "name": a browser omits them',
      safety: "check first",
    },
  ],
  change: "plan",
  links: [postObject, signedForms],
  rivals: ["HF-S3-POST-051", "HF-S3-POST-063"],
  inspect: (facts) => {
    const { form } = facts
    if (form === undefined || dialectOf(form) === "other" || form.field("policy") !== undefined) return undefined
    const proofs = proofNames(facts, form).flatMap((name) => form.field(name) ?? [])
    return found({
      confidence: "certain",
      detail:
        proofs.length === 0
          ? "The form contains neither a policy nor any signature field."
          : `The form contains ${listed(proofs.map(({ name }) => name))} but not the policy, which is the text that was signed.`,
      evidence: [
        { at: "request.form", name: "policy", observed: "missing", expected: 'before "file"' },
        ...proofs.map(({ index, name, value }) => ({ at: place(index), name, observed: value })),
      ],
      about: ["policy"],
    })
  },
})

/** Server messages about a field that the server did not find. */
const missed = (message: string): string | undefined => {
  const [, name] = /must contain a field named '([^']+)'/i.exec(message) ?? []
  if (name !== undefined) return name
  if (/\bkey (?:was )?not (?:specified|provided)|no key was provided/i.test(message)) return "key"
  return /missing (?:aws[24] )?(access key|signature|credential|date|algorithm|key|policy)\b/i.exec(message)?.[1]
}

const fieldMissing = rule({
  code: "HF-S3-POST-013",
  name: "FieldMissing",
  phase: "form",
  title: 'A field that S3 needs is missing before "file"',
  explanation:
    "A signed form contains key, policy and the fields of its signature: x-amz-algorithm, x-amz-credential, " +
    "x-amz-date and x-amz-signature, or AWSAccessKeyId and signature if it is signed with version 2. Field names " +
    "are case-insensitive. S3 reports the first field that it had not read when it reached the file, whether the " +
    "field is missing or comes later.",
  fix: [
    { text: "send every field that the signer returned, under its original name", safety: "safe to apply" },
    {
      text: 'look for fields that have an "id" but no "name": a browser omits them',
      safety: "check first",
    },
  ],
  change: "plan",
  links: [postObject, signedForms],
  rivals: ["HF-S3-POST-041", "HF-S3-POST-050"],
  inspect: (facts) => {
    const { form } = facts
    if (form === undefined) return undefined
    const proofs = proofNames(facts, form)
    const anonymous = form.field("policy") === undefined && proofs.every((name) => form.field(name) === undefined)
    const needed = anonymous ? ["key"] : ["key", ...proofs]
    const missing = needed.filter((name) => form.field(name) === undefined)
    if (missing.length === 0) return cleared("required fields", `${needed.length} of ${needed.length} are there`)
    const alike = missing.flatMap((name) => {
      const other = lookalike(form, name)
      return other === undefined ? [] : [{ name, other }]
    })
    const nameless = form.fields.filter(({ name }) => name.trim() === "").length
    return found({
      confidence: "certain",
      detail:
        `The form lacks ${listed(missing)}.` +
        alike.map(({ name, other }) => ` It contains "${other.name}" instead of "${name}".`).join("") +
        (nameless === 0 ? "" : ` ${nameless} of the form's fields ${nameless === 1 ? "has" : "have"} no name.`),
      evidence: [
        ...missing.map((name) => ({ at: "request.form", name, observed: "missing", expected: 'before "file"' })),
        ...alike.map(({ name, other }) => ({ at: place(other.index), name: other.name, observed: "", expected: name })),
      ],
      about: [...missing, ...(missing.includes("AWSAccessKeyId") ? ["access"] : [])],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    if (!maybeForm(facts)) return undefined
    const name = missed(answer.message)
    if (name === undefined && answer.code !== "UserKeyMustBeSpecified") return undefined
    // The captured form has a field that was read nevertheless. Only then was another form sent.
    if (facts.form !== undefined && (name === undefined || !facts.form.read(name)?.value)) return undefined
    return found({
      confidence: facts.form === undefined ? "likely" : "possible",
      detail:
        facts.form === undefined
          ? `S3 had not read ${name === undefined ? "a field" : `"${name}"`} when it reached the file: the field is missing, ` +
            "or it comes after the file."
          : `S3 did not find ${name === undefined ? "a field" : `"${name}"`}, although the captured form contains it: ` +
            "another form was sent, or the form was cut short.",
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
      about: name === undefined ? [] : [name],
    })
  },
})

const fieldEmpty = rule({
  code: "HF-S3-POST-014",
  name: "FieldEmpty",
  phase: "form",
  title: "A field that S3 needs is empty",
  explanation:
    "S3 treats an empty field as missing, and an empty key as an object without a name. The usual reasons are an " +
    "empty variable, and a page that was submitted before its script had filled the form.",
  fix: [{ text: "fill in the field before sending the form", safety: "check first" }],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-POST-013"],
  inspect: (facts) => {
    const { form } = facts
    if (form === undefined) return undefined
    const empty = neededNames(facts, form).flatMap((name) => {
      const field = form.read(name)
      return field !== undefined && field.value === "" ? [field] : []
    })
    if (empty.length === 0) return undefined
    return found({
      confidence: "certain",
      detail: `${listed(empty.map(({ name }) => name))} ${empty.length === 1 ? "is" : "are"} present but empty.`,
      evidence: empty.map(({ index, name }) => ({ at: place(index), name, observed: "", expected: "a value" })),
      about: ["empty", ...empty.map(({ name }) => name)],
    })
  },
  recognise: (facts) =>
    facts.proof === undefined && /empty (?:object name|key)/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: "The server received an object without a name: the form's key was empty.",
          evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const required = [unsignedForm, fieldMissing, fieldEmpty] as const
