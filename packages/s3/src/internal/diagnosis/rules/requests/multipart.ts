/**
 * Multipart uploads: their parts, their numbers, and the list that completes them.
 */
import { cleared, type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../asked.ts"
import * as Completion from "../../completion.ts"
import type { S3Facts } from "../../facts.ts"
import { topic } from "../../rule.ts"
import { links } from "./links.ts"

const rule = topic("multipart")

/** The least that a part may have, but for the last: 5 MiB (Amazon S3, "Multipart upload limits"). */
export const smallest = 5 * 1024 ** 2

/** The most parts of an upload, and the highest number of one (the same page). */
export const mostParts = 10_000

const completion = (facts: S3Facts): Completion.Completion | undefined => {
  const body = facts.exchange.request?.body
  if (Asked.operationOf(facts) !== "CompleteMultipartUpload") return undefined
  if (body !== undefined) return Completion.read(body)
  return Asked.lengthOf(facts) === 0 ? Completion.read("") : undefined
}

/** A part that is smaller than parts may be. */
export const partTooSmall = rule({
  code: "HF-S3-MPU-001",
  name: "PartTooSmall",
  phase: "body",
  title: "A part that is not the last one is smaller than 5 MiB",
  explanation:
    "All parts of a multipart upload but the last have at least 5 MiB. S3 takes a smaller part without a word and refuses " +
    "the whole upload when it is completed, so all of it was sent in vain.",
  fix: [
    { text: "make all parts but the last at least 5 MiB, and upload them again", safety: "check first" },
    { text: "send an object under 5 MiB with a single PUT", safety: "check first" },
  ],
  change: "plan",
  links: [links.limits, links.uploads],
  inspect: (facts) => {
    const { part } = facts.plan
    if (part === undefined) return undefined
    if (part.last || part.size >= smallest) {
      return cleared("part size", part.last ? "the last part may be of any size" : Asked.amount(part.size))
    }
    return found({
      confidence: "certain",
      detail: `Part ${part.number} has ${Asked.amount(part.size)} and is not the last.`,
      evidence: [
        {
          at: "request.headers.content-length",
          name: "size",
          observed: String(part.size),
          expected: `at least ${smallest}`,
        },
      ],
    })
  },
  recognise: (facts) => {
    const { answer, form } = facts
    if (form !== undefined || !Asked.said(facts, "EntityTooSmall", "InvalidPartSize")) return undefined
    const number = answer.element("PartNumber")
    const least = answer.element("MinSizeAllowed")
    const sure =
      number !== undefined || Number(least) === smallest || Asked.operationOf(facts) === "CompleteMultipartUpload"
    return found({
      confidence: sure ? "certain" : facts.hasRequest ? "likely" : "possible",
      detail: `${number === undefined ? "A part" : `Part ${number}`} has ${answer.element("ProposedSize") ?? "too few"} bytes; ${
        least === undefined ? "5 MiB" : `${least} bytes`
      } are the least.`,
      evidence: [
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "PartNumber", "ProposedSize", "MinSizeAllowed", "ETag"),
      ],
    })
  },
})

/** A number that no part can have, or more parts than there are numbers. */
export const partNumberOutOfRange = rule({
  code: "HF-S3-MPU-002",
  name: "PartNumberOutOfRange",
  phase: "body",
  title: "The upload has a part whose number is not one from 1 to 10,000",
  explanation:
    "Parts are numbered from 1 to 10,000, and there can be no more. Whoever counts from 0, or cuts a file into too small " +
    "pieces, leaves the range: with parts of one size a 100 GB file needs parts of more than 10 MB.",
  fix: [
    { text: "number parts from 1, and make them at least the file's size divided by 10,000", safety: "check first" },
  ],
  change: "plan",
  links: [links.limits],
  inspect: (facts) => {
    const { part, parts } = facts.plan
    const document = completion(facts)
    const count = parts ?? (document?._tag === "Parts" ? document.parts.length : 0)
    if (count > mostParts) {
      return found({
        confidence: "certain",
        detail: `The upload has ${count} parts.`,
        evidence: [{ at: "request", name: "parts", observed: String(count), expected: `at most ${mostParts}` }],
      })
    }
    const stated = [facts.query("partNumber"), part === undefined ? undefined : String(part.number)].filter(
      (text) => text !== undefined,
    )
    const wrong = stated.find((text) => !(/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= mostParts))
    if (wrong === undefined) return stated[0] === undefined ? undefined : cleared("part number", stated[0])
    return found({
      confidence: "certain",
      detail: `The part's number is ${wrong}.`,
      evidence: [{ at: "request.url?partNumber", name: "partNumber", observed: wrong, expected: `1 to ${mostParts}` }],
      about: ["partNumber"],
    })
  },
  recognise: (facts) =>
    facts.answer.element("ArgumentName") === "partNumber" || /part number must be/i.test(facts.answer.message)
      ? found({
          confidence: "certain",
          detail:
            `The server does not take the part number ${facts.answer.element("ArgumentValue") ?? ""}`.trim() + ".",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ArgumentName", "ArgumentValue")],
        })
      : undefined,
})

/** The list of parts is no list. */
export const documentMalformed = rule({
  code: "HF-S3-MPU-003",
  name: "DocumentMalformed",
  phase: "body",
  title: "The list of parts that completes the upload is empty or not well-formed",
  explanation:
    "An upload is completed by an XML document that names every part by number and ETag. A document that is empty, cut off, " +
    "or sent as JSON completes nothing; the parts stay and cost money until the upload is completed or aborted.",
  fix: [
    {
      text: "send <CompleteMultipartUpload> with one <Part> for each part, each with PartNumber and ETag",
      safety: "safe to apply",
    },
  ],
  change: "plan",
  links: [links.completeUpload],
  inspect: (facts) => {
    const document = completion(facts)
    if (document?._tag !== "Malformed") return undefined
    return found({
      confidence: "certain",
      detail: `As for the document: ${document.problem}.`,
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
  recognise: (facts) =>
    Asked.said(facts, "MalformedXML", "MissingRequestBodyError", "EmptyRequestBody") ||
    /at least one part/i.test(facts.answer.message)
      ? found({
          confidence: facts.hasRequest && Asked.operationOf(facts) === "CompleteMultipartUpload" ? "certain" : "likely",
          detail: "The server cannot read the XML document that it received.",
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

/** The list of parts is not in order. */
export const partsOutOfOrder = rule({
  code: "HF-S3-MPU-004",
  name: "PartsOutOfOrder",
  phase: "state",
  title: "The parts are not listed in ascending order of their numbers",
  explanation:
    "The list that completes an upload names the parts in ascending order, each once. Parts that were sent side by side come " +
    "back in any order, and so do the answers that the list is made of. Numbers are compared as numbers: 10 comes after 9.",
  fix: [{ text: "sort the list by PartNumber, as numbers, before completing", safety: "safe to apply" }],
  change: "plan",
  links: [links.completeUpload],
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
          detail: "The server says so of the list that it received.",
          evidence: Asked.theCode(facts),
        })
      : undefined,
})

/** ETags that no part has: what programs write when they could not read one. */
const isNoTag = (etag: string): boolean => /^"?(?:null|undefined|none|nan|\[object.*|)"?$/i.test(etag)

/** The ETag of a part is not one. */
export const tagNotRead = rule({
  code: "HF-S3-MPU-005",
  name: "TagNotRead",
  phase: "state",
  title: "A part is listed without its ETag: the program could not read it from the answer",
  explanation:
    "Every part's answer has an ETag header, and the list must repeat it. A browser hides it from scripts unless the bucket's " +
    "CORS rules expose it; what the script gets is null, and that ends up in the list.",
  fix: [
    { text: 'add "ETag" to ExposeHeaders in the CORS rules of the bucket', safety: "safe to apply" },
    { text: "or read the ETags with ListParts before completing", safety: "check first" },
  ],
  change: "plan",
  links: [links.completeUpload],
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
        expected: "the ETag of the part's answer",
      })),
    })
  },
})

/** A part that is not there, or is another than listed. */
export const partMismatch = rule({
  code: "HF-S3-MPU-006",
  name: "PartMismatch",
  phase: "state",
  title: "A part in the list was not uploaded, or was uploaded with other bytes: its ETag differs",
  explanation:
    "S3 compares number and ETag of every listed part with what it stored under this upload. They differ when a part was sent " +
    "again (the last one counts, and has the ETag), when its upload failed unnoticed, when the list belongs to another upload, " +
    "or when the ETag of the whole object was taken.",
  fix: [
    { text: "ask ListParts what is stored, and upload the parts that differ again", safety: "safe to apply" },
    { text: "list each part with the ETag of the last answer to it, quotes and all", safety: "check first" },
  ],
  change: "plan",
  links: [links.completeUpload],
  recognise: (facts) => {
    if (!Asked.said(facts, "InvalidPart")) return undefined
    const number = facts.answer.element("PartNumber")
    const document = completion(facts)
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

const listed = (parts: ReadonlyArray<Completion.ListedPart>, number: string | undefined): ReadonlyArray<Evidence> =>
  parts
    .flatMap((part, index) => (number === undefined || String(part.number) === number ? [{ part, index }] : []))
    .slice(0, 5)
    .map(({ index, part }) => ({ at: "request.body", name: `Part[${index}].ETag`, observed: part.etag ?? "" }))

/** The upload is not there any more. */
export const uploadGone = rule({
  code: "HF-S3-MPU-007",
  name: "UploadGone",
  phase: "state",
  title: "The multipart upload does not exist any more: it was completed or aborted before",
  explanation:
    "An upload id is good until the upload is completed or aborted, by whomever: another process, a lifecycle rule that " +
    "sweeps unfinished uploads, or this program when it did not hear the answer to its first attempt. Then the object may well " +
    "be there already. An id that was cut, encoded anew or belongs to another key is not found either.",
  fix: [
    { text: "HEAD the object: if its size and ETag are right, the first completion worked", safety: "safe to apply" },
    { text: "else begin a new upload and send all parts again", safety: "check first" },
  ],
  change: "url",
  links: [links.uploads],
  recognise: (facts) => {
    if (!Asked.said(facts, "NoSuchUpload")) return undefined
    const operation = Asked.operationOf(facts)
    const isAgain = operation === "CompleteMultipartUpload" && (facts.exchange.attempt ?? 1) > 1
    const words = {
      UploadPart: "A part was sent to it after its end.",
      CompleteMultipartUpload: isAgain
        ? `This is attempt ${facts.exchange.attempt}: an earlier one has probably completed it.`
        : "It was to be completed, once more or too late.",
      AbortMultipartUpload: "It was to be aborted; there is nothing left to abort.",
    } as const
    return found({
      confidence: facts.hasRequest ? "certain" : "likely",
      detail:
        operation !== undefined && Object.hasOwn(words, operation)
          ? words[operation as keyof typeof words]
          : "The server does not know the upload id.",
      evidence: [
        ...(facts.query("uploadId") === undefined ? [] : [Asked.inQuery(facts, "uploadId")]),
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "UploadId"),
      ],
    })
  },
})

/** The topic's rules, in the order in which S3 looks. */
export const multipart = [
  partNumberOutOfRange,
  documentMalformed,
  partTooSmall,
  uploadGone,
  partsOutOfOrder,
  tagNotRead,
  partMismatch,
] as const
