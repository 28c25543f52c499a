/**
 * Rules for forms whose length is unknown or wrong.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"

const rule = topic("post-length")

const postObject = "https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"

const isHeld = ({ answer, exchange }: S3Facts): boolean => answer.status === 0 && exchange.failure === undefined

/**
 * Whether the server was waiting for more bytes. A server that reports a missing object has not yet read the name of the
 * object that the form would create.
 */
const isShort = ({ answer }: S3Facts): boolean =>
  /^(?:RequestTimeout|IncompleteBody)$/.test(answer.code) || (answer.status === 404 && answer.code === "NoSuchKey")

const formCut = rule({
  code: "HF-S3-POST-004",
  name: "FormCut",
  phase: "encoding",
  title: "The form was cut short: fewer bytes were sent than announced",
  explanation:
    "Content-Length announced more bytes than the body had. Possible reasons are a stream that the first attempt " +
    "had already read, a file that shrank while it was sent, and a stalled connection. Servers answer with " +
    "RequestTimeout or IncompleteBody. Some servers fail to read the object's name and report that the object does " +
    "not exist.",
  fix: [
    { text: "rebuild the body from the file for every attempt", safety: "safe to apply" },
    { text: "check that the file does not change while it is being sent", safety: "check first" },
  ],
  change: "plan",
  links: [postObject],
  rivals: ["HF-S3-BODY-003"],
  inspect: (facts) => {
    const { exchange, header } = facts
    if (facts.form === undefined || exchange.request === undefined) return undefined
    const announced = Number(header("content-length") ?? Number.NaN)
    const { size } = exchange.request
    if (size === undefined || !Number.isInteger(announced)) return undefined
    if (size >= announced) return cleared("body length", `${size} bytes`)
    return found({
      // A capture may be abridged. Certainty needs a request before sending, and a response about the body.
      confidence: isHeld(facts) || isShort(facts) ? "certain" : "possible",
      detail: `Content-Length is ${announced}, but the body has ${size} bytes: ${announced - size} are missing.`,
      evidence: [
        {
          at: "request.headers.content-length",
          name: "Content-Length",
          observed: `${announced}`,
          expected: `${size}`,
        },
      ],
    })
  },
  recognise: (facts) => {
    const { answer, exchange, form } = facts
    if (form === undefined) return undefined
    if (!isShort(facts)) return undefined
    const { sent, size } = exchange.request ?? {}
    return found({
      confidence: answer.code === "NoSuchKey" ? "possible" : "likely",
      detail:
        sent !== undefined && size !== undefined && sent < size
          ? `The server gave up after ${sent} of ${size} bytes had been sent.`
          : "The server waited for more bytes of the body than it received.",
      evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
    })
  },
})

const formLengthUnknown = rule({
  code: "HF-S3-POST-006",
  name: "FormLengthUnknown",
  phase: "body",
  title: "The form is sent as a stream of unknown length",
  explanation:
    "S3 requires Content-Length. A client that is given a stream does not know its length and sends the body in " +
    "chunks (Transfer-Encoding), which S3 does not accept for an upload.",
  fix: [
    {
      text: "let the client determine the file's length: pass a Blob, a FormData, or a stream with Content-Length",
      safety: "check first",
    },
  ],
  change: "plan",
  links: ["https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonRequestHeaders.html"],
  rivals: ["HF-S3-BODY-007"],
  inspect: (facts) => {
    if (facts.form === undefined || facts.header("transfer-encoding") === undefined) return undefined
    if (facts.header("content-length") !== undefined) return undefined
    return found({
      confidence: "certain",
      detail: "The request has a Transfer-Encoding header but no Content-Length header.",
      evidence: [
        {
          at: "request.headers.content-length",
          name: "Content-Length",
          observed: "missing",
          expected: "the form's length",
        },
      ],
      about: ["transfer-encoding", "content-length"],
    })
  },
  recognise: (facts) =>
    facts.form !== undefined &&
    facts.header("content-length") === undefined &&
    (facts.answer.code === "MissingContentLength" || facts.answer.status === 411)
      ? found({
          confidence: "likely",
          detail: "The server requires Content-Length, but the request does not contain it.",
          evidence: [{ at: "response.body.Code", name: "Code", observed: facts.answer.code }],
        })
      : undefined,
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const length = [formCut, formLengthUnknown] as const
