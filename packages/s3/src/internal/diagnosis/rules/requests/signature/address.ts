/**
 * Rules for requests whose host or query differs from the signed host or query.
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
    "The signature covers every query parameter. A parameter that is added afterwards, such as a cache buster or a " +
    "campaign code, invalidates the signature.",
  fix: [{ text: "do not add anything to a presigned URL", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  rivals: othersThan("HF-S3-SIGN-015"),
  recognise: (facts) => {
    const request = Seen.of(facts)
    if (request?.version !== 4 || request.signedIn !== "query") return undefined
    const foreign = request.parameters.filter((name) => !own.test(name))
    if (foreign.length === 0) return undefined
    return asCause(facts, {
      detail: `${foreign.join(", ")} ${foreign.length === 1 ? "is a parameter" : "are parameters"} that S3 does not recognize.`,
      evidence: foreign.map((name) => ({
        at: request.at("url", name),
        name,
        observed: request.parameter(name) ?? "",
        expected: "absent",
      })),
      about: foreign,
    })
  },
})

/** Describes how an intermediary changed the host. */
const why = (sent: string, received: string): string => {
  const kind = Hosts.internal(received)
  if (Hosts.isCloudFront(received)) return ": CloudFront forwarded the viewer's Host header"
  if (Hosts.nameOf(sent) === Hosts.nameOf(received)) {
    return /:\d+$/.test(received) ? ": a port was added or changed" : ": the port was dropped"
  }
  return kind === undefined ? "" : `, which is ${kind}: a proxy replaced Host with its own name for the storage`
}

/** The finding if the proxy is CloudFront, which signed the request itself; contains the host that CloudFront used. */
const cloudFront = (facts: S3Facts): Finding | undefined => {
  const host = Comparison.of(facts)?.received.headers.get("host")
  if (host === undefined || !Hosts.isCloudFront(host)) return undefined
  return asCause(facts, {
    detail:
      "S3 checked the signature against the Host header of the CloudFront distribution: CloudFront signs the " +
      "request for the origin's host and then forwards the viewer's Host header.",
    evidence: [
      { at: "response.body.CanonicalRequest", name: "host", observed: host, expected: "the host of the bucket" },
    ],
    about: ["host"],
  })
}

/** Evidence of a proxy: the server that sent the response, forwarding headers, or a self-hosted storage service. */
const proxied = (facts: S3Facts, request: Seen.Seen): Finding | undefined => {
  const host = request.host ?? ""
  const forwarded = facts.header("x-forwarded-host")
  if (forwarded !== undefined && Hosts.withoutDefaultPort(forwarded) !== Hosts.withoutDefaultPort(host)) {
    return asCause(facts, {
      detail: `A proxy received the request for ${forwarded} and forwarded it with the Host header ${host}.`,
      evidence: [Asked.inHeaders(facts, "x-forwarded-host"), Asked.inHeaders(facts, "host", forwarded)],
      about: ["host"],
    })
  }
  if (host === "" || Hosts.isVendor(host) || Comparison.isEqual(facts)) return undefined
  const proxy = Hosts.proxyOf(facts)
  if (proxy !== undefined && proxy !== "CloudFront") {
    return asCause(facts, {
      detail:
        `The proxy ${proxy} is in front of the storage. Unless the proxy forwards Host unchanged, including the port, the ` +
        "storage checks the signature against a host other than the signed one.",
      evidence: [
        { at: "response.headers.server", name: "server", observed: facts.answer.header("server") ?? proxy },
        { at: request.at("headers", "host"), name: "host", observed: host, expected: "the same host at the storage" },
      ],
      about: ["host"],
    })
  }
  const kind = Hosts.internal(host)
  const isCeph = /^tx[\da-f]{8}/.test(facts.answer.requestId ?? "")
  if (kind === undefined || isCeph || request.signedIn !== "query") return undefined
  return asCause(facts, {
    detail:
      `The URL was used with the host ${host}, which is ${kind}. If the signer uses another name for the storage ` +
      "(the name of its container, or its public name), the signature is valid only for that name, and replacing the host in the " +
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
  title:
    "The request arrived with a Host other than the signed one: a proxy changed it, or the URL was used with " +
    "another name",
  explanation:
    "The Host header is always signed. The header changes if a proxy or tunnel is in front of the storage, if a " +
    "host name is replaced by an IP address, or if a port is omitted or added. nginx removes the port from Host or " +
    "replaces Host with its own value, unless the configuration contains proxy_set_header Host $http_host. " +
    "CloudFront forwards the distribution's Host header if the origin request policy includes the viewer's Host " +
    "header.",
  fix: [
    {
      text: "sign the request for the host and port that it is sent to, or forward Host unchanged",
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
        detail: `The request was sent to ${changed.sent}, but the storage received the Host header ${changed.received}${why(changed.sent, changed.received)}.`,
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
    return proxied(facts, request) ?? (Comparison.isEqual(facts) ? cleared("host", "arrived unchanged") : undefined)
  },
})

export const multiRegion = rule({
  code: "HF-S3-SIGN-026",
  name: "MultiRegionNeedsV4A",
  phase: "credentials",
  title: "A multi-region access point requires Signature Version 4A, but the request is signed with another version",
  explanation:
    "A multi-region access point routes each request to the nearest region, so the signature must be valid in all " +
    "of them: it must use AWS4-ECDSA-P256-SHA256 and list the regions in X-Amz-Region-Set. SDKs select Signature " +
    "Version 4A when they receive the ARN of the access point, and need the CRT or a separate module for this " +
    "signature.",
  fix: [
    {
      text: "pass the ARN of the access point to the SDK as the bucket name, and install the SDK's module for SigV4A",
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
      detail: `The host belongs to a multi-region access point, but the algorithm is ${algorithm}.`,
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
          detail: "The server requires Signature Version 4A.",
          evidence: theWords(facts),
        })
      : undefined
  },
})

const theWords = (facts: S3Facts): ReadonlyArray<Evidence> => [
  ...Asked.theCode(facts),
  { at: "response.body.Message", name: "Message", observed: facts.answer.message },
]
