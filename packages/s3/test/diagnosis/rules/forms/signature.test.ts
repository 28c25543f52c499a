import { assert, describe, it } from "@effect/vitest"
import {
  alone,
  base64,
  codes,
  denied,
  error,
  explain,
  last,
  make,
  mismatch,
  part,
  rule,
  silent,
} from "../../../support/forms.ts"

describe("post-signature", () => {
  rule({
    code: "HF-S3-POST-046",
    confidence: "likely",
    what: "a signature that was cut off",
    change: (form) => {
      part(form, "x-amz-signature").value = "0123456789abcdef"
    },
    response: silent,
    detail: /The signature has 16 characters, but should have 64/,
    cleared: "signature form",
  })
  rule({
    code: "HF-S3-POST-046",
    confidence: "likely",
    what: "a signature of version 2 with a blank in place of its plus sign",
    form: () => make(2, false),
    change: (form) => {
      part(form, "signature").value = "RVhBTVBMRVNJR05 VFVSRTAwMDE="
    },
    response: mismatch,
    detail: /contains a space/,
    cleared: "signature form",
  })
  rule({
    code: "HF-S3-POST-047",
    confidence: "certain",
    what: "a policy that arrived changed",
    change: () => {},
    response: error(403, "SignatureDoesNotMatch", "", {
      StringToSign: base64('{"expiration":"2026-11-21T18:23:58.000Z","conditions":[]}'),
    }),
    detail: /differs from the policy in the form/,
    isSymptom: true,
  })
  for (const [what, response] of [
    ["a server that checked the very policy", mismatch],
    ["a server without words", silent],
    ["a server with an own code", error(400, "InvalidSignature")],
    ["a server that forbids it", error(403, "AccessDenied", "Forbidden: Invalid signature")],
  ] as const) {
    rule({
      code: "HF-S3-POST-051",
      confidence: "likely",
      what,
      change: () => {},
      response,
      detail: /secret/,
      isSymptom: true,
    })
  }

  it("does not compare a form's policy with text that was signed for another kind of request", () => {
    const scope = "20261121T172358Z 20261121/eu-west-1/s3/aws4_request c0ffee"
    for (const text of [`AWS4-HMAC-SHA256 ${scope}`, "PUT  video/mp4 1795282738 /talks/takes/talk.mov"]) {
      const answer = error(403, "SignatureDoesNotMatch", "", { StringToSign: text })
      assert.notInclude(codes(explain(make(), answer)), "HF-S3-POST-047", text)
    }
  })

  it("rules out a changed policy if the server received the policy unchanged", () => {
    const form = make()
    assert.include(
      explain(form, mismatch(form)).ruledOut.map(({ check }) => check),
      "policy as received",
    )
  })

  it("recognizes the signature of a form from the text that the server signed, even if the form is not available", () => {
    const explanation = alone(mismatch(make()))
    assert.strictEqual(explanation.code, "HF-S3-POST-051")
    assert.strictEqual(explanation.confidence, "likely")
  })

  it("lists the possible causes of an empty message if the form is not available", () => {
    const explanation = alone(silent)
    assert.strictEqual(explanation.code, "HF-S3-POST-051")
    assert.strictEqual(explanation.confidence, "possible")
    assert.include(explanation.unseen, "the form's fields in the order in which they were sent")
    assert.notInclude(codes(alone(denied)), "HF-S3-POST-051")
  })

  it("does not report a signature fault if the form has a fault of its own", () => {
    const form = make()
    last(form, "x-amz-date")
    for (const response of [silent, denied, mismatch(form)])
      assert.notInclude(codes(explain(form, response)), "HF-S3-POST-051")
  })
})
