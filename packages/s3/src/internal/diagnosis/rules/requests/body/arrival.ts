/**
 * Rules about bodies that ended early or arrived late.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule, sendsBody } from "./topic.ts"

/** The bytes that were sent, or that the available request contains. `undefined` if unknown. */
const leftOf = ({ exchange }: S3Facts): number | undefined => exchange.request?.sent ?? exchange.request?.size

/** Codes for an incomplete body. */
const early = ["IncompleteBody", "RequestTimeout", "RequestTimeoutException", "ClientDisconnect", "UnexpectedEOF"]

/** The response of a server whose HTTP parser reached the end too early: a bare 400. */
const isParserRefusal = (facts: S3Facts): boolean =>
  facts.answer.status === 400 && Asked.isWordless(facts) && sendsBody(facts)

const endsEarly = (facts: S3Facts): boolean =>
  Asked.said(facts, ...early) ||
  facts.answer.status === 408 ||
  isParserRefusal(facts) ||
  // Ceph looks up the object whose body is missing. An upload has no other reason for this code.
  (Asked.said(facts, "NoSuchKey") &&
    !Asked.isNative(facts) &&
    sendsBody(facts) &&
    facts.header("x-amz-copy-source") === undefined)

/** Fewer bytes arrived than announced. */
export const shortBody = rule({
  code: "HF-S3-BODY-003",
  name: "ShortBody",
  phase: "body",
  title: "The body ended early: fewer bytes were sent than announced",
  explanation:
    "Content-Length promised more bytes than came. The file shrank while it was read, or the stream had been consumed by an " +
    "earlier attempt and was empty, or the connection was closed from this side. Some servers wait and say RequestTimeout, " +
    "some say IncompleteBody, and Ceph looks for the object and says that there is none.",
  fix: [
    { text: "open the file or stream again for every attempt", safety: "check first" },
    { text: "take the length from the very file that is sent, and lock it against change", safety: "check first" },
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
        // A capture can be abridged. Only a response that mentions the body makes this certain.
        confidence: isParserRefusal(facts) ? "likely" : "certain",
        detail: `${Asked.amount(announced)} were announced and ${left} left.`,
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
        ? "An upload does not need its key to exist; the server missed the bytes of the body."
        : "The server got fewer bytes than Content-Length announced.",
      evidence: Asked.theCode(facts),
    })
  },
})

/** The connection stalled. */
export const stalled = rule({
  code: "HF-S3-BODY-004",
  name: "Stalled",
  phase: "body",
  title: "The body did not come in time: the connection stood still",
  explanation:
    "The server waited for bytes of the body, some 20 seconds at Amazon, and gave up. A slow or broken link does that, a " +
    "program that feeds the socket too slowly, and a body that is shorter than announced. The object is not stored.",
  fix: [
    { text: "send again, from the start of the body", safety: "safe to apply" },
    { text: "send smaller parts, and fewer at a time, on a slow line", safety: "check first" },
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
          ? "The server says that it read nothing for too long: the line stood still, or fewer bytes came than Content-Length announces (a stream that was read before, a wrong length)."
          : `${left} of ${Asked.amount(length)} had left.`,
      evidence: [
        ...Asked.theCode(facts),
        ...(left === undefined ? [] : [{ at: "request.sent", name: "sent", observed: `${left} bytes` }]),
      ],
    })
  },
})
