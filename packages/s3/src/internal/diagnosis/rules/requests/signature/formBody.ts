/**
 * The rule for a body that the server treats as query parameters when it calculates the signature.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import * as Comparison from "../../../signature/comparison.ts"
import * as Seen from "../../../signature/seen.ts"
import { isForm, mismatches, othersThan, pages, rule } from "./topic.ts"

/** Query parameters of the operations that are sent as a POST to a bucket or an object. */
const posts = ["uploads", "uploadId", "delete", "select", "restore"]

/** Whether a parameter name is the start of an XML or JSON document. */
const isDocument = (name: string): boolean => /^\s*[<{[]/.test(name)

/**
 * The parameters in the server's canonical request that come from the body, and whether the request confirms their origin.
 */
const fromBody = (comparison: Comparison.Comparison) =>
  comparison.formParameters.length > 0
    ? { names: comparison.formParameters, isSure: true }
    : { names: [...comparison.received.query.keys()].filter(isDocument), isSure: false }

export const formBodyInQuery = rule({
  code: "HF-S3-SIGN-030",
  name: "FormBodyInQuery",
  phase: "signature",
  title: "The body was sent as a web form, so S3 counted it as part of the query",
  explanation:
    "S3 adds the fields of a POST whose Content-Type is application/x-www-form-urlencoded to the query, and " +
    "therefore to the canonical request. The signer signed the query of the URL only, so the signatures differ. " +
    "curl -d and many HTTP libraries send this Content-Type by default.",
  fix: [
    {
      text: "send Content-Type: application/xml with the request, or no Content-Type (curl -H 'Content-Type:')",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [pages.canonical],
  rivals: othersThan("HF-S3-SIGN-030"),
  recognise: (facts) => {
    const comparison = Comparison.of(facts)
    const request = Seen.of(facts)
    if (isForm(facts) || comparison === undefined || mismatches(facts) !== "said") return undefined
    // Without one of these parameters a POST is itself the fault: the URL was signed for PUT.
    if (request === undefined || !posts.some((name) => request.parameter(name) !== undefined)) return undefined
    const { names, isSure } = fromBody(comparison)
    if (names.length === 0) return undefined
    return found({
      confidence: isSure && comparison.differences.length === 0 ? "certain" : "likely",
      detail: `The query in the server's canonical request has ${names.length === 1 ? "a parameter" : "parameters"} from the body.`,
      evidence: [
        ...(isSure ? [Asked.inHeaders(facts, "content-type", "application/xml, or none")] : []),
        ...names.slice(0, 3).map((name) => ({
          at: comparison.received.at,
          name: "query",
          observed: name,
          expected: "only the parameters of the URL",
        })),
      ],
      about: ["content-type"],
    })
  },
})
