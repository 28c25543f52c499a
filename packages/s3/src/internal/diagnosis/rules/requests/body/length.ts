/**
 * Rules for the announced length: it is missing, or more than one request can store.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule, sendsBody } from "./topic.ts"

/** Chunks in S3's own format: each has a frame, and a header states the total length. */
const isAwsChunked = ({ header }: S3Facts): boolean => header("x-amz-decoded-content-length") !== undefined

export const lengthUnknown = rule({
  code: "HF-S3-BODY-001",
  name: "LengthUnknown",
  phase: "body",
  title: "The length of the body was not announced",
  explanation:
    "S3 requires Content-Length before the first byte and does not accept HTTP's chunked transfer. fetch and other " +
    "HTTP libraries send a stream of unknown length in chunks. Amazon answers 501 and names the header " +
    "Transfer-Encoding, others answer 411.",
  fix: [
    { text: "send Content-Length: pass the length with the stream", safety: "safe to apply" },
    { text: "read the stream into memory or a file first, or send it as parts of known length", safety: "check first" },
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
        detail: "Transfer-Encoding: chunked was sent instead of a Content-Length.",
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
      detail: "There is no Content-Length, and the length of the body is not known.",
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
        ? "The server names the header Transfer-Encoding."
        : "The server reports that the length of the body is missing.",
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Header")],
    })
  },
})

/** The size limit of one request: 5 GiB (Amazon S3, "Multipart upload limits"; single PUT). */
const largest = 5 * 1024 ** 3

export const tooLarge = rule({
  code: "HF-S3-BODY-002",
  name: "TooLarge",
  phase: "body",
  title: "The body is larger than S3 accepts in one request: 5 GiB",
  explanation:
    "One PUT, and one part of a multipart upload, may have 5 GiB. Larger objects are sent in up to 10,000 parts. " +
    "Retries do not help, and S3 responds before it has read the body.",
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
      detail: `The body has ${Asked.amount(bytes)}, ${Asked.amount(bytes - largest)} more than 5 GiB.`,
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
          "The source of the copy has more than 5 GiB, the limit of one request. Copy it in parts, with UploadPartCopy.",
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
                ? "Supabase limits the size of a file for the project and for each bucket (Storage, Settings); the maximum of the free plan is 50 MB."
                : "The server or an intermediary in front of it accepts no body of this length.",
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
        ? `${answer.element("ProposedSize") ?? "The body"} exceeds the limit of ${most} bytes.`
        : "The server accepts fewer bytes than were announced.",
      evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ProposedSize", "MaxSizeAllowed")],
    })
  },
})
