/**
 * Rules for forms that violate their policy: a condition does not hold, or a field has none.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { S3Facts, PlacedField } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { isOnField, unmet, written } from "./conditions.ts"
import { dialectOf, tokenName, isExempt, place, listed, maybeForm, quotesMalformed } from "./fields.ts"

const rule = topic("post-fit")

const creating = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html"

/** Whether the server's message concerns a form's policy, as opposed to a policy of permissions. */
const speaksOfPolicy = ({ answer }: S3Facts): boolean =>
  answer.code === "InvalidPolicyDocument" ||
  (/\bpolicy\b/i.test(answer.message) && !/not authorized to perform|based policy|boundary/i.test(answer.message))

/** The server's message with the details that Google adds. */
const words = ({ answer }: S3Facts): string => [answer.message, answer.element("Details") ?? ""].join(" ").trim()

/** The condition that the server's message names, in the notations of several servers. */
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
    "Every condition must hold for the fields before the file. Case matters in values, but not in names. A " +
    "condition on a missing field fails, even one that permits every value. The type of the file's own part is " +
    "not a field. ${filename} is replaced in the form before the comparison, but not in the policy.",
  fix: [
    { text: "send the field as the policy requires it", safety: "check first" },
    { text: "or have the signer write the condition for the form's value, and sign again", safety: "check first" },
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
          ? "The server found a condition of the policy that the form does not meet."
          : named.text.includes("${filename}")
            ? `The condition ${named.text} holds "\${filename}" itself, and S3 puts the file's name in its place in the form before it compares: such a condition never holds; write it with starts-with.`
            : facts.form === undefined
              ? `The form did not meet the condition ${named.text}: "${named.field}" is missing, comes after the file, or ` +
                "has another value."
              : `The server names the condition ${named.text}, but the captured form does not show why: its value is ` +
                "hidden, or another form was sent.",
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
      about: named === undefined ? [] : [named.field],
    })
  },
})

/** The fields without a condition that the server's message names, in the wordings of several servers. */
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

/** The origin of a field that was not added on purpose. */
const origin = ({ name }: PlacedField): string => {
  const lower = name.toLowerCase()
  if (lower === tokenName)
    return " The form was signed without its session token; the signer must know it when it signs."
  if (lower === "content-type") return " The signer must allow the type when it signs."
  if (/^(?:name|filename|submit|utf8|authenticity_token|_?csrf.*|dz.*|qq.*|resumable.*|flow.*)$/.test(lower))
    return " Upload widgets and pages often add it themselves."
  return ""
}

const fieldNotCovered = rule({
  code: "HF-S3-POST-034",
  name: "FieldNotCovered",
  phase: "policy",
  title: "A field of the form is not mentioned in the policy",
  explanation:
    "The signer permits only what the policy mentions: every field before the file needs a condition. Exempt " +
    "are file, policy, the signature, AWSAccessKeyId in forms of version 2, and names that begin with " +
    "x-ignore-.",
  fix: [
    { text: "remove the field, or rename it to x-ignore-…, if S3 does not need it", safety: "check first" },
    { text: "or have the signer add a condition for it and sign again", safety: "check first" },
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
    if (first === undefined) return cleared("fields covered", "every field has its condition")
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
        `The form that the server received has ${listed(names)}, and the policy no condition on ` +
        `${names.length === 1 ? "it" : "them"}.${facts.form === undefined ? "" : " The captured form has none: an intermediary added it."}`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
      about: names,
    })
  },
})

/** All rules of this topic, in the order in which S3 checks. */
export const fit = [conditionNotMet, fieldNotCovered] as const
