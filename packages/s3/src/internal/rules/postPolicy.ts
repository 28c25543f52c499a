/**
 * Whether a form keeps to its policy: its syntax, its expiry, its conditions, its size.
 */
import { cleared, found, unseen } from "@holdfast/core/Diagnosis"
import * as Redaction from "@holdfast/core/Redaction"
import type { LengthRange } from "../../PostPolicy.ts"
import type { Facts, Field } from "../facts.ts"
import { topic } from "../rule.ts"
import { isOnField, unmet, written } from "./postConditions.ts"
import { dialectOf, isExempt, listed, maybeForm, place, tokenName } from "./postFields.ts"

const rule = topic("post-policy")

const creating = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html"

/** Whether the server's words are about a policy of a form, not one of permissions. */
const speaksOfPolicy = ({ answer }: Facts): boolean =>
  answer.code === "InvalidPolicyDocument" ||
  (/\bpolicy\b/i.test(answer.message) && !/not authorized to perform|based policy|boundary/i.test(answer.message))

/** The policy is not one that S3 can read. */
export const policyMalformed = rule({
  code: "HF-S3-POST-031",
  name: "PolicyMalformed",
  phase: "policy",
  title: "The policy of the form does not follow the syntax of a POST policy",
  explanation:
    "A policy is base64 of JSON with an expiration in UTC, ending in Z, and a list of conditions; an object among them has " +
    "one property with a text for its value, a list has an operator, a field with its $ and a value. Signing does not look " +
    "at it, so the signer cannot notice.",
  fix: [{ text: "have the signer write the policy by the rules, and sign it again", safety: "check first" }],
  change: "url",
  links: [creating],
  inspect: ({ form }) => {
    const field = form?.field("policy")
    if (form?.policy === undefined || field === undefined || field.value === "") return undefined
    if (form.policy._tag === "Policy") return cleared("policy syntax", "keeps to the rules")
    const problem = Redaction.isHidden(field.value)
      ? Redaction.has(field.value, "blanks")
        ? 'not base64: a blank stands where a "+" was'
        : Redaction.has(field.value, "percent")
          ? "not base64: it is percent-encoded"
          : "not base64"
      : form.policy.problem
    return found({
      confidence: "certain",
      detail: `Its fault: ${problem}.`,
      evidence: [
        { at: place(field.index), name: field.name, observed: problem, expected: "base64 of a policy in JSON" },
      ],
      about: ["policy", "expiration", "json", "condition"].filter((word) => problem.toLowerCase().includes(word)),
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    const isSaid =
      (answer.code === "InvalidPolicyDocument" && /invalid policy:/i.test(answer.message)) ||
      (answer.status === 400 &&
        /malformed json|(?:policy|conditions?) (?:is|are) (?:malformed|missing|not)|base64/i.test(answer.message))
    if (!maybeForm(facts) || !isSaid) return undefined
    return found({
      confidence: facts.form === undefined ? "likely" : "possible",
      detail: "The server could not read the policy.",
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
    })
  },
})

/** A length of time in the unit that suits it. */
export const lasting = (millis: number): string => {
  const seconds = Math.round(Math.abs(millis) / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`
}

const hour = 3_600_000

/** What the numbers tell about why a policy has expired. */
const whyExpired = (expiration: number, { clock, signedAt }: Facts): string => {
  const { local, server } = clock
  if (server !== undefined && local !== undefined && expiration > local)
    return ` By the local clock it is still good: that one is ${lasting(server - local)} slow.`
  if (signedAt === undefined || expiration > signedAt) return ""
  const offset = (signedAt - expiration) / hour
  return ` It had expired ${lasting(signedAt - expiration)} before it was signed${
    offset < 14 ? ": it was made from local time without its zone" : ""
  }.`
}

/** The policy's time is over. */
export const policyExpired = rule({
  code: "HF-S3-POST-032",
  name: "PolicyExpired",
  phase: "policy",
  title: "The policy of the form has expired",
  explanation:
    "The signer says until when its form may be used, and S3 compares that with its own clock when the form arrives. A form " +
    "that waited in a queue or a page that stayed open is too late; a signer whose clock is slow, or that took local time " +
    "for UTC, gives out forms that are late from the start.",
  fix: [{ text: "ask the signer for a new form", safety: "safe to apply" }],
  change: "url",
  links: [creating],
  inspect: (facts) => {
    const { form } = facts
    if (form?.policy?._tag !== "Policy") return undefined
    const { expiration } = form.policy.policy
    const { judge } = facts.clock
    if (judge === undefined) return facts.answer.status === 0 ? undefined : unseen("the time of the answer")
    if (expiration >= judge) return cleared("policy expiry", `${lasting(expiration - judge)} left`)
    const field = form.field("policy")
    return found({
      confidence: "certain",
      detail:
        `It expired ${lasting(judge - expiration)} before the form arrived, at ${new Date(expiration).toISOString()}.` +
        whyExpired(expiration, facts),
      evidence: [
        {
          at: field === undefined ? "request.form" : place(field.index),
          name: "expiration",
          observed: new Date(expiration).toISOString(),
          expected: `after ${new Date(judge).toISOString()}`,
        },
      ],
      about: ["expired", "expiration"],
    })
  },
  recognise: (facts) => {
    const { answer, clock, form, proof } = facts
    const isSaid = /\bpolicy\b.*\b(?:expired|expiration)|expired\b.*\bpolicy\b/i.test(answer.message)
    const isTold = proof === "form" && (answer.code === "ExpiredToken" || /expired/i.test(answer.message))
    if (!maybeForm(facts) || (!isSaid && !isTold)) return undefined
    const policy = form?.policy?._tag === "Policy" ? form.policy.policy : undefined
    if (policy === undefined) {
      return isSaid
        ? found({
            confidence: "likely",
            detail: "By the server's clock the policy's expiration is over.",
            evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
          })
        : undefined
    }
    if (!isSaid && (clock.judge === undefined || policy.expiration >= clock.judge)) return undefined
    return found({
      confidence: "likely",
      detail: `The policy at hand expires at ${new Date(policy.expiration).toISOString()}: the server's clock is past that, or it got another policy.`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
      about: ["expired"],
    })
  },
})

/** The condition that the server's words name, in the notations of several servers. */
export const namedCondition = (message: string): { readonly field: string; readonly text: string } | undefined => {
  const list = /\[\s*"?(?:eq|starts-with|content-length-range)"?\s*,\s*"?\$?\$?([\w-]+)[^\]]*\]/i.exec(message)
  const words = /(?:failed|met|satisfied):?\s*((?:eq|starts-with|=)[:,]?\s*\$?([\w-]+).*)$/i.exec(message)
  const key = /\bkey '([\w-]+)' has value not allowed/i.exec(message)
  const field = list?.[1] ?? words?.[2] ?? key?.[1]
  return field === undefined ? undefined : { field: field.toLowerCase(), text: list?.[0] ?? words?.[1] ?? field }
}

/** A condition is not met. */
export const conditionNotMet = rule({
  code: "HF-S3-POST-033",
  name: "ConditionNotMet",
  phase: "policy",
  title: "A field of the form does not meet a condition of the policy",
  explanation:
    "Every condition must hold for what S3 reads, up to the file: names without case, values with it. A condition on a " +
    "field that is not there fails, even one that permits every value. The type of the file's own part is no field, and " +
    "${filename} is replaced in the form before it is compared, but not in the policy.",
  fix: [
    { text: "send the field as the policy has it", safety: "check first" },
    { text: "or have the signer write the condition for what the form sends, and sign again", safety: "check first" },
  ],
  change: "plan",
  links: [creating],
  inspect: (facts) => {
    const { form } = facts
    if (form?.policy?._tag !== "Policy") return undefined
    const named = namedCondition(facts.answer.message)?.field
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
        `The policy asks for ${written(first.condition)}, but ${first.why}.` +
        (failing.length === 1
          ? ""
          : ` Also not met: ${failing
              .slice(1)
              .map(({ condition }) => condition.field)
              .join(", ")}.`),
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
    if (!maybeForm(facts) || !speaksOfPolicy(facts)) return undefined
    const named = namedCondition(answer.message)
    const isSaid =
      named !== undefined || /condition failed|not meet the conditions|not allowed in policy/i.test(answer.message)
    // The same code is given for policies that cannot be read and for fields that it does not name.
    if (!isSaid || extraNames(answer.message).length > 0) return undefined
    return found({
      confidence: "likely",
      detail:
        named === undefined
          ? "The server found a condition of the policy that the form does not meet."
          : facts.form === undefined
            ? `The form did not meet the condition ${named.text}: "${named.field}" is missing, stands after the file, or has another value.`
            : `The server names the condition ${named.text}, and the form at hand does not show why: its value is hidden, or another form was sent.`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
      about: named === undefined ? [] : [named.field],
    })
  },
})

/** The fields that the server's words call uncovered, in the wordings of several servers. */
export const extraNames = (message: string): ReadonlyArray<string> => {
  const [, names = ""] =
    /extra input fields:?\s*([\w-]+(?:\s*,\s*[\w-]+)*)/i.exec(message) ??
    /policy missing condition:?\s*([\w-]+)/i.exec(message) ??
    /did not reference these fields:?\s*([\w-]+(?:\s*,\s*[\w-]+)*)/i.exec(message) ??
    /"([\w-]+)" not specified in the policy/i.exec(message) ??
    /field '([\w-]+)' (?:is )?not allowed (?:in|by) (?:the )?policy/i.exec(message) ??
    []
  return names === "" ? [] : names.split(/\s*,\s*/)
}

/** Where uncovered fields come from that nobody put there on purpose. */
const origin = ({ name }: Field): string => {
  const lower = name.toLowerCase()
  if (lower === tokenName)
    return " The form was signed without its session token; the signer must know it when it signs."
  if (lower === "content-type") return " The signer must allow the type when it signs."
  if (/^(?:name|filename|submit|utf8|authenticity_token|_?csrf.*|dz.*|qq.*|resumable.*|flow.*)$/.test(lower))
    return " It is one that upload widgets and pages add by themselves."
  return ""
}

/** A field is there that the policy does not mention. */
export const fieldNotCovered = rule({
  code: "HF-S3-POST-034",
  name: "FieldNotCovered",
  phase: "policy",
  title: "A field of the form is not mentioned in the policy",
  explanation:
    "The signer permits what the policy names, and no more: every field before the file needs a condition, but for file, " +
    "policy, the signature, AWSAccessKeyId in forms of version 2, and names that begin with x-ignore-.",
  fix: [
    { text: "leave the field out, or call it x-ignore-…, if S3 needs not know it", safety: "check first" },
    { text: "or have the signer add a condition for it and sign again", safety: "check first" },
  ],
  change: "plan",
  links: [creating],
  inspect: (facts) => {
    const { form } = facts
    if (form?.policy?._tag !== "Policy" || dialectOf(form) === "other") return undefined
    const covered = new Set(form.policy.policy.conditions.filter(isOnField).map(({ field }) => field))
    const named = new Set(extraNames(facts.answer.message).map((name) => name.toLowerCase()))
    const isNamed = ({ name }: Field): number => Number(named.has(name.toLowerCase()))
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
    const names = extraNames(facts.answer.message)
    if (!maybeForm(facts) || names.length === 0) return undefined
    return found({
      confidence: "likely",
      detail:
        `The form the server got has ${listed(names)}, and the policy no condition on ${names.length === 1 ? "it" : "them"}.` +
        (facts.form === undefined ? "" : " The form at hand has not: something between added it."),
      evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
      about: names,
    })
  },
})

/** The largest object that one request may carry, in bytes (S3, "Uploading objects"). */
const largest = 5 * 1024 ** 3

const outside = (size: number, { max, min }: LengthRange): boolean => size < min || size > max

/** The file has not the size that the policy permits. */
export const sizeOutsideRange = rule({
  code: "HF-S3-POST-035",
  name: "SizeOutsideRange",
  phase: "body",
  title: "The file is larger or smaller than the policy permits",
  explanation:
    "A condition content-length-range says how many bytes the file may have, both ends included. S3 counts while it reads, so " +
    "a file that is too large is refused after much of it was sent; sending it again costs the same and ends the same.",
  fix: [
    { text: "check the file's size before asking for a form, and ask for one that permits it", safety: "check first" },
  ],
  change: "plan",
  links: [creating],
  inspect: ({ answer, form }) => {
    const size = form?.file?.size ?? number(answer.element("ProposedSize"))
    if (form?.policy?._tag !== "Policy" || form.file === undefined) return undefined
    const ranges = form.policy.policy.conditions.filter((one) => one._tag === "LengthRange")
    const [range] = ranges
    if (range === undefined) return undefined
    const empty = ranges.find(({ max, min }) => min > max)
    if (size === undefined && empty === undefined) return undefined
    const broken = empty ?? ranges.find((one) => outside(size ?? 0, one))
    if (broken === undefined) return cleared("file size", `${size} bytes, within ${range.min} to ${range.max}`)
    return found({
      confidence: "certain",
      detail:
        empty === undefined
          ? `The file has ${size} bytes, and the policy permits ${broken.min} to ${broken.max}.`
          : `The policy permits ${broken.min} to ${broken.max} bytes, which no file has.`,
      evidence: [
        {
          at: place(form.file.index),
          name: "file",
          observed: size === undefined ? "a file" : `${size} bytes`,
          expected: `${broken.min} to ${broken.max} bytes`,
        },
      ],
      about: ["size", "content-length-range"],
    })
  },
  recognise: (facts) => {
    const { answer, proof } = facts
    const isSize = /^EntityToo(?:Large|Small)$/.test(answer.code)
    if (!isSize || answer.element("PartNumber") !== undefined || !maybeForm(facts)) return undefined
    const proposed = answer.element("ProposedSize")
    const limit = answer.element("MaxSizeAllowed") ?? answer.element("MinSizeAllowed")
    if (number(limit) === largest) return undefined
    return found({
      confidence: proof === "form" ? "likely" : "possible",
      detail:
        proposed === undefined && limit === undefined
          ? `The server says that the file is too ${answer.code === "EntityTooLarge" ? "large" : "small"} for the policy's content-length-range.`
          : `The file has ${proposed ?? "other"} bytes, and ${limit ?? "fewer"} is the limit.`,
      evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
    })
  },
})

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

/** The file is larger than one request may carry. */
export const fileTooLarge = rule({
  code: "HF-S3-POST-036",
  name: "FileTooLarge",
  phase: "body",
  title: "The file is larger than 5 GiB, more than one form can upload",
  explanation:
    "One request carries an object of 5 GiB at most, whatever the policy permits. Larger ones are uploaded in parts.",
  fix: [{ text: "upload in parts: a multipart upload with presigned URLs", safety: "check first" }],
  change: "plan",
  links: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"],
  inspect: ({ form }) => {
    const size = form?.file?.size
    if (form?.file === undefined || size === undefined || size <= largest) return undefined
    return found({
      confidence: "likely",
      detail: `The file has ${size} bytes; ${largest} are the most.`,
      evidence: [
        { at: place(form.file.index), name: "file", observed: `${size} bytes`, expected: `at most ${largest} bytes` },
      ],
      about: ["size"],
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const postPolicy = [
  policyMalformed,
  policyExpired,
  conditionNotMet,
  fieldNotCovered,
  sizeOutsideRange,
  fileTooLarge,
] as const
