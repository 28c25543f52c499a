/**
 * The rule for the list of signed headers in a presigned URL or an Authorization header.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"
import * as Comparison from "../../../signature/comparison.ts"
import { links } from "../links.ts"

const rule = topic("url-parameters")

export const signedHeadersMalformed = rule({
  code: "HF-S3-URL-009",
  name: "SignedHeadersMalformed",
  phase: "signature",
  title: "The list of signed headers is malformed",
  explanation:
    "SignedHeaders lists the signed headers in lowercase and in alphabetical order, separated by semicolons, and " +
    "must include host. The server sorts the names itself, so a list in a different order has a different " +
    "signature. In a URL, the semicolons must be encoded once, as %3B. If the semicolons are encoded twice, the " +
    "whole list becomes one unknown name, and S3 reports that host is not signed.",
  fix: [
    {
      text: "write the names in lowercase, sort them, separate them with semicolons, and encode the URL's parameters once",
      safety: "safe to apply",
    },
  ],
  change: "url",
  links: [links.querySigning],
  rivals: ["HF-S3-SIGN-002"],
  inspect: (facts) => {
    const signed = facts.proof === "form" || facts.version !== 4 ? undefined : Asked.signedHeadersOf(facts)
    if (signed === undefined) return undefined
    const problem = problemOfList(signed, facts)
    if (problem === undefined) return undefined
    return found({
      confidence: problem.isSure ? "certain" : "likely",
      detail: `${signed.raw === "" ? "The list of signed headers is empty" : `The list of signed headers is ${JSON.stringify(signed.raw)}`}: ${problem.text}.`,
      evidence: [{ at: signed.at, name: "X-Amz-SignedHeaders", observed: signed.raw, expected: problem.expected }],
      about: ["X-Amz-SignedHeaders", "host"],
    })
  },
  recognise: (facts) =>
    facts.answer.element("HeadersNotSigned")?.trim().toLowerCase() === "host"
      ? found({
          confidence: "likely",
          detail:
            "The server does not find host in the list of signed headers: the semicolons in the list were encoded " +
            "twice, or host is missing.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "HeadersNotSigned")],
          about: ["host"],
        })
      : undefined,
})

interface ListProblem {
  readonly text: string
  readonly expected: string
  readonly isSure: boolean
}

const problemOfList = (
  { names, raw }: { readonly names: ReadonlyArray<string>; readonly raw: string },
  facts: S3Facts,
): ListProblem | undefined => {
  if (/%3B/i.test(raw))
    return { text: "the semicolons in the list are encoded twice", expected: "host and others", isSure: true }
  // A hidden name may be any name.
  if (names.some(isHidden)) return undefined
  if (!names.includes("host")) {
    const text = `host is not among the ${names.length} ${names.length === 1 ? "name" : "names"} in the list`
    return { text, expected: "host and others", isSure: true }
  }
  const sorted = names.toSorted()
  const expected = sorted.join(";")
  const isSorted = sorted.every((name, at) => name === names[at])
  if (isSorted && raw === raw.toLowerCase()) return undefined
  if (facts.answer.status !== 0 && facts.answer.code !== "SignatureDoesNotMatch" && facts.answer.message !== "")
    return undefined
  const received = Comparison.of(facts)?.received.names
  // A server that keeps the names in their written order accepts this list.
  if (!isSorted && received !== undefined && received.join(";") === names.join(";")) return undefined
  return {
    text: isSorted
      ? "the names in the list are not in lowercase"
      : "the names in the list are not in the alphabetical order in which the server signs them",
    expected,
    isSure: !isSorted && received !== undefined && received.join(";") === expected,
  }
}
