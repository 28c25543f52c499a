/**
 * The rule for objects that contain the frames of a chunked upload because the server stored the body unchanged.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import type { S3Facts } from "../../../facts.ts"
import { rule } from "./topic.ts"

const streaming = "https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html"

/** Whether a body begins like an aws-chunked chunk, either with a signature or with a checksum that follows later. */
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
  title:
    "The object contains the frames of a chunked upload (aws-chunked) because the server stored the body unchanged",
  explanation:
    "S3 clients can send streams in S3's own chunk format (x-amz-content-sha256: STREAMING-…). Each chunk begins " +
    "with its length. A signature follows the length, or a trailer after the chunks contains a checksum. A server " +
    "that does not support this format stores the frames as part of the content. The server nevertheless responds " +
    "with status 200. The upload looks successful, but the stored object is damaged.",
  fix: [
    {
      text:
        "disable chunked uploads in the client (no streaming signature, requestChecksumCalculation: " +
        "WHEN_REQUIRED), and upload again",
      safety: "check first",
    },
    { text: "alternatively, update the server to a version that supports aws-chunked", safety: "check first" },
  ],
  change: "plan",
  links: [streaming],
  recognise: (facts) =>
    isFramed(facts)
      ? found({
          confidence: "likely",
          detail:
            "The response body begins with the frame of a chunk: " +
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
