/**
 * Rule for multipart uploads that no longer exist.
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
    "No multipart upload with this id is open for this key: it was completed or aborted, or the id or the key is wrong",
  explanation:
    "An upload id is valid until any client completes or aborts the upload: another process, a lifecycle rule for " +
    "unfinished uploads, or this program if it lost the response to its first attempt. In the last case the object " +
    "may already exist. An id that was cut, encoded again or belongs to another key is not found either.",
  fix: [
    {
      text: "HEAD the object: if its size and ETag are correct, the first completion succeeded",
      safety: "check first",
    },
    { text: "otherwise start a new upload and send all parts again", safety: "check first" },
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
      UploadPart: "A part was sent after the end of the upload, or under another key or bucket than the upload's.",
      CompleteMultipartUpload: isAgain
        ? `This is attempt ${facts.exchange.attempt}: an earlier one has probably completed the upload.`
        : "The request completes the upload, but again or too late.",
      AbortMultipartUpload: "The request aborts the upload, but there is nothing left to abort.",
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
