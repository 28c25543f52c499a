/**
 * Reads errors of Terraform, OpenTofu and Pulumi about a locked state in a bucket, or an unusable lock.
 */
import * as S3 from "@holdfast/s3/Diagnosis"
import type { Recognized } from "../recognized.ts"

/** The start of such a message. */
const beginning =
  /(?:Error )?acquiring the state lock|Error locking state|state data in S3 does not have the expected content|the stack is currently locked by/i

/** Characters of the message that are read, including the lock's description. */
const longest = 2000

/** Reads the message without the frame that Terraform draws around it. */
export const read = (text: string): Recognized | undefined => {
  const at = text.search(beginning)
  if (at === -1) return undefined
  const failure = text
    .slice(at, at + longest)
    .split("\n")
    .map((line) => line.replace(/^[\s│|╷╵]{0,12}/, "").trimEnd())
    .join("\n")
    .trim()
  return S3.saysUnsent(failure)
    ? { exchange: { failure }, as: "a Terraform or Pulumi message about its state lock" }
    : undefined
}
