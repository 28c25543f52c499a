/**
 * Rules for addresses that do not belong to the storage's API, or that the bucket does not support.
 */
import { found, type Found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { inUrl, rule, theMessage } from "./topic.ts"

export const accelerationOff = rule({
  code: "HF-S3-PLACE-009",
  name: "AccelerationOff",
  phase: "place",
  title: "Transfer acceleration is not enabled for this bucket, and the address is the accelerated one",
  explanation:
    "bucket.s3-accelerate.amazonaws.com works for buckets some minutes after transfer acceleration was enabled. " +
    "Buckets with dots in their names do not support it. Tencent's accelerated host works in the same way.",
  fix: [
    { text: "sign for the ordinary endpoint of the bucket's region", safety: "check first" },
    { text: "or enable transfer acceleration for the bucket", safety: "check first" },
  ],
  change: "url",
  links: [links.acceleration, links.errors],
  rivals: [],
  soleCause: links.errors,
  recognise: (facts) => {
    const isSaid =
      /transfer acceleration is (?:not configured|disabled|not supported)/i.test(facts.answer.message) ||
      Asked.said(facts, "BucketAccelerateNotEnabled", "ActionAccelerateNotSupported")
    return isSaid
      ? found({
          confidence: "certain",
          detail: /period|\(\.\)|DNS/i.test(facts.answer.message)
            ? "A bucket with periods (dots) in its name, or with a name that is not a DNS name, cannot use transfer " +
              "acceleration: use the ordinary host."
            : "The server reports that transfer acceleration is not enabled for the bucket: enable it, or use the " +
              "ordinary host.",
          evidence: [...theMessage(facts), ...Asked.theCode(facts), ...inUrl(facts)],
        })
      : undefined
  },
})

/** A service other than the API, with the API's own address. */
const sideOf = ({ url }: S3Facts): { readonly what: string; readonly instead: string } | undefined => {
  const host = url?.hostname ?? ""
  if (host.endsWith(".cdn.digitaloceanspaces.com")) {
    return { what: "the CDN of DigitalOcean Spaces", instead: host.replace(".cdn.", ".") }
  }
  if (/^pub-[^.]+\.r2\.dev$/.test(host)) {
    return { what: "the public address of an R2 bucket", instead: "ACCOUNT.r2.cloudflarestorage.com" }
  }
  if (/\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/.test(host)) {
    return { what: "the website of a bucket", instead: host.replace(/s3-website[.-]/, "s3.") }
  }
  return undefined
}

/** Another port of the same server responded. */
const portOf = ({ answer, dialect }: S3Facts): Pick<Found, "confidence" | "detail"> | undefined => {
  const isConsole = /^minio console$/i.test(answer.header("server") ?? "") && answer.status >= 400
  if (isConsole || /must be made to api port/i.test(answer.message)) {
    return {
      confidence: "certain",
      detail: "The port is that of MinIO's console, which is for browsers; the API has another port, 9000 by default.",
    }
  }
  // SeaweedFS's gateway sends XML.
  if (dialect.name === "SeaweedFS" && answer.status >= 400 && /^\s*\{\s*"error"/.test(answer.body)) {
    return {
      confidence: "likely",
      detail:
        "The response is JSON, as from the filer of SeaweedFS (port 8888) or its master and volume servers (9333, " +
        "8080), whose own API expects forms. Only its gateway speaks S3, at port 8333 by default.",
    }
  }
  return undefined
}

export const notTheApi = rule({
  code: "HF-S3-PLACE-013",
  name: "NotTheApi",
  phase: "place",
  title: "The address or port belongs to a CDN, a website, a console or another service instead of the API",
  explanation:
    "A CDN, the public address of a bucket and a website endpoint answer GET and HEAD for public objects. They " +
    "pass on no credentials, list nothing and store nothing. Requests of the API must go to the storage's own " +
    "endpoint.",
  fix: [{ text: "set the endpoint of the client to that of the API, and sign for it", safety: "check first" }],
  change: "url",
  links: [links.websites, "https://docs.digitalocean.com/products/spaces/how-to/enable-cdn/"],
  rivals: ["HF-S3-PLACE-007"],
  recognise: (facts) => {
    const port = portOf(facts)
    if (port !== undefined) {
      return found({
        ...port,
        evidence: [...theMessage(facts), ...inUrl(facts, "the port of the API")],
      })
    }
    const side = sideOf(facts)
    // A service that is busy or fails internally does not show a wrong address.
    if (side === undefined || !facts.answer.phases.has("permission") || facts.answer.status < 400) return undefined
    if (Asked.said(facts, "MethodNotAllowed")) return undefined
    const isSigned =
      facts.version !== undefined || facts.form !== undefined || facts.header("authorization") !== undefined
    const isWrite = !["GET", "HEAD", "OPTIONS"].includes(facts.method ?? "GET")
    if (!isSigned && !isWrite && Asked.operationOf(facts) !== "ListObjects") return undefined
    return found({
      confidence: "likely",
      detail: `${facts.url?.hostname ?? ""} is ${side.what}; the API is at ${side.instead}.`,
      evidence: [...inUrl(facts, side.instead), ...Asked.theCode(facts)],
    })
  },
})

export const bucketNotOfS3 = rule({
  code: "HF-S3-PLACE-014",
  name: "BucketNotOfS3",
  phase: "place",
  title: "The bucket was created before the vendor supported S3, and can only be used by its native API",
  explanation:
    "Backblaze B2 has its own API and, since 4 May 2020, the S3-compatible one. The S3 API cannot use buckets that " +
    "were created earlier, with any key.",
  fix: [
    { text: "create a new bucket and copy the files, or use the native B2 API for this one", safety: "check first" },
  ],
  change: "human",
  links: ["https://www.backblaze.com/docs/cloud-storage-s3-compatible-api"],
  rivals: [],
  soleCause: "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api",
  recognise: (facts) =>
    /is not s3.enabled/i.test(facts.answer.message)
      ? found({
          confidence: "certain",
          detail: "The server reports that the bucket is not enabled for S3: it is older than the S3-compatible API.",
          evidence: [...theMessage(facts), ...Asked.theCode(facts)],
        })
      : undefined,
})

/** The escapes that replace the ampersands of a URL. */
const escapes = [
  { pattern: /\\u0026|%5Cu0026/i, text: "\\u0026", from: "JSON" },
  { pattern: /&amp;[A-Za-z]/, text: "&amp;", from: "HTML or XML" },
] as const

export const urlEscaped = rule({
  code: "HF-S3-PLACE-015",
  name: "UrlEscaped",
  phase: "place",
  title: "The URL is still escaped as in the document from which it was copied, so its parameters are not read",
  explanation:
    "JSON may write & as \\u0026, HTML and XML write it as &amp;. A URL that was cut from such a text without a " +
    "parser keeps the escapes. The server then reads one long parameter and no signature, and treats the caller as " +
    "anonymous.",
  fix: [{ text: "parse the document that contains the URL, or replace each escape by &", safety: "safe to apply" }],
  change: "url",
  links: [links.presigned],
  recognise: (facts) => {
    const address = facts.exchange.request?.url ?? ""
    const query = address.slice(address.indexOf("?") + 1)
    const escape = address.includes("?") ? escapes.find(({ pattern }) => pattern.test(query)) : undefined
    if (escape === undefined || facts.answer.status < 400 || !facts.answer.phases.has("credentials")) return undefined
    return found({
      confidence: "likely",
      detail:
        `The query has ${escape.text} in place of an &: it comes from ${escape.from}, and the later parameters, ` +
        "including the signature, are not recognized.",
      evidence: [{ at: "request.url", name: "query", observed: escape.text, expected: "&" }, ...Asked.theCode(facts)],
    })
  },
})
