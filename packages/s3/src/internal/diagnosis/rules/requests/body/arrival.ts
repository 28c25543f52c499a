/**
 * Rules for bodies that ended early or did not arrive in time.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule, sendsBody } from "./topic.ts"

/** The number of bytes that were sent or that the captured request still contains; `undefined` if unknown. */
const leftOf = ({ exchange }: S3Facts): number | undefined => exchange.request?.sent ?? exchange.request?.size

/** Error codes for a body that ended too early. */
const early = ["IncompleteBody", "RequestTimeout", "RequestTimeoutException", "ClientDisconnect", "UnexpectedEOF"]

/** The response of a server whose HTTP parser reached the end of the input too early: a 400 without a body. */
const isParserRefusal = (facts: S3Facts): boolean =>
  facts.answer.status === 400 && Asked.isWordless(facts) && sendsBody(facts)

const endsEarly = (facts: S3Facts): boolean =>
  Asked.said(facts, ...early) ||
  facts.answer.status === 408 ||
  isParserRefusal(facts) ||
  // Ceph looks for the object whose body did not arrive. An upload has no other reason to report a missing object.
  (Asked.said(facts, "NoSuchKey") &&
    !Asked.isNative(facts) &&
    sendsBody(facts) &&
    facts.header("x-amz-copy-source") === undefined)

export const shortBody = rule({
  code: "HF-S3-BODY-003",
  name: "ShortBody",
  phase: "body",
  title: "The body ended early: the client sent fewer bytes than it announced",
  explanation:
    "The server received fewer bytes than Content-Length announced. The file may have shrunk while it was being " +
    "read. An earlier attempt may have consumed the stream, or the client may have closed the connection. Some " +
    "servers wait and report RequestTimeout, and others report IncompleteBody. Ceph looks for the object and " +
    "reports that the object does not exist.",
  fix: [
    { text: "reopen the file or stream for every attempt", safety: "check first" },
    {
      text: "determine the length from the same file that is sent, and prevent changes to the file during the upload",
      safety: "check first",
    },
  ],
  change: "nothing",
  links: [links.errors],
  rivals: ["HF-S3-POST-004"],
  recognise: (facts) => {
    if (facts.form !== undefined || !endsEarly(facts)) return undefined
    const stated = facts.header("content-length")
    const announced = stated === undefined ? facts.exchange.request?.size : Number(stated)
    const left = leftOf(facts)
    if (announced !== undefined && left !== undefined && left < announced) {
      return found({
        // A capture may be abridged, so certainty needs a response about the body.
        confidence: isParserRefusal(facts) ? "likely" : "certain",
        detail: `The request announced ${Asked.amount(announced)}, but only ${left} bytes were sent.`,
        evidence: [
          { at: "request.headers.content-length", name: "content-length", observed: String(announced) },
          {
            at: facts.exchange.request?.sent === undefined ? "request.body" : "request.sent",
            name: "sent",
            observed: `${left} bytes`,
            expected: `${announced} bytes`,
          },
          ...Asked.theCode(facts),
        ],
        about: ["Content-Length"],
      })
    }
    if (
      Asked.said(facts, "RequestTimeout", "RequestTimeoutException") ||
      (facts.answer.status === 408 && facts.answer.code === "")
    )
      return undefined
    return found({
      confidence: "likely",
      detail: Asked.said(facts, "NoSuchKey")
        ? "An upload does not require the key to exist. The server did not receive the bytes of the body."
        : "The server received fewer bytes than Content-Length announced.",
      evidence: Asked.theCode(facts),
    })
  },
})

export const stalled = rule({
  code: "HF-S3-BODY-004",
  name: "Stalled",
  phase: "body",
  title: "The body did not arrive in time: the connection stalled",
  explanation:
    "The server waited for more of the body, about 20 seconds at Amazon, and then gave up. The cause may be a slow " +
    "or broken connection. The program may also write to the socket too slowly, or send a body that is shorter " +
    "than announced. The object is not stored.",
  fix: [
    { text: "send the request again from the start of the body", safety: "safe to apply" },
    { text: "on a slow connection, send smaller parts, and send fewer parts concurrently", safety: "check first" },
  ],
  change: "nothing",
  links: [links.retries],
  rivals: ["HF-S3-POST-004", "HF-S3-BODY-003"],
  recognise: (facts) => {
    if (!Asked.said(facts, "RequestTimeout", "RequestTimeoutException") && facts.answer.status !== 408) return undefined
    const left = facts.exchange.request?.sent
    const length = Asked.lengthOf(facts)
    return found({
      confidence: "likely",
      detail:
        left === undefined || length === undefined
          ? "The server reports that it received no data for too long. " +
            "The connection stalled, or fewer bytes arrived than Content-Length announced (because the stream had already been read or the length is wrong)."
          : `${left} of ${Asked.amount(length)} had been sent.`,
      evidence: [
        ...Asked.theCode(facts),
        ...(left === undefined ? [] : [{ at: "request.sent", name: "sent", observed: `${left} bytes` }]),
      ],
    })
  },
})
