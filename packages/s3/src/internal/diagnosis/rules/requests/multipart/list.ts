/**
 * Rules for the part list that completes a multipart upload.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type * as Completion from "../../../completion.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { completion, rule } from "./topic.ts"

export const documentMalformed = rule({
  code: "HF-S3-MPU-003",
  name: "DocumentMalformed",
  phase: "body",
  title: "The list of parts that completes the upload is empty or not well-formed",
  explanation:
    "An upload is completed by an XML document that names every part by number and ETag. A document that is empty, " +
    "cut off, or sent as JSON completes nothing. The parts stay and cost money until the upload is completed or " +
    "aborted.",
  fix: [
    {
      text: "send <CompleteMultipartUpload> with one <Part> for each part, each with PartNumber and ETag",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.completeUpload],
  rivals: ["HF-S3-POST-062"],
  inspect: (facts) => {
    const document = completion(facts)
    if (document?._tag !== "Malformed") return undefined
    return found({
      confidence: "certain",
      detail: `The document is invalid: ${document.problem}.`,
      evidence: [
        {
          at: "request.body",
          name: "body",
          observed: `${facts.exchange.request?.size ?? 0} bytes`,
          expected: "CompleteMultipartUpload",
        },
      ],
    })
  },
  recognise: (facts) => {
    const document = completion(facts)
    // Some servers report a part without an ETag as one that was not uploaded.
    if (document?._tag === "Malformed" && Asked.said(facts, "InvalidPart") && hasBody(facts)) {
      return found({
        confidence: "certain",
        detail: `The document is invalid: ${document.problem}.`,
        evidence: [
          {
            at: "request.body",
            name: "body",
            observed: document.problem,
            expected: "each Part with its number and ETag",
          },
          ...Asked.theCode(facts),
        ],
      })
    }
    const isNamed = /at least one part/i.test(facts.answer.message)
    if (!isNamed && !Asked.said(facts, "MalformedXML", "MissingRequestBodyError", "EmptyRequestBody")) return undefined
    const operation = Asked.operationOf(facts)
    if (!isNamed && operation !== undefined && operation !== "CompleteMultipartUpload") return undefined
    return found({
      // Without the request, it may be one of many documents. If the captured document is valid, its fault is unknown.
      confidence: isNamed || operation !== undefined ? "likely" : "possible",
      detail: "The server cannot read the XML document that it received.",
      evidence: Asked.theCode(facts),
    })
  },
})

export const partsOutOfOrder = rule({
  code: "HF-S3-MPU-004",
  name: "PartsOutOfOrder",
  phase: "state",
  title: "The parts are not listed in ascending order of their numbers",
  explanation:
    "The list that completes an upload names the parts in ascending order, each once. Parts that are sent " +
    "concurrently finish in any order, and so does a list made from their responses. Numbers are compared as " +
    "numbers: 10 comes after 9.",
  fix: [{ text: "sort the list by PartNumber, as numbers, before completing", safety: "safe to apply" }],
  change: "plan",
  links: [links.completeUpload],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  inspect: (facts) => {
    const document = completion(facts)
    if (document?._tag !== "Parts") return undefined
    const { parts } = document
    const at = parts.findIndex(({ number }, index) => index > 0 && (number ?? 0) <= (parts[index - 1]?.number ?? 0))
    if (at === -1) return cleared("order of parts", `${parts.length} ascending`)
    const before = parts[at - 1]?.number
    const here = parts[at]?.number
    return found({
      confidence: "certain",
      detail: `Part ${here} follows part ${before}.`,
      evidence: [
        { at: "request.body", name: `Part[${at}].PartNumber`, observed: String(here), expected: `more than ${before}` },
      ],
    })
  },
  recognise: (facts) =>
    Asked.said(facts, "InvalidPartOrder")
      ? found({
          confidence: "certain",
          detail: "The server reports this for the list that it received.",
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

/** Values that programs write for an ETag that they could not read. */
const isNoTag = (etag: string): boolean => /^"?(?:null|undefined|none|nan|\[object.*|)"?$/i.test(etag)

export const tagNotRead = rule({
  code: "HF-S3-MPU-005",
  name: "TagNotRead",
  phase: "state",
  title: "A part is listed without its ETag: the program could not read it from the response",
  explanation:
    "The response to every part has an ETag header, and the list must repeat it. A browser hides it from scripts " +
    "unless the bucket's CORS rules expose it. The script then reads null and writes that into the list.",
  fix: [
    { text: 'add "ETag" to ExposeHeaders in the CORS rules of the bucket', safety: "check first" },
    { text: "or read the ETags with ListParts before completing", safety: "check first" },
  ],
  change: "plan",
  links: [links.completeUpload],
  rivals: ["HF-S3-MPU-003"],
  inspect: (facts) => {
    const document = completion(facts)
    if (document?._tag !== "Parts") return undefined
    const empty = document.parts.flatMap(({ etag, number }, index) =>
      etag !== undefined && isNoTag(etag) ? [{ etag, index, number }] : [],
    )
    const [first] = empty
    if (first === undefined) return undefined
    return found({
      confidence: "certain",
      detail: `The ETag of part ${first.number} is ${first.etag === "" ? "empty" : first.etag}${
        empty.length === 1 ? "" : `, and ${empty.length - 1} more`
      }.`,
      evidence: empty.slice(0, 5).map(({ etag, index }) => ({
        at: "request.body",
        name: `Part[${index}].ETag`,
        observed: etag,
        expected: "the ETag in the part's response",
      })),
    })
  },
})

export const partMismatch = rule({
  code: "HF-S3-MPU-006",
  name: "PartMismatch",
  phase: "state",
  title: "A part in the list was not uploaded, or was uploaded with other bytes: its ETag differs",
  explanation:
    "S3 compares the number and ETag of every listed part with what it stored under this upload. They differ if a " +
    "part was sent again (the last one counts), if its upload failed unnoticed, if the list belongs to another " +
    "upload, or if the ETag of the whole object was used.",
  fix: [
    { text: "compare with ListParts, and upload the differing parts again", safety: "check first" },
    { text: "list each part with the ETag of the last response to it, including quotes", safety: "check first" },
  ],
  change: "plan",
  links: [links.completeUpload],
  rivals: ["HF-S3-MPU-003", "HF-S3-MPU-005"],
  recognise: (facts) => {
    if (!Asked.said(facts, "InvalidPart")) return undefined
    const number = facts.answer.element("PartNumber")
    const document = completion(facts)
    if (document?._tag === "Malformed" && hasBody(facts)) return undefined
    return found({
      confidence: "certain",
      detail: `${number === undefined ? "The server does not say which part" : `The server names part ${number}`}${
        document?._tag === "Parts" ? `; ${document.parts.length} are listed` : ""
      }.`,
      evidence: [
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "PartNumber", "ETag", "UploadId"),
        ...(document?._tag === "Parts" ? listed(document.parts, number) : []),
      ],
    })
  },
})

/** A server that reports a missing part has read a list, even if the capture lacks it. */
const hasBody = ({ exchange }: S3Facts): boolean => exchange.request?.size !== 0

const listed = (parts: ReadonlyArray<Completion.ListedPart>, number: string | undefined): ReadonlyArray<Evidence> =>
  parts
    .flatMap((part, index) => (number === undefined || String(part.number) === number ? [{ part, index }] : []))
    .slice(0, 5)
    .map(({ index, part }) => ({ at: "request.body", name: `Part[${index}].ETag`, observed: part.etag ?? "" }))
