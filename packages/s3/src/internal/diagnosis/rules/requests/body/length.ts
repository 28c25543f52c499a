/**
 * Rules for the declared length of the body: it is missing, or it exceeds what one request can store.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule, sendsBody } from "./topic.ts"

/** A body in S3's own chunk format: each chunk has a frame, and a header states the total length. */
const isAwsChunked = ({ header }: S3Facts): boolean => header("x-amz-decoded-content-length") !== undefined

export const lengthUnknown = rule({
  code: "HF-S3-BODY-001",
  name: "LengthUnknown",
  phase: "body",
  title: "The request does not announce the length of the body",
  explanation:
    "S3 requires Content-Length before the first byte of the body and does not accept HTTP's chunked transfer " +
    "encoding. HTTP libraries such as fetch send a stream of unknown length in chunks. Amazon returns 501 and " +
    "reports the header Transfer-Encoding. Other servers return 411.",
  fix: [
    {
      text: "pass the stream's length to the HTTP client so that the client sends Content-Length",
      safety: "safe to apply",
    },
    {
      text: "first read the stream into memory or a file, or send the stream in parts of known length",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.putObject],
  rivals: ["HF-S3-BODY-007", "HF-S3-BODY-015"],
  inspect: (facts) => {
    const { answer, header } = facts
    if (!sendsBody(facts) || isAwsChunked(facts)) return undefined
    // A response about something else shows that the server accepted the length, whatever the captured request still
    // shows.
    const codes = [
      "MissingContentLength",
      "NotImplemented",
      "InvalidArgument",
      "InvalidRequest",
      "RequestTimeout",
      "IncompleteBody",
    ]
    if (answer.code !== "" && !codes.includes(answer.code)) return undefined
    const coding = header("transfer-encoding")
    if (coding !== undefined && /chunked/i.test(coding)) {
      const isNamed = answer.code === "MissingContentLength" || answer.code === "NotImplemented" || answer.code === ""
      return found({
        confidence: isNamed ? "certain" : "likely",
        detail: "The request contains Transfer-Encoding: chunked instead of Content-Length.",
        evidence: [
          Asked.inHeaders(facts, "transfer-encoding", "not sent"),
          Asked.inHeaders(facts, "content-length", "the number of bytes"),
        ],
        about: ["Transfer-Encoding", "Content-Length"],
      })
    }
    const length = Asked.lengthOf(facts)
    if (length !== undefined) return cleared("length", Asked.amount(length))
    if (
      !Asked.isUnanswered(facts) ||
      facts.form !== undefined ||
      Asked.operationOf(facts) === "CreateMultipartUpload"
    ) {
      return undefined
    }
    return found({
      confidence: "certain",
      detail: "The request has no Content-Length, and the length of the body is unknown.",
      evidence: [Asked.inHeaders(facts, "content-length", "the number of bytes")],
      about: ["Content-Length"],
    })
  },
  recognise: (facts) => {
    const { answer } = facts
    const isHeader = /^transfer-encoding$/i.test(answer.element("Header") ?? "")
    const stated =
      Asked.said(facts, "MissingContentLength") || isHeader || (Asked.isWordless(facts) && answer.status === 411)
    if (!stated) return undefined
    return found({
      confidence: isHeader || Asked.said(facts, "MissingContentLength") ? "certain" : "likely",
      detail: isHeader
        ? "The server reports a problem with the header Transfer-Encoding."
        : "The server reports that the length of the body is missing.",
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Header")],
    })
  },
})

/** The maximum size of one request: 5 GiB (Amazon S3, "Multipart upload limits"; single PUT). */
const largest = 5 * 1024 ** 3

export const tooLarge = rule({
  code: "HF-S3-BODY-002",
  name: "TooLarge",
  phase: "body",
  title: "The body exceeds 5 GiB, the maximum size that S3 accepts in one request",
  explanation:
    "A single PUT and each part of a multipart upload may contain at most 5 GiB. Send a larger object as a " +
    "multipart upload with up to 10,000 parts. Retries do not help. S3 responds before it reads the body.",
  fix: [{ text: "send the object as a multipart upload", safety: "check first" }],
  change: "plan",
  links: [links.limits, links.uploads],
  rivals: ["HF-S3-POST-035"],
  inspect: (facts) => {
    if (!sendsBody(facts) || facts.form !== undefined) return undefined
    const bytes = Asked.lengthOf(facts)
    if (bytes === undefined || bytes <= largest) return undefined
    return found({
      confidence: "certain",
      detail: `The body is ${Asked.amount(bytes)} long, ${Asked.amount(bytes - largest)} more than 5 GiB.`,
      evidence: [
        {
          at: "request.headers.content-length",
          name: "content-length",
          observed: String(bytes),
          expected: `at most ${largest}`,
        },
      ],
      about: ["Content-Length"],
    })
  },
  recognise: (facts) => {
    const { answer, form } = facts
    if (/copy source is larger than/i.test(answer.message)) {
      return found({
        confidence: "certain",
        detail:
          "The source of the copy is larger than 5 GiB, the limit for one request. Copy the source in parts with " +
          "UploadPartCopy.",
        evidence: [{ at: "response.body.Message", name: "Message", observed: answer.message }],
        fix: [{ text: "copy in parts: UploadPartCopy with x-amz-copy-source-range", safety: "check first" }],
      })
    }
    if (form !== undefined || !Asked.said(facts, "EntityTooLarge", "MaxMessageLengthExceeded")) {
      return form === undefined && Asked.isWordless(facts) && answer.status === 413
        ? found({
            // A proxy in front of the storage has a limit too, usually a lower one.
            confidence: "possible",
            detail:
              facts.dialect.system === "supabase"
                ? "Supabase limits the file size per project and per bucket (Storage, Settings). The maximum on the free plan is 50 MB."
                : "The server, or an intermediary in front of it, does not accept a body of this length.",
            evidence: [],
          })
        : undefined
    }
    const most = Number(answer.element("MaxSizeAllowed"))
    // The limit concerns something smaller than a body: a field of a form, a document.
    if (Asked.said(facts, "MaxMessageLengthExceeded") && most < 64 * 1024) return undefined
    return found({
      // The limit may be that of a form's policy, so certainty needs a request with bytes.
      confidence: most === largest && facts.method === "PUT" ? "certain" : facts.hasRequest ? "likely" : "possible",
      detail: Number.isFinite(most)
        ? `${answer.element("ProposedSize") === undefined ? "The body" : `The body of ${answer.element("ProposedSize")} bytes`} exceeds the limit of ${most} bytes.`
        : "The server accepts fewer bytes than the request announces.",
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ProposedSize", "MaxSizeAllowed")],
    })
  },
})
