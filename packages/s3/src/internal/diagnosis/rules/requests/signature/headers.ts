/**
 * Rules about signed headers that change in transit.
 */
import { cleared, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf, has } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Comparison from "../../../signature/comparison.ts"
import * as Hosts from "../../../signature/hosts.ts"
import * as Seen from "../../../signature/seen.ts"
import { links } from "../links.ts"
import { asCause, isForm, mismatches, pages, rule, seen, othersThan } from "./topic.ts"

/**
 * Hop-by-hop headers, and headers that intermediaries are known to write: Google's front end and Cloudflare change `Accept-Encoding`,
 * CloudFront writes `User-Agent`, load balancers write `X-Amzn-Trace-Id`.
 */
const proxyHeaders =
  /^(?:accept-encoding|connection|content-length|cookie|expect|forwarded|keep-alive|te|transfer-encoding|upgrade|user-agent|via|x-amzn-trace-id|x-cloud-trace-context|traceparent|x-request-id|x-real-ip|x-forwarded-[a-z-]{1,20}|cf-[a-z-]{1,30}|cdn-loop)$/

/** Whether intermediaries write a header themselves. */
export const isProxyHeader = (name: string): boolean => proxyHeaders.test(name)

/** A header that intermediaries change is signed. */
export const proxyHeaderSigned = rule({
  code: "HF-S3-SIGN-024",
  name: "ProxyHeaderSigned",
  phase: "signature",
  title: "A header is signed that proxies and load balancers change on the way",
  explanation:
    "Every signed header must arrive as it was signed. Accept-Encoding, Connection, Content-Length of a request without a " +
    "body, User-Agent, Expect and the headers of traces belong to one leg of the way or are rewritten by intermediaries: " +
    "Google's front end adds gzip(gfe) to Accept-Encoding, Cloudflare replaces it. Only host, content-type, content-md5 and " +
    "the storage's own headers are worth signing.",
  fix: [
    {
      text: "leave the header out of what is signed; most signers have a list of headers to ignore",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [pages.canonical, "https://cloud.google.com/storage/docs/authentication/canonical-requests#required-headers"],
  rivals: othersThan("HF-S3-SIGN-024"),
  recognise: (facts) => {
    const request = Seen.of(facts)
    if (isForm(facts) || request === undefined || mismatches(facts) === undefined) return undefined
    const changed = (Comparison.of(facts)?.differences ?? []).filter(
      ({ name, part }) => part === "header" && isProxyHeader(name),
    )
    const [first] = changed
    if (first !== undefined) {
      return seen({
        detail: `${changed.map(({ name }) => name).join(", ")} ${changed.length === 1 ? "is" : "are"} signed and arrived changed.`,
        evidence: changed.map(({ evidence }) => evidence),
        about: changed.map(({ name }) => name),
      })
    }
    const signed = request.names.filter(isProxyHeader)
    if (signed.length === 0)
      return request.names.length === 0 ? undefined : cleared("signed headers of the way", "none")
    if (Comparison.isEqual(facts)) return undefined
    const finding = asCause(facts, {
      detail: `${signed.join(", ")} ${signed.length === 1 ? "is" : "are"} among the signed headers, and intermediaries change ${signed.length === 1 ? "it" : "them"}.`,
      evidence: signed.map((name) => ({
        at: request.at("headers", name),
        name,
        observed: request.header(name) ?? "not sent",
        expected: "not signed",
      })),
      about: signed,
    })
    // Many clients sign these two, and without a proxy they arrive unchanged.
    const isUsual = signed.every((name) => name === "user-agent" || (name === "content-length" && hasBody(request)))
    return finding?._tag === "Found" && isUsual && Hosts.proxyOf(facts) === undefined
      ? { ...finding, confidence: "possible" }
      : finding
  },
})

const hasBody = (request: Seen.Seen): boolean => !["", "0"].includes(request.header("content-length") ?? "")

/** Default content types of clients, with their library. */
const byItself =
  /^(?:multipart\/form-data|application\/x-www-form-urlencoded|application\/octet-stream; ?charset=|text\/plain; ?charset=utf-8$|application\/json; ?charset=utf-8$)/i

/** Content types by file name extension, as far as clients guess them. */
const endings: Readonly<Record<string, RegExp>> = {
  pdf: /^application\/pdf$/,
  jpg: /^image\/jpe?g$/,
  jpeg: /^image\/jpe?g$/,
  png: /^image\/png$/,
  gif: /^image\/gif$/,
  webp: /^image\/webp$/,
  svg: /^image\/svg\+xml$/,
  mp4: /^video\/mp4$/,
  mov: /^video\/quicktime$/,
  mp3: /^audio\/mpeg$/,
  json: /^application\/json$/,
  csv: /^text\/csv$/,
  txt: /^text\/plain$/,
  html: /^text\/html$/,
  zip: /^application\/zip$/,
}

/** Whether a type matches the object's name, so that the signer probably used the same. */
const isExpected = (type: string, path: string): boolean => {
  const ending = /\.([a-z0-9]{2,5})$/i.exec(path)?.[1]?.toLowerCase() ?? ""
  return Object.hasOwn(endings, ending) && endings[ending]?.test(type.toLowerCase()) === true
}

/** The signed content type differs from the one that was sent. */
export const signedContentType = rule({
  code: "HF-S3-SIGN-013",
  name: "SignedContentType",
  phase: "signature",
  title: "The Content-Type that was sent is not the one that was signed",
  explanation:
    "When Content-Type is among the signed headers its value must be, letter by letter, the one that the signer had; in " +
    "version 2 it always is, also where none is sent. Browsers and HTTP libraries set a type of their own from the body or " +
    'the name of the file, and add things such as "; charset=utf-8".',
  fix: [{ text: "send the very Content-Type that the URL was signed for", safety: "check first" }],
  change: "plan",
  links: [links.presigned, pages.older, pages.google, pages.alibaba],
  rivals: othersThan("HF-S3-SIGN-013"),
  recognise: (facts) => {
    const request = Seen.of(facts)
    const mismatch = mismatches(facts)
    if (isForm(facts) || request?.signedIn === undefined || mismatch === undefined) return undefined
    const changed = Comparison.of(facts)?.differences.find(({ name }) => name === "content-type")
    if (changed !== undefined) {
      return seen({
        detail: `Sent was ${changed.sent ?? "no Content-Type"}, and the server received ${changed.received ?? "none"}.`,
        evidence: [changed.evidence],
        about: ["content-type"],
      })
    }
    const type = request.header("content-type")
    const twice = sentTwice(facts, request, type)
    if (twice !== undefined) return twice
    // Alibaba also signs it in version 4, wherever it is sent.
    const isSigned =
      request.version === 2 || request.names.includes("content-type") || facts.query("x-oss-signature") !== undefined
    if (!isSigned) return mismatch === "said" ? cleared("Content-Type", "not signed, so any will do") : undefined
    // A request that signs itself knows its own type.
    if (request.signedIn !== "query") return undefined
    if (type === undefined || type === "") return withoutType(facts, request)
    const finding = asCause(facts, {
      detail: `Content-Type is signed, and ${type} was sent: the signer had another one in mind${request.version === 2 ? ", or none" : ""}.`,
      evidence: [
        {
          at: request.at("headers", "content-type"),
          name: "content-type",
          observed: type,
          expected: "the type that was signed",
        },
      ],
      about: ["content-type"],
    })
    const isMeant = !byItself.test(type) && isExpected(type, request.path)
    return finding?._tag === "Found" && isMeant ? { ...finding, confidence: "possible" } : finding
  },
})

/** A type set by the program beside one set by its library. The server joins them with a comma, and the signer used one of them. */
const sentTwice = (facts: S3Facts, request: Seen.Seen, type: string | undefined): Finding | undefined => {
  if (type === undefined || !/^[\w.+-]{1,60}\/[\w.+-]{1,80}(?:;[^,]{0,80})?, ?[\w.+-]{1,60}\/[\w.+-]{1,80}/.test(type))
    return undefined
  return asCause(facts, {
    detail: `Content-Type was sent twice, and the server signs both values, joined: ${type}. The program set one, and its library another one besides.`,
    evidence: [
      { at: request.at("headers", "content-type"), name: "content-type", observed: type, expected: "one value" },
    ],
    about: ["content-type"],
  })
}

/** A version 2 upload without a type. Its line is empty, but the signer may have used a value. */
const withoutType = (facts: S3Facts, request: Seen.Seen): Finding | undefined => {
  if (request.version !== 2 || !request.hasHeaders || (request.method !== "PUT" && request.method !== "POST"))
    return undefined
  const finding = asCause(facts, {
    detail:
      "No Content-Type was sent, and version 2 signs that, too: a URL that was signed with a Content-Type needs the same one.",
    evidence: [
      {
        at: request.at("headers", "content-type"),
        name: "content-type",
        observed: "not sent",
        expected: "the type that was signed, if there was one",
      },
    ],
    about: ["content-type"],
  })
  // Amazon's signers use no type by default.
  return finding?._tag === "Found" && Comparison.of(facts) === undefined
    ? { ...finding, confidence: "possible" }
    : finding
}

/** The signature was damaged in transit. */
export const signatureDamaged = rule({
  code: "HF-S3-SIGN-029",
  name: "SignatureDamaged",
  phase: "signature",
  title: "The signature itself was damaged on its way: cut, encoded twice, or with blanks in it",
  explanation:
    "A signature of version 4 is 64 hexadecimal digits; one of version 2 is base64, whose + must be %2B in a URL, or it " +
    "arrives as a blank. Then only those URLs fail whose signature happens to have a + in it.",
  fix: [
    {
      text: "encode the signature once when it is put into the URL: + as %2B, / as %2F, = as %3D",
      safety: "safe to apply",
    },
  ],
  change: "url",
  links: [links.querySigning, pages.older],
  rivals: othersThan("HF-S3-SIGN-029"),
  recognise: (facts) => {
    const { query, version } = facts
    const name = ["X-Amz-Signature", "X-Goog-Signature", "x-oss-signature", "Signature"].find(
      (one) => query(one) !== undefined,
    )
    const value = name === undefined ? undefined : query(name)
    if (name === undefined || value === undefined || value === "" || isForm(facts) || mismatches(facts) === undefined)
      return undefined
    const isHex = name === "X-Amz-Signature" && version === 4 && query("x-amz-algorithm") === "AWS4-HMAC-SHA256"
    const length = bytesOf(value)
    const problem = has(value, "blanks")
      ? "it has a blank in it, where a + was not encoded as %2B"
      : has(value, "percent")
        ? "it has percent signs in it: it was encoded twice"
        : isHex && length !== 64
          ? `it has ${length} characters and not 64`
          : undefined
    if (problem === undefined) return cleared("signature in the URL", `${length} characters`)
    return asCause(facts, {
      detail: `Of ${name}: ${problem}.`,
      evidence: [Asked.inQuery(facts, name, isHex ? "64 hexadecimal digits" : "base64, encoded once")],
      about: [name],
    })
  },
})

/** Headers that S3 does not accept as query parameters. */
const unhoistable =
  /^x-amz-(?:server-side-encryption(?:-.{1,60})?|object-lock-.{1,40}|grant-.{1,30}|copy-source-.{1,60})$/

/** The presigner moved a header into the query. */
export const headerInQuery = rule({
  code: "HF-S3-SIGN-027",
  name: "HeaderInQuery",
  phase: "permission",
  title: "A header of encryption stands in the query of the URL, where it does not count: it must be sent as a header",
  explanation:
    "Signers put x-amz- headers into the query of a presigned URL. For most that is the same; x-amz-server-side-encryption and " +
    "its siblings are read, and compared with the bucket's policy, as headers only. A policy that demands encryption then " +
    "denies the upload, although the URL seems to ask for it.",
  fix: [
    {
      text: "have the presigner sign it as a header (unhoistableHeaders in the AWS SDK for JavaScript), and send that header with the request",
      safety: "check first",
    },
  ],
  change: "url",
  links: [pages.presigner, links.encryption],
  recognise: (facts) => {
    if (Asked.signedIn(facts) !== "query" || facts.proof === "form" || facts.url === undefined) return undefined
    const hoisted = [...facts.url.searchParams.keys()].filter(
      (name) => unhoistable.test(name.toLowerCase()) && facts.header(name.toLowerCase()) === undefined,
    )
    const [first] = hoisted
    if (first === undefined) return undefined
    const isDenied =
      Asked.said(facts, "AccessDenied", "InvalidArgument", "InvalidRequest") ||
      (Asked.isWordless(facts) && facts.answer.status === 403)
    if (!isDenied || /not signed|expired|not authorized to perform: kms/i.test(facts.answer.message)) return undefined
    const isPlain = Asked.said(facts, "AccessDenied") && !/no identity-based policy/i.test(facts.answer.message)
    return found({
      confidence: isPlain ? "likely" : "possible",
      detail: `${hoisted.join(", ")} ${hoisted.length === 1 ? "stands" : "stand"} in the query and ${hoisted.length === 1 ? "was" : "were"} not sent as ${hoisted.length === 1 ? "a header" : "headers"}.`,
      evidence: [
        ...hoisted.map((name) => Asked.inQuery(facts, name, "signed and sent as a header")),
        ...hoisted.map((name) => Asked.inHeaders(facts, name.toLowerCase(), "sent")),
      ],
      about: hoisted,
    })
  },
})
