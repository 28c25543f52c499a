/**
 * The rule for features that a server does not support.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { missing, refused } from "../../../dialects/lacks.ts"
import { textOf } from "../../../dialects/text.ts"
import type { S3Facts } from "../../../facts.ts"
import { links } from "../links.ts"
import { rule } from "./topic.ts"

const deletion = (facts: S3Facts) => (facts.query("delete") === undefined ? [] : [Asked.inQuery(facts, "delete")])

export const notImplemented = rule({
  code: "HF-S3-BODY-007",
  name: "NotImplemented",
  phase: "body",
  title: "The request uses a feature that this server does not support",
  explanation:
    "Many S3-compatible servers do not support all of S3. Such servers may lack ACLs, tags, checksums in trailers " +
    "or storage classes. They reject the header or parameter for an unsupported feature, or a whole operation, " +
    "such as tagging, versioning or deleting many objects at once. Newer SDKs send checksums that older servers do " +
    "not support.",
  fix: [
    { text: "remove the header that the server reports", safety: "check first" },
    { text: "in AWS SDKs, set requestChecksumCalculation to WHEN_REQUIRED", safety: "check first" },
  ],
  change: "plan",
  links: [links.errors],
  rivals: ["HF-S3-BODY-001"],
  inspect: (facts) => {
    const [lacking] = Asked.isUnanswered(facts) && facts.form === undefined ? refused(facts) : []
    return lacking === undefined
      ? undefined
      : found({
          confidence: "certain",
          detail:
            `${Asked.serverOf(facts)} does not support ${lacking.feature} and therefore rejects ` +
            `${lacking.evidence[0]?.name ?? "the request"} (${lacking.source}).`,
          evidence: lacking.evidence,
        })
  },
  recognise: (facts) => {
    const text = textOf(facts)
    // Another rule reports that the server does not support forms.
    if (/\bpresigned post\b.{0,40}not (?:yet )?(?:implemented|supported)/i.test(text)) return undefined
    const isBatch =
      /\bPOST \?delete is not implemented/i.test(text) ||
      (facts.query("delete") !== undefined && /cannot create buckets using a POST/i.test(text))
    if (isBatch) {
      return found({
        confidence: "likely",
        detail:
          `${Asked.serverOf(facts)} does not support DeleteObjects (POST ?delete) at this address. ` +
          "Delete the objects one by one, or disable batch deletion in the client.",
        evidence: [...Asked.theCode(facts), ...Asked.inAnswer(facts, "Details"), ...deletion(facts)],
      })
    }
    const [, quoted] =
      /header '([\w-]{1,60})'.{0,120}not implemented|unsupported header '([\w-]{1,60})'/i
        .exec(facts.answer.message)
        ?.filter((text) => text !== undefined) ?? []
    const unknownDocument = Asked.said(facts, "MalformedXML") ? missing(facts) : []
    if (
      quoted === undefined &&
      unknownDocument.length === 0 &&
      !Asked.said(facts, "NotImplemented", "UnsupportedArgument", "NotSupported", "UnsupportedOperation") &&
      !(Asked.isWordless(facts) && facts.answer.status === 501)
    ) {
      return undefined
    }
    if (quoted !== undefined && /^x-amz-(?:checksum|sdk-checksum|trailer)/i.test(quoted)) return undefined
    const header = facts.answer.element("Header") ?? quoted
    if (/^transfer-encoding$/i.test(header ?? "")) return undefined
    const [lacking] = header === undefined ? missing(facts) : []
    const name = lacking?.evidence[0]?.name
    return found({
      confidence: "likely",
      detail:
        lacking !== undefined && name !== undefined
          ? `${Asked.serverOf(facts)} does not support ${lacking.feature}, but the request uses this feature (${name})${
              name === "cors"
                ? ". In MinIO, one server setting (MINIO_API_CORS_ALLOW_ORIGIN) controls the preflight responses for all buckets"
                : ""
            }.`
          : header === undefined
            ? `The server reports ${facts.answer.message === "" ? "no details" : `"${facts.answer.message}"`}.`
            : `${Asked.serverOf(facts)} does not accept ` +
              `${header}${facts.header(header)?.trim() === "" ? ", which was sent empty" : ""}.`,
      evidence: [
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "Header", "ArgumentName"),
        ...(lacking?.evidence ?? []),
      ],
    })
  },
})
