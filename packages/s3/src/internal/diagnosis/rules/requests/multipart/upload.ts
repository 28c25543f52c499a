/**
 * The rule for multipart uploads that no longer exist.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { links } from "../links.ts"
import { rule } from "./topic.ts"

export const uploadGone = rule({
  code: "HF-S3-MPU-007",
  name: "UploadGone",
  phase: "state",
  title:
    "No multipart upload with this id is open for this key: the upload was completed or aborted, or the id or the " +
    "key is wrong",
  explanation:
    "An upload id is valid until the upload is completed or aborted. The upload may have been ended by another " +
    "process, by a lifecycle rule for unfinished uploads, or by an earlier attempt whose response was lost. If " +
    "only the response was lost, the object may already exist. The server also does not find an upload id that was " +
    "truncated, encoded twice or issued for another key.",
  fix: [
    {
      text: "HEAD the object: if its size and ETag are correct, the first completion succeeded",
      safety: "check first",
    },
    { text: "otherwise, start a new upload and send all parts again", safety: "check first" },
  ],
  change: "url",
  links: [links.uploads],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    if (!Asked.said(facts, "NoSuchUpload")) return undefined
    const operation = Asked.operationOf(facts)
    const isAgain = operation === "CompleteMultipartUpload" && (facts.exchange.attempt ?? 1) > 1
    const words = {
      UploadPart: "The part was sent after the upload ended, with a wrong upload id, or to another key or bucket.",
      CompleteMultipartUpload: isAgain
        ? `This is attempt ${facts.exchange.attempt}: an earlier attempt probably completed the upload.`
        : "The request tries to complete an upload that is not open for this key.",
      AbortMultipartUpload: "The request tries to abort an upload that is not open for this key.",
    } as const
    return found({
      confidence: facts.hasRequest ? "certain" : "likely",
      detail:
        operation !== undefined && Object.hasOwn(words, operation)
          ? words[operation as keyof typeof words]
          : "The server does not recognize the upload id.",
      evidence: [
        ...(facts.query("uploadId") === undefined ? [] : [Asked.inQuery(facts, "uploadId")]),
        ...Asked.theCode(facts),
        ...Asked.inAnswer(facts, "UploadId"),
      ],
    })
  },
})
