/**
 * Rules about multipart uploads that have ended.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { links } from "../links.ts"
import { rule } from "./topic.ts"

/** The upload no longer exists. */
export const uploadGone = rule({
  code: "HF-S3-MPU-007",
  name: "UploadGone",
  phase: "state",
  title:
    "No multipart upload of this id is open for this key: it was completed or aborted, or the id or the key is another",
  explanation:
    "An upload id is good until the upload is completed or aborted, by any client: another process, a lifecycle rule that " +
    "sweeps unfinished uploads, or this program when it did not hear the answer to its first attempt. Then the object may well " +
    "be there already. An id that was cut, encoded again or belongs to another key is not found either.",
  fix: [
    { text: "HEAD the object: if its size and ETag are right, the first completion worked", safety: "check first" },
    { text: "else begin a new upload and send all parts again", safety: "check first" },
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
      UploadPart: "A part was sent to it after its end, or under another key or bucket than the upload was begun with.",
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
