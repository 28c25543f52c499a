/**
 * Rules for copies within the storage, required digests, and server-specific limits.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("copy")

/** The visible fault in the header, as a sentence. */
const faultOf = (source: string | undefined): string => {
  if (source === undefined || isHidden(source)) return ""
  if (/^[a-z][a-z0-9+.-]{1,10}:\/\//i.test(source))
    return " It is a URL; the header must contain bucket/key, without a scheme or host."
  if (!/^\/?[^/]+\/./.test(source)) return " It contains only one name."
  return /[^\x21-\x7e]/.test(source) ? " It contains characters that must be percent-encoded." : ""
}

const copySourceRefused = rule({
  code: "HF-S3-SVC-009",
  name: "CopySourceRefused",
  phase: "state",
  title: "The source of the copy does not exist, is not specified as bucket/key, or is identical to the target",
  explanation:
    "A PUT with x-amz-copy-source copies an object within the storage. The header specifies the source as " +
    "bucket/key and must be percent-encoded. To select a version of the source, append ?versionId= and the " +
    "version's identifier. An object may be copied onto itself only to change its properties. The copy must change " +
    "the object's metadata (with x-amz-metadata-directive: REPLACE), storage class or encryption.",
  fix: [
    {
      text: "specify the source as /bucket/key, percent-encoded, and compare the key with a listing of the bucket",
      safety: "check first",
    },
    { text: "to change metadata in place, send x-amz-metadata-directive: REPLACE", safety: "check first" },
  ],
  change: "plan",
  links: [links.copyObject],
  rivals: ["HF-S3-BODY-003"],
  recognise: (facts) => {
    const { answer } = facts
    const source = facts.header("x-amz-copy-source")
    const sent = source === undefined ? [] : [Asked.inHeaders(facts, "x-amz-copy-source")]
    const isItself = /copy an object to itself/i.test(answer.message)
    const isMalformed = /copy source must mention|invalid copy source/i.test(answer.message)
    const isMissing = source !== undefined && facts.method === "PUT" && Asked.said(facts, "NoSuchKey")
    if (!isItself && !isMalformed && !isMissing) return undefined
    return found({
      confidence: "certain",
      detail: isItself
        ? "The copy does not change anything: the source and target are the same object with the same metadata, storage class and encryption."
        : isMalformed
          ? `x-amz-copy-source does not name a bucket and a key.${faultOf(source)}`
          : "The source of the copy does not exist under this key.",
      evidence: [
        ...sent,
        ...Asked.theCode(facts),
        ...(answer.message === "" ? [] : [{ at: "response.body.Message", name: "Message", observed: answer.message }]),
      ],
      about: ["x-amz-copy-source"],
    })
  },
})

const digestMissing = rule({
  code: "HF-S3-BODY-018",
  name: "DigestMissing",
  phase: "body",
  title: "The operation requires Content-MD5 or a checksum of the body, but the request contains neither",
  explanation:
    "Some requests must contain Content-MD5 or an x-amz-checksum- header. This rule applies to requests that " +
    "delete several objects, change a bucket's settings, or upload to a bucket with Object Lock. Older storage " +
    "servers support only Content-MD5, but AWS SDKs since 2025 send a CRC32 instead.",
  fix: [
    { text: "send Content-MD5 with the base64-encoded MD5 of the body", safety: "check first" },
    { text: "alternatively, send a checksum with an algorithm that the server specifies", safety: "check first" },
  ],
  change: "plan",
  links: [links.deleteObjects, links.integrity],
  rivals: [],
  soleCause: links.deleteObjects,
  recognise: (facts) => {
    const isSaid =
      Asked.said(facts, "MissingContentMD5", "MissingDigest") ||
      /missing required header.{0,40}content-md5/i.test(facts.answer.message)
    if (!isSaid || /object lock/i.test(facts.answer.message)) return undefined
    if (Object.keys(facts.exchange.request?.headers ?? {}).some((name) => /^x-amz-checksum-/i.test(name)))
      return undefined
    return found({
      confidence: "certain",
      detail: "The server reports that the digest header is missing.",
      evidence: [
        ...Asked.theCode(facts),
        { at: "response.body.Message", name: "Message", observed: facts.answer.message },
        ...(facts.hasRequest ? [Asked.inHeaders(facts, "content-md5", "base64 of the MD5")] : []),
      ],
      about: ["Content-MD5"],
    })
  },
})

const overLimit = rule({
  code: "HF-S3-BODY-019",
  name: "OverLimit",
  phase: "body",
  title: "The object is larger than the bucket or the account's plan permits",
  explanation:
    "Supabase has one size limit for the project and one for the bucket. The limit is 50 MB on the free plan, and " +
    "higher if it was raised. Supabase checks the limit while it reads the body, so the whole upload is lost. " +
    "Other storage services have limits that the owner sets.",
  fix: [
    {
      text: "raise the file size limit of the bucket and the project, or upload a smaller file",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://supabase.com/docs/guides/storage/uploads/file-limits"],
  rivals: [],
  soleCause: "https://supabase.com/docs/guides/storage/uploads/file-limits",
  recognise: (facts) => {
    const isSaid =
      Asked.said(facts, "Payload too large") || /exceeded the maximum allowed size/i.test(facts.answer.message)
    if (!isSaid) return undefined
    const length = Asked.lengthOf(facts)
    return found({
      confidence: "certain",
      detail:
        "The server reports that the object exceeds the maximum " +
        `size${length === undefined || length === 0 ? "" : `; the request announces ${Asked.amount(length)}`}.`,
      evidence: [
        { at: "response.body.Message", name: "Message", observed: facts.answer.message },
        ...Asked.theCode(facts),
      ],
    })
  },
})

const keyIdOfAnotherKind = rule({
  code: "HF-S3-AUTH-009",
  name: "KeyIdOfAnotherKind",
  phase: "credentials",
  title: "The access key id does not belong to this vendor: another credential was used in its place",
  explanation:
    "Cloudflare R2 uses access key ids with 32 characters and secrets with 64 characters. When an API token is " +
    "created, Cloudflare displays both together with the token. The API token's own value has 40 characters, and " +
    "Amazon's access key ids have 20 characters. Neither value is an R2 access key id.",
  fix: [{ text: "use the Access Key ID and the Secret Access Key of an R2 API token", safety: "check first" }],
  change: "human",
  links: ["https://developers.cloudflare.com/r2/api/tokens/"],
  recognise: (facts) => {
    const [, has, wanted] =
      /credential access key has length (\d{1,4}), should be (\d{1,4})/i.exec(facts.answer.message) ?? []
    if (has === undefined || wanted === undefined) return undefined
    const kind = has === "40" ? ", like an API token" : has === "20" ? ", like a key of Amazon" : ""
    return found({
      // The wrong length is certain; its reason, such as an unset variable, is not.
      confidence: "likely",
      detail: `The access key id has ${has} characters${kind}, but must have ${wanted}.`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
      about: ["access key"],
    })
  },
})

/** All rules of this topic, with the most specific rule first. */
export const copy = [copySourceRefused, digestMissing, overLimit, keyIdOfAnotherKind] as const
