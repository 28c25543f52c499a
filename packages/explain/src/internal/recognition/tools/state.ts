/**
 * Reads errors in which Terraform, OpenTofu or Pulumi reports that the state in a bucket is locked or that its lock is
 * unusable.
 */
import * as S3 from "@holdfast/s3/Diagnosis"
import type { Recognized } from "../recognized.ts"

/** Matches the start of a message about a state lock. */
const beginning =
  /(?:Error )?acquiring the state lock|Error locking state|state data in S3 does not have the expected content|the stack is currently locked by/i

/** The maximum number of characters to read from the message, including the description of the lock. */
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
