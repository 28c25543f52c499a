/**
 * The rule for an x-amz-content-sha256 header whose value is not a hash of a body.
 */
import { found } from "@holdfast/diagnosis/Diagnosis"
import { isHidden } from "@holdfast/diagnosis/Redaction"
import * as Asked from "../../../asked.ts"
import { topic } from "../../../rule.ts"
import { links } from "../links.ts"

const rule = topic("digest")

export const isBase64Of = (value: string, bytes: number): boolean => {
  // A checksum of a multipart object ends with the number of its parts.
  const text = value.trim().replace(/-\d{1,5}$/, "")
  return (
    /^[A-Za-z0-9+/]*={0,2}$/.test(text) &&
    text.length % 4 === 0 &&
    Math.floor((text.replace(/=+$/, "").length * 3) / 4) === bytes
  )
}

/** Messages that report an unsupported value of x-amz-content-sha256 rather than a mismatch. */
export const unknownPayload =
  /(?:invalid|unknown|unsupported).{0,30}x-amz-content-sha256|x-amz-content-sha256.{0,30}(?:invalid|unknown|not supported|must be UNSIGNED)/i

/** The valid values of x-amz-content-sha256: a SHA-256 digest in hexadecimal, or a keyword. */
const payloadHash =
  /^(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-(?:UNSIGNED-PAYLOAD|AWS4-HMAC-SHA256-PAYLOAD|AWS4-ECDSA-P256-SHA256-PAYLOAD)(?:-TRAILER)?)$/

export const payloadHashMalformed = rule({
  code: "HF-S3-BODY-016",
  name: "PayloadHashMalformed",
  phase: "signature",
  title: "The value of x-amz-content-sha256 is neither the SHA-256 of the body in hex nor a valid keyword",
  explanation:
    "x-amz-content-sha256 must contain the SHA-256 of the body in 64 hexadecimal digits, or a keyword. The keyword " +
    "is UNSIGNED-PAYLOAD or the name of a streaming format. An MD5 digest, a base64 value or an upper-case digest " +
    "is invalid. The signature covers the header's value.",
  fix: [
    {
      text: "send the SHA-256 in lower-case hex (or UNSIGNED-PAYLOAD over TLS), and sign the header",
      safety: "check first",
    },
  ],
  change: "plan",
  links: [links.headerSigning],
  rivals: [],
  soleCause: links.headerSigning,
  recognise: (facts) => {
    const sent = facts.header("x-amz-content-sha256")
    const isSaid =
      facts.answer.element("ArgumentName") === "x-amz-content-sha256" ||
      /x-amz-content-sha256 must be|invalid.{0,40}x-amz-content-sha256/i.test(facts.answer.message)
    if (!isSaid || sent === undefined || payloadHash.test(sent)) return undefined
    const kind = isHidden(sent)
      ? "something else"
      : isBase64Of(sent, 16)
        ? "a base64 MD5 (16 bytes)"
        : isBase64Of(sent, 32)
          ? "a SHA-256 in base64"
          : /^[0-9A-F]{64}$/.test(sent)
            ? "a SHA-256 in capital letters"
            : `a text of ${sent.length} characters`
    return found({
      confidence: "certain",
      detail: `x-amz-content-sha256 contains ${kind} instead of the SHA-256 in 64 hexadecimal digits.`,
      evidence: [Asked.inHeaders(facts, "x-amz-content-sha256", "64 hexadecimal digits"), ...Asked.theCode(facts)],
      about: ["x-amz-content-sha256"],
    })
  },
})
