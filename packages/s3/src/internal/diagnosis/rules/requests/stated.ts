/**
 * Rules for self-explanatory error codes, grouped by remedy.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import type { S3Facts } from "../../facts.ts"
import * as Lookup from "../../../errors/lookup.ts"
import { unknown } from "../../../errors/rows.ts"
import { topic } from "../../rule.ts"
import { encryptionRefused } from "./body/encryption.ts"
import { links } from "./links.ts"
import * as Oddity from "./operations/oddity.ts"
import { isDeleteMarker } from "./operations/object.ts"
import { described, storageClassRefused, words } from "./storageClass.ts"

const rule = topic("stated")

const tagsRefused = rule({
  code: "HF-S3-SVC-022",
  name: "TagsRefused",
  phase: "body",
  title: "The tags of the object are invalid, or there are too many tags",
  explanation:
    "An object can have at most 10 tags, with keys of up to 128 characters and values of up to 256 characters, " +
    "without duplicate keys or keys that begin with aws:. In the header, tags are URL-encoded like a query string.",
  fix: [
    { text: "encode the tags as a query string (a=b&c=d), and check their number and length", safety: "check first" },
  ],
  change: "plan",
  links: [links.tags],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) =>
    Asked.said(facts, "InvalidTag", "TooManyTags", "BadRequestTag", "TagPolicyException") ||
    (Asked.said(facts, "InvalidArgument", "BadRequest") &&
      /\btagg?(?:ing|s)?\b/i.test(`${facts.answer.element("ArgumentName") ?? ""} ${facts.answer.message}`))
      ? found({
          confidence: Asked.said(facts, "InvalidArgument", "BadRequest") ? "likely" : "certain",
          detail: `${described(facts)}${facts.answer.message}`.trim(),
          evidence: words(facts, "TagKey", "TagValue"),
        })
      : undefined,
})

const aclMalformed = rule({
  code: "HF-S3-SVC-023",
  name: "AclMalformed",
  phase: "body",
  title: "The storage does not accept the ACL in the request, or the ACL does not identify a grantee",
  explanation:
    "A canned ACL has one of a few predefined names; grants identify accounts by id, groups by URI, or users by " +
    "email address. A request must not contain both a canned ACL and grants. S3-compatible storages accept fewer " +
    "ACLs: some support only the ACL of the bucket.",
  fix: [{ text: "remove the ACL, or use a canned ACL such as private", safety: "check first" }],
  change: "plan",
  links: [links.ownership],
  rivals: ["HF-S3-SVC-030"],
  recognise: (facts) => {
    const argument = facts.answer.element("ArgumentName") ?? ""
    const isArgument = /^(?:x-amz-acl|x-amz-grant-.*|acl|uri|id|CanonicalUser\/ID|Group\/URI)$/i.test(argument)
    const worded = /canned ACLs? and header grants|invalid group uri|value for canned acl/i.test(facts.answer.message)
    if (
      !Asked.said(facts, "MalformedACLError", "AmbiguousGrantByEmailAddress", "UnresolvableGrantByEmailAddress") &&
      !isArgument &&
      !worded
    ) {
      return undefined
    }
    return found({
      confidence: "likely",
      detail: `${described(facts)}${facts.answer.message}`.trim(),
      evidence: words(facts),
    })
  },
})

const lockRefused = rule({
  code: "HF-S3-SVC-024",
  name: "LockRefused",
  phase: "body",
  title: "The request specifies an object lock that the bucket or the headers do not permit",
  explanation:
    "A lock requires a bucket with Object Lock enabled, both lock headers (the mode and a date in the future), and " +
    "Content-MD5 or a checksum.",
  fix: [
    {
      text: "remove the lock headers, or send both the mode and the date to a bucket with Object Lock enabled",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.locks],
  rivals: ["HF-S3-SVC-030"],
  recognise: (facts) => {
    const text = `${facts.answer.element("ArgumentName") ?? ""} ${facts.answer.message}`
    if (
      !Asked.said(
        facts,
        "InvalidRequest",
        "InvalidArgument",
        "ObjectLockConfigurationNotFoundError",
        "NoSuchObjectLockConfiguration",
      )
    )
      return undefined
    if (!/object.?lock|wormMode|retain until/i.test(text) && !/ObjectLock/.test(facts.answer.code)) return undefined
    return found({
      confidence: "likely",
      detail: `${described(facts)}${facts.answer.message}`.trim(),
      evidence: words(facts),
    })
  },
})

/** Additional information about a missing key. */
const inPlace = (facts: S3Facts): string => {
  const { answer } = facts
  if (!Asked.said(facts, "NoSuchKey")) return ""
  if (facts.dialect.system === "supabase") {
    return (
      "The object does not exist, or no SELECT policy on storage.objects makes it visible to this caller: Supabase " +
      "sends the same response in both cases."
    )
  }
  const moved = Oddity.movedKey(facts)
  if (moved !== undefined) return moved
  const oddity = Oddity.ofKey(facts)
  if (oddity !== undefined) return `The requested key ${oddity}.`
  if (facts.url?.hostname.includes(".s3-website") === true || answer.body.includes("<li>Code: NoSuchKey")) {
    return "A website endpoint looks for the index document of a folder. If it does not find one, it looks for the error document."
  }
  return ""
}

const notFound = rule({
  code: "HF-S3-SVC-025",
  name: "NotFound",
  phase: "state",
  title: "The requested object, version or bucket setting does not exist",
  explanation:
    "The key, the version or the configuration does not exist. Keys are case-sensitive and are compared character " +
    "by character after decoding; an additional slash results in a different key.",
  fix: [{ text: "compare the key with the keys in a listing of the bucket", safety: "check first" }],
  change: "plan",
  links: [links.keys, links.errors],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { answer } = facts
    if (isDeleteMarker(facts)) return undefined
    const row = Lookup.find(Lookup.seen(answer))
    const isKey =
      Asked.said(facts, "NoSuchKey") && (!["PUT", "POST"].includes(facts.method ?? "") || Asked.isNative(facts))
    const isOther = row.class === "ResourceNotFound" && !/ObjectLock|Encryption/.test(answer.code)
    const isHead =
      Asked.isWordless(facts) && answer.status === 404 && facts.method === "HEAD" && Asked.placeOf(facts)?.key !== ""
    // Google's downloads report it in plain text.
    const plain = answer.code === "" ? /^No such object: \S.{0,1500}/.exec(answer.body)?.[0] : undefined
    if (plain !== undefined) return found({ confidence: "likely", detail: `${plain}.`, evidence: words(facts) })
    if (!isKey && !isOther && !isHead) return undefined
    return found({
      confidence:
        facts.hasRequest && !isHead && facts.dialect.system !== "supabase" && !Oddity.isNamedTwice(facts)
          ? "certain"
          : "likely",
      detail: isHead
        ? "The response to a HEAD request has no body; the key or the bucket does not exist."
        : `${described(facts)}${inPlace(facts)}`.trim() || said(facts),
      evidence: words(facts, "Key", "BucketName", "Resource"),
    })
  },
})

/** Status codes for an error in the request itself. */
const refusals: ReadonlySet<number> = new Set([400, 405, 406, 410, 411, 413, 414, 415, 416, 417, 422, 431])

/** Status codes for a conflict with existing objects or settings. */
const conflicts: ReadonlySet<number> = new Set([409, 412, 423, 424, 428])

/** The server's own message. */
const said = ({ answer }: S3Facts): string => (answer.message === "" ? "" : `The server reports: ${answer.message}`)

const requestRefused = rule({
  code: "HF-S3-SVC-030",
  name: "RequestRefused",
  phase: "body",
  title: "The server does not accept a value in the request",
  explanation:
    "The signature was accepted, but the operation does not accept an argument, a header or a combination of " +
    "arguments or headers. The server's message identifies the rejected value.",
  fix: [{ text: "correct or remove the value that the message identifies", safety: "check first" }],
  change: "plan",
  links: [links.errors],
  recognise: (facts) => {
    const { answer } = facts
    const row = Lookup.find(Lookup.seen(answer))
    const isGeneric = Asked.said(
      facts,
      "InvalidArgument",
      "InvalidRequest",
      "BadRequest",
      "InvalidParameterValue",
      "InvalidHeader",
      "invalid_mime_type",
      "InvalidMimeType",
    )
    // S3's own table lacks the code, or there is none, but the message has a known meaning.
    const isOther = row.class === unknown && refusals.has(answer.status) && described(facts) !== ""
    if (!isGeneric && !isOther && row.class !== "RequestRejected" && !Asked.said(facts, "MissingSecurityHeader")) {
      return undefined
    }
    if (facts.form !== undefined && isGeneric) return undefined
    const argument = answer.element("ArgumentName") ?? answer.element("MissingHeaderName")
    const remark = facts.words.remark()
    return found({
      // A message whose meaning is documented leaves one cause; otherwise, only the place of the fault is known.
      confidence: remark === "" ? "possible" : "likely",
      detail:
        argument !== undefined && argument !== "" && remark === ""
          ? `The response identifies ${argument}${answer.message === "" ? "" : ` and reports: ${answer.message.trim()}`}${/[.!]$/.test(answer.message.trim()) ? "" : "."}`
          : `${described(facts)}${said(facts)}`.trim(),
      evidence: words(facts, "MissingHeaderName", "Method", "ResourceType", "RangeRequested", "PartNumberRequested"),
      about: argument === undefined ? [] : [argument],
    })
  },
})

const stateForbids = rule({
  code: "HF-S3-SVC-031",
  name: "StateForbids",
  phase: "state",
  title: "The state of the bucket, its settings or the credentials does not permit the request",
  explanation:
    "The request is well-formed and signed, but the current state does not permit it: for example, a name is " +
    "already taken, a bucket is not empty, or a setting conflicts with the request. The error code identifies the " +
    "reason.",
  fix: [{ text: "check the bucket's state and settings", safety: "check first" }],
  change: "human",
  links: [links.errors],
  recognise: (facts) => {
    const row = Lookup.find(Lookup.seen(facts.answer))
    const isOther = row.class === unknown && conflicts.has(facts.answer.status) && described(facts) !== ""
    if (!isOther && !["ResourceConflict", "CredentialsRefused", "ReadInterrupted"].includes(row.class)) return undefined
    if (Asked.said(facts, "NotModified")) return undefined
    return found({
      confidence: "possible",
      detail: `${described(facts)}${said(facts)}`.trim(),
      evidence: words(facts, "BucketName", "Resource"),
    })
  },
})

/** All rules of this topic, with the most specific rule first. */
export const stated = [
  encryptionRefused,
  lockRefused,
  tagsRefused,
  aclMalformed,
  storageClassRefused,
  notFound,
  requestRefused,
  stateForbids,
] as const
