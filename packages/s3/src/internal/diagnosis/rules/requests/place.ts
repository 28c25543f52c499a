/**
 * Rules for buckets and keys that do not exist, cannot exist, or are in the wrong part of the URL.
 */
import { formsNotTaken, inUrl, methodNotAllowed } from "./address/method.ts"
import { found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import * as Native from "../../dialects/native.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { byClient, flawOf } from "./client/bucketName.ts"
import * as KeyFlaw from "./keyFlaw.ts"
import { links } from "./links.ts"
import * as Oddity from "./operations/oddity.ts"

const rule = topic("place")

/** The bucket named in the response, or in the URL if the response does not name one. */
const bucketOf = (facts: S3Facts): string | undefined =>
  facts.answer.element("BucketName") ?? facts.answer.element("Bucket") ?? Asked.placeOf(facts)?.bucket

const bucketNameInvalid = rule({
  code: "HF-S3-PLACE-004",
  name: "BucketNameInvalid",
  phase: "place",
  title: "The bucket name is invalid: no bucket can have this name",
  explanation:
    "A bucket name consists of 3 to 63 lowercase letters, digits, hyphens and dots. The name must begin and end " +
    "with a letter or a digit. A bucket cannot be created with any other name. Often the name is correct but in " +
    "the wrong position. In that case, the request contains a key or a host where the bucket name belongs.",
  fix: [{ text: "correct the bucket name in the URL, and sign the request again", safety: "check first" }],
  change: "url",
  links: [links.bucketNames, links.hosts],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const refused = byClient(facts)
    if (refused !== undefined) return refused
    const bucket = bucketOf(facts)
    const flaw = bucket === undefined ? undefined : flawOf(bucket)
    const stated = Asked.said(facts, "InvalidBucketName", "InvalidBucketNameException")
    if (!stated && !(Asked.said(facts, "NoSuchBucket") && flaw !== undefined)) return undefined
    return found({
      confidence: flaw !== undefined && stated ? "certain" : "likely",
      detail:
        bucket === undefined
          ? "The server reports that the bucket name is invalid."
          : flaw === undefined
            ? `The server does not accept ${JSON.stringify(bucket)} as a bucket name.`
            : `${JSON.stringify(bucket)}: ${flaw}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "BucketName"), ...inUrl(facts)],
    })
  },
})

const bucketMissing = rule({
  code: "HF-S3-PLACE-005",
  name: "BucketMissing",
  phase: "place",
  title: "The bucket does not exist at this endpoint",
  explanation:
    "The server read a bucket name from the host or from the first path segment, but has no bucket with that name. " +
    "The name is mistyped, the bucket was deleted, or the bucket belongs to another service or partition. Another " +
    "possible cause is a mix of the two address styles. In path style, the bucket comes first in the path; in host " +
    "style, the bucket is only in the host.",
  fix: [
    { text: "compare the bucket name in the server's response with the intended name", safety: "check first" },
    { text: "on servers other than Amazon's use path style: https://host/bucket/key", safety: "check first" },
  ],
  change: "human",
  links: [links.hosts],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const bucket = bucketOf(facts)
    if (facts.dialect.system === "ibm" && Asked.said(facts, "NoSuchKey") && Asked.operationOf(facts) === "PutObject") {
      return found({
        confidence: "likely",
        detail:
          `IBM Cloud Object Storage cannot find the bucket ${bucket ?? ""} at this endpoint. A bucket is reachable ` +
          "only at the endpoint of its own location. An upload does not need an existing key, so the key is not " +
          "the cause.",
        evidence: [...Asked.theCode(facts), ...inUrl(facts)],
      })
    }
    const isHead =
      Asked.isWordless(facts) &&
      facts.method === "HEAD" &&
      facts.answer.status === 404 &&
      Asked.placeOf(facts)?.key === ""
    if (isHead && bucket !== undefined) {
      return found({
        confidence: "likely",
        detail: `A HEAD request for the bucket ${JSON.stringify(bucket)} returned 404.`,
        evidence: [{ at: "response.status", name: "status", observed: "404" }, ...inUrl(facts)],
      })
    }
    if (!Asked.said(facts, "NoSuchBucket", "NoSuchBucketException")) return undefined
    // Oracle does not reveal whether a bucket exists.
    const isEither = /not authorized to access|do not have authorization/i.test(facts.answer.message)
    const native = facts.url === undefined ? undefined : Native.placeOf(facts.url)
    const isPublic = facts.dialect.system === "supabase" && facts.url?.pathname.includes("/public/") === true
    return found({
      confidence:
        isEither || isPublic
          ? "likely"
          : native === undefined && bucket !== undefined && flawOf(bucket) !== undefined
            ? "possible"
            : "certain",
      detail: isEither
        ? "The server sends the same response if " +
          `${bucket === undefined ? "the bucket" : `the bucket ${JSON.stringify(bucket)}`} does not exist in this ` +
          "namespace and region, or if the caller lacks permission to access it."
        : isPublic
          ? `No public bucket has the name ${JSON.stringify(bucket ?? "")}: the bucket does not exist or is private. ` +
            "URLs under /object/public/ give access only to public buckets; read a private bucket with a session or with a " +
            "signed URL."
          : bucket === undefined
            ? "The response does not state which bucket the server looked for."
            : `The server looked for the bucket ${JSON.stringify(bucket)}${
                Oddity.isNamedTwice(facts) ? ", which is in the host and in the path" : ""
              }.${Oddity.ofBucket(bucket, facts)}`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "BucketName"), ...inUrl(facts)],
    })
  },
})

/** The maximum length of a key, in bytes of UTF-8 (Amazon S3, "Naming objects"). */
const longestKey = 1024

const keyTooLong = rule({
  code: "HF-S3-PLACE-006",
  name: "KeyTooLong",
  phase: "place",
  title: "The object key is longer than 1024 bytes, or the server does not accept the key",
  explanation:
    "A key can have at most 1024 bytes of UTF-8, including its folders; a non-ASCII character is encoded as two to " +
    "four bytes. Servers that store objects as files also reject keys with a segment that is empty, consists of " +
    "one or two dots, or is longer than 255 bytes. Such servers also reject a backslash, which Windows programs " +
    "use to separate folders. On Windows, such servers also reject keys with a colon or another character that is " +
    "not allowed in a file name.",
  fix: [{ text: "choose a shorter key, and sign a new request for it", safety: "check first" }],
  change: "url",
  links: [links.keys],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  inspect: (facts) => {
    const place = Asked.placeOf(facts)
    if (place === undefined || facts.form !== undefined) return undefined
    const bytes = bytesOf(place.key)
    if (bytes <= longestKey) return undefined
    return found({
      confidence: "certain",
      detail: `The key has ${bytes} bytes.`,
      evidence: [
        { at: "request.url", name: "key", observed: `${bytes} bytes`, expected: `at most ${longestKey} bytes` },
      ],
    })
  },
  recognise: (facts) =>
    facts.dialect.name !== "CloudFront" &&
    Asked.said(
      facts,
      "KeyTooLongError",
      "KeyTooLong",
      "InvalidObjectName",
      "XMinioInvalidObjectName",
      "InvalidURI",
      "InvalidKey",
    )
      ? found({
          confidence: "likely",
          detail: KeyFlaw.of(facts),
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Size", "MaxSizeAllowed", "Key", "Resource")],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const place = [keyTooLong, bucketNameInvalid, bucketMissing, formsNotTaken, methodNotAllowed] as const
