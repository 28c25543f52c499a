/**
 * What Terraform, OpenTofu and Pulumi print where the state in a bucket is locked, or its lock cannot be used.
 */
import * as S3 from "@holdfast/s3/Diagnosis"
import type { Recognized } from "../recognized.ts"

/** Where such a message begins. */
const beginning =
  /(?:Error )?acquiring the state lock|Error locking state|state data in S3 does not have the expected content|the stack is currently locked by/i

/** How much of the message is read: with the description of the lock. */
const longest = 2000

/** Reads the message, without the frame that Terraform draws around it. */
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
    ? { exchange: { failure }, as: "what Terraform or Pulumi says of the lock of its state" }
    : undefined
}
