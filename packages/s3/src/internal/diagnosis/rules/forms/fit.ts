/**
 * Rules for forms that violate their policy: a condition is not met, or a field has no condition.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { S3Facts, PlacedField } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isOnField, unmet, written } from "./conditions.ts"
import { dialectOf, tokenName, isExempt, place, listed, maybeForm, quotesMalformed } from "./fields.ts"

const rule = topic("post-fit")

const creating = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html"

/** Whether the server's message concerns a form policy instead of a permission policy. */
const speaksOfPolicy = ({ answer }: S3Facts): boolean =>
  answer.code === "InvalidPolicyDocument" ||
  (/\bpolicy\b/i.test(answer.message) && !/not authorized to perform|based policy|boundary/i.test(answer.message))

/** The server's message, including the details that Google adds. */
const words = ({ answer }: S3Facts): string => [answer.message, answer.element("Details") ?? ""].join(" ").trim()

/** The condition named in the server's message, in the notations of several servers. */
const namedCondition = (message: string): { readonly field: string; readonly text: string } | undefined => {
  const list = /\[\s*"?(?:eq|starts-with|content-length-range)"?\s*,\s*"?\$?\$?([\w-]+)[^\]]*\]/i.exec(message)
  const words = /(?:failed|met|satisfied):?\s*((?:eq|starts-with|=)[:,]?\s*\$?([\w-]+).*)$/i.exec(message)
  const key = /\bkey '([\w-]+)' has value not allowed/i.exec(message)
  const field = list?.[1] ?? words?.[2] ?? key?.[1]
  return field === undefined ? undefined : { field: field.toLowerCase(), text: list?.[0] ?? words?.[1] ?? field }
}

const conditionNotMet = rule({
  code: "HF-S3-POST-033",
  name: "ConditionNotMet",
  phase: "policy",
  title: "A field of the form does not meet a condition of the policy",
  explanation:
    "The fields before the file must meet every condition. Values are case-sensitive, but field names are not. A " +
    "condition on a missing field fails, even if it permits every value. The type of the part with the file is not " +
    "a field. S3 replaces ${filename} in the form before the comparison, but not in the policy.",
  fix: [
    { text: "send the field with the value that the policy requires", safety: "check first" },
    {
      text: "or have the signer write a condition that permits the form's value, and sign again",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [creating],
  rivals: ["HF-S3-POST-032", "HF-S3-POST-034"],
  inspect: (facts) => {
    const { form } = facts
    if (form?.policy?._tag !== "Policy") return undefined
    const named = namedCondition(words(facts))?.field
    const failing = unmet(facts).toSorted(
      (a, b) => Number(b.condition.field === named) - Number(a.condition.field === named),
    )
    const [first] = failing
    if (first === undefined) {
      const count = form.policy.policy.conditions.filter(isOnField).length
      return cleared("policy conditions", `${count} of ${count} met`)
    }
    return found({
      confidence: failing.some(({ isSure }) => isSure) ? "certain" : "likely",
      detail:
        `The policy requires ${written(first.condition)}, but ` +
        `${first.why}.${
          failing.length === 1
            ? ""
            : ` Also not met: ${failing
                .slice(1)
                .map(({ condition }) => condition.field)
                .join(", ")}.`
        }`,
      evidence: failing.map(({ at, condition, field }) => ({
        at,
        name: field?.name ?? condition.field,
        observed: field?.value ?? (condition.field === "bucket" ? "another" : "missing"),
        expected: Redaction.shown(condition._tag === "Exact" ? condition.value : `starting with "${condition.prefix}"`),
      })),
      about: failing.map(({ condition }) => condition.field),
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    if (!maybeForm(facts) || !speaksOfPolicy(facts) || quotesMalformed(facts)) return undefined
    const named = namedCondition(words(facts))
    const isSaid =
      named !== undefined ||
      (answer.code === "InvalidPolicyDocument" && answer.message === "") ||
      /condition failed|not meet the conditions|not allowed in policy/i.test(words(facts))
    // Servers send the same code for policies that cannot be parsed and for fields without a condition.
    if (!isSaid || extraNames(words(facts)).length > 0) return undefined
    return found({
      confidence: answer.message === "" ? "possible" : "likely",
      detail:
        named === undefined
          ? "The server reports that the form does not meet a condition of the policy."
          : named.text.includes("${filename}")
            ? `The condition ${named.text} contains "\${filename}" literally. In the form, S3 replaces this text with the file's name before the comparison, so the condition never holds: write it with starts-with.`
            : facts.form === undefined
              ? `The form did not meet the condition ${named.text}: the field "${named.field}" is missing, comes after the file, or ` +
                "has another value."
              : `The server reports that the condition ${named.text} is not met, but the captured form does not show why: its value is ` +
                "hidden, or another form was sent.",
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
      about: named === undefined ? [] : [named.field],
    })
  },
})

/** The fields without a condition that are named in the server's message, in the wordings of several servers. */
const extraNames = (message: string): ReadonlyArray<string> => {
  const [, names = ""] =
    /extra input fields:?\s*([\w-]+(?:\s*,\s*[\w-]+)*)/i.exec(message) ??
    /policy missing condition:?\s*([\w-]+)/i.exec(message) ??
    /did not reference these fields:?\s*([\w-]+(?:\s*,\s*[\w-]+)*)/i.exec(message) ??
    /"([\w-]+)" not specified in the policy/i.exec(message) ??
    /field '([\w-]+)' (?:is )?not allowed (?:in|by) (?:the )?policy/i.exec(message) ??
    []
  return names === "" ? [] : names.split(/\s*,\s*/)
}

/** The likely origin of a field that was not added deliberately. */
const origin = ({ name }: PlacedField): string => {
  const lower = name.toLowerCase()
  if (lower === tokenName)
    return " The form was signed without its session token; the signer must know the token when it signs the form."
  if (lower === "content-type") return " The signer must permit the Content-Type when it signs the form."
  if (/^(?:name|filename|submit|utf8|authenticity_token|_?csrf.*|dz.*|qq.*|resumable.*|flow.*)$/.test(lower))
    return " Upload widgets and web pages often add this field automatically."
  return ""
}

const fieldNotCovered = rule({
  code: "HF-S3-POST-034",
  name: "FieldNotCovered",
  phase: "policy",
  title: "A field of the form is not mentioned in the policy",
  explanation:
    "The signer permits only what the policy mentions: every field before the file needs a condition. The " +
    "exceptions are the fields file and policy, the signature, AWSAccessKeyId in forms of version 2, and fields " +
    "whose names begin with x-ignore-.",
  fix: [
    { text: "remove the field, or rename it to x-ignore-…, if S3 does not need it", safety: "check first" },
    { text: "or have the signer add a condition for the field and sign again", safety: "check first" },
  ],
  change: "plan",
  links: [creating],
  rivals: ["HF-S3-POST-032", "HF-S3-POST-033"],
  inspect: (facts) => {
    const { form } = facts
    if (form?.policy?._tag !== "Policy" || dialectOf(form) === "other") return undefined
    const covered = new Set(form.policy.policy.conditions.filter(isOnField).map(({ field }) => field))
    const named = new Set(extraNames(words(facts)).map((name) => name.toLowerCase()))
    const isNamed = ({ name }: PlacedField): number => Number(named.has(name.toLowerCase()))
    const extra = form.fields
      .filter(({ late, name }) => !late && name.trim() !== "" && !isExempt(name) && !covered.has(name.toLowerCase()))
      .toSorted((a, b) => isNamed(b) - isNamed(a))
    const [first] = extra
    if (first === undefined) return cleared("fields covered", "every field has a condition")
    return found({
      confidence: "certain",
      detail:
        `${listed(extra.map(({ name }) => name))} ${extra.length === 1 ? "has" : "have"} no condition in the policy.` +
        origin(first),
      evidence: extra.map(({ index, name, value }) => ({
        at: place(index),
        name,
        observed: value,
        expected: "a condition",
      })),
      about: extra.map(({ name }) => name),
    })
  },
  recognise: (facts) => {
    const names = extraNames(words(facts))
    if (!maybeForm(facts) || names.length === 0) return undefined
    return found({
      confidence: "likely",
      detail:
        `The form that the server received contains ${listed(names)}, but the policy has no condition on ` +
        `${names.length === 1 ? "it" : "them"}.${facts.form === undefined ? "" : " The captured form has none: an intermediary added it."}`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
      about: names,
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const fit = [conditionNotMet, fieldNotCovered] as const
