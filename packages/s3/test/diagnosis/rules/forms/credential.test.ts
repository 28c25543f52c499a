import { assert, describe, it } from "@effect/vitest"
import { error, explain, make, mismatch, part, resign, rule, silent } from "../../../support/forms.ts"

const invalid = error(400, "InvalidArgument")

describe("post-credential", () => {
  rule({
    code: "HF-S3-POST-041",
    confidence: "certain",
    what: "another algorithm",
    change: (form) => resign(form, "x-amz-algorithm", "AWS4-HMAC-SHA1"),
    response: error(400, "InvalidArgument", "Missing aws2 access key"),
    detail: /x-amz-algorithm is "AWS4-HMAC-SHA1"/,
  })
  for (const [what, credential, detail] of [
    ["an encoded credential", "AKIAEXAMPLEKEYID0001%2F20261121%2Fus-east-1%2Fs3%2Faws4_request", /percent-encoded/],
    ["a credential that was cut off", "AKIAEXAMPLEKEYID0001/20261121/us-east-1", /has 3 parts/],
    ["a credential of another service", "AKIAEXAMPLEKEYID0001/20261121/us-east-1/sts/aws4_request", /sts/],
    ["a key id alone", "AKIAEXAMPLEKEYID0001", /1 parts: no scope/],
  ] as const) {
    rule({
      code: "HF-S3-POST-042",
      confidence: "certain",
      what,
      form: () => make(4, false),
      change: (form) => resign(form, "x-amz-credential", credential),
      response: invalid,
      detail,
    })
  }
  rule({
    code: "HF-S3-POST-043",
    confidence: "certain",
    what: "a date of another day",
    change: (form) => resign(form, "x-amz-date", "20261120T235959Z"),
    response: mismatch,
    detail: /x-amz-date is 20261120T235959Z, but the day in the credential is 20261121/,
  })
  rule({
    code: "HF-S3-POST-043",
    confidence: "certain",
    what: "a date in another notation",
    change: (form) => resign(form, "x-amz-date", "Sat, 21 Nov 2026 17:23:58 GMT"),
    response: invalid,
    detail: /not written as/,
  })
  rule({
    code: "HF-S3-POST-044",
    confidence: "certain",
    what: "a form of the future",
    change: (form) => resign(form, "x-amz-date", "20261121T182358Z"),
    response: error(403, "AccessDenied", "Request is not yet valid"),
    detail: /3598 s later/,
    cleared: "form's date",
  })
  rule({
    code: "HF-S3-POST-045",
    confidence: "certain",
    what: "the credential of another form",
    change: (form) => {
      part(form, "x-amz-credential").value = "ASIAEXAMPLEKEYID0002/20261121/us-east-1/s3/aws4_request"
    },
    response: mismatch,
    detail: /x-amz-credential differs from the policy/,
  })

  it("compares key ids that redaction has hidden", () => {
    const form = make()
    assert.notStrictEqual(explain(form, silent).code, "HF-S3-POST-045")
    part(form, "x-amz-credential").value = "ASIAEXAMPLEKEYID0009/20261121/us-east-1/s3/aws4_request"
    assert.strictEqual(explain(form, silent).code, "HF-S3-POST-045")
  })
})
