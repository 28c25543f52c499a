/**
 * Rule for objects that contain the frames of a chunked upload, because the server stored the body unchanged.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../../facts.ts"
import { rule } from "./topic.ts"

const streaming = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html"

/** Whether a body begins like an aws-chunked chunk, with a signature or a later checksum. */
export const isFramed = ({ answer }: Pick<S3Facts, "answer">): boolean => {
  if (answer.status < 200 || answer.status > 299) return false
  if (/^[0-9a-f]{1,8};chunk-signature=/i.test(answer.body)) return true
  return (
    /^[0-9a-f]{1,8}\r?\n/i.test(answer.body) &&
    /\n0\r?\nx-amz-checksum-[a-z0-9]{3,12}:[^\n]{1,120}\s{0,8}$/i.test(answer.body.slice(-400))
  )
}

export const storedWithFrame = rule({
  code: "HF-S3-BODY-021",
  name: "StoredWithFrame",
  phase: "body",
  title: "The object contains the frames of a chunked upload (aws-chunked): the server stored the body unchanged",
  explanation:
    "Clients of S3 send streams in their own chunks (x-amz-content-sha256: STREAMING-…), each with its length and " +
    "signature before it, or with a checksum in a trailer. A server that does not know this form stores the frames " +
    "as content and answers 200. The upload looks successful, but the stored object is damaged.",
  fix: [
    {
      text:
        "disable chunked uploads in the client (no streaming signature, requestChecksumCalculation: " +
        "WHEN_REQUIRED), and upload again",
      safety: "check first",
    },
    { text: "or update the server to a version that reads aws-chunked", safety: "check first" },
  ],
  change: "plan",
  links: [streaming],
  recognise: (facts) =>
    isFramed(facts)
      ? found({
          confidence: "likely",
          detail:
            "The body of the response begins with the frame of a chunk: " +
            `${facts.answer.body.slice(0, facts.answer.body.indexOf(";") === -1 ? 8 : facts.answer.body.indexOf(";")).trim()} ` +
            `bytes in hex${facts.answer.body.includes(";chunk-signature=") ? " and its chunk-signature" : ""}.`,
          evidence: [
            {
              at: "response.body",
              name: "body",
              observed: "the frame of a chunk",
              expected: "the bytes of the object",
            },
          ],
        })
      : undefined,
})
