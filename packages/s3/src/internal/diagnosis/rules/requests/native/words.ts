/**
 * The rule of last resort: quotes the storage's own message if no other rule explains it.
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
  [401, 401, "Status 401 concerns the credentials: they are missing, wrong or expired."],
  [402, 402, "Status 402 concerns the payment of the account."],
  [403, 403, "Status 403 means that this caller may not do it: a permission, a policy or the account forbids it."],
  [404, 404, "Status 404 means that the target does not exist, or is hidden from this caller."],
  [405, 405, "Status 405 means that this address does not support the method."],
  [
    409,
    409,
    "Status 409 concerns the state of the bucket or object: something already exists, is not empty, or is being " +
      "changed.",
  ],
  [413, 413, "Status 413 means that the body is too large."],
  [429, 429, "Status 429 means that too many requests arrived."],
  [400, 499, "The status concerns the request: the server does not accept one of its values."],
  [500, 599, "The fault is on the server's side."],
]

/** A code alone does not help a person. */
const isSentence = /[a-z]{2,}\s+[a-z]/i

export const ownWords = rule({
  code: "HF-S3-SVC-032",
  name: "OwnWords",
  phase: "service",
  title: "The storage rejected the request with a message of its own",
  explanation:
    "Holdfast has no rule for this code. The vendor's message and its table of errors explain it; the vendor's " +
    "support finds the request by its id.",
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

/** The maximum length of the quoted message, in characters. */
const longest = 300

const meaningOf = ({ answer }: S3Facts): string =>
  byStatus.find(([from, to]) => answer.status >= from && answer.status <= to)?.[2] ?? ""
