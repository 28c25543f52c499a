/**
 * Rules about part counts that S3 rejects, and about the parts of a realtime upload.
 */
import { cleared, type Evidence, found, unseen } from "@holdfast/diagnosis/Diagnosis"
import { limits } from "../../upload/limits.ts"
import { type C2cFacts, numberOf } from "../facts.ts"
import { field, guide, says, topic, word } from "../rule.ts"

const rule = topic("asset")

const errors = guide("how-to-handle-errors")
const s3Limits = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html"

const millions = (bytes: number): string => bytes.toLocaleString("en-US")

/** Describes what is wrong with a value of the request. */
export interface Defect {
  readonly name: string
  readonly detail: string
  readonly evidence: ReadonlyArray<Evidence>
}

/** Returns whether the response may mean that a value of the request is invalid. */
export const isRefusedForValues = (facts: C2cFacts): boolean =>
  says(facts, "Invalid Argument", "invalid_request", "Bad Request") ||
  facts.status === 422 ||
  (facts.status === 400 && facts.payload.key === undefined)

/** Describes how a part count violates S3's limits for a file size, or returns `undefined` if the part count is valid. */
const planDefect = (filesize: number, parts: number): string | undefined => {
  if (!Number.isInteger(parts) || parts < 1) return `parts is ${parts}; the minimum is 1`
  if (parts > limits.parts) return `parts is ${parts}; S3 accepts at most ${millions(limits.parts)}`
  // Frame.io splits evenly: every part but the last is the quotient, rounded up (its guide to uploads).
  const size = Math.ceil(filesize / parts)
  if (parts > 1 && size < limits.smallestPart)
    return `${millions(filesize)} bytes split into ${parts} parts are ${millions(size)} bytes per part; S3 requires at least ${millions(limits.smallestPart)}`
  if (size > limits.largestPart)
    return `${millions(filesize)} bytes split into ${parts} parts are ${millions(size)} bytes per part; S3 accepts at most ${millions(limits.largestPart)}`
  return undefined
}

/** Detects a part count that S3 rejects. */
export const badPlan = rule({
  code: "HF-C2C-ASSET-002",
  title: "The number of parts does not fit the size of the file: S3 rejects parts that violate its limits",
  explanation:
    "A client can request a number of parts for an upload. Each part except the last must have at least 5 MiB, and " +
    "no part can exceed 5 GiB. An upload can have at most 10,000 parts. Frame.io does not check these limits " +
    "itself: if S3 rejects the parts, Frame.io returns status 500 as if it had failed internally (a known issue of " +
    "its guide).",
  fix: [
    { text: "leave parts out: Frame.io then chooses a suitable number of parts", safety: "safe to apply" },
    { text: "or request at most filesize / 5 MiB parts, rounded down, and no more than 10,000", safety: "check first" },
  ],
  change: "plan",
  links: [errors, s3Limits],
  rivals: ["HF-C2C-ASSET-003", "HF-C2C-SERVICE-004"],
  find: (facts) => {
    if (facts.call !== "create" || ![400, 422, 500].includes(facts.status)) return undefined
    const parts = numberOf(facts, "parts")
    const filesize = numberOf(facts, "filesize")
    if (parts === undefined) return cleared("number of parts", "left to Frame.io")
    if (filesize === undefined) return unseen("the size of the file")
    const defect = planDefect(filesize, parts)
    if (defect === undefined) return cleared("number of parts", `${parts} fit S3's limits`)
    return found({
      confidence: "certain",
      detail: `${defect}.`,
      evidence: [...field(facts, "parts"), ...field(facts, "filesize"), ...word(facts)],
      about: ["parts"],
    })
  },
})

/** Returns the defects in the parts of a realtime upload. */
const partDefects = (facts: C2cFacts): ReadonlyArray<Defect> => {
  const { parts } = facts.sent
  if (!Array.isArray(parts)) return [{ name: "parts", detail: "parts is missing", evidence: field(facts, "parts") }]
  const defects = parts.flatMap((part: unknown, index): ReadonlyArray<Defect> => {
    const read = (name: string): unknown =>
      typeof part === "object" && part !== null ? Reflect.get(part, name) : undefined
    const at = (name: string, detail: string, expected: string): Defect => ({
      name,
      detail,
      evidence: [
        { at: `request.body.parts[${index}].${name}`, name, observed: JSON.stringify(read(name)) ?? "", expected },
      ],
    })
    const number = read("number")
    const size = read("size")
    if (typeof number !== "number" || !Number.isInteger(number) || number < 1 || number > limits.parts)
      return [
        at("number", `parts[${index}] must have a number from 1 to ${millions(limits.parts)}`, `1 to ${limits.parts}`),
      ]
    if (typeof size !== "number" || !Number.isInteger(size) || size < 1)
      return [at("size", `part ${number} has no size`, "bytes")]
    if (size < limits.smallestPart && read("is_final") !== true)
      return [
        at(
          "size",
          `part ${number} has only ${millions(size)} bytes but is not the final part`,
          `at least ${limits.smallestPart} bytes`,
        ),
      ]
    if (size > limits.largestPart)
      return [at("size", `part ${number} has ${millions(size)} bytes`, `at most ${limits.largestPart} bytes`)]
    return []
  })
  const isFinal = parts.some(
    (part: unknown) => typeof part === "object" && part !== null && Reflect.get(part, "is_final") === true,
  )
  const total = numberOf(facts, "asset_filesize")
  if (isFinal && (total === undefined || total < 1 || total > limits.object))
    return [
      ...defects,
      {
        name: "asset_filesize",
        detail: "the request for the final part does not state a valid size for the whole file",
        evidence: field(facts, "asset_filesize", `1 to ${limits.object} bytes`),
      },
    ]
  return defects
}

/** Detects parts that are too small or do not have a number. */
export const badParts = rule({
  code: "HF-C2C-ASSET-005",
  title: "A part of the realtime upload violates S3's limits or lacks a field",
  explanation:
    "Parts are numbered from 1 to 10,000. Every part except the final one must have at least 5 MiB. The request " +
    "for the final part must also state the size of the whole file. A recorder that flushes too early creates " +
    "parts that are too small. S3 would reject these parts when the file is assembled.",
  fix: [
    { text: "collect at least 5 MiB before requesting a part", safety: "check first" },
    { text: "send asset_filesize in the request for the part that has is_final", safety: "check first" },
  ],
  change: "plan",
  links: [guide("how-to-upload-realtime"), s3Limits],
  rivals: ["HF-C2C-ASSET-007"],
  find: (facts) => {
    if (facts.call !== "parts" || !(isRefusedForValues(facts) || facts.status === 500)) return undefined
    if (facts.encoding === "none") return unseen("the body of the request")
    // A form has no lists; another rule reports that.
    if (facts.encoding !== "json") return undefined
    const defects = partDefects(facts)
    if (defects.length === 0) return cleared("parts", "part sizes and numbers are within S3's limits")
    return found({
      confidence: "certain",
      detail: `${defects.map(({ detail }) => detail).join("; ")}.`,
      evidence: [...defects.flatMap(({ evidence }) => evidence), ...word(facts)],
      about: defects.map(({ name }) => name),
    })
  },
})

/** Detects a realtime upload that was sent as a form. */
export const realtimeForm = rule({
  code: "HF-C2C-ASSET-007",
  title: "A realtime upload was requested with a form, but realtime uploads accept only JSON",
  explanation:
    "Ordinary assets can be created with a form. Requests with is_realtime_upload and requests for parts must have " +
    "a JSON body, because a form has no lists and no booleans.",
  fix: [{ text: "send the body as application/json", safety: "safe to apply" }],
  change: "plan",
  links: [guide("how-to-upload-realtime")],
  rivals: ["HF-C2C-ASSET-005"],
  find: (facts) => {
    const isRealtime = facts.call === "parts" || (facts.call === "create" && "is_realtime_upload" in facts.sent)
    if (!isRealtime || facts.encoding === "json" || facts.encoding === "none" || facts.status < 400) return undefined
    if (facts.status === 401 || facts.status === 409 || facts.status === 429 || facts.status > 500) return undefined
    return found({
      confidence: "certain",
      detail: `The body is ${facts.encoding === "form" ? "form-encoded" : "a multipart form"}.`,
      evidence: [...field(facts, "is_realtime_upload"), ...word(facts)],
    })
  },
})
