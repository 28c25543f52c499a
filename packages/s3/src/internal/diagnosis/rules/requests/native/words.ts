/**
 * The rule of last resort: it quotes the storage's own message if no other rule explains the error.
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

/** The meaning of a status, and which side must act. */
const byStatus: ReadonlyArray<readonly [from: number, to: number, meaning: string]> = [
  [401, 401, "Status 401 means that the credentials are missing, wrong or expired."],
  [402, 402, "Status 402 means that the account has a payment problem."],
  [
    403,
    403,
    "Status 403 means that this caller is not allowed to perform the operation: a missing permission, a policy or " +
      "the account prevents it.",
  ],
  [404, 404, "Status 404 means that the target does not exist, or is hidden from this caller."],
  [405, 405, "Status 405 means that this address does not support the method."],
  [
    409,
    409,
    "Status 409 means that the request conflicts with the state of the bucket or object: the target already " +
      "exists, is not empty, or is being changed.",
  ],
  [413, 413, "Status 413 means that the body is too large."],
  [429, 429, "Status 429 means that the server received too many requests."],
  [400, 499, "The status means that the server does not accept a value in the request."],
  [500, 599, "The fault is in the server."],
]

/** A code without a description does not help the user. */
const isSentence = /[a-z]{2,}\s+[a-z]/i

export const ownWords = rule({
  code: "HF-S3-SVC-032",
  name: "OwnWords",
  phase: "service",
  title: "The storage rejected the request with a vendor-specific message",
  explanation:
    "Holdfast has no rule for this code. The vendor's message and error table explain the code. The vendor's " +
    "support can find the request by its id.",
  fix: [{ text: "look up the code in the vendor's error table", safety: "check first" }],
  change: "human",
  links: [links.errors],
  recognise: (facts) => {
    const { answer, words } = facts
    const text = textOf(facts).trim()
    const isTabled = answer.code !== "" && Lookup.find(Lookup.seen(answer)).class !== unknown
    const isKnown = isTabled || words.told !== undefined
    if (isKnown || answer.isForeign || answer.status < 400 || !isSentence.test(text)) return undefined
    return found({
      confidence: "possible",
      detail: `${Asked.serverOf(facts)} reports ${quoted(answer.code, text)}. ${meaningOf(facts)}`,
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
