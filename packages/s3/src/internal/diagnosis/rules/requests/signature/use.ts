/**
 * A URL that is used in another way than it was signed for: another method, body or media type.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { links } from "../links.ts"
import { asCause, isForm, mismatches, rule } from "./topic.ts"

/** What is wrong with a POST on a URL that was signed for something else. */
const wrongPost = {
  detail: "A POST was sent to a presigned URL that names neither uploads nor uploadId: such URLs are signed for PUT.",
  evidence: [{ at: "request.method", name: "method", observed: "POST", expected: "PUT" }],
}

/** The operation for which the AWS SDK for JavaScript says that it signed. */
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

/** The URL was signed for another method. */
export const wrongMethod = rule({
  code: "HF-S3-SIGN-011",
  name: "WrongMethod",
  phase: "signature",
  title: "The URL is used with another method than it was signed for",
  explanation:
    "The method is the first line of what is signed: a URL for PUT takes no POST, and one for GET takes no PUT. Objects and " +
    "parts are sent with PUT; POST is for forms, which go to the bucket and carry their proof in fields, and for the first and " +
    "the last request of a multipart upload.",
  fix: [{ text: "send the body with PUT, or have the URL signed for the method in use", safety: "check first" }],
  change: "plan",
  links: [links.presigned],
  rivals: ["HF-S3-SIGN-012", "HF-S3-SIGN-013", "HF-S3-SIGN-014", "HF-S3-SIGN-015", "HF-S3-SIGN-016", "HF-S3-SIGN-019"],
  recognise: (facts) => {
    const { method, query } = facts
    if (method === undefined || Asked.signedIn(facts) !== "query") return undefined
    const stated = query("x-id")
    const expected = stated === undefined || !Object.hasOwn(methods, stated) ? undefined : methods[stated]
    if (expected !== undefined && expected !== method) {
      if (mismatches(facts) === undefined) return undefined
      return found({
        confidence: "certain",
        detail: `The URL says that it was signed for ${stated ?? ""}, which is a ${expected}; it was used with ${method}.`,
        evidence: [{ at: "request.method", name: "method", observed: method, expected }, Asked.inQuery(facts, "x-id")],
      })
    }
    if (method !== "POST" || Asked.operationOf({ ...facts, form: undefined }) !== "other") return undefined
    // Servers that know no such POST say so before they look at the signature.
    if (Asked.said(facts, "NotImplemented", "MethodNotAllowed")) {
      return found({ confidence: "likely", ...wrongPost })
    }
    return asCause(facts, wrongPost)
  },
})

/** A form where bytes belong. */
export const formToPutUrl = rule({
  code: "HF-S3-SIGN-012",
  name: "FormToPutUrl",
  phase: "signature",
  title: "A form was sent to a URL that takes the bare bytes",
  explanation:
    "A presigned PUT URL takes the bytes of the file as the body, and nothing around them. FormData puts an envelope around " +
    "the file and sets a Content-Type with a boundary, which is not the one that was signed; where no type was signed, the " +
    "envelope is stored as the object.",
  fix: [
    { text: "send the file itself as the body: fetch(url, { method: 'PUT', body: file })", safety: "safe to apply" },
  ],
  change: "plan",
  links: [links.presigned],
  rivals: ["HF-S3-SIGN-011", "HF-S3-SIGN-013", "HF-S3-SIGN-014", "HF-S3-SIGN-015", "HF-S3-SIGN-016", "HF-S3-SIGN-019"],
  recognise: (facts) => {
    const type = facts.header("content-type") ?? ""
    if (Asked.queryVersion(facts) === undefined) return undefined
    if (facts.exchange.request?.form === undefined && !/^multipart\/form-data/i.test(type)) return undefined
    return asCause(facts, {
      detail: "The body is multipart/form-data, and the proof stands in the URL.",
      evidence: [Asked.inHeaders(facts, "content-type", "the type of the file, if one was signed")],
      about: ["content-type"],
    })
  },
})

/** The media type is signed, and another one was sent. */
export const signedContentType = rule({
  code: "HF-S3-SIGN-013",
  name: "SignedContentType",
  phase: "signature",
  title: "The Content-Type that was sent is not the one that was signed",
  explanation:
    "When Content-Type is among the signed headers its value must be, letter by letter, the one that the signer had; in " +
    "version 2 it always is. Browsers and HTTP libraries set a type of their own from the body or the name of the file, and " +
    'add things such as "; charset=utf-8".',
  fix: [{ text: "send the very Content-Type that the URL was signed for", safety: "check first" }],
  change: "plan",
  links: [links.presigned],
  rivals: ["HF-S3-SIGN-011", "HF-S3-SIGN-012", "HF-S3-SIGN-014", "HF-S3-SIGN-015", "HF-S3-SIGN-016", "HF-S3-SIGN-019"],
  recognise: (facts) => {
    const { header, version } = facts
    if (isForm(facts) || Asked.signedIn(facts) === undefined) return undefined
    const type = header("content-type")
    const isSigned = version === 2 || (Asked.signedHeadersOf(facts)?.names.includes("content-type") ?? false)
    if (!isSigned) {
      return mismatches(facts) === "said" ? cleared("Content-Type", "not signed, so any will do") : undefined
    }
    // A request that signs itself knows its own type.
    if (type === undefined || Asked.signedIn(facts) !== "query") return undefined
    return asCause(facts, {
      detail: `Content-Type is signed, and ${type} was sent: the signer had another one in mind.`,
      evidence: [Asked.inHeaders(facts, "content-type", "the type that was signed")],
      about: ["content-type"],
    })
  },
})
