/**
 * Rules about paths that changed between the signer and the server.
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

/** The differing path, with the kind of difference. */
const differing = (facts: S3Facts, ...relations: ReadonlyArray<Paths.Relation>) =>
  isForm(facts)
    ? undefined
    : Comparison.of(facts)?.differences.find(
        ({ part, relation }) => part === "path" && relation !== undefined && relations.includes(relation),
      )

const thePath = (path: string, at: string, expected: string): ReadonlyArray<Evidence> => [
  { at, name: "path", observed: path, expected },
]

/** The percent signs of a path were encoded again. */
export const pathEncodedTwice = rule({
  code: "HF-S3-SIGN-014",
  name: "PathEncodedTwice",
  phase: "signature",
  title: "The path of the URL was encoded twice",
  explanation:
    "S3 signs the path encoded once. A URL whose path went through an encoder again has %25 where a percent sign was, names " +
    "another object, and has another signature.",
  fix: [{ text: "use the URL as the signer gave it, without encoding it again", safety: "safe to apply" }],
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
          ? `The path arrived encoded twice: ${shown(changed.received ?? "")} is what was sent, encoded again on the way.`
          : `The path was sent encoded twice and arrived as ${shown(changed.received ?? "")}: something on the way took one encoding off.`,
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
  // If the bucket is in the host, the resource may or may not begin with it.
  const relations = [sent, `/${bucket}${sent}`].map((one) => Paths.relation(one, path))
  const isSame = relations.includes("same") || Paths.isBucketBefore(sent, path)
  const relation = isSame ? "same" : (relations[0] ?? "other")
  return { path, relation }
}

/** The path has an unsigned prefix. */
export const pathPrefixed = rule({
  code: "HF-S3-SIGN-022",
  name: "PathPrefixed",
  phase: "signature",
  title: "The path that arrived is longer or shorter in front than the one that was signed",
  explanation:
    "The path is signed from its first slash on. A CDN's origin path, a prefix in a proxy's rules, or a base address that " +
    "already names the bucket puts something in front of it, or takes it away; then the server checks another path, often " +
    "with the bucket in it twice.",
  fix: [
    {
      text: "leave the origin path empty (CloudFront) and have the proxy pass the path on as it is",
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
          ? `The server received the path with ${shown(part)} put in front${Paths.doubled(received) === undefined ? "" : " again, so that it stands there twice"}: an origin path or a rule of a proxy does that.`
          : `The server received the path without the ${shown(part)} in front: a rule of a proxy took it away.`,
        evidence: [changed.evidence],
      })
    }
    const other = resource(facts)
    if (other !== undefined && ["prefixed", "stripped"].includes(other.relation)) {
      return asCause(facts, {
        detail: `The answer names ${shown(other.path)}, which has ${other.relation === "prefixed" ? "more" : "less"} in front than the path that was sent.`,
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
          detail: `The path that the server received begins with ${shown(twice)} twice: an origin path, or a base address that already names the bucket, puts it in front again.`,
          evidence: thePath(comparison.received.path, comparison.received.at, `${shown(twice)} once`),
        })
  },
})

/** The path was normalized: intermediaries clean slashes and dots, S3 does not. */
export const pathNormalised = rule({
  code: "HF-S3-SIGN-023",
  name: "PathNormalised",
  phase: "signature",
  title: "The path was cleaned on the way: slashes were merged, or dots resolved",
  explanation:
    "S3 takes a path as it is: two slashes, a dot between slashes or one at the end belong to the name of the object, and are " +
    "signed. Libraries of URLs, proxies (merge_slashes in nginx) and some servers clean paths, and then check another one.",
  fix: [
    {
      text: "give the object a name without a leading slash, double slashes or dots between slashes",
      safety: "check first",
    },
    {
      text: "have the proxy pass the path on as it is: in nginx merge_slashes off, and proxy_pass without a path",
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
        detail: `Sent was ${shown(changed.sent ?? "")}, and the server received ${shown(changed.received ?? "")}.`,
        evidence: [changed.evidence],
      })
    }
    const request = Seen.of(facts)
    const other = resource(facts)
    if (request !== undefined && other?.relation === "merged") {
      return asCause(facts, {
        detail: `The answer names ${shown(other.path)}: slashes or dots of the path that was sent are missing in it.`,
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
      detail: `The path has "${odd}" in it${isKept ? ", and so the server received it: the signer has cleaned it" : ", which libraries and proxies clean and S3 does not"}.`,
      evidence: thePath(request.path, request.at("url"), "a path that is the same when it is cleaned"),
    })
  },
})

/** The signer encoded the path differently than the client that sends it. */
export const signerEncodedPath = rule({
  code: "HF-S3-SIGN-021",
  name: "SignerEncodedPath",
  phase: "signature",
  title: "The key has characters that must be encoded, and the signer encoded them in another way than the request",
  explanation:
    "S3 signs the path with each byte encoded once, whatever is not a letter, a digit or one of - . _ ~ and the slash. Signers " +
    "of other AWS services encode it twice; some leave : + or ' as they are, write a blank as +, or take letters outside of " +
    "ASCII in another encoding. Keys of letters and digits then work, and others do not.",
  fix: [
    {
      text: "tell the signer that it signs for S3, so that it encodes the path once (uriEscapePath: false, doubleEncode: false)",
      safety: "check first",
    },
    {
      text: "or encode the key once, as UTF-8 with %XX, and give signer and client the very same text",
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
        detail: `The path was sent with + in it, and the server read a blank (%20) for each: a + of a key must be encoded as %2B before it is signed and sent, by the client or by the proxy that signs.`,
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
              : "S3 encodes this character before it signs, and the signer left it as it is"
          }.`
        : raw === undefined
          ? `The path has ${odd} in it, which signers encode in different ways.`
          : `The path has ${odd} in it as it is: servers encode that character (%${raw.codePointAt(0)?.toString(16).toUpperCase() ?? ""}) before they sign, so the signer and the URL must have it encoded.`,
      evidence: thePath(request.path, request.at("url"), "what the signer had"),
    })
    // Every client sends keys with percent signs, but a character that is not encoded is evidence by itself.
    return finding?._tag === "Found" && raw === undefined && !isEqual ? { ...finding, confidence: "possible" } : finding
  },
})
