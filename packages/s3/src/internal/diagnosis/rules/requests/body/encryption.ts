/**
 * Rule for encryption keys and algorithms that the server cannot use.
 */
import { type Fix, found } from "@holdfast/diagnosis/Diagnosis"
import * as Asked from "../../../asked.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"
import { described, words } from "../storageClass.ts"

const rule = topic("stated")

const sameKey: Fix = {
  text:
    "send the same three encryption headers (algorithm, key, MD5 of the key) with which the object or upload was " +
    "started",
  safety: "check first",
}

export const encryptionRefused = rule({
  code: "HF-S3-SVC-020",
  name: "EncryptionRefused",
  phase: "body",
  title: "The encryption of the request cannot be used: its key, its algorithm or its headers do not match",
  explanation:
    "The KMS key is missing, disabled, about to be deleted or in another region; or the headers of an encryption " +
    "with customer-provided keys (SSE-C) are incomplete, differ from those at the start of the object or upload, " +
    "or were sent for an object without such a key.",
  fix: [
    { text: "check the key in KMS: region, state, policy", safety: "check first" },
    { text: "send the encryption headers from the start of the upload with every part", safety: "check first" },
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
        ? "The customer's key (SSE-C) of this request is not the one with which the object or the upload was " +
          "started: the parameters of encryption differ."
        : `${described(facts)}${answer.message}`.trim(),
      evidence: words(facts),
      // The KMS key is not involved.
      ...(isOther ? { fix: [sameKey] } : {}),
    })
  },
})
