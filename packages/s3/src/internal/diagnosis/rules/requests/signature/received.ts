/**
 * The rule for requests that were changed in transit.
 */
import { cleared, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Comparison from "../../../signature/comparison.ts"
import { links } from "../links.ts"
import { isProxyHeader } from "./headers.ts"
import { isForm, rule, othersThan } from "./topic.ts"

export const changedOnTheWay = rule({
  code: "HF-S3-SIGN-010",
  name: "ChangedOnTheWay",
  phase: "signature",
  title: "The request changed in transit: the server received a request that differs from the one that was sent",
  explanation:
    "With SignatureDoesNotMatch, the server may include the canonical request: the request that it received, in " +
    "the form that is signed. If a line of the canonical request differs from the request that was sent, then the " +
    "request was changed by a proxy, a rewritten host, a redirect, or a library that encodes values again, and the " +
    "signature no longer matches.",
  fix: [
    {
      text: "forward the method, path, query and signed headers unchanged, including the Host header",
      safety: "check first",
    },
    {
      text: "do not follow redirects with a signed request; sign a new request for the other host",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.querySigning],
  rivals: othersThan("HF-S3-SIGN-010"),
  recognise: (facts) => {
    const comparison = Comparison.of(facts)
    if (isForm(facts) || comparison === undefined) return undefined
    if (!facts.hasRequest) return unseen("the request as it was sent, for comparison with the canonical request")
    // An intermediary has signed the request itself, and its request was not captured.
    if (!comparison.isCompared) return undefined
    const { differences } = comparison
    if (differences.length === 0) return cleared("request on the way", "arrived unchanged")
    const others = differences.filter(
      ({ name, part, relation }) =>
        part !== "host" &&
        (part !== "path" || relation === "other") &&
        (part !== "header" || !isProxyHeader(name)) &&
        name !== "content-type",
    )
    if (others.length === 0) return undefined
    // Metadata is US-ASCII. Other characters are signed in one encoding and arrive in another, and the capture has
    // neither.
    const isText = others.every(({ name }) => /^(?:x-(?:amz|goog|oss|cos)-meta-|content-disposition$)/.test(name))
    if (isText) {
      return found({
        confidence: "likely",
        detail:
          `${others.map(({ name }) => name).join(", ")} arrived with text that differs from what was sent: in a header, characters outside ` +
          "US-ASCII are signed in one encoding and read in another, so metadata must be US-ASCII (or be " +
          "encoded).",
        evidence: others.map(({ evidence }) => evidence),
        about: others.map(({ name }) => name),
      })
    }
    return found({
      // If a value is hidden on both sides, it is known only that they differ.
      confidence: others.some(({ evidence }) => !Redaction.isHidden(evidence.observed)) ? "certain" : "likely",
      detail:
        `${others.map(({ name }) => name).join(", ")} ${others.length === 1 ? "is" : "are"} different on arrival from what was ` +
        "sent.",
      evidence: others.map(({ evidence }) => evidence),
      about: others.map(({ name }) => name),
    })
  },
})
