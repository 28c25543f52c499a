/**
 * Rules for the sizes and numbers of the parts in a multipart upload.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { links } from "../links.ts"
import { completion, rule } from "./topic.ts"

/** The minimum size of a part other than the last: 5 MiB (Amazon S3, "Multipart upload limits"). */
const smallest = 5 * 1024 ** 2

/** The maximum number of parts, which is also the highest part number (same page). */
const mostParts = 10_000

export const partTooSmall = rule({
  code: "HF-S3-MPU-001",
  name: "PartTooSmall",
  phase: "body",
  title: "A part that is not the last one is smaller than 5 MiB",
  explanation:
    "All parts of a multipart upload except the last must be at least 5 MiB. S3 accepts a smaller part without an " +
    "error. When the upload is completed, S3 rejects the whole upload, and the client must send every part again.",
  fix: [
    { text: "make all parts except the last at least 5 MiB, and upload all parts again", safety: "check first" },
    { text: "send an object under 5 MiB with a single PUT", safety: "check first" },
  ],
  change: "plan",
  links: [links.limits, links.uploads],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  inspect: (facts) => {
    const { part } = facts.plan
    if (part === undefined) return undefined
    if (part.last || part.size >= smallest) {
      return cleared("part size", part.last ? "the last part may have any size" : Asked.amount(part.size))
    }
    return found({
      confidence: "certain",
      detail: `Part ${part.number} has a size of ${Asked.amount(part.size)} and is not the last part.`,
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
      detail:
        `${number === undefined ? "A part" : `Part ${number}`} has ${answer.element("ProposedSize") ?? "too few"} ` +
        `bytes, but the minimum is ${least === undefined ? "5 MiB" : `${least} bytes`}.`,
      evidence: [
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "PartNumber", "ProposedSize", "MinSizeAllowed", "ETag"),
      ],
    })
  },
})

export const partNumberOutOfRange = rule({
  code: "HF-S3-MPU-002",
  name: "PartNumberOutOfRange",
  phase: "body",
  title: "The upload has a part number outside the range from 1 to 10,000",
  explanation:
    "Parts are numbered from 1 to 10,000. Part numbers fall outside this range if the client counts from 0 or " +
    "splits the file into parts that are too small. A 100 GB file needs parts of at least 10 MB if all parts have " +
    "the same size.",
  fix: [
    {
      text: "number the parts from 1, and make each part at least as large as the file size divided by 10,000",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.limits],
  rivals: [],
  soleCause: links.limits,
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
            `The server does not accept the part number ${facts.answer.element("ArgumentValue") ?? ""}`.trim() + ".",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "ArgumentName", "ArgumentValue")],
        })
      : undefined,
})
