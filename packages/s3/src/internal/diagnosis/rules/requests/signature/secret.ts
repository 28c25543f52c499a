/**
 * The rule for signature mismatches whose cause the request does not show.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import * as Comparison from "../../../signature/comparison.ts"
import * as Hosts from "../../../signature/hosts.ts"
import * as Seen from "../../../signature/seen.ts"
import { signedHeaderMissing, unsignedHeader } from "../signedHeaders.ts"
import { signedHeadersMalformed } from "./headerList.ts"
import { foreignParameter, multiRegion, otherHost } from "./address.ts"
import { formBodyInQuery } from "./formBody.ts"
import { proxyHeaderSigned, signatureDamaged, signedContentType } from "./headers.ts"
import { pathEncodedTwice, pathNormalised, pathPrefixed, signerEncodedPath } from "./path.ts"
import { changedOnTheWay } from "./received.ts"
import { isForm, mismatches, rule, othersThan } from "./topic.ts"
import { formToPutUrl, wrongMethod } from "./use.ts"

/** The rules that can identify the difference. */
const telling = [
  signedHeadersMalformed,
  signedHeaderMissing,
  unsignedHeader,
  multiRegion,
  formBodyInQuery,
  changedOnTheWay,
  signatureDamaged,
  wrongMethod,
  formToPutUrl,
  pathEncodedTwice,
  pathPrefixed,
  pathNormalised,
  proxyHeaderSigned,
  signedContentType,
  foreignParameter,
  otherHost,
  signerEncodedPath,
] as const

/** Headers that every signer sets itself, so their values are those in the request. */
const ofSigner = /^(?:host|x-(?:amz|goog|oss)-(?:date|content-sha256|security-token)|)$/

/** The other signed values, each of which must be sent exactly as signed. */
const besides = (facts: S3Facts): string => {
  const request = Seen.of(facts)
  if (request?.signedIn !== "query") return ""
  const names = request.names.filter((name) => !ofSigner.test(name) && !isHidden(name))
  if (names.length === 0) return ""
  const shown = names.map((name) => {
    const value = request.header(name)
    return value === undefined || value === "" || isHidden(value) ? name : `${name} (here ${value.slice(0, 80)})`
  })
  const isLength = names.includes("content-length")
  return (
    ` The signature of the URL covers ${shown.join(" and ")} in addition to host. ` +
    `The request must contain ${names.length === 1 ? "this header with the value" : "these headers with the values"} that the signer ` +
    `used${isLength ? ", and content-length must be exactly the size for which the URL was signed" : ""}.`
  )
}

/** The remark for self-hosted servers, where a URL is often signed for a host name other than the one in use. */
const ownHost = (facts: S3Facts): string => {
  const host = facts.header("host") ?? facts.url?.host ?? ""
  return host === "" || Hosts.isVendor(host) || Asked.signedIn(facts) !== "query"
    ? ""
    : " On a self-hosted server, the reason is often Host: the URL was signed for a name or port of the " +
        `storage (that of its container, for example) other than ${host}, or a proxy in front of the storage forwards a different Host.`
}

export const signatureWrong = rule({
  code: "HF-S3-SIGN-019",
  name: "SignatureWrong",
  phase: "signature",
  title: "The signature is wrong: the signer used a different secret key, or the request was altered after signing",
  explanation:
    "The server recognizes the key but computes a different signature from the request that it received. Either " +
    "the signer used the wrong secret (that of another key, an older secret, or one that was cut off or has a " +
    "trailing space), or the method, path, query or a signed header differs from what the signer signed. Some " +
    "servers send the same error for a key that they do not recognize.",
  fix: [
    {
      text: "sign again with a key id and a secret from the same source, and compare the signatures",
      safety: "check first",
    },
    { text: "use the URL unchanged: same key, same query, same headers", safety: "check first" },
  ],
  change: "url",
  links: [links.querySigning, links.headerSigning],
  rivals: othersThan("HF-S3-SIGN-019"),
  recognise: (facts) => {
    const mismatch = mismatches(facts)
    if (mismatch === undefined || isForm(facts) || facts.proof === "nothing") return undefined
    if (mismatch === "possible" && !facts.hasRequest) return undefined
    if (!facts.hasRequest) {
      return found({
        confidence: "likely",
        detail: `Without the request, a wrong secret cannot be distinguished from a change in transit.${besides(facts)}`,
        evidence: Asked.theCode(facts),
      })
    }
    const isTold = telling.some((rule) => {
      const finding = rule.find(facts)
      return finding?._tag === "Found" && finding.confidence !== "possible"
    })
    const isEqual = Comparison.isEqual(facts)
    return found({
      confidence: mismatch === "said" && !isTold ? "likely" : "possible",
      detail: isTold
        ? "Otherwise, the secret is wrong, or the path, a parameter or a value was altered."
        : isEqual
          ? "The server received the request exactly as it was sent, so the secret used for signing does not belong " +
            `to this key, or the signer signed a different request.${besides(facts)}`
          : mismatch === "said"
            ? "Nothing in the request contradicts its signature, so the secret is wrong (it belongs to another key, " +
              "was cut off, or has a trailing space or line break), or the method, path, a parameter or a signed header " +
              `differs from the signer's.${besides(facts)}${ownHost(facts)}`
            : "The server rejects the request before it checks the bucket and does not state a reason: the signature, the secret " +
              "or the key may be wrong.",
      evidence: [
        ...Asked.theCode(facts),
        ...(Asked.signedIn(facts) === "query" && Asked.queryVersion(facts) === 4
          ? [Asked.inQuery(facts, "X-Amz-SignedHeaders")]
          : []),
      ],
    })
  },
})
