/**
 * Rules for addresses that do not belong to the storage's API or that the bucket does not support.
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
  title: "The request uses the accelerated address, but transfer acceleration is not enabled for this bucket",
  explanation:
    "The host bucket.s3-accelerate.amazonaws.com becomes usable a few minutes after transfer acceleration is " +
    "enabled. Buckets with dots in their names do not support transfer acceleration. Tencent's accelerated host " +
    "works the same way.",
  fix: [
    { text: "sign the request for the ordinary endpoint of the bucket's region", safety: "check first" },
    { text: "alternatively, enable transfer acceleration for the bucket", safety: "check first" },
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
            ? "A bucket whose name contains periods (dots) or is not a valid DNS name cannot use transfer " +
              "acceleration: use the ordinary host."
            : "The server reports that transfer acceleration is not enabled for the bucket. Enable transfer acceleration, or use the " +
              "ordinary host.",
          evidence: [...theMessage(facts), ...Asked.theCode(facts), ...inUrl(facts)],
        })
      : undefined
  },
})

/** A service other than the API, and the address of the API. */
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

/** The finding if a different port of the same server responded. */
const portOf = ({ answer, dialect }: S3Facts): Pick<Found, "confidence" | "detail"> | undefined => {
  const isConsole = /^minio console$/i.test(answer.header("server") ?? "") && answer.status >= 400
  if (isConsole || /must be made to api port/i.test(answer.message)) {
    return {
      confidence: "certain",
      detail: "The port belongs to MinIO's console, which is for browsers. The API uses another port, 9000 by default.",
    }
  }
  // SeaweedFS's gateway sends XML.
  if (dialect.name === "SeaweedFS" && answer.status >= 400 && /^\s*\{\s*"error"/.test(answer.body)) {
    return {
      confidence: "likely",
      detail:
        "The response is JSON, like responses from SeaweedFS's filer (port 8888), master server (port 9333) and " +
        "volume server (port 8080). These servers have their own API, which expects forms. Only SeaweedFS's " +
        "gateway supports S3, on port 8333 by default.",
    }
  }
  return undefined
}

export const notTheApi = rule({
  code: "HF-S3-PLACE-013",
  name: "NotTheApi",
  phase: "place",
  title: "The address or port belongs to a CDN, a website, a console or another service rather than to the API",
  explanation:
    "A CDN, a bucket's public address and a website endpoint answer only GET and HEAD requests for public objects. " +
    "Such addresses do not forward credentials, list objects or store objects. Send API requests to the storage's " +
    "own endpoint.",
  fix: [
    {
      text: "set the client's endpoint to the API endpoint, and sign requests for that endpoint",
      safety: "check first",
    },
  ],
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
  title: "The bucket was created before the vendor supported S3 and is accessible only through the vendor's native API",
  explanation:
    "Backblaze B2 has a native API and, since 4 May 2020, an S3-compatible API. The S3 API cannot access buckets " +
    "created before 4 May 2020. Using a different key does not help.",
  fix: [
    {
      text: "create a new bucket and copy the files to it, or use the native B2 API for the existing bucket",
      safety: "check first",
    },
  ],
  change: "human",
  links: ["https://www.backblaze.com/docs/cloud-storage-s3-compatible-api"],
  rivals: [],
  soleCause: "https://www.backblaze.com/docs/cloud-storage-s3-compatible-api",
  recognise: (facts) =>
    /is not s3.enabled/i.test(facts.answer.message)
      ? found({
          confidence: "certain",
          detail:
            "The server reports that the bucket is not enabled for S3. The bucket is older than the S3-compatible API.",
          evidence: [...theMessage(facts), ...Asked.theCode(facts)],
        })
      : undefined,
})

/** The escape sequences that replace ampersands in a URL. */
const escapes = [
  { pattern: /\\u0026|%5Cu0026/i, text: "\\u0026", from: "JSON" },
  { pattern: /&amp;[A-Za-z]/, text: "&amp;", from: "HTML or XML" },
] as const

export const urlEscaped = rule({
  code: "HF-S3-PLACE-015",
  name: "UrlEscaped",
  phase: "place",
  title:
    "The URL is still escaped as in the document it was copied from, so the server does not recognize its parameters",
  explanation:
    "JSON may write & as \\u0026. HTML and XML write & as &amp;. A URL may be copied from such a document without " +
    "being parsed. The copied URL then still contains the escapes. The server then reads a single long parameter " +
    "and no signature, and it treats the caller as anonymous.",
  fix: [{ text: "parse the document that contains the URL, or replace each escape with &", safety: "safe to apply" }],
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
        `The query contains ${escape.text}, an escape from ${escape.from}, in place of &. ` +
        "The server does not recognize the later parameters, including the signature.",
      evidence: [{ at: "request.url", name: "query", observed: escape.text, expected: "&" }, ...Asked.theCode(facts)],
    })
  },
})
