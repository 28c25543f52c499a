/**
 * Headers that were sent and not signed, and headers that were signed and not sent.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { transport } from "../../canonical.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("signed-headers")

/** S3 reads the digest of the body without asking for its signature. */
const free: ReadonlySet<string> = new Set(["x-amz-content-sha256"])

const sentHeaders = ({ exchange }: S3Facts): ReadonlyArray<string> =>
  Object.keys(exchange.request?.headers ?? {}).map((name) => name.toLowerCase())

/** The list of signed headers, where there is one that can be compared with. */
const listOf = (facts: S3Facts) => {
  if (facts.proof === "form" || facts.version !== 4) return undefined
  const signed = Asked.signedHeadersOf(facts)
  return signed === undefined || /%3B/i.test(signed.raw) || signed.raw === "" ? undefined : signed
}

/** An `x-amz-` header that the signature does not cover. */
const unsignedHeader = rule({
  code: "HF-S3-SIGN-001",
  name: "UnsignedHeader",
  phase: "signature",
  title: "A header that begins with x-amz- was sent although it is not signed",
  explanation:
    "Headers that begin with x-amz- change what S3 does with the object, so S3 takes none that the signature does not " +
    "cover. An application that adds an ACL, metadata or a storage class to a URL that was signed without them is refused.",
  fix: [
    { text: "send only the headers that the URL was signed with", safety: "safe to apply" },
    { text: "have the header signed: its name must be in X-Amz-SignedHeaders", safety: "check first" },
  ],
  change: "plan",
  links: [links.querySigning, links.headerSigning],
  rivals: ["HF-S3-URL-009"],
  inspect: (facts) => {
    const signed = listOf(facts)
    if (signed === undefined) return undefined
    const unsigned = sentHeaders(facts).filter(
      (name) => name.startsWith("x-amz-") && !signed.names.includes(name) && !free.has(name),
    )
    if (unsigned.length === 0) return cleared("x-amz- headers", "all signed")
    return found({
      confidence: "certain",
      detail: `${unsigned.join(", ")} ${unsigned.length === 1 ? "was" : "were"} sent; signed ${
        signed.names.length === 1 ? "is" : "are"
      } only ${signed.names.join(", ")}.`,
      evidence: [
        ...unsigned.map((name) => Asked.inHeaders(facts, name, "not sent, or signed")),
        { at: signed.at, name: "X-Amz-SignedHeaders", observed: signed.raw },
      ],
      about: unsigned,
    })
  },
  recognise: (facts) => {
    const named = facts.answer.element("HeadersNotSigned")
    if (named === undefined && !/headers? .{0,40}not signed|unsigned headers?/i.test(facts.answer.message))
      return undefined
    return found({
      confidence: named === undefined ? "likely" : "certain",
      detail: named === undefined ? "The server says so without a name." : `The server names ${named}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "HeadersNotSigned")],
    })
  },
})

/** A header that the signature covers is not there. */
export const signedHeaderMissing = rule({
  code: "HF-S3-SIGN-002",
  name: "SignedHeaderMissing",
  phase: "signature",
  title: "A header that was signed was not sent",
  explanation:
    "The signature covers the headers that SignedHeaders lists, with their values. Each of them must be sent exactly as the " +
    "signer had it; one that is left out makes another request of it.",
  fix: [
    { text: "send every header that X-Amz-SignedHeaders names, with the value that was signed", safety: "check first" },
  ],
  change: "plan",
  links: [links.querySigning],
  rivals: [
    "HF-S3-SIGN-011",
    "HF-S3-SIGN-012",
    "HF-S3-SIGN-013",
    "HF-S3-SIGN-014",
    "HF-S3-SIGN-015",
    "HF-S3-SIGN-016",
    "HF-S3-SIGN-019",
  ],
  inspect: (facts) => {
    const signed = listOf(facts)
    if (signed === undefined || facts.exchange.request?.headers === undefined) return undefined
    const missing = signed.names.filter(
      (name) => name !== "" && !transport.has(name) && facts.header(name) === undefined,
    )
    if (missing.length === 0) return cleared("signed headers", `${signed.names.join(", ")}: all there`)
    return found({
      confidence: "certain",
      detail: `${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} in the list of signed headers and ${
        missing.length === 1 ? "was" : "were"
      } not sent.`,
      evidence: [
        ...missing.map((name) => Asked.inHeaders(facts, name, "the value that was signed")),
        { at: signed.at, name: "X-Amz-SignedHeaders", observed: signed.raw },
      ],
      about: missing,
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const signedHeaders = [unsignedHeader, signedHeaderMissing] as const
