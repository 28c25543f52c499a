/**
 * Rules for the size of the metadata, headers and query of a request.
 */
import { type Evidence, found } from "@holdfast/diagnosis/Diagnosis"
import { bytesOf } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule } from "./topic.ts"

/** The size limit for user metadata: 2 KB for all names and values together (Amazon S3, "Working with object metadata"). */
const mostMetadata = 2048

const metadataOf = ({ exchange }: S3Facts): ReadonlyArray<readonly [name: string, bytes: number]> =>
  Object.entries(exchange.request?.headers ?? {}).flatMap(([name, value]) =>
    /^x-amz-meta-/i.test(name) ? [[name, bytesOf(name.slice("x-amz-meta-".length)) + bytesOf(value)] as const] : [],
  )

export const metadataTooLarge = rule({
  code: "HF-S3-BODY-005",
  name: "MetadataTooLarge",
  phase: "body",
  title: "The object's metadata exceeds 2 KB",
  explanation:
    "The names and values of all x-amz-meta- headers may total at most 2 KB. Larger metadata belongs in a separate " +
    "object.",
  fix: [{ text: "shorten the metadata, or store it in a separate object", safety: "check first" }],
  change: "plan",
  links: [links.putObject],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  inspect: (facts) => {
    const metadata = metadataOf(facts)
    const bytes = metadata.reduce((sum, [, size]) => sum + size, 0)
    if (bytes <= mostMetadata) return undefined
    return found({
      confidence: "certain",
      detail: `The ${metadata.length === 1 ? "metadata header has" : `${metadata.length} metadata headers have`} ${Asked.amount(bytes)}.`,
      evidence: metadata.map(([name, size]) => ({ at: `request.headers.${name}`, name, observed: Asked.amount(size) })),
      about: metadata.map(([name]) => name),
    })
  },
  recognise: (facts) =>
    stated(facts, ["MetadataTooLarge"], "The server reports that the metadata is too large.", [
      "MaxSizeAllowed",
      "Size",
    ]),
})

const stated = (facts: S3Facts, codes: ReadonlyArray<string>, detail: string, elements: ReadonlyArray<string>) => {
  if (!Asked.said(facts, ...codes)) return undefined
  const evidence: ReadonlyArray<Evidence> = [...Asked.theCode(facts), ...Asked.inAnswer(facts, ...elements)]
  return found({ confidence: "certain", detail, evidence })
}

export const headersTooLarge = rule({
  code: "HF-S3-BODY-006",
  name: "HeadersTooLarge",
  phase: "form",
  title: "The request's headers and query together exceed 8 KB",
  explanation:
    "Headers and query parameters may total at most 8192 bytes. Long session tokens and the site's cookies can " +
    "exceed this limit. Many metadata headers also increase the total size.",
  fix: [
    { text: "do not send cookies or unrelated headers to the storage, and send less metadata", safety: "check first" },
  ],
  change: "plan",
  links: [links.errors],
  rivals: ["HF-S3-BODY-005"],
  recognise: (facts) =>
    Asked.said(facts, "RequestHeaderSectionTooLarge") ||
    (Asked.isWordless(facts) && [414, 431].includes(facts.answer.status))
      ? found({
          confidence: "likely",
          detail: "The server reports that the request headers are too large.",
          evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "MaxSizeAllowed")],
        })
      : undefined,
})
