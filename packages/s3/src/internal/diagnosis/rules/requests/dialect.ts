/**
 * Rules for differences between storage services: checksums, two families of headers, parts, and existing objects.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import { asksFor, lackOf } from "../../dialects/lacks.ts"
import { textOf } from "../../dialects/text.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { unknownPayload } from "./body/payloadHash.ts"
import { links } from "./links.ts"

const rule = topic("dialect")

const theMessage = ({ answer }: S3Facts) =>
  answer.message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: answer.message }]

/** Whether the message reports that a checksum header is not supported. */
const refusesChecksum =
  /(?:unsupported|not (?:supported|implemented)).{0,80}x-amz-(?:checksum|sdk-checksum|trailer)|x-amz-(?:checksum|sdk-checksum|trailer).{0,80}not (?:supported|implemented)|trailing checksum (?:is |are )?not supported|missing required header: content-md5 or x-amz-checksum/i

const checksumNotTaken = rule({
  code: "HF-S3-BODY-015",
  name: "ChecksumNotTaken",
  phase: "body",
  title: "The storage does not accept the checksum that newer AWS SDKs send, or the chunked body that carries it",
  explanation:
    "Since January 2025, AWS SDKs and the AWS CLI have added x-amz-checksum-crc32 (or crc64nvme) to every upload. " +
    "For streams, the SDKs send the checksum in a trailer. Some S3-compatible storage servers do not support " +
    "checksums, or support other algorithms. These servers reject the header, the trailer or its encoding " +
    "(aws-chunked) unless the SDK adds checksums only when required (WHEN_REQUIRED).",
  fix: [
    {
      text: "set requestChecksumCalculation to WHEN_REQUIRED (AWS_REQUEST_CHECKSUM_CALCULATION=when_required), and sign the request again",
      safety: "safe to apply",
    },
    { text: "if a checksum is required, choose an algorithm that the storage accepts", safety: "check first" },
  ],
  change: "plan",
  links: [links.integrity, "https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html"],
  rivals: ["HF-S3-BODY-010", "HF-S3-BODY-011"],
  recognise: (facts) => {
    const { answer } = facts
    const sent = asksFor(facts, "checksums")
    const chunks = asksFor(facts, "signed chunks").filter(({ observed }) => observed.endsWith("-TRAILER"))
    const isNamed =
      refusesChecksum.test(answer.message) || /^x-amz-(?:checksum|sdk|trailer)/i.test(answer.element("Header") ?? "")
    const isChunked = /aws-chunked|STREAMING-[A-Z0-9-]{1,60}-TRAILER|trailing checksum/i.test(answer.message)
    const isLacking = lackOf(facts, "checksums") !== undefined && sent.length > 0
    // A server that does not know trailers hashes the body together with its frames.
    const isMishashed = Asked.said(facts, "XAmzContentSHA256Mismatch") && chunks.length > 0
    const isVague =
      Asked.said(facts, "NotImplemented", "InvalidArgument", "InvalidRequest", "InvalidHeader") ||
      (Asked.isWordless(facts) && (answer.status === 501 || answer.status === 400))
    // The server treats the chunks of the trailer as a body of unknown length.
    const isUnframed = Asked.said(facts, "MissingContentLength") && chunks.length > 0
    const stated = facts.header("x-amz-content-sha256")
    const isUnknown = unknownPayload.test(answer.message) && (stated === undefined || stated.startsWith("STREAMING-"))
    if (!isNamed && !isChunked && !isMishashed && !isUnframed && !isUnknown && !(isLacking && isVague)) return undefined
    const names = sent.map(({ name }) => name)
    return found({
      confidence: isNamed ? "certain" : "likely",
      detail:
        `${Asked.serverOf(facts)} does not accept ` +
        `${
          isUnknown
            ? "the value of x-amz-content-sha256: newer SDKs set this header to STREAMING-UNSIGNED-PAYLOAD-TRAILER if the checksum follows the body in a trailer"
            : isChunked || isUnframed
              ? "a body in chunks (aws-chunked) that ends with a checksum in a trailer"
              : names.length === 0
                ? "the checksum of the request"
                : names.join(", ")
        }${isNamed ? `; the server reports "${answer.message.trim()}"` : "."}`,
      evidence: [...theMessage(facts), ...Asked.theCode(facts), ...sent, ...chunks],
      about: names,
    })
  },
})

const headersMixed = rule({
  code: "HF-S3-BODY-017",
  name: "HeadersMixed",
  phase: "signature",
  title: "The request mixes x-amz and x-goog headers, but Google accepts only one family of headers per request",
  explanation:
    "Google Cloud Storage accepts its own x-goog headers and, for compatibility, x-amz headers, but not both in " +
    "one request. An AWS signature (AWS4-HMAC-SHA256) always requires x-amz headers. A request with an x-goog " +
    "header must therefore be signed with GOOG4-HMAC-SHA256.",
  fix: [
    {
      text: "sign with GOOG4-HMAC-SHA256 and x-goog headers, or replace the x-goog header with its x-amz equivalent",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://cloud.google.com/storage/docs/xml-api/reference-status"],
  rivals: [],
  soleCause: "https://cloud.google.com/storage/docs/xml-api/reference-status",
  recognise: (facts) => {
    if (!Asked.said(facts, "ExcessHeaderValues") && !/both x-amz and x-goog/i.test(textOf(facts))) return undefined
    const names = Object.keys(facts.exchange.request?.headers ?? {}).filter((name) => /^x-(?:amz|goog)-/i.test(name))
    return found({
      confidence: /x-amz and x-goog/i.test(textOf(facts)) ? "certain" : "likely",
      detail:
        names.length === 0
          ? "The server reports a conflict between the headers that it received."
          : `The request contains ${names.join(", ")}.`,
      evidence: [...theMessage(facts), ...Asked.theCode(facts)],
      about: names,
    })
  },
})

const partsUnequal = rule({
  code: "HF-S3-MPU-008",
  name: "PartsUnequal",
  phase: "state",
  title: "The parts differ in length, but this storage requires the same size for all parts except the last",
  explanation:
    "Cloudflare R2 requires all parts of an upload except the last to have the same length. The last part may be " +
    "shorter. Amazon S3 accepts parts of different lengths. R2 checks the lengths only when the upload is " +
    "completed. After a rejection, all parts must be sent again.",
  fix: [{ text: "cut the file into parts of equal length, and upload it again", safety: "check first" }],
  change: "plan",
  links: ["https://developers.cloudflare.com/r2/objects/multipart-objects/"],
  rivals: [],
  soleCause: "https://developers.cloudflare.com/r2/objects/multipart-objects/",
  recognise: (facts) =>
    /non-trailing parts must have the same length/i.test(facts.answer.message)
      ? found({
          confidence: "certain",
          detail: "The server reports that all parts but the last must have the same length.",
          evidence: [...theMessage(facts), ...Asked.theCode(facts)],
        })
      : undefined,
})

const alreadyThere = rule({
  code: "HF-S3-SVC-008",
  name: "AlreadyThere",
  phase: "state",
  title: "The object already exists, and the request is not allowed to overwrite it",
  explanation:
    "Supabase rejects an upload to an existing key unless the upload is an upsert. A signed upload URL either " +
    "allows or forbids an upsert. The upsert setting is fixed when the URL is created, and upload headers cannot " +
    "change it. Alibaba OSS lets a request forbid overwriting. If x-oss-forbid-overwrite is true, OSS rejects an " +
    "upload to an existing key. An earlier attempt at the same upload may already have stored the object.",
  fix: [
    { text: "if the stored object is correct, treat the upload as successful", safety: "check first" },
    { text: "otherwise, choose another key, or create the URL with upsert: true", safety: "check first" },
  ],
  change: "plan",
  links: ["https://supabase.com/docs/guides/storage/debugging/error-codes"],
  rivals: [],
  soleCause: "https://supabase.com/docs/guides/storage/debugging/error-codes",
  recognise: (facts) => {
    const isSaid =
      Asked.said(
        facts,
        "Duplicate",
        "KeyAlreadyExists",
        "ResourceAlreadyExists",
        "FileAlreadyExists",
        "ObjectAlreadyExists",
      ) ||
      (facts.dialect.system === "supabase" && /resource already exists/i.test(facts.answer.message))
    if (!isSaid) return undefined
    const isSigned = /\/object\/upload\/sign\//.test(facts.url?.pathname ?? "")
    return found({
      confidence: "certain",
      detail: isSigned
        ? "The object already exists. The signed upload URL determines whether the upload may replace it (upsert)."
        : "The server reports that the object already exists.",
      evidence: [...theMessage(facts), ...Asked.theCode(facts)],
    })
  },
})

/** All rules of this topic, with the most specific rule first. */
export const dialect = [headersMixed, checksumNotTaken, partsUnequal, alreadyThere] as const
