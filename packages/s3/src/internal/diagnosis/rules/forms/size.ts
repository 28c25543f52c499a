/**
 * Rules for files whose size is not allowed.
 */
import { cleared, found } from "@holdfast/diagnosis/Diagnosis"
import type { LengthRange } from "../../../../PostPolicy.ts"
import { topic } from "../../rule.ts"
import { place, maybeForm } from "./fields.ts"

const rule = topic("post-size")

const creating = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html"

/** The maximum size of an object that is uploaded in one request, in bytes (S3, "Uploading objects"). */
const largest = 5 * 1024 ** 3

/** The minimum size of a part other than the last one, in bytes (S3, "Multipart upload limits"). */
const leastPart = 5 * 1024 ** 2

const outside = (size: number, { max, min }: LengthRange): boolean => size < min || size > max

const sizeOutsideRange = rule({
  code: "HF-S3-POST-035",
  name: "SizeOutsideRange",
  phase: "body",
  title: "The file is larger or smaller than the policy permits",
  explanation:
    "A content-length-range condition limits the file size in bytes; both limits are inclusive. S3 counts the " +
    "bytes while it reads them, so it rejects an oversized file only after much of the file has been sent. Sending " +
    "the file again costs the same and fails in the same way.",
  fix: [
    {
      text: "check the file size before requesting a form, and request a form that permits this size",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [creating],
  rivals: ["HF-S3-BODY-002"],
  inspect: ({ answer, form }) => {
    const size = form?.file?.size ?? number(answer.element("ProposedSize"))
    if (form?.policy?._tag !== "Policy" || form.file === undefined) return undefined
    const ranges = form.policy.policy.conditions.filter((one) => one._tag === "LengthRange")
    const [range] = ranges
    if (range === undefined) return undefined
    const empty = ranges.find(({ max, min }) => min > max)
    if (size === undefined && empty === undefined) return undefined
    const broken = empty ?? ranges.find((one) => outside(size ?? 0, one))
    if (broken === undefined) return cleared("file size", `${size} bytes, within ${range.min} to ${range.max}`)
    return found({
      confidence: "certain",
      detail:
        empty === undefined
          ? `The file has ${size} bytes, but the policy permits ${broken.min} to ${broken.max}.`
          : `The policy permits ${broken.min} to ${broken.max} bytes, but the minimum exceeds the maximum.`,
      evidence: [
        {
          at: place(form.file.index),
          name: "file",
          observed: size === undefined ? "a file" : `${size} bytes`,
          expected: `${broken.min} to ${broken.max} bytes`,
        },
      ],
      about: ["size", "content-length-range"],
    })
  },
  recognise: (facts) => {
    const { answer, proof } = facts
    const isSize = /^EntityToo(?:Large|Small)$/.test(answer.code)
    if (!isSize || answer.element("PartNumber") !== undefined || !maybeForm(facts)) return undefined
    const proposed = answer.element("ProposedSize")
    const limit = answer.element("MaxSizeAllowed") ?? answer.element("MinSizeAllowed")
    if (number(limit) === largest) return undefined
    return found({
      // A limit that is not one of the service must be that of a policy.
      confidence: proof === "form" || (limit !== undefined && number(limit) !== leastPart) ? "likely" : "possible",
      detail:
        proposed === undefined && limit === undefined
          ? `The server reports that the file is too ${answer.code === "EntityTooLarge" ? "large" : "small"} for the policy's content-length-range.`
          : proposed === undefined
            ? `The limit is ${limit} bytes, but the file is ${answer.code === "EntityTooLarge" ? "larger" : "smaller"}.`
            : limit === undefined
              ? `The file has ${proposed} bytes, which is ${answer.code === "EntityTooLarge" ? "more" : "less"} than the policy permits.`
              : `The file has ${proposed} bytes, but the limit is ${limit}.`,
      evidence: [{ at: "response.body.Code", name: "Code", observed: answer.code }],
    })
  },
})

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined

const fileTooLarge = rule({
  code: "HF-S3-POST-036",
  name: "FileTooLarge",
  phase: "body",
  title: "The file is larger than 5 GiB, the maximum that one form can upload",
  explanation:
    "A single request can upload an object of at most 5 GiB, regardless of the policy. Larger objects must be " +
    "uploaded in parts.",
  fix: [{ text: "upload the file in parts: use a multipart upload with presigned URLs", safety: "check first" }],
  change: "plan",
  links: ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html"],
  rivals: ["HF-S3-POST-035", "HF-S3-BODY-002"],
  inspect: ({ form }) => {
    const size = form?.file?.size
    if (form?.file === undefined || size === undefined || size <= largest) return undefined
    return found({
      confidence: "likely",
      detail: `The file has ${size} bytes; the limit is ${largest}.`,
      evidence: [
        { at: place(form.file.index), name: "file", observed: `${size} bytes`, expected: `at most ${largest} bytes` },
      ],
      about: ["size"],
    })
  },
})

/** All rules of this topic, in the order in which S3 performs the checks. */
export const size = [sizeOutsideRange, fileTooLarge] as const
