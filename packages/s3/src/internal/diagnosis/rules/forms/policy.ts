/**
 * Rules for the syntax and the expiration of a form policy.
 */
import { cleared, type Found, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { place, maybeForm, lasting, quotesMalformed } from "./fields.ts"

const rule = topic("post-policy")

const creating = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html"

const policyMalformed = rule({
  code: "HF-S3-POST-031",
  name: "PolicyMalformed",
  phase: "policy",
  title: "The policy of the form does not follow the syntax of a POST policy",
  explanation:
    "A policy is a JSON document in base64. A policy has an expiration in UTC, ending in Z, and a list of " +
    "conditions. An object in the list has one property with a string value. A nested list has an operator, a " +
    "field name that begins with $, and a value. The signer does not parse the policy when it signs, so it cannot " +
    "detect the fault.",
  fix: [{ text: "have the signer write a valid policy, and sign it again", safety: "check first" }],
  change: "url",
  links: [creating],
  rivals: ["HF-S3-POST-033", "HF-S3-POST-034"],
  inspect: ({ form }) => {
    const field = form?.field("policy")
    if (form?.policy === undefined || field === undefined || field.value === "") return undefined
    if (form.policy._tag === "Policy") return cleared("policy syntax", "is valid")
    const problem = Redaction.isHidden(field.value)
      ? Redaction.has(field.value, "blanks")
        ? 'the policy is not base64: it contains a space in place of a "+"'
        : Redaction.has(field.value, "percent")
          ? "the policy is not base64: it is percent-encoded"
          : "the policy is not base64"
      : form.policy.problem
    return found({
      confidence: "certain",
      detail: `The server cannot use the policy: ${problem}.`,
      evidence: [
        { at: place(field.index), name: field.name, observed: problem, expected: "base64 of a policy in JSON" },
      ],
      about: ["policy", "expiration", "json", "condition"].filter((word) => problem.toLowerCase().includes(word)),
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    const range =
      facts.form?.policy?._tag === "Policy" && answer.code === "InvalidPolicyDocument" && /json/i.test(answer.message)
        ? facts.form.policy.policy.conditions.find((one) => one._tag === "LengthRange" && one.inStrings === true)
        : undefined
    if (range !== undefined) {
      return found({
        confidence: "likely",
        detail:
          "A limit in the content-length-range condition is a quoted string: Amazon accepts a string, but other " +
          "storage servers require a number.",
        evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        about: ["content-length-range"],
      })
    }
    // The code is documented for unmet conditions, and also sent for policies that cannot be parsed.
    const isUnreadable = answer.code === "InvalidPolicyDocument" && !/not meet the conditions/i.test(answer.message)
    const isSaid =
      quotesMalformed(facts) ||
      // Google's details state what its message omits.
      (answer.code === "InvalidPolicyDocument" && /parsing error|malformed/i.test(answer.element("Details") ?? "")) ||
      isUnreadable ||
      (answer.status === 400 &&
        /malformed json|(?:policy|conditions?) (?:is|are) (?:malformed|missing|not)|base64/i.test(answer.message))
    if (!maybeForm(facts) || !isSaid) return undefined
    return found({
      confidence: facts.form === undefined && answer.message !== "" ? "likely" : "possible",
      detail: `The server could not read the policy${quoted(answer.element("Details"))}.`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
    })
  },
})

/** The server's message about the fault, if the response contains one. */
const quoted = (details: string | undefined): string => {
  if (details === undefined || details === "") return ""
  const hint = details.includes("'") ? "; JSON requires double quotes instead of single quotes" : ""
  return `: ${details.slice(0, 200)}${hint}`
}

const hour = 3_600_000

/** What the timestamps reveal about why a policy has expired. */
const whyExpired = (expiration: number, { clock, signedAt }: S3Facts): string => {
  const { local, server } = clock
  if (server !== undefined && local !== undefined && expiration > local)
    return ` By the local clock, the policy is still valid: the local clock is ${lasting(server - local)} slow.`
  if (signedAt === undefined || expiration > signedAt) return ""
  const hours = (signedAt - expiration) / hour
  // West of UTC, zones differ by at most 12 hours. A form is valid for less than the difference.
  return (
    ` The policy had expired ${lasting(signedAt - expiration)} before it was ` +
    `signed${hours > 0.25 && hours <= 12 ? ", as if it were computed from local time without its zone" : ""}.`
  )
}

/**
 * The finding for a policy that has expired according to the server's time, or the local time if the server's time is
 * unknown.
 */
const over = (facts: S3Facts): Found | undefined => {
  const { clock, form } = facts
  if (form?.policy?._tag !== "Policy" || clock.judge === undefined) return undefined
  const { expiration } = form.policy.policy
  if (expiration >= clock.judge) return undefined
  const field = form.field("policy")
  return found({
    confidence: "certain",
    detail:
      `The policy expired at ${Asked.instant(expiration)}, ${lasting(clock.judge - expiration)} before the form arrived.` +
      whyExpired(expiration, facts),
    evidence: [
      {
        at: field === undefined ? "request.form" : place(field.index),
        name: "expiration",
        observed: Asked.instant(expiration),
        expected: `after ${Asked.instant(clock.judge)}`,
      },
    ],
    about: ["expired", "expiration"],
  })
}

const policyExpired = rule({
  code: "HF-S3-POST-032",
  name: "PolicyExpired",
  phase: "policy",
  title: "The policy of the form has expired",
  explanation:
    "The signer limits the validity of its form, and S3 compares that limit with its own clock when the form " +
    "arrives. A form that waited in a queue, or in a page that stayed open, can arrive too late. A signer whose " +
    "clock is slow, or that treats local time as UTC, can issue forms that have already expired.",
  fix: [{ text: "request a new form from the signer", safety: "safe to apply" }],
  change: "url",
  links: [creating],
  rivals: ["HF-S3-POST-033", "HF-S3-POST-034"],
  inspect: (facts) => {
    const { form } = facts
    if (form?.policy?._tag !== "Policy") return undefined
    const { expiration } = form.policy.policy
    const { judge } = facts.clock
    if (judge === undefined) return facts.answer.status === 0 ? undefined : unseen("the time of the response")
    return expiration >= judge ? cleared("policy expiry", `${lasting(expiration - judge)} left`) : over(facts)
  },
  recognise: (facts) => {
    const { answer, form, proof } = facts
    const isSaid = /\bpolicy\b.*\b(?:expired|expiration)|expired\b.*\bpolicy\b/i.test(answer.message)
    const isTold = proof === "form" && (answer.code === "ExpiredToken" || /expired/i.test(answer.message))
    if (!maybeForm(facts) || (!isSaid && !isTold)) return undefined
    const policy = form?.policy?._tag === "Policy" ? form.policy.policy : undefined
    if (policy === undefined) {
      return isSaid
        ? found({
            confidence: "likely",
            detail: "The policy has expired according to the server's clock.",
            evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
          })
        : undefined
    }
    // Servers also report an expired form as an expired token.
    const finding = over(facts)
    if (finding !== undefined || !isSaid) return finding
    return found({
      confidence: "likely",
      detail:
        `The captured policy expires at ${Asked.instant(policy.expiration)}: the server's clock shows a later time, or ` +
        "it received another policy.",
      evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
      about: ["expired"],
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const policy = [policyMalformed, policyExpired] as const
