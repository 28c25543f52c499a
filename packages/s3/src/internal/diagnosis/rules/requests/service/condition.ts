/**
 * Rules for requests that collided with a concurrent request, or whose condition is not met.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule, sendAgain, status } from "./topic.ts"

export const conflicting = rule({
  code: "HF-S3-SVC-005",
  name: "Conflicting",
  phase: "state",
  title: "Another request changed the same object or bucket at the same time",
  explanation:
    "Two conditional writes, or a write and an unfinished operation on the bucket, collided. S3 rejects one of the " +
    "two operations so that its client can check the current state again. A single PUT can simply be sent again; " +
    "after a rejected completion, the parts must be uploaded again in a new upload.",
  fix: [sendAgain, { text: "allow only one writer at a time for each key", safety: "check first" }],
  change: "nothing",
  links: [links.conditions, links.retries],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    Asked.said(facts, "OperationAborted", "ConditionalRequestConflict", "ConcurrentModification")
      ? found({
          confidence: "certain",
          detail: `The server reports ${facts.answer.code}.`,
          evidence: Asked.theCode(facts),
        })
      : Asked.isWordless(facts) && facts.answer.status === 409 && facts.answer.isMarked
        ? found({ confidence: "likely", detail: "The status is 409, Conflict.", evidence: [status(facts)] })
        : undefined,
})

/** The meaning of the condition that was not met; empty if the request has several conditions. */
const meaningOf = (names: ReadonlyArray<string>, header: S3Facts["header"]): string => {
  const [name] = names
  if (names.length !== 1) return ""
  if (name === "if-none-match" && (header(name) ?? "*").trim() === "*") return ": the object already exists"
  return name === "if-match" ? ": the object does not exist, or its ETag has changed" : ""
}

export const conditionFailed = rule({
  code: "HF-S3-SVC-006",
  name: "ConditionFailed",
  phase: "state",
  title: "A condition in the request is not met: the object already exists, or it is a different version",
  explanation:
    "If-None-Match: * requires that the key does not exist yet; If-Match requires that the object still has the " +
    "specified ETag. A failed condition is not a transfer error: another client wrote the object, or this program " +
    "wrote it in an earlier attempt whose response was lost.",
  fix: [
    {
      text: "send a HEAD request for the object; if the object is the intended one, treat the original request as successful",
      safety: "check first",
    },
    { text: "otherwise, choose another key or remove the condition", safety: "check first" },
  ],
  change: "plan",
  links: [links.conditions],
  rivals: ["HF-S3-POST-001"],
  recognise: (facts) => {
    const { answer, header } = facts
    if (!Asked.said(facts, "PreconditionFailed") && !(Asked.isWordless(facts) && answer.status === 412))
      return undefined
    if (/multipart\/form-data/i.test(answer.element("Condition") ?? answer.message)) return undefined
    const names = [
      "if-none-match",
      "if-match",
      "if-unmodified-since",
      "if-modified-since",
      "x-goog-if-generation-match",
      "x-goog-if-metageneration-match",
      "x-amz-if-match-last-modified-time",
    ]
    const sent = names.filter((name) => header(name) !== undefined)
    const named = answer.element("Condition")
    // A form has no conditions. Without S3's own error code, the status means something else.
    if (facts.form !== undefined && sent.length === 0 && answer.code === "") return undefined
    return found({
      confidence: sent.length > 0 || named !== undefined ? "certain" : "likely",
      detail:
        sent.length > 0
          ? `The request contains ${sent.join(", ")}${meaningOf(sent, header)}.`
          : named === undefined
            ? "The response does not state which condition was not met."
            : `The server reports that the condition ${named} was not met${meaningOf([named.toLowerCase()], header)}.`,
      evidence: [
        ...sent.map((name) => Asked.inHeaders(facts, name)),
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "Condition"),
      ],
      about: sent,
    })
  },
})
