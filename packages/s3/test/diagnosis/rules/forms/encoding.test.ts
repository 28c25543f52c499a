import { assert, describe, it } from "@effect/vitest"
import { alone, base64, codes, error, explain, make, needs, rule, wireSize } from "../../../support/forms.ts"

const malformed = error(
  400,
  "MalformedPOSTRequest",
  "The body of your POST request is not well-formed multipart/form-data.",
)
const precondition = error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
  Condition: "Bucket POST must be of the enclosure-type multipart/form-data",
})

describe("post-encoding", () => {
  rule({
    code: "HF-S3-POST-001",
    confidence: "certain",
    what: "fields sent as JSON",
    change: (form) => {
      form.headers = { "Content-Type": "application/json" }
      form.body = JSON.stringify({ key: "a", policy: base64("{}"), "x-amz-signature": "0".repeat(64) })
    },
    response: precondition,
    detail: /Content-Type application\/json/,
  })
  rule({
    code: "HF-S3-POST-001",
    confidence: "certain",
    what: "a form with another type",
    change: (form) => {
      form.headers = { "content-type": "application/x-www-form-urlencoded" }
    },
    response: error(412, "RequestIsNotMultiPartContent"),
    detail: /x-www-form-urlencoded/,
  })
  rule({
    code: "HF-S3-POST-002",
    confidence: "certain",
    what: "a type set by hand",
    change: (form) => {
      form.headers = { "Content-Type": "multipart/form-data" }
    },
    response: malformed,
    detail: /without a boundary/,
    cleared: "boundary",
  })
  rule({
    code: "HF-S3-POST-003",
    confidence: "likely",
    what: "a header copied from another request",
    form: () => {
      const form = make(4, false)
      form.size = wireSize(form, "XbOuNd".length)
      return form
    },
    change: (form) => {
      form.headers = { "Content-Type": "multipart/form-data; boundary=copied-along" }
    },
    response: malformed,
    detail: /has 12 characters; judging by the length of the body, the boundary in the body has 6/,
  })
  rule({
    code: "HF-S3-POST-005",
    confidence: "certain",
    what: "a body that had already been read",
    change: (form) => {
      form.headers = { "Content-Type": "multipart/form-data; boundary=b", "Content-Length": "0" }
    },
    response: malformed,
    detail: /0 bytes/,
  })

  it("does not report a hidden boundary as missing", () => {
    const form = make()
    form.headers = { "content-type": "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW7MA4YWxk" }
    assert.notInclude(codes(explain(form, malformed)), "HF-S3-POST-002")
  })

  it("recognizes from the response alone that the body is not a form", () => {
    for (const response of [
      precondition,
      error(400, "InvalidArgument", "Request Content-Type is not multipart/form-data"),
      error(412, "RequestIsNotMultiPartContent", "Bucket POST must be of the enclosure-type multipart/form-data."),
    ]) {
      const explanation = alone(response)
      assert.strictEqual(explanation.code, "HF-S3-POST-001")
      assert.strictEqual(explanation.confidence, "likely")
    }
    assert.strictEqual(alone(malformed).code, "HF-S3-POST-005")
    assert.strictEqual(
      alone(error(400, "InvalidArgument", "Missing multipart boundary specification")).code,
      "HF-S3-POST-002",
    )
  })

  it("does not confuse a body that is not a form with another failed precondition", () => {
    const other = error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
      Condition: "If-None-Match",
    })
    assert.notInclude(codes(alone(other)), "HF-S3-POST-001")
  })

  it("reports a missing content type in a captured request, but not in a request that the client is still building", () => {
    const form = make()
    form.headers = { Host: "talks.s3.amazonaws.com", "Content-Length": "21140000" }
    assert.strictEqual(explain(form, error(400, "InvalidArgument")).code, "HF-S3-POST-001")
    form.headers = { Accept: "*/*" }
    assert.notInclude(codes(explain(form, error(400, "InvalidArgument"))), "HF-S3-POST-001")
  })

  it("does not blame a form's encoding for an error from a later phase", () => {
    const form = make()
    form.headers = { "Content-Type": "multipart/form-data" }
    assert.include(codes(explain(form, needs("key"))), "HF-S3-POST-002")
    assert.notInclude(
      codes(explain(form, error(403, "AccessDenied", "Invalid according to Policy: Policy expired."))),
      "HF-S3-POST-002",
    )
  })
})
