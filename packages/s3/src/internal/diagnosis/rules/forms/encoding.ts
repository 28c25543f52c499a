/**
 * Rules for bodies that cannot be parsed as a multipart form.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import type { S3Facts, Form } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { maybeForm, boundaryOf } from "./fields.ts"

const rule = topic("post-encoding")

const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"
const multipart = "https://www.rfc-editor.org/rfc/rfc7578"

/** Whether the request is intended as a form upload, regardless of its body. */
const isPostObject = ({ dialect, exchange, form, method, proof, url }: S3Facts): boolean =>
  form !== undefined ||
  (method === "POST" &&
    // Supabase also accepts the bytes of an object with POST.
    dialect.system !== "supabase" &&
    proof === "nothing" &&
    url !== undefined &&
    // Requests to the service that issues sessions are POSTs too.
    !/(?:^|&)Action=/.test(exchange.request?.body ?? "") &&
    // These are the other POST requests of S3.
    !/(?:^|&)(?:uploads|uploadid|delete|select|restore|metadata\w*)(?:=|&|$)/i.test(url.search.slice(1)))

/** A body that contains the field names of a form but is not a form. */
const holdsForm = ({ exchange }: S3Facts): boolean => {
  const body = exchange.request?.body ?? ""
  return /\bpolicy\b/i.test(body) && /\b(?:x-amz-signature|signature|x-amz-credential|awsaccesskeyid)\b/i.test(body)
}

const isMultipart = ({ header }: S3Facts): boolean => /^\s*multipart\/form-data\b/i.test(header("content-type") ?? "")

const notMultipart = rule({
  code: "HF-S3-POST-001",
  name: "NotMultipart",
  phase: "encoding",
  title: "The form is not sent as multipart/form-data",
  explanation:
    "S3 accepts an upload by POST only as multipart/form-data. S3 rejects JSON, a URL-encoded form and a body " +
    "without a Content-Type before reading the content, and reports a failed precondition.",
  fix: [{ text: "send a FormData object, or write the body as multipart/form-data", safety: "check first" }],
  change: "plan",
  links: [postObject, multipart],
  rivals: ["HF-S3-POST-005", "HF-S3-SVC-006"],
  inspect: (facts) => {
    const { exchange, form, header, method, url } = facts
    if (!isPostObject(facts) || exchange.request?.headers === undefined) return undefined
    const type = header("content-type")
    if (isMultipart(facts)) return undefined
    // The builder of a FormData body writes the header later, so only captured headers show that it is missing.
    const isCaptured =
      facts.answer.status !== 0 && header("host") !== undefined && header("content-length") !== undefined
    if (type === undefined && form !== undefined && !isCaptured) return undefined
    const isSure = form !== undefined || holdsForm(facts)
    if (!isSure && facts.answer.status === 0) return undefined
    return found({
      confidence: isSure ? "certain" : "likely",
      detail: `The ${method ?? "POST"} to ${url?.pathname ?? "the bucket"} has ${type === undefined ? "no Content-Type" : `Content-Type ${type}`}.`,
      evidence: [
        {
          at: "request.headers.content-type",
          name: "Content-Type",
          observed: type ?? "missing",
          expected: "multipart/form-data; boundary=…",
        },
      ],
      about: ["multipart", "form-data"],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    if (!maybeForm(facts) && facts.proof !== "nothing") return undefined
    const words = answer.element("Condition") ?? answer.message
    const isSaid =
      answer.code === "RequestIsNotMultiPartContent" ||
      /enclosure-type multipart\/form-data|not multipart\/form-data/i.test(words)
    return isSaid
      ? found({
          confidence: isMultipart(facts) ? "possible" : "likely",
          detail: "The server did not receive a body of type multipart/form-data.",
          evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
        })
      : undefined
  },
})

const noBoundary = rule({
  code: "HF-S3-POST-002",
  name: "NoBoundary",
  phase: "encoding",
  title: "The Content-Type header was set by hand and does not state a boundary",
  explanation:
    "The parts of a form are separated by a boundary. The code that writes the body chooses the boundary and " +
    "states it in the header. If the program sets the header itself, the boundary is missing, so the server cannot " +
    "find any field.",
  fix: [{ text: "do not set Content-Type: the browser, fetch or the HTTP client sets it", safety: "safe to apply" }],
  change: "plan",
  links: [multipart],
  rivals: ["HF-S3-POST-001", "HF-S3-POST-003"],
  inspect: (facts) => {
    const type = facts.header("content-type")
    if (!isPostObject(facts) || type === undefined || !isMultipart(facts)) return undefined
    const boundary = boundaryOf(facts)
    if (boundary !== undefined && boundary.length > 0) return cleared("boundary", "stated")
    return found({
      confidence: "certain",
      detail: `The Content-Type header is "${type}" without a boundary.`,
      evidence: [
        {
          at: "request.headers.content-type",
          name: "Content-Type",
          observed: type,
          expected: "multipart/form-data; boundary=…",
        },
      ],
      about: ["boundary"],
    })
  },
  recognise: (facts) =>
    facts.proof === undefined && /boundary/i.test(facts.answer.message)
      ? found({
          confidence: "likely",
          detail: "The server did not find a boundary in the header.",
          evidence: [{ at: "response.body.Message", name: "Message", observed: facts.answer.message }],
        })
      : undefined,
})

/** The length of the boundary in the body, computed from the parts as a browser would write them. */
const reckonedBoundary = (form: Form, size: number): number | undefined => {
  const utf8 = new TextEncoder()
  const bytes = (text: string): number => utf8.encode(text).length
  let rest = size - "----\r\n".length
  for (const part of form.parts) {
    rest -= '--\r\nContent-Disposition: form-data; name=""\r\n\r\n\r\n'.length + bytes(part.name)
    if ("value" in part) rest -= part.bytes ?? Redaction.bytesOf(part.value)
    else {
      if (part.size === undefined) return undefined
      rest -= part.size
      if (part.filename !== undefined) rest -= '; filename=""'.length + bytes(part.filename)
      if (part.type !== undefined) rest -= "Content-Type: \r\n".length + bytes(part.type)
    }
  }
  const length = rest / (form.parts.length + 1)
  return Number.isInteger(length) && length > 0 && length <= 70 ? length : undefined
}

const otherBoundary = rule({
  code: "HF-S3-POST-003",
  name: "OtherBoundary",
  phase: "encoding",
  title: "The boundary in the header differs from the one in the body",
  explanation:
    "The server searches the body for the boundary that the header states. If the boundaries differ (the header " +
    "was copied, or the body was built twice), the server does not find any part, and reports a malformed form or " +
    "a missing field.",
  fix: [
    {
      text: "take the header and the body from the same source: do not set Content-Type yourself",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [multipart],
  rivals: ["HF-S3-POST-001", "HF-S3-POST-002", "HF-S3-POST-005"],
  inspect: (facts) => {
    const { exchange, form, plan } = facts
    const stated = boundaryOf(facts)
    if (stated === undefined || stated.length <= 0) return undefined
    const evidence = (expected: string) => [
      {
        at: "request.headers.content-type",
        name: "boundary",
        observed: stated.text ?? `${stated.length} characters`,
        expected,
      },
    ]
    const used = plan.boundary
    if (used !== undefined) {
      if (used === stated.text) return cleared("boundary", "the same boundary in the header and the body")
      if (stated.text === undefined && used.length === stated.length) return undefined
      return found({
        confidence: "certain",
        detail: `The boundary in the header ${stated.text === undefined ? `has ${stated.length} characters` : `is "${stated.text}"`}, but the body begins with "--${used}".`,
        evidence: evidence(used),
        about: ["boundary"],
      })
    }
    const size = exchange.request?.size
    if (form === undefined || size === undefined) return undefined
    const length = reckonedBoundary(form, size)
    if (length === undefined || length === stated.length) return undefined
    return found({
      confidence: "likely",
      detail: `The boundary in the header has ${stated.length} characters; judging by the length of the body, the boundary in the body has ${length}.`,
      evidence: evidence(`a boundary of ${length} characters`),
      about: ["boundary"],
    })
  },
})

const formUnreadable = rule({
  code: "HF-S3-POST-005",
  name: "FormUnreadable",
  phase: "encoding",
  title: "The server cannot read the form: the boundary is wrong, or the body was cut short or already consumed",
  explanation:
    "The server could not parse the body. The header may have been set by hand. The body may use another boundary " +
    "or lack the final one. If the first attempt consumed the stream, the second attempt sent nothing.",
  fix: [
    { text: "do not set Content-Type yourself, and build the body again for every attempt", safety: "safe to apply" },
  ],
  change: "plan",
  links: [multipart, postObject],
  rivals: ["HF-S3-POST-001", "HF-S3-POST-002", "HF-S3-POST-003"],
  inspect: ({ exchange, form, header }) => {
    const announced = header("content-length") ?? exchange.request?.size?.toString()
    if (form === undefined || form.parts.length === 0 || announced !== "0") return undefined
    return found({
      confidence: "certain",
      detail: "The form has parts, but its body was sent with 0 bytes: the body had already been read.",
      evidence: [{ at: "request.size", name: "body", observed: "0 bytes", expected: "the form" }],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    if (!maybeForm(facts) || answer.code !== "MalformedPOSTRequest") return undefined
    return found({
      confidence: "likely",
      detail:
        facts.form === undefined
          ? "The server could not separate the parts of the form."
          : "The server could not separate the parts, although the captured form is complete: check the bytes that " +
            "were sent.",
      evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const encoding = [notMultipart, noBoundary, otherBoundary, formUnreadable] as const
