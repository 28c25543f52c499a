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
    "The client completes an upload with an XML document that lists each part by number and ETag. A document that " +
    "is empty, truncated, or in JSON does not complete the upload. The parts remain stored and are billed until " +
    "the upload is completed or aborted.",
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
            expected: "a number and an ETag in each Part",
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
    "The list that completes an upload must contain each part once, in ascending order of part numbers. Parts that " +
    "are sent concurrently finish in any order, so a list built from their responses may be out of order. Part " +
    "numbers are compared as numbers: 10 comes after 9.",
  fix: [{ text: "sort the list numerically by PartNumber before completing the upload", safety: "safe to apply" }],
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
          detail: "The server reports that the parts in the list are out of order.",
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

/** Values that programs write in place of an ETag that they could not read. */
const isNoTag = (etag: string): boolean => /^"?(?:null|undefined|none|nan|\[object.*|)"?$/i.test(etag)

export const tagNotRead = rule({
  code: "HF-S3-MPU-005",
  name: "TagNotRead",
  phase: "state",
  title: "A part is listed without its ETag: the program could not read the ETag from the response",
  explanation:
    "The response to each part contains an ETag header, and the list must repeat its value. A browser hides the " +
    "ETag header from scripts unless the bucket's CORS rules expose the header. If the header is hidden, the " +
    "script reads null and writes null into the list.",
  fix: [
    { text: 'add "ETag" to ExposeHeaders in the CORS rules of the bucket', safety: "check first" },
    { text: "alternatively, read the ETags with ListParts before completing the upload", safety: "check first" },
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
        empty.length === 1
          ? ""
          : `, and ${empty.length - 1} other listed ${empty.length === 2 ? "part has" : "parts have"} no ETag`
      }.`,
      evidence: empty.slice(0, 5).map(({ etag, index }) => ({
        at: "request.body",
        name: `Part[${index}].ETag`,
        observed: etag,
        expected: "the ETag from the response to the part",
      })),
    })
  },
})

export const partMismatch = rule({
  code: "HF-S3-MPU-006",
  name: "PartMismatch",
  phase: "state",
  title: "A listed part was not uploaded, or its ETag does not match the stored part",
  explanation:
    "S3 compares the number and ETag of each listed part with the parts that it stored for this upload. A listed " +
    "part differs from the stored part if the part was sent again (S3 keeps only the last one), if the upload of " +
    "the part failed unnoticed, if the list belongs to another upload, or if the list contains the ETag of the " +
    "whole object.",
  fix: [
    {
      text: "compare the list with the result of ListParts, and reupload each part that differs",
      safety: "check first",
    },
    {
      text: "list each part with the ETag from the last response to that part, including the quotes",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.completeUpload],
  rivals: ["HF-S3-MPU-003", "HF-S3-MPU-005"],
  recognise: (facts) => {
    const [, ofPart] = /invalid checksum for part (\d{1,5})/i.exec(facts.answer.message) ?? []
    if (ofPart !== undefined) return found(checksumDiffers(facts, ofPart))
    if (!Asked.said(facts, "InvalidPart")) return undefined
    const number = facts.answer.element("PartNumber")
    const document = completion(facts)
    if (document?._tag === "Malformed" && hasBody(facts)) return undefined
    return found({
      confidence: "certain",
      detail: `${number === undefined ? "The server does not identify the part" : `The server rejects part ${number}`}${
        document?._tag === "Parts"
          ? `; the request lists ${document.parts.length} ${document.parts.length === 1 ? "part" : "parts"}`
          : ""
      }.`,
      evidence: [
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "PartNumber", "ETag", "UploadId"),
        ...(document?._tag === "Parts" ? listed(document.parts, number) : []),
      ],
    })
  },
})

/** Garage compares the checksums of the list with those that it stored when the parts were uploaded. */
const checksumDiffers = (facts: S3Facts, number: string) => ({
  confidence: "likely" as const,
  detail:
    `The checksum that the list has for part ${number} is not the one that the server stored with the part` +
    `${/uploaded part = None/.test(facts.answer.message) ? ": the part was uploaded without this checksum" : ""}.`,
  evidence: [
    ...Asked.theCode(facts),
    { at: "response.body.Message", name: "Message", observed: facts.answer.message.slice(0, 200) },
  ],
})

/** A server that reports a missing part has read a part list, even if the capture does not contain it. */
const hasBody = ({ exchange }: S3Facts): boolean => exchange.request?.size !== 0

const listed = (parts: ReadonlyArray<Completion.ListedPart>, number: string | undefined): ReadonlyArray<Evidence> =>
  parts
    .flatMap((part, index) => (number === undefined || String(part.number) === number ? [{ part, index }] : []))
    .slice(0, 5)
    .map(({ index, part }) => ({ at: "request.body", name: `Part[${index}].ETag`, observed: part.etag ?? "" }))
