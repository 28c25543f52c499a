/**
 * Rules for paths that were changed between the signer and the server.
 */
import { cleared, type Evidence, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { shown } from "@holdfast/diagnosis/Redaction"
import { decoded } from "../../../decoded.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Comparison from "../../../signature/comparison.ts"
import * as Paths from "../../../signature/paths.ts"
import * as Seen from "../../../signature/seen.ts"
import { links } from "../links.ts"
import { asCause, isForm, mismatches, pages, rule, seen, othersThan } from "./topic.ts"

/** The difference between the path lines, if its kind is one of the given relations. */
const differing = (facts: S3Facts, ...relations: ReadonlyArray<Paths.Relation>) =>
  isForm(facts)
    ? undefined
    : Comparison.of(facts)?.differences.find(
        ({ part, relation }) => part === "path" && relation !== undefined && relations.includes(relation),
      )

const thePath = (path: string, at: string, expected: string): ReadonlyArray<Evidence> => [
  { at, name: "path", observed: path, expected },
]

export const pathEncodedTwice = rule({
  code: "HF-S3-SIGN-014",
  name: "PathEncodedTwice",
  phase: "signature",
  title: "The path of the URL was encoded twice",
  explanation:
    "S3 computes the signature over the path encoded once. A URL whose path was encoded again has %25 in place of " +
    "each percent sign, identifies a different object, and requires a different signature.",
  fix: [{ text: "use the signer's URL without encoding it again", safety: "safe to apply" }],
  change: "url",
  links: [links.keys, pages.canonical],
  rivals: othersThan("HF-S3-SIGN-014"),
  recognise: (facts) => {
    if (isForm(facts) || mismatches(facts) === undefined) return undefined
    const changed = differing(facts, "encoded", "decoded")
    if (changed !== undefined) {
      const isMore = changed.relation === "encoded"
      return seen({
        detail: isMore
          ? `The path arrived encoded twice, as ${shown(changed.received ?? "")}: the path that was sent was encoded again by an ` +
            "intermediary."
          : `The path was sent encoded twice and arrived as ${shown(changed.received ?? "")}: an intermediary decoded ` +
            "it once.",
        evidence: [changed.evidence],
      })
    }
    const request = Seen.of(facts)
    const twice = /%25[0-9A-Fa-f]{2}/.exec(request?.path ?? "")?.[0]
    if (request === undefined || twice === undefined) return undefined
    return asCause(facts, {
      detail: `The path contains ${twice}, which is %${twice.slice(3)} encoded again.`,
      evidence: thePath(request.path, request.at("url"), "encoded once"),
    })
  },
})

/** The resource in the response, if it differs from the requested resource. */
const resource = (facts: S3Facts): { readonly path: string; readonly relation: Paths.Relation } | undefined => {
  const path = facts.answer.element("Resource")
  if (path === undefined || !path.startsWith("/") || facts.url === undefined) return undefined
  const sent = Comparison.pathOf(facts)
  const [bucket = ""] = (facts.header("host") ?? facts.url.host).split(".")
  // The resource of a bucket in the host may or may not begin with the bucket.
  const relations = [sent, `/${bucket}${sent}`].map((one) => Paths.relation(one, path))
  const isSame = relations.includes("same") || Paths.isBucketBefore(sent, path)
  const relation = isSame ? "same" : (relations[0] ?? "other")
  return { path, relation }
}

export const pathPrefixed = rule({
  code: "HF-S3-SIGN-022",
  name: "PathPrefixed",
  phase: "signature",
  title: "The path was extended or shortened at its beginning after it was signed",
  explanation:
    "The signature covers the path from its first slash. A CDN's origin path, a prefix in a proxy's rules, or a " +
    "base URL that already contains the bucket can add or remove something at the beginning of the path. The " +
    "server then verifies the signature against a different path, which often contains the bucket twice.",
  fix: [
    {
      text: "leave the origin path empty (CloudFront), and configure the proxy to forward the path unchanged",
      safety: "check first",
    },
    { text: "or sign the path that the storage receives", safety: "check first" },
  ],
  change: "plan",
  links: [pages.cloudFrontPath, pages.canonical],
  rivals: othersThan("HF-S3-SIGN-022"),
  recognise: (facts) => {
    if (isForm(facts) || mismatches(facts) === undefined) return undefined
    const changed = differing(facts, "prefixed", "stripped")
    if (changed !== undefined) {
      const sent = decoded(changed.sent ?? "")
      const received = decoded(changed.received ?? "")
      const isMore = changed.relation === "prefixed"
      const part = isMore
        ? received.slice(0, received.length - sent.length)
        : sent.slice(0, sent.length - received.length)
      return seen({
        detail: isMore
          ? `The server received the path with ${shown(part)} added at its beginning${Paths.doubled(received) === undefined ? "" : " again, so that it occurs twice"}: an origin path or a proxy rule added it.`
          : `The server received the path without ${shown(part)} at its beginning: a proxy rule removed it.`,
        evidence: [changed.evidence],
      })
    }
    const other = resource(facts)
    if (other !== undefined && ["prefixed", "stripped"].includes(other.relation)) {
      return asCause(facts, {
        detail: `The response contains the path ${shown(other.path)}, which has ${other.relation === "prefixed" ? "more" : "less"} at its beginning than the path that was sent.`,
        evidence: [
          ...thePath(Comparison.pathOf(facts), "request.url", shown(other.path)),
          { at: "response.body.Resource", name: "Resource", observed: other.path },
        ],
      })
    }
    const comparison = Comparison.of(facts)
    if (comparison === undefined || comparison.isCompared) return undefined
    const twice = Paths.doubled(comparison.received.path)
    return twice === undefined
      ? undefined
      : asCause(facts, {
          detail:
            `The path that the server received begins with ${shown(twice)} twice: an origin path, or a base URL ` +
            "that already contains the bucket, added it again.",
          evidence: thePath(comparison.received.path, comparison.received.at, `${shown(twice)} once`),
        })
  },
})

export const pathNormalised = rule({
  code: "HF-S3-SIGN-023",
  name: "PathNormalised",
  phase: "signature",
  title: "The path was normalized in transit: slashes were merged, or dot segments were resolved",
  explanation:
    "S3 does not normalize paths: two slashes, a dot between slashes and a trailing slash are part of the name of " +
    "the object, and the signature covers them. URL libraries, proxies (merge_slashes in nginx) and some servers " +
    "normalize paths, so the signature is verified against a different path.",
  fix: [
    {
      text: "give the object a name without a leading slash, double slashes or dots between slashes",
      safety: "check first",
    },
    {
      text: "configure the proxy to forward the path unchanged: in nginx, set merge_slashes off and use proxy_pass without a path",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [pages.canonical, links.keys],
  rivals: othersThan("HF-S3-SIGN-023"),
  recognise: (facts) => {
    if (isForm(facts) || mismatches(facts) === undefined) return undefined
    const changed = differing(facts, "merged")
    if (changed !== undefined) {
      return seen({
        detail: `The client sent ${shown(changed.sent ?? "")}, but the server received ${shown(changed.received ?? "")}.`,
        evidence: [changed.evidence],
      })
    }
    const request = Seen.of(facts)
    const other = resource(facts)
    if (request !== undefined && other?.relation === "merged") {
      return asCause(facts, {
        detail: `The response contains the path ${shown(other.path)}, which lacks slashes or dots from the path that was sent.`,
        evidence: [
          ...thePath(request.path, request.at("url"), shown(other.path)),
          { at: "response.body.Resource", name: "Resource", observed: other.path },
        ],
      })
    }
    const odd = /\/\/|\/\.{1,2}(?=\/|$)/.exec(request?.path ?? "")?.[0]
    if (request === undefined || odd === undefined) return undefined
    const isKept = Comparison.isEqual(facts)
    return asCause(facts, {
      detail:
        "The path contains " +
        `"${odd}"${isKept ? ", and the server received it unchanged: the signer has normalized it" : ", which libraries and proxies normalize but S3 does not"}.`,
      evidence: thePath(request.path, request.at("url"), "a path that normalization does not change"),
    })
  },
})

/**
 * Characters that URL encoders treat differently: `encodeURIComponent` does not encode ! ' ( ) and *, and form decoding reads
 * + as a space.
 */
const disputed = /%2[1789AaBb]/

/** The signer encoded the path differently from the client that sends it. */
export const signerEncodedPath = rule({
  code: "HF-S3-SIGN-021",
  name: "SignerEncodedPath",
  phase: "signature",
  title: "The key contains characters that must be encoded, and the signer encoded them differently from the client",
  explanation:
    "S3 computes the signature over the path with each byte encoded once, except letters, digits, - . _ ~ and the " +
    "slash. Signers for other AWS services encode the path twice; some leave : + or ' unencoded, write a space as " +
    "+, or use a different encoding for non-ASCII characters. Keys that consist only of letters and digits then " +
    "work, but other keys fail.",
  fix: [
    {
      text: "configure the signer for S3 so that it encodes the path once (uriEscapePath: false, doubleEncode: false)",
      safety: "check first",
    },
    {
      text: "or encode the key once, as UTF-8 with %XX, and pass exactly the same text to the signer and the client",
      safety: "check first",
    },
  ],
  change: "url",
  links: [pages.canonical, links.keys],
  rivals: othersThan("HF-S3-SIGN-021"),
  recognise: (facts): Finding | undefined => {
    const request = Seen.of(facts)
    if (isForm(facts) || request === undefined || mismatches(facts) === undefined) return undefined
    const received = Comparison.of(facts)?.received.path
    if (received !== undefined && Paths.hasPlusForBlank(request.path, received)) {
      return found({
        confidence: "likely",
        detail:
          "The path was sent with +, and the server interpreted each + as a space (%20). The client, or the proxy " +
          "that signs, must encode a + in a key as %2B before the path is signed and sent.",
        evidence: thePath(request.path, request.at("url"), "+ as %2B"),
      })
    }
    if (request.signedIn === undefined) return undefined
    const raw = Paths.unencoded(request.path)
    const odd = raw ?? Paths.escaped(request.path)
    if (odd === undefined) return cleared("characters of the path", "none that needs encoding")
    const isEqual = Comparison.isEqual(facts)
    // Without the server's text, it is one of many possible causes.
    if (mismatches(facts) !== "said" || (!isEqual && Comparison.of(facts)?.isCompared === true)) return undefined
    const finding = asCause(facts, {
      detail: isEqual
        ? `The server received exactly what was sent, and the path contains ${odd}: ${
            raw === undefined
              ? "the signer did not encode this character exactly once"
              : "S3 encodes this character before it computes the signature, but the signer did not"
          }.`
        : raw === undefined
          ? `The path contains ${odd}, which signers encode in different ways.`
          : `The path contains an unencoded ${odd}: servers encode that character ` +
            `(%${raw.codePointAt(0)?.toString(16).toUpperCase() ?? ""}) before they compute the signature, so it must be encoded in the ` +
            "signer and in the URL.",
      evidence: thePath(request.path, request.at("url"), "what the signer had"),
    })
    // Every client sends keys with percent signs, but a character that is not encoded is evidence, and so is one that signers
    // are known to encode differently.
    const isTelling = raw !== undefined || isEqual || (request.signedIn === "header" && disputed.test(request.path))
    return finding?._tag === "Found" && !isTelling ? { ...finding, confidence: "possible" } : finding
  },
})
