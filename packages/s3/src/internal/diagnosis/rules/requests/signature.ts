/**
 * Signatures that do not match, and what made them differ.
 */
import { cleared, type Evidence, type Finding, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import * as Canonical from "../../canonical.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"
import { signedHeaderMissing } from "./signedHeaders.ts"

const rule = topic("signature")

/** Answers that say that signatures differ; a server that tells little says that access is denied. */
const mismatches = ({ answer }: S3Facts): "said" | "possible" | undefined => {
  if (["SignatureDoesNotMatch", "InvalidSignature", "InvalidSignatureException"].includes(answer.code)) return "said"
  if (/\binvalid signature\b|signature (?:validation failed|mismatch|does ?n.t match)/i.test(answer.message))
    return "said"
  const isMute = answer.code === "AccessDenied" && answer.message === ""
  return isMute && answer.element("BucketName") === undefined ? "possible" : undefined
}

/** Whether a form's rules are the ones to ask. */
const isForm = (facts: S3Facts): boolean => facts.form !== undefined && Asked.queryVersion(facts) === undefined

/** A cause that fits a mismatch: likely where the server says that there is one, possible where it says nothing. */
const asCause = (
  facts: S3Facts,
  finding: {
    readonly detail: string
    readonly evidence: ReadonlyArray<Evidence>
    readonly about?: ReadonlyArray<string>
  },
): Finding | undefined => {
  const mismatch = mismatches(facts)
  if (mismatch === undefined) return undefined
  return found({ confidence: mismatch === "said" ? "likely" : "possible", ...finding })
}

/** What the server received is not what was sent. */
export const changedOnTheWay = rule({
  code: "HF-S3-SIGN-010",
  name: "ChangedOnTheWay",
  phase: "signature",
  title: "Something on the way changed the request: the server received another one than was sent",
  explanation:
    "With SignatureDoesNotMatch the server may show the canonical request: what it received, in the form that is signed. " +
    "Where a line of it differs from the request that was sent, a proxy, a rewritten host, a redirect or a library that " +
    "encodes again has changed it, and the signature no longer fits.",
  fix: [
    { text: "pass method, path, query and signed headers on unchanged, the Host header too", safety: "check first" },
    { text: "do not follow redirects with a signed request: sign for the other host", safety: "check first" },
  ],
  change: "plan",
  links: [links.querySigning],
  recognise: (facts) => {
    const canonical = Canonical.read(facts.answer.element("CanonicalRequest"))
    if (isForm(facts) || canonical === undefined) return undefined
    if (!facts.hasRequest) return unseen("the request as it was sent, to compare it with the canonical one")
    const differences = Canonical.compare(canonical, facts)
    if (differences.length === 0) return cleared("request on the way", "arrived as it was sent")
    return found({
      confidence: "certain",
      detail: `${differences.map(({ name }) => name).join(", ")} ${differences.length === 1 ? "is" : "are"} not what was sent.`,
      evidence: differences,
    })
  },
})

/** What is wrong with a POST on a URL that was signed for something else. */
const wrongPost = {
  detail: "A POST was sent to a presigned URL that names neither uploads nor uploadId: such URLs are signed for PUT.",
  evidence: [{ at: "request.method", name: "method", observed: "POST", expected: "PUT" }],
}

/** The operation for which the AWS SDK for JavaScript says that it signed. */
const methods: Readonly<Record<string, string>> = {
  PutObject: "PUT",
  UploadPart: "PUT",
  CreateMultipartUpload: "POST",
  CompleteMultipartUpload: "POST",
  AbortMultipartUpload: "DELETE",
  DeleteObject: "DELETE",
  GetObject: "GET",
  HeadObject: "HEAD",
}

/** The URL was signed for another method. */
export const wrongMethod = rule({
  code: "HF-S3-SIGN-011",
  name: "WrongMethod",
  phase: "signature",
  title: "The URL is used with another method than it was signed for",
  explanation:
    "The method is the first line of what is signed: a URL for PUT takes no POST, and one for GET takes no PUT. Objects and " +
    "parts are sent with PUT; POST is for forms, which go to the bucket and carry their proof in fields, and for the first and " +
    "the last request of a multipart upload.",
  fix: [{ text: "send the body with PUT, or have the URL signed for the method in use", safety: "check first" }],
  change: "plan",
  links: [links.presigned],
  recognise: (facts) => {
    const { method, query } = facts
    if (method === undefined || Asked.signedIn(facts) !== "query") return undefined
    const stated = query("x-id")
    const expected = stated === undefined || !Object.hasOwn(methods, stated) ? undefined : methods[stated]
    if (expected !== undefined && expected !== method) {
      if (mismatches(facts) === undefined) return undefined
      return found({
        confidence: "certain",
        detail: `The URL says that it was signed for ${stated ?? ""}, which is a ${expected}; it was used with ${method}.`,
        evidence: [{ at: "request.method", name: "method", observed: method, expected }, Asked.inQuery(facts, "x-id")],
      })
    }
    if (method !== "POST" || Asked.operationOf({ ...facts, form: undefined }) !== "other") return undefined
    // Servers that know no such POST say so before they look at the signature.
    if (Asked.said(facts, "NotImplemented", "MethodNotAllowed")) {
      return found({ confidence: "likely", ...wrongPost })
    }
    return asCause(facts, wrongPost)
  },
})

/** A form where bytes belong. */
export const formToPutUrl = rule({
  code: "HF-S3-SIGN-012",
  name: "FormToPutUrl",
  phase: "signature",
  title: "A form was sent to a URL that takes the bare bytes",
  explanation:
    "A presigned PUT URL takes the bytes of the file as the body, and nothing around them. FormData puts an envelope around " +
    "the file and sets a Content-Type with a boundary, which is not the one that was signed; where no type was signed, the " +
    "envelope is stored as the object.",
  fix: [
    { text: "send the file itself as the body: fetch(url, { method: 'PUT', body: file })", safety: "safe to apply" },
  ],
  change: "plan",
  links: [links.presigned],
  recognise: (facts) => {
    const type = facts.header("content-type") ?? ""
    if (Asked.queryVersion(facts) === undefined) return undefined
    if (facts.exchange.request?.form === undefined && !/^multipart\/form-data/i.test(type)) return undefined
    return asCause(facts, {
      detail: "The body is multipart/form-data, and the proof stands in the URL.",
      evidence: [Asked.inHeaders(facts, "content-type", "the type of the file, if one was signed")],
      about: ["content-type"],
    })
  },
})

/** The media type is signed, and another one was sent. */
export const signedContentType = rule({
  code: "HF-S3-SIGN-013",
  name: "SignedContentType",
  phase: "signature",
  title: "The Content-Type that was sent is not the one that was signed",
  explanation:
    "When Content-Type is among the signed headers its value must be, letter by letter, the one that the signer had; in " +
    "version 2 it always is. Browsers and HTTP libraries set a type of their own from the body or the name of the file, and " +
    'add things such as "; charset=utf-8".',
  fix: [{ text: "send the very Content-Type that the URL was signed for", safety: "check first" }],
  change: "plan",
  links: [links.presigned],
  recognise: (facts) => {
    const { header, version } = facts
    if (isForm(facts) || Asked.signedIn(facts) === undefined) return undefined
    const type = header("content-type")
    const isSigned = version === 2 || (Asked.signedHeadersOf(facts)?.names.includes("content-type") ?? false)
    if (!isSigned) {
      return mismatches(facts) === "said" ? cleared("Content-Type", "not signed, so any will do") : undefined
    }
    // A request that signs itself knows its own type.
    if (type === undefined || Asked.signedIn(facts) !== "query") return undefined
    return asCause(facts, {
      detail: `Content-Type is signed, and ${type} was sent: the signer had another one in mind.`,
      evidence: [Asked.inHeaders(facts, "content-type", "the type that was signed")],
      about: ["content-type"],
    })
  },
})

/** A path with percent signs that were encoded. */
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
  links: [links.keys],
  recognise: (facts) => {
    const twice = /%25[0-9A-Fa-f]{2}/.exec(facts.url?.pathname ?? "")?.[0]
    if (twice === undefined || isForm(facts)) return undefined
    return asCause(facts, {
      detail: `The path has ${twice} in it, which is %${twice.slice(3)} encoded again.`,
      evidence: [{ at: "request.url", name: "path", observed: facts.url?.pathname ?? "", expected: "encoded once" }],
    })
  },
})

/** Parameters that S3 has; others may be signed, but hardly are. */
const own =
  /^(?:x-|response-|uploads$|uploadid$|partnumber$|versionid$|acl$|tagging$|signature$|expires$|.*accesskeyid$|googleaccessid$|list-type$|prefix$|delete$|retention$|legal-hold$|append$|security-token$)/i

/** A parameter that somebody added to the URL. */
export const foreignParameter = rule({
  code: "HF-S3-SIGN-015",
  name: "ForeignParameter",
  phase: "signature",
  title: "A parameter was added to the URL after it was signed",
  explanation:
    "Every parameter of the query is signed. One that is added afterwards, such as a marker against caches or one of a " +
    "campaign, makes another request of it.",
  fix: [{ text: "add nothing to a presigned URL", safety: "safe to apply" }],
  change: "url",
  links: [links.querySigning],
  recognise: (facts) => {
    if (Asked.queryVersion(facts) !== 4 || facts.url === undefined) return undefined
    const foreign = [...facts.url.searchParams.keys()].filter((name) => !own.test(name))
    if (foreign.length === 0) return undefined
    return asCause(facts, {
      detail: `${foreign.join(", ")} ${foreign.length === 1 ? "is a parameter" : "are parameters"} that S3 does not have.`,
      evidence: foreign.map((name) => Asked.inQuery(facts, name, "not there")),
      about: foreign,
    })
  },
})

/** The Host header names another host than the URL. */
export const otherHost = rule({
  code: "HF-S3-SIGN-016",
  name: "OtherHost",
  phase: "signature",
  title: "The request went to another host than the one it was signed for",
  explanation:
    "The Host header is always signed. A proxy or tunnel in front of the storage, a name that is replaced by an address, or a " +
    "port that is left out or added changes it.",
  fix: [
    {
      text: "sign for the host and port that the request is sent to, or pass Host on unchanged",
      safety: "check first",
    },
  ],
  change: "url",
  links: [links.querySigning],
  recognise: (facts) => {
    const host = facts.header("host")
    const { url } = facts
    if (host === undefined || url === undefined || isForm(facts) || Asked.signedIn(facts) === undefined)
      return undefined
    if (host.toLowerCase().replace(/:(?:80|443)$/, "") === url.host.toLowerCase()) return undefined
    return asCause(facts, {
      detail: `The URL's host is ${url.host}, and the Host header says ${host}.`,
      evidence: [Asked.inHeaders(facts, "host", url.host)],
      about: ["host"],
    })
  },
})

/** The rules that can say what differs. */
const telling = [
  signedHeaderMissing,
  changedOnTheWay,
  wrongMethod,
  formToPutUrl,
  signedContentType,
  pathEncodedTwice,
  foreignParameter,
  otherHost,
] as const

/** What is left: the secret, or a change that cannot be seen from here. */
export const signatureWrong = rule({
  code: "HF-S3-SIGN-019",
  name: "SignatureWrong",
  phase: "signature",
  title: "The signature is wrong: another secret key signed, or the request was altered afterwards",
  explanation:
    "The server knows the key and calculates another signature from what it received. Either the signer used another secret " +
    "(one of another key, with a blank at its end, cut short, of an older generation), or method, path, query or a signed " +
    "header is not what the signer had. Some servers say the same of a key that they do not know.",
  fix: [
    { text: "sign again with the key id and the secret taken from one place, and compare", safety: "check first" },
    { text: "use the URL as it was given: same key, same query, same headers", safety: "check first" },
  ],
  change: "url",
  links: [links.querySigning, links.headerSigning],
  recognise: (facts) => {
    const mismatch = mismatches(facts)
    if (mismatch === undefined || isForm(facts) || facts.proof === "nothing") return undefined
    if (mismatch === "possible" && !facts.hasRequest) return undefined
    if (!facts.hasRequest) {
      return found({
        confidence: "likely",
        detail: "Without the request nothing tells the secret from a change on the way.",
        evidence: Asked.theCode(facts),
      })
    }
    const isTold = telling.some((rule) => rule.find(facts)?._tag === "Found")
    return found({
      confidence: mismatch === "said" && !isTold ? "likely" : "possible",
      detail: isTold
        ? "If it is not that, the secret is another one, or the path, a parameter or a value was altered."
        : mismatch === "said"
          ? "Nothing in the request contradicts its own signature, so the secret is another one, or the path, a parameter or a value was altered."
          : "The server refuses before it comes to the bucket and does not say why: the signature, the secret or the key can be wrong.",
      evidence: [
        ...Asked.theCode(facts),
        ...(Asked.signedIn(facts) === "query" && Asked.queryVersion(facts) === 4
          ? [Asked.inQuery(facts, "X-Amz-SignedHeaders")]
          : []),
      ],
    })
  },
})

/** The topic's rules, the most telling first. */
export const signature = [
  changedOnTheWay,
  wrongMethod,
  formToPutUrl,
  signedContentType,
  pathEncodedTwice,
  foreignParameter,
  otherHost,
  signatureWrong,
] as const
