/**
 * What the rules about signatures share.
 */
import { type Evidence, type Finding, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import type { S3Facts } from "../../../facts.ts"
import { topic } from "../../../rule.ts"

/** Makes a rule about signatures. */
export const rule = topic("signature")

/** Answers that say that signatures differ; a server that tells little says that access is denied. */
export const mismatches = ({ answer }: S3Facts): "said" | "possible" | undefined => {
  if (["SignatureDoesNotMatch", "InvalidSignature", "InvalidSignatureException"].includes(answer.code)) return "said"
  if (/\binvalid signature\b|signature (?:validation failed|mismatch|does ?n.t match)/i.test(answer.message))
    return "said"
  const isMute = answer.code === "AccessDenied" && answer.message === ""
  return isMute && answer.element("BucketName") === undefined ? "possible" : undefined
}

/** Whether a form's rules are the ones to ask. */
export const isForm = (facts: S3Facts): boolean => facts.form !== undefined && Asked.queryVersion(facts) === undefined

/** A cause that fits a mismatch: likely where the server says that there is one, possible where it says nothing. */
export const asCause = (
  facts: S3Facts,
  finding: {
    readonly detail: string
    readonly evidence: ReadonlyArray<Evidence>
    readonly about?: ReadonlyArray<string>
  },
): Finding | undefined => {
  const mismatch = mismatches(facts)
  if (mismatch === undefined) return undefined
  return found({ confidence: mismatch === "said" ? "likely" : "possible", ...finding })
}
