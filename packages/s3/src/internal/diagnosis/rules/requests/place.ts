/**
 * Rules about buckets and keys that do not exist, cannot exist, or are in the wrong part of the URL.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../asked.ts"
import { lackOf, refused } from "../../dialects/lacks.ts"
import * as Native from "../../dialects/native.ts"
import { textOf } from "../../dialects/text.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { byClient, flawOf } from "./client/bucketName.ts"
import * as KeyFlaw from "./keyFlaw.ts"
import { links } from "./links.ts"
import * as Oddity from "./operations/oddity.ts"
import { isDeleteMarker } from "./operations/object.ts"

const rule = topic("place")

/** The bucket according to the response, or else the URL. */
const bucketOf = (facts: S3Facts): string | undefined =>
  facts.answer.element("BucketName") ?? facts.answer.element("Bucket") ?? Asked.placeOf(facts)?.bucket

/** The bucket name is invalid. */
const bucketNameInvalid = rule({
  code: "HF-S3-PLACE-004",
  name: "BucketNameInvalid",
  phase: "place",
  title: "The bucket's name is one that no bucket can have",
  explanation:
    "Names of buckets have 3 to 63 characters: lower-case letters, digits, hyphens and dots, with a letter or a digit at both " +
    "ends. Another name is never found. Often the name is right and stands in the wrong place: a key or a host was taken for it.",
  fix: [{ text: "correct the bucket's name in the URL, and sign again", safety: "check first" }],
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
          ? "The server says so of the name that it received."
          : flaw === undefined
            ? `The server does not take ${JSON.stringify(bucket)} for a bucket's name.`
            : `${JSON.stringify(bucket)}: ${flaw}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "BucketName"), ...inUrl(facts)],
    })
  },
})

const inUrl = (facts: S3Facts) => {
  const { url } = facts
  return url === undefined ? [] : [{ at: "request.url", name: "host and path", observed: `${url.host}${url.pathname}` }]
}

/** The bucket does not exist. */
const bucketMissing = rule({
  code: "HF-S3-PLACE-005",
  name: "BucketMissing",
  phase: "place",
  title: "The bucket does not exist at this endpoint",
  explanation:
    "The server read a bucket's name from the host or from the first segment of the path and has no such bucket. The name is " +
    "mistyped, the bucket was deleted or belongs to another service or partition, or the two styles of address are mixed: in " +
    "path style the bucket comes first in the path, in host style it stands in the host and not in the path.",
  fix: [
    { text: "compare the bucket that the server names with the one that was meant", safety: "check first" },
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
        detail: `IBM Cloud Object Storage misses the bucket ${bucket ?? ""} at this endpoint: a bucket is reached only at the endpoint of its own location, and an upload does not need its key to exist.`,
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
        detail: `A HEAD of the bucket ${JSON.stringify(bucket)} was answered with 404.`,
        evidence: [{ at: "response.status", name: "status", observed: "404" }, ...inUrl(facts)],
      })
    }
    if (!Asked.said(facts, "NoSuchBucket", "NoSuchBucketException")) return undefined
    // Oracle does not disclose whether a bucket exists.
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
        ? `The server answers alike where ${bucket === undefined ? "the bucket" : `the bucket ${JSON.stringify(bucket)}`} does not exist in this namespace and region, and where the caller has no permission for it.`
        : isPublic
          ? `No public bucket has the name ${JSON.stringify(bucket ?? "")}: it does not exist, or it is private. Addresses below /object/public/ reach public buckets alone; a private one is read with a session or by a signed URL.`
          : bucket === undefined
            ? "The server does not say which bucket it looked for."
            : `The server looked for ${JSON.stringify(bucket)}${
                Oddity.isNamedTwice(facts) ? ", which stands in the host and in the path" : ""
              }.${Oddity.ofBucket(bucket, facts)}`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "BucketName"), ...inUrl(facts)],
    })
  },
})

/** The maximum length of a key, in bytes of UTF-8 (Amazon S3, "Naming objects"). */
const longestKey = 1024

/** The key has more than 1024 bytes. */
const keyTooLong = rule({
  code: "HF-S3-PLACE-006",
  name: "KeyTooLong",
  phase: "place",
  title: "The object's key is longer than 1024 bytes or not a name that the server takes",
  explanation:
    "A key has at most 1024 bytes of UTF-8, folders and all; letters beyond ASCII count for two to four. Servers that keep objects " +
    "as files refuse other names too: segments of one or two dots, empty ones, or ones over 255 bytes; a backslash, which a " +
    "program on Windows puts between folders; and on Windows a colon and the other characters that no file name may have.",
  fix: [{ text: "choose a shorter key and have it signed", safety: "check first" }],
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

/** The resource does not support the method. */
const methodNotAllowed = rule({
  code: "HF-S3-PLACE-007",
  name: "MethodNotAllowed",
  phase: "place",
  title: "This URL does not take this method",
  explanation:
    "Buckets take forms with POST, objects and parts take PUT. A POST to an object, a PUT to a website endpoint or to a " +
    "delete marker, or any upload to a host that only serves files is refused, however it is signed.",
  fix: [
    { text: "send a form to the bucket's URL and bytes to the object's URL", safety: "check first" },
    { text: "use the S3 endpoint, not the website or the CDN in front of it", safety: "check first" },
  ],
  change: "plan",
  links: [links.hosts],
  rivals: ["HF-S3-BODY-007"],
  recognise: (facts) => {
    const { answer, method } = facts
    if (isDeleteMarker(facts)) return undefined
    // Google reads a POST as a form and reports a missing policy.
    if (
      method === "POST" &&
      facts.form === undefined &&
      Asked.said(facts, "InvalidPolicyDocument") &&
      /missing policy/i.test(textOf(facts))
    ) {
      return found({
        confidence: "likely",
        detail:
          "A POST was sent to a URL for the bytes of an object: the server took it for a form and missed the policy. PUT is the method of such a URL.",
        evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Details"), ...inUrl(facts)],
      })
    }
    if (
      !Asked.said(facts, "MethodNotAllowed", "InvalidHttpMethod") &&
      !(Asked.isWordless(facts) && answer.status === 405)
    ) {
      return undefined
    }
    const type = answer.element("ResourceType")
    return found({
      confidence: "likely",
      detail: `${method ?? answer.element("Method") ?? "The method"} is not one that ${
        type === undefined ? "this URL" : `a ${type}`
      } takes.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Method", "ResourceType"), ...inUrl(facts)],
    })
  },
})

/** A form was sent to a server that does not support forms. */
const formsNotTaken = rule({
  code: "HF-S3-PLACE-008",
  name: "FormsNotTaken",
  phase: "place",
  title: "The server does not take POST forms at this address",
  explanation:
    "Forms are the part of S3 that the fewest servers have. One that lacks them, or a proxy that does not pass them on, answers " +
    "with a page or a bare status and never looks at the form. The same happens where the form goes to the address of an object " +
    "instead of that of the bucket.",
  fix: [
    { text: "send the file with PUT to a presigned URL", safety: "check first" },
    { text: "check that the form goes to the bucket's own address, and to S3", safety: "check first" },
  ],
  change: "plan",
  links: [links.hosts, "https://developers.cloudflare.com/r2/api/s3/presigned-urls/"],
  rivals: ["HF-S3-PLACE-007"],
  inspect: (facts) => {
    const forms = Asked.isUnanswered(facts) ? refused(facts).find(({ feature }) => feature === "forms") : undefined
    return forms === undefined
      ? undefined
      : found({
          confidence: "certain",
          detail: `${facts.dialect.name} has no POST Object, the upload by form and policy: use a presigned PUT.`,
          evidence: [...forms.evidence, ...inUrl(facts)],
        })
  },
  recognise: (facts) => {
    const { answer, dialect, form } = facts
    if (form === undefined) return undefined
    const source = lackOf(facts, "forms")
    const isRefused =
      Asked.said(facts, "NotImplemented", "MethodNotAllowed", "InvalidRequest", "NotSupported") ||
      (Asked.isWordless(facts) && answer.status >= 400 && answer.status !== 403)
    const isNamed = /\bpost\b.{0,40}not (?:yet )?(?:implemented|supported)/i.test(answer.message)
    if ((source !== undefined && isRefused) || isNamed) {
      return found({
        confidence: Asked.said(facts, "NotImplemented") || isNamed ? "certain" : "likely",
        detail: `${dialect.name} has no POST Object, the upload by form and policy: use a presigned PUT.`,
        evidence: [
          { at: "request.form", name: "form", observed: `${form.parts.length} parts`, expected: "PUT with the bytes" },
          ...Asked.theCode(facts),
          ...inUrl(facts),
        ],
      })
    }
    if (answer.isErrorDocument || ![404, 412].includes(answer.status)) return undefined
    return found({
      confidence: "likely",
      detail: `A form was answered with status ${answer.status}${answer.isForeign ? " and a page that is not S3's" : ""}.`,
      evidence: [
        {
          at: "response.status",
          name: "status",
          observed: String(answer.status),
          expected: "200, 201, 204 or an S3 error",
        },
        ...inUrl(facts),
      ],
    })
  },
})

/** The rules, in the order of S3's checks. */
export const place = [keyTooLong, bucketNameInvalid, bucketMissing, formsNotTaken, methodNotAllowed] as const
