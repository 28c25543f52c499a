/**
 * Rules for signed headers whose values change before the server verifies the signature.
 */
import { cleared, type Finding } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf, has } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Comparison from "../../../signature/comparison.ts"
import * as Hosts from "../../../signature/hosts.ts"
import * as Seen from "../../../signature/seen.ts"
import { links } from "../links.ts"
import { asCause, isForm, mismatches, pages, rule, seen, othersThan } from "./topic.ts"

/**
 * Headers that apply only to one hop, or that intermediaries are known to set: Google's front end and Cloudflare change
 * `Accept-Encoding`, CloudFront sets `User-Agent`, and load balancers set `X-Amzn-Trace-Id`.
 */
const proxyHeaders =
  /^(?:accept-encoding|connection|content-length|cookie|expect|forwarded|keep-alive|te|transfer-encoding|upgrade|user-agent|via|x-amzn-trace-id|x-cloud-trace-context|traceparent|x-request-id|x-real-ip|x-forwarded-[a-z-]{1,20}|cf-[a-z-]{1,30}|cdn-loop)$/

/** Whether intermediaries set this header themselves. */
export const isProxyHeader = (name: string): boolean => proxyHeaders.test(name)

export const proxyHeaderSigned = rule({
  code: "HF-S3-SIGN-024",
  name: "ProxyHeaderSigned",
  phase: "signature",
  title: "The signature covers a header that proxies and load balancers change in transit",
  explanation:
    "Every signed header must arrive unchanged. Accept-Encoding, Connection, the Content-Length of a request " +
    "without a body, User-Agent, Expect and trace headers apply to a single hop or are rewritten by " +
    "intermediaries: Google's front end adds gzip(gfe) to Accept-Encoding, and Cloudflare replaces " +
    "Accept-Encoding. Sign only host, content-type, content-md5 and the storage's own headers.",
  fix: [
    {
      text: "do not sign the header; most signers have a list of headers to ignore",
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
        detail: `${changed.map(({ name }) => name).join(", ")} ${changed.length === 1 ? "is" : "are"} signed but changed before the request arrived.`,
        evidence: changed.map(({ evidence }) => evidence),
        about: changed.map(({ name }) => name),
      })
    }
    const signed = request.names.filter(isProxyHeader)
    if (signed.length === 0)
      return request.names.length === 0 ? undefined : cleared("signed headers that intermediaries change", "none")
    if (Comparison.isEqual(facts)) return undefined
    const finding = asCause(facts, {
      detail:
        `${signed.join(", ")} ${signed.length === 1 ? "is" : "are"} signed, but intermediaries change ` +
        `${signed.length === 1 ? "it" : "them"}.`,
      evidence: signed.map((name) => ({
        at: request.at("headers", name),
        name,
        observed: request.header(name) ?? "not sent",
        expected: "not signed",
      })),
      about: signed,
    })
    // Many clients sign these two headers, which arrive unchanged without a proxy.
    const isUsual = signed.every((name) => name === "user-agent" || (name === "content-length" && hasBody(request)))
    return finding?._tag === "Found" && isUsual && Hosts.proxyOf(facts) === undefined
      ? { ...finding, confidence: "possible" }
      : finding
  },
})

const hasBody = (request: Seen.Seen): boolean => !["", "0"].includes(request.header("content-length") ?? "")

/** Content types that an HTTP library sets if the caller does not set one. */
const byItself =
  /^(?:multipart\/form-data|application\/x-www-form-urlencoded|application\/octet-stream; ?charset=|text\/plain; ?charset=utf-8$|application\/json; ?charset=utf-8$)/i

/** Content types by file extension, as clients usually guess them. */
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

/** Whether a content type is the usual type for the object's name, so that the signer probably used the same type. */
const isExpected = (type: string, path: string): boolean => {
  const ending = /\.([a-z0-9]{2,5})$/i.exec(path)?.[1]?.toLowerCase() ?? ""
  return Object.hasOwn(endings, ending) && endings[ending]?.test(type.toLowerCase()) === true
}

export const signedContentType = rule({
  code: "HF-S3-SIGN-013",
  name: "SignedContentType",
  phase: "signature",
  title: "The Content-Type that was sent differs from the one that was signed",
  explanation:
    "If Content-Type is one of the signed headers, its value must equal the signed value exactly. In version 2 it is " +
    "always signed, even if the header is not sent. Browsers and HTTP libraries set their own Content-Type based on the body or the " +
    'file name, and add parameters such as "; charset=utf-8".',
  fix: [{ text: "send exactly the Content-Type that the URL was signed with", safety: "check first" }],
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
        detail: `The client sent ${changed.sent ?? "no Content-Type"}, but the server received ${changed.received ?? "none"}.`,
        evidence: [changed.evidence],
        about: ["content-type"],
      })
    }
    const type = request.header("content-type")
    const twice = sentTwice(facts, request, type)
    if (twice !== undefined) return twice
    // Alibaba also signs it in version 4 whenever it is sent.
    const isSigned =
      request.version === 2 || request.names.includes("content-type") || facts.query("x-oss-signature") !== undefined
    if (!isSigned) return mismatch === "said" ? cleared("Content-Type", "not signed, so any value is valid") : undefined
    // A request that signs itself knows its own type.
    if (request.signedIn !== "query") return undefined
    if (type === undefined || type === "") return withoutType(facts, request)
    const finding = asCause(facts, {
      detail:
        `Content-Type is signed, but ${type} was sent: the signer expected a different ` +
        `one${request.version === 2 ? ", or none" : ""}.`,
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
    // In version 2 signers name no type by default, and browsers set that of the file.
    const isByBrowser =
      request.version === 2 &&
      (facts.header("origin") !== undefined || facts.header("user-agent")?.startsWith("Mozilla/") === true)
    const isMeant = !isByBrowser && !byItself.test(type) && isExpected(type, request.path)
    return finding?._tag === "Found" && isMeant ? { ...finding, confidence: "possible" } : finding
  },
})

/**
 * A content type set by the program in addition to the one set by its HTTP library. The server joins the two types with a
 * comma, but the signer used only one.
 */
const sentTwice = (facts: S3Facts, request: Seen.Seen, type: string | undefined): Finding | undefined => {
  if (type === undefined || !/^[\w.+-]{1,60}\/[\w.+-]{1,80}(?:;[^,]{0,80})?, ?[\w.+-]{1,60}\/[\w.+-]{1,80}/.test(type))
    return undefined
  return asCause(facts, {
    detail:
      `Content-Type was sent twice, and the server checks the signature against both values joined together: ${type}. The program set one value, and ` +
      "its HTTP library added another.",
    evidence: [
      { at: request.at("headers", "content-type"), name: "content-type", observed: type, expected: "one value" },
    ],
    about: ["content-type"],
  })
}

/**
 * A version 2 upload without a content type. The content type line in the signed text is empty, but the signer may have used
 * a type.
 */
const withoutType = (facts: S3Facts, request: Seen.Seen): Finding | undefined => {
  if (request.version !== 2 || !request.hasHeaders || (request.method !== "PUT" && request.method !== "POST"))
    return undefined
  const finding = asCause(facts, {
    detail:
      "No Content-Type was sent. Signature Version 2 also covers Content-Type: a URL that was signed with a " +
      "Content-Type requires the same one.",
    evidence: [
      {
        at: request.at("headers", "content-type"),
        name: "content-type",
        observed: "not sent",
        expected: "the type that was signed, if any",
      },
    ],
    about: ["content-type"],
  })
  // Amazon's signers set no type by default.
  return finding?._tag === "Found" && Comparison.of(facts) === undefined
    ? { ...finding, confidence: "possible" }
    : finding
}

export const signatureDamaged = rule({
  code: "HF-S3-SIGN-029",
  name: "SignatureDamaged",
  phase: "signature",
  title: "The signature was damaged in transit: it was cut off or encoded twice, or it contains spaces",
  explanation:
    "A version 4 signature has 64 hexadecimal digits. A version 2 signature is base64, in which each + must be " +
    "encoded as %2B in a URL because it otherwise arrives as a space. In that case, the only URLs that fail are " +
    "those whose signatures happen to contain a +.",
  fix: [
    {
      text: "encode the signature once when adding it to the URL: + as %2B, / as %2F, = as %3D",
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
      ? "the signature contains a space because a + was not encoded as %2B"
      : has(value, "percent")
        ? "the signature contains percent signs because it was encoded twice"
        : isHex && length !== 64
          ? `the signature has ${length} characters instead of 64`
          : undefined
    if (problem === undefined) return cleared("signature in the URL", `${length} characters`)
    return asCause(facts, {
      detail: `${name} is damaged: ${problem}.`,
      evidence: [Asked.inQuery(facts, name, isHex ? "64 hexadecimal digits" : "base64, encoded once")],
      about: [name],
    })
  },
})
