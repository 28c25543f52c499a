/**
 * Explanations as data, so that their layout can be tested without the rules.
 */
import type { Cause, Explanation } from "@holdfast/diagnosis/Diagnosis"

const lateToken: Cause = {
  code: "HF-S3-POST-011",
  topic: "post-order",
  title: 'A form field comes after "file", so S3 never reads it',
  explanation: "S3 reads a form as a stream and ignores every part behind the file.",
  change: "plan",
  links: ["https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html"],
  system: "s3",
  confidence: "certain",
  detail: "x-amz-security-token is field 6; file is field 5.",
  evidence: [
    { at: "request.form[4]", name: "file", observed: "21136250 bytes", expected: "last" },
    {
      at: "request.form[5]",
      name: "x-amz-security-token",
      observed: "(redacted, 812 bytes)",
      expected: 'before "file"',
    },
  ],
  fix: [{ text: 'append "file" last, after every other field', safety: "safe to apply" }],
}

const from = (cause: Cause) => ({
  code: cause.code,
  title: cause.title,
  confidence: cause.confidence,
  detail: cause.detail,
  evidence: cause.evidence,
  fix: cause.fix,
  links: cause.links,
})

/** The token after the file. */
export const certain: Explanation = {
  outcome: "explained",
  ...from(lateToken),
  causes: [lateToken],
  alternatives: [],
  ruledOut: [
    { check: "clock", value: "0.4 s apart" },
    { check: "policy expiry", value: "58 min left" },
  ],
  unseen: [],
  retry: { verdict: "never", change: "plan", afterMs: undefined, attempt: 1, advice: "do not retry unchanged" },
  vendor: {
    system: "s3",
    status: 403,
    code: "InvalidAccessKeyId",
    message: "The AWS Access Key Id you provided does not exist in our records.",
    requestId: "AFCXGJGVWQ5FHR3Q",
    hostId: "xiI2EXAMPLE",
    fields: { AWSAccessKeyId: "ASIA…(redacted, 20 bytes)" },
  },
  answeredBy: "Amazon S3",
}

const clock: Cause = {
  ...lateToken,
  code: "HF-S3-CLOCK-001",
  title: "The clock of the signer is wrong",
  confidence: "likely",
  detail: "The request was signed 17 min before the server's time.",
  evidence: [{ at: "request.url?X-Amz-Date", name: "X-Amz-Date", observed: "20261121T172358Z" }],
  change: "clock",
}

const busy: Cause = { ...clock, code: "HF-S3-SVC-003", title: "The service is busy", confidence: "possible" }

/** The maximum of everything that a rule may report, in long and wide words. */
export const crowded: Explanation = {
  ...certain,
  ...from(clock),
  detail: `${clock.detail} `.repeat(6).trim(),
  causes: [clock, busy, lateToken],
  alternatives: [busy, lateToken].map(({ code, confidence, title }) => ({ code, title, confidence })),
  evidence: Array.from({ length: 9 }, (_, index) => ({
    at: `request.headers.x-amz-meta-${index}`,
    name: `x-amz-meta-${index}`,
    observed: "日本語のとても長い値".repeat(9),
    expected: "nothing of the kind",
  })),
  fix: Array.from({ length: 4 }, (_, index) => ({
    text: `set the clock of the machine that signs, way ${index + 1}, and look at it again after the next start of it`,
    safety: "check first" as const,
  })),
  ruledOut: Array.from({ length: 12 }, (_, index) => ({ check: `check number ${index}`, value: "fine" })),
  unseen: ["the form's fields in the order in which they were sent", "the response's headers"],
  vendor: { ...certain.vendor, message: "All work and no play. ".repeat(30), code: "A".repeat(200) },
}

/** A response whose cause no rule knows. */
export const unknown: Explanation = {
  ...certain,
  outcome: "unknown",
  code: undefined,
  title: "No rule identifies the cause",
  confidence: undefined,
  detail: "",
  evidence: [],
  fix: [],
  links: [],
  causes: [],
  unseen: ["the form's fields in the order in which they were sent"],
  retry: { verdict: "always", change: "nothing", afterMs: 2000, attempt: 2, advice: "yes, with backoff" },
}

/** Nothing failed. */
export const succeeded: Explanation = {
  ...unknown,
  outcome: "succeeded",
  title: "The request succeeded",
  detail: "The server responded with 204, which indicates success.",
  vendor: { system: "s3", status: 204, code: "", message: "", fields: {} },
}

/** A vendor's error with sequences that control a terminal. */
export const hostile: Explanation = {
  ...certain,
  detail: "\u001b]0;owned\u0007 field \u202e6",
  vendor: { ...certain.vendor, message: "\u001b[2J\u001b[1;1Hnothing to see\u009b31m\r\nholdfast: all is well" },
}
