/**
 * Rules for headers that were sent but not signed, or signed but not sent.
 */
import { cleared, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import * as Comparison from "../../signature/comparison.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"
import { mismatches, othersThan } from "./signature/topic.ts"

const rule = topic("signed-headers")

/** Headers that S3 accepts without a signature, such as the digest of the body. */
const free: ReadonlySet<string> = new Set(["x-amz-content-sha256", "x-goog-content-sha256", "x-oss-content-sha256"])

const sentHeaders = ({ exchange }: S3Facts): ReadonlyArray<string> =>
  Object.keys(exchange.request?.headers ?? {}).map((name) => name.toLowerCase())

/** The list of signed headers, if it is available for comparison. */
const listOf = (facts: S3Facts) => {
  if (facts.proof === "form" || facts.version !== 4) return undefined
  const signed = Asked.signedHeadersOf(facts)
  return signed === undefined || /%3B/i.test(signed.raw) || signed.raw === "" ? undefined : signed
}

/** Server messages about a header that the signature does not cover. */
const saysUnsigned = ({ answer }: S3Facts): boolean =>
  answer.element("HeadersNotSigned") !== undefined ||
  answer.code === "HeadersNotSigned" ||
  /headers? .{0,40}not signed|unsigned headers?/i.test(answer.message)

/**
 * Whether an unsigned header may have caused this response: the response names the header, reports a mismatch, or comes from
 * a server that gives no reasons. S3 reports unsigned headers with a specific message, so a denial with a different message
 * has another cause.
 */
const fitOf = (facts: S3Facts): "said" | "fits" | "mute" | undefined => {
  const { answer } = facts
  if (answer.status === 0 || saysUnsigned(facts)) return "said"
  if (answer.code === "SignatureDoesNotMatch") return "fits"
  const isMute = answer.message === "" && (answer.code === "AccessDenied" || Asked.isWordless(facts))
  return isMute && answer.status === 403 ? "mute" : undefined
}

/** The header names that the response reports as unsigned. */
const namedBy = ({ answer }: S3Facts): ReadonlyArray<string> =>
  (answer.element("HeadersNotSigned") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "")

export const unsignedHeader = rule({
  code: "HF-S3-SIGN-001",
  name: "UnsignedHeader",
  phase: "signature",
  title: "A header whose name begins with x-amz- was sent but not signed",
  explanation:
    "Headers that begin with x-amz- change what S3 does with the object, so S3 accepts them only if the signature " +
    "covers them. S3 rejects a request that adds an ACL, metadata or a storage class to a URL that was signed " +
    "without them.",
  fix: [
    { text: "send only the headers that the URL was signed with", safety: "safe to apply" },
    { text: "sign the header: its name must be in X-Amz-SignedHeaders", safety: "check first" },
  ],
  change: "plan",
  links: [links.querySigning, links.headerSigning],
  rivals: ["HF-S3-URL-009"],
  inspect: (facts) => {
    const signed = listOf(facts)
    // A hidden name may be any name.
    if (signed === undefined || signed.names.some(isHidden)) return undefined
    const named = namedBy(facts)
    const unsigned = sentHeaders(facts).filter(
      (name) =>
        !signed.names.includes(name) &&
        (named.includes(name) || (/^x-(?:amz|goog)-/.test(name) && !free.has(name) && named.length === 0)),
    )
    if (unsigned.length === 0) return cleared("x-amz- headers", "all signed")
    const fit = fitOf(facts)
    if (fit === undefined) return undefined
    return found({
      confidence: fit === "said" ? "certain" : fit === "fits" ? "likely" : "possible",
      detail:
        `${unsigned.join(", ")} ${unsigned.length === 1 ? "was" : "were"} sent, but only ` +
        `${signed.names.join(", ")} ${signed.names.length === 1 ? "is" : "are"} signed.`,
      evidence: [
        ...unsigned.map((name) => Asked.inHeaders(facts, name, "not sent, or signed")),
        { at: signed.at, name: "X-Amz-SignedHeaders", observed: signed.raw },
        ...Asked.inAnswer(facts, "HeadersNotSigned"),
      ],
      about: unsigned,
    })
  },
  recognise: (facts) => {
    if (!saysUnsigned(facts)) return undefined
    const named = namedBy(facts)
    // That host is not signed is a fault of the list, which another rule reports.
    if (named.includes("host")) return undefined
    const isInverted = named.length === 0 && facts.dialect.name === "MinIO"
    if (isInverted && missingOf(facts).length > 0) return undefined
    return found({
      confidence: named.length === 0 || facts.hasRequest ? "likely" : "certain",
      detail: isInverted
        ? "MinIO reports an unsigned header without naming it, and sends the same error for a signed header that was not sent. Compare SignedHeaders with the headers of the request in both directions."
        : named.length === 0
          ? "The server reports an unsigned header but does not identify the header."
          : `The server reports that the signature does not cover ${named.join(", ")}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "HeadersNotSigned")],
      about: named,
    })
  },
})

/** Headers that are signed but were not sent; empty if the request headers were not captured. */
const missingOf = (facts: S3Facts): ReadonlyArray<string> => {
  const signed = listOf(facts)
  if (signed === undefined || facts.exchange.request?.headers === undefined) return []
  return signed.names.filter(
    (name) => name !== "" && !Comparison.transport.has(name) && !isHidden(name) && facts.header(name) === undefined,
  )
}

/**
 * A rejection of unsigned headers that does not name them: MinIO sends this error if the request lacks a header in the list
 * (`extractSignedHeaders`, ErrUnsignedHeaders).
 */
const isInvertedDenial = (facts: S3Facts): boolean => saysUnsigned(facts) && namedBy(facts).length === 0

/** A header that the signature covers is missing from the request. */
export const signedHeaderMissing = rule({
  code: "HF-S3-SIGN-002",
  name: "SignedHeaderMissing",
  phase: "signature",
  title: "A signed header was not sent",
  explanation:
    "The signature covers the names and values of the headers in SignedHeaders. Each of these headers must be sent " +
    "exactly as it was signed. If a header is omitted, the signature no longer matches.",
  fix: [{ text: "send every header listed in X-Amz-SignedHeaders with its signed value", safety: "check first" }],
  change: "plan",
  links: [links.querySigning],
  rivals: othersThan("HF-S3-SIGN-002"),
  inspect: (facts) => {
    const signed = listOf(facts)
    if (signed === undefined || facts.exchange.request?.headers === undefined) return undefined
    const names = signed.names.filter((name) => name !== "" && !Comparison.transport.has(name) && !isHidden(name))
    const missing = missingOf(facts)
    const empty = names.filter((name) => facts.header(name)?.trim() === "")
    if (missing.length + empty.length === 0) {
      return signed.names.some(isHidden)
        ? undefined
        : cleared("signed headers", `${signed.names.join(", ")}: all there`)
    }
    if (!canMiss(facts)) return undefined
    const evidence = [
      ...[...missing, ...empty].map((name) => ({
        ...Asked.inHeaders(
          facts,
          name,
          name === "x-amz-acl" ? "private, if the URL was signed with that value" : "the value that was signed",
        ),
        ...(empty.includes(name) ? { observed: "empty" } : {}),
      })),
      { at: signed.at, name: "X-Amz-SignedHeaders", observed: signed.raw },
    ]
    const are = missing.length === 1 ? ["is", "was"] : ["are", "were"]
    return found({
      // An empty value can be the signed one, but hardly ever is.
      confidence: missing.length > 0 && !mayBeCut(facts, missing) ? "certain" : "likely",
      detail:
        (missing.length === 0
          ? ""
          : `${missing.join(", ")} ${are[0]} in the list of signed headers but ${are[1]} not sent.`) +
        (empty.length === 0
          ? ""
          : `${missing.length === 0 ? "" : " "}${empty.join(", ")} ${empty.length === 1 ? "is" : "are"} signed and ${
              empty.length === 1 ? "was" : "were"
            } sent with an empty value.`),
      evidence,
      about: [...missing, ...empty],
    })
  },
  recognise: (facts): Finding | undefined => {
    if (namesHeader(facts)) {
      const name = facts.answer.element("ParameterName") ?? "A header"
      return found({
        confidence: "likely",
        detail: `${name} is in the list of signed headers, but the server did not receive it.`,
        evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ParameterName", "Details")],
        about: [name],
      })
    }
    const unsure = ofUrlAlone(facts)
    if (unsure !== undefined) return unsure
    if (facts.hasRequest || facts.answer.code !== "SignatureDoesNotMatch") return undefined
    const received = Comparison.of(facts)?.received
    const empty = [...(received?.headers ?? [])].filter(
      ([name, value]) => value === "" && !Comparison.transport.has(name),
    )
    if (received === undefined || empty.length === 0) return undefined
    return found({
      confidence: "likely",
      detail:
        `${empty.map(([name]) => name).join(", ")} ${empty.length === 1 ? "is" : "are"} signed, but the server ` +
        "did not receive a value: the client omitted the header or sent it without a value.",
      evidence: empty.map(([name]) => ({
        at: received.at,
        name,
        observed: "empty",
        expected: "the value that was signed",
      })),
      about: empty.map(([name]) => name),
    })
  },
})

/** A rejected presigned URL whose request headers were not captured: the list shows which headers the client must send. */
const ofUrlAlone = (facts: S3Facts): Finding | undefined => {
  const signed = listOf(facts)
  if (signed === undefined || Asked.signedIn(facts) !== "query" || facts.exchange.request?.headers !== undefined)
    return undefined
  const names = signed.names.filter((name) => name !== "" && !Comparison.transport.has(name) && !isHidden(name))
  const isMute = Asked.isWordless(facts) && facts.answer.status === 403
  const isSaid = mismatches(facts) === "said" && Comparison.of(facts) === undefined
  if (names.length === 0 || (!isMute && !isSaid)) return undefined
  return found({
    confidence: isSaid ? "likely" : "possible",
    detail: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} in the list of signed headers: the server rejects a request that does not send ${names.length === 1 ? "it" : "them"} exactly as signed. The headers of this request are not available.`,
    evidence: [{ at: signed.at, name: "X-Amz-SignedHeaders", observed: signed.raw }, ...Asked.theCode(facts)],
    about: names,
  })
}

/**
 * Whether the capture may contain fewer headers than were sent. A client that signs its own request sends the headers that it
 * signs, but logs and users often omit headers.
 */
const mayBeCut = (facts: S3Facts, missing: ReadonlyArray<string>): boolean => {
  if (Asked.signedIn(facts) !== "header" || facts.answer.status === 0 || namesHeader(facts)) return false
  const received = Comparison.of(facts)?.received.headers
  return received === undefined || missing.some((name) => (received.get(name) ?? "") !== "")
}

/**
 * Whether a missing signed header may have caused this response: the response names the header, reports a mismatch, or gives
 * no reason.
 */
const canMiss = (facts: S3Facts): boolean => {
  const { answer } = facts
  const isNamed = answer.code === "MalformedSecurityHeader" && answer.element("ParameterName") !== undefined
  return (
    answer.status === 0 ||
    answer.message === "" ||
    isNamed ||
    namesHeader(facts) ||
    isInvertedDenial(facts) ||
    mismatches(facts) === "said"
  )
}

/**
 * Google's message about a signed header that did not arrive (Cloud Storage, "Error responses",
 * MalformedSecurityHeader).
 */
const namesHeader = ({ answer }: S3Facts): boolean =>
  /included in signed ?headers?,? but not in the request/i.test(`${answer.message} ${answer.element("Details") ?? ""}`)

/** All rules of this topic, in the order in which S3 performs the checks. */
export const signedHeaders = [unsignedHeader, signedHeaderMissing] as const
