/**
 * The rule for encryption keys and algorithms that the server cannot use.
 */
import { type Fix, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"
import { described, words } from "../storageClass.ts"

const rule = topic("stated")

const sameKey: Fix = {
  text:
    "send the same three encryption headers (algorithm, key, MD5 of the key) that were sent when the object or " +
    "upload was started",
  safety: "check first",
}

export const encryptionRefused = rule({
  code: "HF-S3-SVC-020",
  name: "EncryptionRefused",
  phase: "body",
  title: "The server cannot use the encryption key, algorithm or headers of the request",
  explanation:
    "The KMS key may be missing, disabled, scheduled for deletion or in another region. The headers for " +
    "customer-provided keys (SSE-C) may be incomplete, or may differ from the headers sent when the object or " +
    "upload was started. The headers may also have been sent for an object without a customer-provided key.",
  fix: [
    { text: "check the region, state and policy of the key in KMS", safety: "check first" },
    {
      text: "with every part, send the same encryption headers as in the request that started the upload",
      safety: "check first",
    },
  ],
  change: "human",
  links: [links.encryption],
  rivals: [],
  soleCause: "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
  recognise: (facts) => {
    const { answer } = facts
    const isKey =
      /^(?:KMS\.|CloudKms)/.test(answer.code) ||
      Asked.said(facts, "InvalidEncryptionAlgorithmError", "ServerSideEncryptionConfigurationNotFoundError")
    const worded =
      Asked.said(facts, "InvalidRequest", "InvalidArgument", "AccessDenied") &&
      !/not authorized|permission denied on Cloud KMS|\bif you are encrypting\b/i.test(answer.message) &&
      /encrypt|\bKMS\b|secret key was invalid|MD5 hash of the key/i.test(answer.message) &&
      !/copy request/i.test(answer.message) &&
      !/AWS Signature Version 4/i.test(answer.message)
    const isOther = /encryption parameters did not match/i.test(answer.message)
    if (!isKey && !worded && !isOther) return undefined
    return found({
      confidence: isKey || isOther ? "certain" : "likely",
      detail: isOther
        ? "The customer-provided key (SSE-C) in this request differs from the key sent when the object or upload was started. " +
          "The encryption parameters do not match."
        : `${described(facts)}${answer.message}`.trim(),
      evidence: words(facts),
      // The KMS key is not involved.
      ...(isOther ? { fix: [sameKey] } : {}),
    })
  },
})
