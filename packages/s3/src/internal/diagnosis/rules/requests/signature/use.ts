/**
 * Rules for URLs that are used with a method, body or content type that they were not signed for.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import * as Seen from "../../../signature/seen.ts"
import { links } from "../links.ts"
import { asCause, mismatches, rule, othersThan } from "./topic.ts"

/** The fault in a POST to a URL that was signed for another method. */
const wrongPost = {
  detail:
    "A POST was sent to a presigned URL that contains neither uploads nor uploadId; URLs without these parameters " +
    "are signed for PUT.",
  evidence: [{ at: "request.method", name: "method", observed: "POST", expected: "PUT" }],
}

/** The operation that the AWS SDK for JavaScript writes into the URL. */
const methods: Readonly<Record<string, string>> = {
  PutObject: "PUT",
  UploadPart: "PUT",
  CreateMultipartUpload: "POST",
  CompleteMultipartUpload: "POST",
  AbortMultipartUpload: "DELETE",
  DeleteObject: "DELETE",
  GetObject: "GET",
  HeadObject: "HEAD",
}

/** The method that a request was signed for, with the evidence in the request. */
interface Shown {
  readonly method: string
  readonly why: string
  readonly evidence: ReadonlyArray<Evidence>
  /** Whether the signer cannot have signed for the method in use. */
  readonly isSure: boolean
}

/** The HTTP methods that S3 supports ("Actions"). */
const known = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"])

/** Headers that only uploads contain. */
const ofUploads =
  /^(?:content-(?:type|length|md5|encoding|disposition)|x-(?:amz|goog|oss)-(?:acl|object-acl|meta-.{1,60}|storage-class|tagging|checksum-.{1,30}|sdk-checksum-algorithm|server-side-encryption.{0,60}))$/

const signedFor = (request: Seen.Seen): Shown | undefined => {
  const { method = "", names, parameter, parameters } = request
  const inUse: Evidence = { at: request.at("method"), name: "method", observed: method }
  const shown = (expected: string, why: string, name: string, isSure = false): Shown => ({
    method: expected,
    why,
    evidence: [
      { ...inUse, expected },
      { at: request.at("url", name), name, observed: parameter(name) ?? "present" },
    ],
    isSure,
  })
  const id = parameter("x-id")
  const stated = id !== undefined && Object.hasOwn(methods, id) ? methods[id] : undefined
  if (id !== undefined && stated !== undefined) {
    return stated === method
      ? undefined
      : shown(stated, `The URL states that it was signed for ${id}, which is a ${stated} request`, "x-id", true)
  }
  if (!known.has(method)) {
    return {
      method: "PUT",
      why: `S3 has no method ${method}`,
      evidence: [{ ...inUse, expected: "PUT" }],
      isSure: true,
    }
  }
  const response = parameters.find((name) => /^response-(?:content|cache|expires)/i.test(name))
  if (response !== undefined && method !== "GET" && method !== "HEAD") {
    return shown("GET", `${response} is valid only in download URLs`, response)
  }
  const isPart = parameter("partNumber") !== undefined && parameter("uploadId") !== undefined
  if (isPart && method !== "PUT")
    return shown("PUT", "partNumber and uploadId identify a part, which is sent with PUT", "partNumber")
  if (parameter("uploads") !== undefined && (method === "PUT" || method === "DELETE")) {
    return shown("POST", "the parameter uploads starts a multipart upload, which requires POST", "uploads")
  }
  if (!isPart && parameter("uploadId") !== undefined && method === "PUT") {
    return shown("POST", "uploadId without partNumber completes an upload, which requires POST", "uploadId")
  }
  const header =
    names.find((name) => ofUploads.test(name)) ?? parameters.find((name) => ofUploads.test(name.toLowerCase()))
  if (header !== undefined && (method === "GET" || method === "HEAD")) {
    return {
      method: "PUT",
      why: `${header}, which belongs to an upload, is signed`,
      evidence: [
        { ...inUse, expected: "PUT" },
        { at: request.at("url"), name: "signed", observed: header },
      ],
      isSure: false,
    }
  }
  return undefined
}

/** Whether a URL was probably signed for GET and then used with HEAD to check whether the object exists. */
const wrongHead = (request: Seen.Seen): Shown | undefined =>
  request.method === "HEAD"
    ? {
        method: "GET",
        why: "A HEAD request needs its own URL: download URLs are signed for GET",
        evidence: [{ at: request.at("method"), name: "method", observed: "HEAD", expected: "GET" }],
        isSure: false,
      }
    : undefined

/** The response of a server that interpreted a POST as a form. */
const missesForm = ({ answer }: S3Facts): boolean =>
  answer.code === "InvalidPolicyDocument" &&
  /missing policy/i.test(`${answer.message} ${answer.element("Details") ?? ""}`)

export const wrongMethod = rule({
  code: "HF-S3-SIGN-011",
  name: "WrongMethod",
  phase: "signature",
  title: "The URL is used with a method other than the one it was signed for",
  explanation:
    "The method is the first line of the signed text: a URL signed for PUT does not accept POST, and a URL signed " +
    "for GET accepts neither PUT nor HEAD. Objects and parts are sent with PUT. POST is for forms, which are sent " +
    "to the bucket and authenticated by their fields, and for the first and last requests of a multipart upload.",
  fix: [{ text: "send the body with PUT, or sign the URL for the method that you use", safety: "check first" }],
  change: "plan",
  links: [links.presigned],
  rivals: othersThan("HF-S3-SIGN-011"),
  recognise: (facts) => {
    const request = Seen.of(facts)
    if (request?.method === undefined || request.signedIn !== "query") return undefined
    const mismatch = mismatches(facts)
    const shown = signedFor(request)
    // Servers without such a method report that before they check the signature.
    const isRefused = Asked.said(facts, "NotImplemented", "MethodNotAllowed") || missesForm(facts)
    // Some clients keep the status alone; a method that contradicts the URL is enough then.
    const isMute = shown?.isSure === true && Asked.isWordless(facts) && facts.answer.status === 403
    if (
      shown !== undefined &&
      (mismatch !== undefined || isRefused || isMute || (facts.method === "HEAD" && isMuteHead(facts)))
    ) {
      return found({
        confidence: shown.isSure && !isMute ? "certain" : "likely",
        detail: `${shown.why}; ${request.method} was used.`,
        evidence: shown.evidence,
        about: ["method"],
      })
    }
    const head = isMuteHead(facts) || mismatch === "said" ? wrongHead(request) : undefined
    if (head !== undefined) {
      // An error without a message has many possible causes besides the method.
      return found({
        confidence: mismatch === "said" ? "likely" : "possible",
        detail: `${head.why}.`,
        evidence: head.evidence,
        about: ["method"],
      })
    }
    if (
      request.method !== "POST" ||
      request.parameter("uploads") !== undefined ||
      request.parameter("uploadId") !== undefined
    )
      return undefined
    if (request.names.includes("x-goog-resumable")) return undefined
    return isRefused ? found({ confidence: "likely", ...wrongPost }) : asCause(facts, wrongPost)
  },
})

/** The response to a HEAD request has no body, so the error has no message. */
const isMuteHead = (facts: S3Facts): boolean =>
  facts.method === "HEAD" && facts.answer.status === 403 && facts.answer.code === ""

export const formToPutUrl = rule({
  code: "HF-S3-SIGN-012",
  name: "FormToPutUrl",
  phase: "signature",
  title: "A form was sent to a URL that expects only the bytes of the file",
  explanation:
    "A presigned PUT URL expects the bytes of the file as the body, without anything around them. FormData wraps " +
    "the file and sets a Content-Type with a boundary, which differs from the signed Content-Type. If no type was " +
    "signed, the wrapped file is stored as the object.",
  fix: [
    { text: "send the file itself as the body: fetch(url, { method: 'PUT', body: file })", safety: "safe to apply" },
  ],
  change: "plan",
  links: [links.presigned],
  rivals: othersThan("HF-S3-SIGN-012"),
  recognise: (facts) => {
    const type = facts.header("content-type") ?? ""
    if (Asked.queryVersion(facts) === undefined) return undefined
    if (facts.exchange.request?.form === undefined && !/^multipart\/form-data/i.test(type)) return undefined
    const finding = asCause(facts, {
      detail: "The body is multipart/form-data, but the authentication is in the URL.",
      evidence: [Asked.inHeaders(facts, "content-type", "the type of the file, if a type was signed")],
      about: ["content-type"],
    })
    // Forms name their boundary. A type without one was set by hand, whatever the body is.
    const isByHand = facts.exchange.request?.form === undefined && /^multipart\/form-data;?\s*$/i.test(type)
    return isByHand && finding?._tag === "Found" ? { ...finding, confidence: "possible" } : finding
  },
})
