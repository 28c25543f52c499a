/**
 * Rules for copies inside the storage, required digests, and the limits of single servers.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("copy")

/** The visible fault of the header, as a sentence. */
const faultOf = (source: string | undefined): string => {
  if (source === undefined || isHidden(source)) return ""
  if (/^[a-z][a-z0-9+.-]{1,10}:\/\//i.test(source))
    return " It is a URL; the header contains bucket/key, without a scheme or host."
  if (!/^\/?[^/]+\/./.test(source)) return " It contains only one name."
  return /[^\x21-\x7e]/.test(source) ? " It contains characters that must be percent-encoded." : ""
}

const copySourceRefused = rule({
  code: "HF-S3-SVC-009",
  name: "CopySourceRefused",
  phase: "state",
  title: "The source of the copy does not exist, is not named as bucket/key, or is the target itself",
  explanation:
    "A PUT with x-amz-copy-source copies inside the storage. The header names the source as bucket/key, " +
    "percent-encoded, with ?versionId= for a version. Copying an object onto itself is permitted only to change " +
    "something: its metadata (with x-amz-metadata-directive: REPLACE), storage class or encryption.",
  fix: [
    { text: "name the source as /bucket/key, percent-encoded, and compare it with a listing", safety: "check first" },
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
        ? "The copy changes nothing: source and target are the same object, and no metadata, storage class or encryption differs."
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
  title: "The operation requires Content-MD5 or a checksum of the body, and none was sent",
  explanation:
    "Requests that delete several objects or change a bucket's settings, and uploads to buckets with Object Lock, " +
    "must have Content-MD5 or an x-amz-checksum- header. Older storages know only Content-MD5, but AWS SDKs since " +
    "2025 send a CRC32 instead.",
  fix: [
    { text: "send Content-MD5: base64 of the MD5 of the body", safety: "check first" },
    { text: "or a checksum with an algorithm that the server names", safety: "check first" },
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
      detail: "The server reports that the header with the digest is missing.",
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
  title: "The object is larger than this bucket or the plan of the account permits",
  explanation:
    "Supabase has a limit for the project and one for the bucket: 50 MB on the free plan, more if it was raised. " +
    "The limit is checked while the body is read, so the whole upload is lost. Other storages have limits that " +
    "their owner sets, too.",
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
  title: "The access key id is not one of this vendor: another credential was used in its place",
  explanation:
    "Cloudflare R2 has access key ids of 32 characters and secrets of 64. Both are shown beside the API token when " +
    "it is created. The token's own value (40 characters), or a key of another vendor (20 at Amazon), is not an " +
    "access key id.",
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
      detail: `The access key id has ${has} characters${kind}, and must have ${wanted}.`,
      evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
      about: ["access key"],
    })
  },
})

/** All rules of this topic, most specific first. */
export const copy = [copySourceRefused, digestMissing, overLimit, keyIdOfAnotherKind] as const
