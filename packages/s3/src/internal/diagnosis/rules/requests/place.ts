/**
 * Rules for buckets and keys that do not exist, cannot exist, or are at the wrong position in the URL.
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

/** The bucket in the response, or else in the URL. */
const bucketOf = (facts: S3Facts): string | undefined =>
  facts.answer.element("BucketName") ?? facts.answer.element("Bucket") ?? Asked.placeOf(facts)?.bucket

const bucketNameInvalid = rule({
  code: "HF-S3-PLACE-004",
  name: "BucketNameInvalid",
  phase: "place",
  title: "The bucket's name is one that no bucket can have",
  explanation:
    "Names of buckets have 3 to 63 characters: lower-case letters, digits, hyphens and dots, with a letter or " +
    "a digit at both ends. No other name can exist. Often the name is correct but at the wrong position: a key " +
    "or a host is in its place.",
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
          ? "The server reports this for the name that it received."
          : flaw === undefined
            ? `The server does not accept ${JSON.stringify(bucket)} as a bucket's name.`
            : `${JSON.stringify(bucket)}: ${flaw}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "BucketName"), ...inUrl(facts)],
    })
  },
})

const inUrl = (facts: S3Facts) => {
  const { url } = facts
  return url === undefined ? [] : [{ at: "request.url", name: "host and path", observed: `${url.host}${url.pathname}` }]
}

const bucketMissing = rule({
  code: "HF-S3-PLACE-005",
  name: "BucketMissing",
  phase: "place",
  title: "The bucket does not exist at this endpoint",
  explanation:
    "The server read a bucket's name from the host or from the first segment of the path and has no such " +
    "bucket. The name is mistyped, the bucket was deleted or belongs to another service or partition, or the " +
    "two address styles are mixed: in path style the bucket is first in the path, in host style it is only in " +
    "the host.",
  fix: [
    { text: "compare the bucket that the server names with the intended one", safety: "check first" },
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
          `IBM Cloud Object Storage does not find the bucket ${bucket ?? ""} at this endpoint: a bucket is reached ` +
          "only at the endpoint of its own location, and an upload does not need an existing key.",
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
        detail: `A HEAD of the bucket ${JSON.stringify(bucket)} got a 404.`,
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
          "namespace and region, or if the caller has no permission for it."
        : isPublic
          ? `No public bucket has the name ${JSON.stringify(bucket ?? "")}: it does not exist, or it is private. ` +
            "Addresses below /object/public/ reach only public buckets; a private one is read with a session or by a " +
            "signed URL."
          : bucket === undefined
            ? "The server does not say which bucket it looked for."
            : `The server looked for ${JSON.stringify(bucket)}${
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
  title: "The object's key is longer than 1024 bytes, or the server does not accept it",
  explanation:
    "A key has at most 1024 bytes of UTF-8 including its folders; characters beyond ASCII have two to four " +
    "bytes. Servers that store objects as files also reject other names: segments of one or two dots, empty " +
    "ones, or ones over 255 bytes; a backslash, with which a program on Windows separates folders; and on " +
    "Windows a colon and the other characters that a file name must not have.",
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

const methodNotAllowed = rule({
  code: "HF-S3-PLACE-007",
  name: "MethodNotAllowed",
  phase: "place",
  title: "This URL does not support this method",
  explanation:
    "Buckets accept forms with POST; objects and parts accept PUT. A POST to an object, a PUT to a website " +
    "endpoint or to a delete marker, and any upload to a host that only serves files are rejected, with any " +
    "signature.",
  fix: [
    { text: "send a form to the bucket's URL and bytes to the object's URL", safety: "check first" },
    { text: "use the S3 endpoint instead of the website or the CDN in front of it", safety: "check first" },
  ],
  change: "plan",
  links: [links.hosts],
  rivals: ["HF-S3-BODY-007"],
  recognise: (facts) => {
    const { answer, method } = facts
    if (isDeleteMarker(facts)) return undefined
    // Google treats a POST as a form, and reports its missing policy.
    if (
      method === "POST" &&
      facts.form === undefined &&
      Asked.said(facts, "InvalidPolicyDocument") &&
      /missing policy/i.test(textOf(facts))
    ) {
      return found({
        confidence: "likely",
        detail:
          "A POST was sent to a URL for the bytes of an object: the server treated it as a form and reported a " +
          "missing policy. Such a URL needs PUT.",
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
      detail: `${type === undefined ? "This URL" : `A ${type}`} does not support ${method ?? answer.element("Method") ?? "the method"}.`,
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Method", "ResourceType"), ...inUrl(facts)],
    })
  },
})

/**
 * A POST of a browser to a storage without forms, whose refusal the browser hides: it comes without the headers of CORS, and a
 * page has no other POST to a bucket.
 */
const hiddenForm = (facts: S3Facts) =>
  facts.method === "POST" &&
  facts.url?.search === "" &&
  lackOf(facts, "forms") !== undefined &&
  /blocked by CORS|Cross-Origin Request Blocked|access control checks/i.test(facts.exchange.failure ?? "")
    ? found({
        confidence: "likely",
        detail: `${facts.dialect.name} has no POST Object, the upload by form and policy, and refuses a form without the headers of CORS, so the browser hides the refusal: use a presigned PUT.`,
        evidence: [{ at: "request.method", name: "method", observed: "POST", expected: "PUT" }, ...inUrl(facts)],
        about: ["method"],
      })
    : undefined

/** A form for a server that takes none. */
const formsNotTaken = rule({
  code: "HF-S3-PLACE-008",
  name: "FormsNotTaken",
  phase: "place",
  title: "The server does not accept POST forms at this address",
  explanation:
    "Few servers support S3's forms. A server without them, or a proxy that does not forward them, answers " +
    "with a page or a status without a body and ignores the form. The same happens if the form goes to the " +
    "address of an object instead of the bucket's.",
  fix: [
    { text: "send the file with PUT to a presigned URL", safety: "check first" },
    { text: "check that the form goes to the bucket's own address in S3", safety: "check first" },
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
    const isNamed = /\bpost\b.{0,40}not (?:yet )?(?:implemented|supported)/i.test(answer.message)
    const isAlone = facts.method === undefined && facts.url === undefined
    const hidden = hiddenForm(facts)
    if (hidden !== undefined) return hidden
    if (!Asked.sendsForm(facts) && !(isNamed && isAlone && Asked.said(facts, "NotImplemented"))) return undefined
    const source = lackOf(facts, "forms")
    const isRefused =
      Asked.said(facts, "NotImplemented", "MethodNotAllowed", "InvalidRequest", "NotSupported") ||
      (Asked.isWordless(facts) && answer.status >= 400 && answer.status !== 403)
    if ((source !== undefined && isRefused) || isNamed) {
      return found({
        confidence: Asked.said(facts, "NotImplemented") || isNamed ? "certain" : "likely",
        detail: `${dialect.name} has no POST Object, the upload by form and policy: use a presigned PUT.`,
        evidence: [
          ...(form === undefined
            ? Asked.signedIn(facts) === undefined && facts.header("content-type") !== undefined
              ? [Asked.inHeaders(facts, "content-type", "PUT with the bytes")]
              : []
            : [
                {
                  at: "request.form",
                  name: "form",
                  observed: `${form.parts.length} parts`,
                  expected: "PUT with the bytes",
                },
              ]),
          ...Asked.theCode(facts),
          ...inUrl(facts),
        ],
      })
    }
    if (form === undefined || answer.isErrorDocument || ![404, 412].includes(answer.status)) return undefined
    return found({
      confidence: "likely",
      detail: `A form got status ${answer.status}${answer.isForeign ? " and a page that is not from S3" : ""}.`,
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

/** All rules of this topic, in the order in which S3 checks. */
export const place = [keyTooLong, bucketNameInvalid, bucketMissing, formsNotTaken, methodNotAllowed] as const
