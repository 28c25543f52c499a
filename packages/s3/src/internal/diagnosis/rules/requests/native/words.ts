/**
 * The last resort: the storage's own message, if no other rule applies.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { textOf } from "../../../dialects/text.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Lookup from "../../../../errors/lookup.ts"
import { unknown } from "../../../../errors/rows.ts"
import { links } from "../links.ts"
import { topic } from "../../../rule.ts"

const rule = topic("vendor")

/** The meaning of a status, and who must act. */
const byStatus: ReadonlyArray<readonly [from: number, to: number, meaning: string]> = [
  [401, 401, "By 401 it means the credentials: they are missing, wrong or expired."],
  [402, 402, "By 402 it means the payment of the account."],
  [403, 403, "By 403 it means that this caller may not do it: a permission, a policy or the account forbids it."],
  [404, 404, "By 404 it means that what is asked for does not exist, or is hidden from this caller."],
  [405, 405, "By 405 it means that this address does not take the method."],
  [
    409,
    409,
    "By 409 it means the state of the bucket or object: something exists already, is not empty, or is being changed.",
  ],
  [413, 413, "By 413 it means that the body is too large."],
  [429, 429, "By 429 it means that too many requests came."],
  [400, 499, "It means the request: a value in it is not one that the server takes."],
  [500, 599, "The trouble is on the server's side."],
]

/** A code alone is not a readable message. */
const isSentence = /[a-z]{2,}\s+[a-z]/i

/** No other rule explains the response. */
export const ownWords = rule({
  code: "HF-S3-SVC-032",
  name: "OwnWords",
  phase: "service",
  title: "The storage refused the request and says why in its own words",
  explanation:
    "The code is not one of those that Holdfast has a rule for. The vendor's sentence and its table of errors say what it means; its support finds the " +
    "request by its id.",
  fix: [{ text: "look the code up in the vendor's table of errors", safety: "check first" }],
  change: "human",
  links: [links.errors],
  recognise: (facts) => {
    const { answer, dialect, words } = facts
    const text = textOf(facts).trim()
    const isTabled = answer.code !== "" && Lookup.find(Lookup.seen(answer)).class !== unknown
    const isKnown = isTabled || words.told !== undefined
    if (isKnown || answer.isForeign || answer.status < 400 || !isSentence.test(text)) return undefined
    return found({
      confidence: "possible",
      detail: `${dialect.name} says ${quoted(answer.code, text)}. ${meaningOf(facts)}`,
      evidence: [...Asked.theCode(facts), { at: "response.status", name: "status", observed: String(answer.status) }],
    })
  },
})

const quoted = (code: string, text: string): string =>
  [code, text === "" || text === code ? "" : `"${text.replace(/\.$/, "").slice(0, longest)}"`]
    .filter((one) => one !== "")
    .join(": ")

/** Characters of the message that are quoted. */
const longest = 300

const meaningOf = ({ answer }: S3Facts): string =>
  byStatus.find(([from, to]) => answer.status >= from && answer.status <= to)?.[2] ?? ""
