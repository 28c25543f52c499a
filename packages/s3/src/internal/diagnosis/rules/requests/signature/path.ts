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

/** The line of the path that differs, with the difference. */
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
    "S3 signs the path encoded once. A URL whose path was encoded again has %25 in place of each percent sign, " +
    "names another object, and has another signature.",
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
          ? `The path arrived encoded twice: ${shown(changed.received ?? "")} is what was sent, encoded again by an ` +
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
      detail: `The path has ${twice} in it, which is %${twice.slice(3)} encoded again.`,
      evidence: thePath(request.path, request.at("url"), "encoded once"),
    })
  },
})

/** The resource in the response, if it differs from the requested one. */
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
  title: "The path arrived with a longer or shorter beginning than the signed one",
  explanation:
    "The path is signed from its first slash on. A CDN's origin path, a prefix in a proxy's rules, or a base " +
    "address that already names the bucket adds or removes something at its beginning. The server then checks " +
    "another path, often with the bucket in it twice.",
  fix: [
    {
      text: "leave the origin path empty (CloudFront), and have the proxy forward the path unchanged",
      safety: "check first",
    },
    { text: "or sign for the path that the storage receives", safety: "check first" },
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
          ? `The server received the path with ${shown(part)} added at its beginning${Paths.doubled(received) === undefined ? "" : " again, so that it occurs twice"}: an origin path or a rule of a proxy does that.`
          : `The server received the path without ${shown(part)} at its beginning: a rule of a proxy removed it.`,
        evidence: [changed.evidence],
      })
    }
    const other = resource(facts)
    if (other !== undefined && ["prefixed", "stripped"].includes(other.relation)) {
      return asCause(facts, {
        detail: `The answer names ${shown(other.path)}, which has ${other.relation === "prefixed" ? "more" : "less"} at its beginning than the path that was sent.`,
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
            `The path that the server received begins with ${shown(twice)} twice: an origin path, or a base address ` +
            "that already names the bucket, adds it again.",
          evidence: thePath(comparison.received.path, comparison.received.at, `${shown(twice)} once`),
        })
  },
})

export const pathNormalised = rule({
  code: "HF-S3-SIGN-023",
  name: "PathNormalised",
  phase: "signature",
  title: "The path was normalized on the way: slashes were merged, or dots resolved",
  explanation:
    "S3 does not normalize paths: two slashes, a dot between slashes or a trailing slash belong to the name of the " +
    "object, and are signed. URL libraries, proxies (merge_slashes in nginx) and some servers normalize paths, and " +
    "then check another one.",
  fix: [
    {
      text: "give the object a name without a leading slash, double slashes or dots between slashes",
      safety: "check first",
    },
    {
      text: "have the proxy forward the path unchanged: in nginx merge_slashes off, and proxy_pass without a path",
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
        detail: `The response names ${shown(other.path)}: it lacks slashes or dots of the path that was sent.`,
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

/** Characters on which encoders of URLs differ: `encodeURIComponent` leaves ! ' ( ) and *, and form encoding reads a space from +. */
const disputed = /%2[1789AaBb]/

/** The signer encoded the path in another way than the client that sends it. */
export const signerEncodedPath = rule({
  code: "HF-S3-SIGN-021",
  name: "SignerEncodedPath",
  phase: "signature",
  title: "The key has characters that must be encoded, and the signer encoded them differently than the request",
  explanation:
    "S3 signs the path with each byte encoded once, except for letters, digits, - . _ ~ and the slash. Signers of " +
    "other AWS services encode it twice; some keep : + or ' unencoded, write a space as +, or use another encoding " +
    "for characters outside of ASCII. Keys of letters and digits then work, and others do not.",
  fix: [
    {
      text: "configure the signer for S3, so that it encodes the path once (uriEscapePath: false, doubleEncode: false)",
      safety: "check first",
    },
    {
      text: "or encode the key once, as UTF-8 with %XX, and give signer and client exactly the same text",
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
          "The path was sent with + in it, and the server read a space (%20) for each: a + in a key must be " +
          "encoded as %2B before it is signed and sent, by the client or by the proxy that signs.",
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
        ? `The server received what was sent, line by line, and the path has ${odd} in it: ${
            raw === undefined
              ? "the signer encoded it twice or in another way than once"
              : "S3 encodes this character before it signs, and the signer did not"
          }.`
        : raw === undefined
          ? `The path has ${odd} in it, which signers encode in different ways.`
          : `The path contains an unencoded ${odd}: servers encode that character ` +
            `(%${raw.codePointAt(0)?.toString(16).toUpperCase() ?? ""}) before they sign, so it must be encoded in the ` +
            "signer and in the URL.",
      evidence: thePath(request.path, request.at("url"), "what the signer had"),
    })
    // Every client sends keys with percent signs, but a character that is not encoded is evidence, and so is one that signers
    // are known to encode differently.
    const isTelling = raw !== undefined || isEqual || (request.signedIn === "header" && disputed.test(request.path))
    return finding?._tag === "Found" && !isTelling ? { ...finding, confidence: "possible" } : finding
  },
})
