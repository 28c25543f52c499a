/**
 * Rules for addresses whose host or query differs from the signed one.
 */
import { cleared, type Evidence, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Comparison from "../../../signature/comparison.ts"
import * as Hosts from "../../../signature/hosts.ts"
import * as Seen from "../../../signature/seen.ts"
import { links } from "../links.ts"
import { asCause, isForm, mismatches, pages, rule, othersThan } from "./topic.ts"

/** Parameters of S3. Other parameters are rarely signed. */
const own =
  /^(?:x-|response-|uploads$|uploadid$|partnumber$|versionid$|acl$|tagging$|signature$|expires$|.*accesskeyid$|googleaccessid$|list-type$|prefix$|delete$|retention$|legal-hold$|append$|security-token$)/i

export const foreignParameter = rule({
  code: "HF-S3-SIGN-015",
  name: "ForeignParameter",
  phase: "signature",
  title: "A parameter was added to the URL after it was signed",
  explanation:
    "Every parameter of the query is signed. A parameter that is added afterwards, such as a cache buster or a " +
    "campaign code, invalidates the signature.",
  fix: [{ text: "add nothing to a presigned URL", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  rivals: othersThan("HF-S3-SIGN-015"),
  recognise: (facts) => {
    const request = Seen.of(facts)
    if (request?.version !== 4 || request.signedIn !== "query") return undefined
    const foreign = request.parameters.filter((name) => !own.test(name))
    if (foreign.length === 0) return undefined
    return asCause(facts, {
      detail: `${foreign.join(", ")} ${foreign.length === 1 ? "is a parameter" : "are parameters"} that S3 does not know.`,
      evidence: foreign.map((name) => ({
        at: request.at("url", name),
        name,
        observed: request.parameter(name) ?? "",
        expected: "not there",
      })),
      about: foreign,
    })
  },
})

/** How the received host was changed. */
const why = (sent: string, received: string): string => {
  const kind = Hosts.internal(received)
  if (Hosts.isCloudFront(received)) return ": CloudFront forwarded the viewer's Host header"
  if (Hosts.nameOf(sent) === Hosts.nameOf(received)) {
    return /:\d+$/.test(received) ? ": a port was added or changed" : ": the port was dropped"
  }
  return kind === undefined ? "" : `, which is ${kind}: a proxy put its own name for the storage into Host`
}

/** The proxy and the host of CloudFront, if it signed the request itself. */
const cloudFront = (facts: S3Facts): Finding | undefined => {
  const host = Comparison.of(facts)?.received.headers.get("host")
  if (host === undefined || !Hosts.isCloudFront(host)) return undefined
  return asCause(facts, {
    detail:
      "S3 checked the signature with the Host header of the distribution: CloudFront signs for the origin's host " +
      "and then forwards the viewer's Host.",
    evidence: [
      { at: "response.body.CanonicalRequest", name: "host", observed: host, expected: "the host of the bucket" },
    ],
    about: ["host"],
  })
}

/** The evidence of a proxy: the sender of the response, the forwarding headers, or a self-hosted storage. */
const proxied = (facts: S3Facts, request: Seen.Seen): Finding | undefined => {
  const host = request.host ?? ""
  const forwarded = facts.header("x-forwarded-host")
  if (forwarded !== undefined && Hosts.withoutDefaultPort(forwarded) !== Hosts.withoutDefaultPort(host)) {
    return asCause(facts, {
      detail: `A proxy received the request for ${forwarded} and forwarded it with the Host ${host}.`,
      evidence: [Asked.inHeaders(facts, "x-forwarded-host"), Asked.inHeaders(facts, "host", forwarded)],
      about: ["host"],
    })
  }
  if (host === "" || Hosts.isVendor(host) || Comparison.isEqual(facts)) return undefined
  const proxy = Hosts.proxyOf(facts)
  if (proxy !== undefined && proxy !== "CloudFront") {
    return asCause(facts, {
      detail:
        `${proxy}, a proxy, is in front of the storage. Unless it forwards Host unchanged, including the port, the ` +
        "storage checks the signature with another host than the signed one.",
      evidence: [
        { at: "response.headers.server", name: "server", observed: facts.answer.header("server") ?? proxy },
        { at: request.at("headers", "host"), name: "host", observed: host, expected: "the same at the storage" },
      ],
      about: ["host"],
    })
  }
  const kind = Hosts.internal(host)
  const isCeph = /^tx[\da-f]{8}/.test(facts.answer.requestId ?? "")
  if (kind === undefined || isCeph || request.signedIn !== "query") return undefined
  return asCause(facts, {
    detail:
      `The URL was used with the host ${host}, which is ${kind}. If the signer knows the storage by another name ` +
      "(that of its container, or the public one), the signature is for that name, and replacing the host in the " +
      "URL breaks it.",
    evidence: [
      { at: request.at("headers", "host"), name: "host", observed: host, expected: "the host that was signed" },
    ],
    about: ["host"],
  })
}

export const otherHost = rule({
  code: "HF-S3-SIGN-016",
  name: "OtherHost",
  phase: "signature",
  title: "The request arrived with another Host than the one it was signed for: a proxy or another name in between",
  explanation:
    "The Host header is always signed. It changes if a proxy or tunnel is in front of the storage, if a name is " +
    "replaced by an address, or if a port is omitted or added. nginx forwards a Host without the port, or its own, " +
    "unless it has proxy_set_header Host $http_host. CloudFront forwards its own unless the origin request omits " +
    "the viewer's.",
  fix: [
    {
      text: "sign for the host and port to which the request is sent, or forward Host unchanged",
      safety: "check first",
    },
  ],
  change: "url",
  links: [links.querySigning, pages.minioProxy, pages.cloudFrontHost],
  rivals: othersThan("HF-S3-SIGN-016"),
  recognise: (facts) => {
    if (isForm(facts) || mismatches(facts) === undefined) return undefined
    const changed = Comparison.of(facts)?.differences.find(({ part }) => part === "host")
    if (changed?.sent !== undefined && changed.received !== undefined) {
      // A CDN asks the origin by the origin's name, and the URL may be signed for that; the path is never meant to change.
      const hasOtherPath = Comparison.of(facts)?.differences.some(
        ({ part, relation }) => part === "path" && (relation === "prefixed" || relation === "stripped"),
      )
      return found({
        confidence: hasOtherPath === true && Hosts.isVendor(changed.received) ? "possible" : "certain",
        detail: `The request was sent to ${changed.sent}, and the storage received the Host ${changed.received}${why(changed.sent, changed.received)}.`,
        evidence: [changed.evidence],
        about: ["host"],
      })
    }
    const edge = cloudFront(facts)
    if (edge !== undefined) return edge
    const request = Seen.of(facts)
    if (request?.signedIn === undefined) return undefined
    const host = facts.header("host")
    const { url } = facts
    if (host !== undefined && url !== undefined && Hosts.withoutDefaultPort(host) !== url.host.toLowerCase()) {
      return asCause(facts, {
        detail: `The URL's host is ${url.host}, but the Host header is ${host}.`,
        evidence: [Asked.inHeaders(facts, "host", url.host)],
        about: ["host"],
      })
    }
    return (
      proxied(facts, request) ?? (Comparison.isEqual(facts) ? cleared("host", "arrived as it was sent") : undefined)
    )
  },
})

export const multiRegion = rule({
  code: "HF-S3-SIGN-026",
  name: "MultiRegionNeedsV4A",
  phase: "credentials",
  title: "A multi-region access point requires Signature Version 4A, but the request is signed with version 4",
  explanation:
    "A multi-region access point sends a request to the nearest region, so the signature must be valid in all of " +
    "them: AWS4-ECDSA-P256-SHA256, with the regions in X-Amz-Region-Set. SDKs select it by the ARN of the access " +
    "point, and need the CRT or a separate module for it.",
  fix: [
    {
      text: "give the SDK the ARN of the access point as the bucket's name, and install its module for SigV4A",
      safety: "check first",
    },
  ],
  change: "url",
  links: [pages.multiRegion],
  rivals: [],
  soleCause: pages.multiRegion,
  inspect: (facts) => {
    const host = facts.header("host") ?? facts.url?.host ?? ""
    if (!Hosts.nameOf(host).endsWith(".accesspoint.s3-global.amazonaws.com") || facts.version === undefined)
      return undefined
    const algorithm = facts.query("x-amz-algorithm") ?? facts.header("authorization")?.split(" ", 1)[0] ?? "version 2"
    if (algorithm.startsWith("AWS4-ECDSA")) return cleared("algorithm", "version 4A, as the access point requires")
    return found({
      confidence: "certain",
      detail: `The host is that of a multi-region access point, but the algorithm is ${algorithm}.`,
      evidence: [
        { at: "request.url", name: "host", observed: host },
        { at: "request", name: "algorithm", observed: algorithm, expected: "AWS4-ECDSA-P256-SHA256" },
      ],
    })
  },
  recognise: (facts): Finding | undefined => {
    const algorithm = facts.query("x-amz-algorithm") ?? facts.header("authorization") ?? ""
    if (algorithm.startsWith("AWS4-ECDSA")) return undefined
    return /AWS4-ECDSA|\bSigV4A\b|Signature Version 4A/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: "The server requires a signature of version 4A.",
          evidence: theWords(facts),
        })
      : undefined
  },
})

const theWords = (facts: S3Facts): ReadonlyArray<Evidence> => [
  ...Asked.theCode(facts),
  { at: "response.body.Message", name: "Message", observed: facts.answer.message },
]
