import { assert, describe, it } from "@effect/vitest"
import { alone, answered, base64, codes, error, explain, make, part, rule, silent } from "../../../support/forms.ts"

const malformed = error(400, "InvalidPolicyDocument", "Invalid Policy: Invalid JSON.")
const expired = error(403, "AccessDenied", "Invalid according to Policy: Policy expired.")

describe("post-policy", () => {
  for (const [what, policy, detail] of [
    ["no JSON", base64("not json"), /the policy is not JSON/],
    ["no base64", "{not base64}", /not base64/],
    ["blanks for plus signs", "ey JleHBp cmF0 aW9u", /not (?:base64|JSON)/],
    ["an IAM policy", base64('{"Version":"2012-10-17","Statement":[]}'), /IAM policy/],
    ["an expiration with an offset", base64('{"expiration":"2026-11-21T18:23:58+01:00","conditions":[]}'), /offset/],
    ["an expiration with a blank", base64('{"expiration":"2026-11-21 18:23:58Z","conditions":[]}'), /space/],
    ["no expiration", base64('{"conditions":[]}'), /expiration is missing/],
    [
      "a number as a value",
      base64('{"expiration":"2026-11-21T18:23:58Z","conditions":[{"acl":1}]}'),
      /must be a string/,
    ],
    [
      "two properties in one condition",
      base64('{"expiration":"2026-11-21T18:23:58Z","conditions":[{"acl":"a","key":"b"}]}'),
      /has 2/,
    ],
    [
      "a dollar sign forgotten",
      base64('{"expiration":"2026-11-21T18:23:58Z","conditions":[["eq","acl","private"]]}'),
      /without its \$/,
    ],
  ] as const) {
    rule({
      code: "HF-S3-POST-031",
      confidence: "certain",
      what,
      change: (form) => {
        form.policy = policy
      },
      response: malformed,
      detail,
      cleared: "policy syntax",
    })
  }
  for (const [what, response] of [
    ["said by S3", expired],
    ["said by another", error(403, "AccessDenied", "Policy expired")],
    ["said as a bad request", error(400, "InvalidRequest", "Bad request: Policy expiration date has been reached")],
    ["said not at all", silent],
  ] as const) {
    rule({
      code: "HF-S3-POST-032",
      confidence: "certain",
      what,
      change: (form) => {
        form.expiration = "2026-11-21T17:23:59Z"
      },
      response,
      detail: /The policy expired at 2026-11-21T17:23:59Z, 1 s before the form arrived/,
      cleared: "policy expiry",
    })
  }
  rule({
    code: "HF-S3-POST-032",
    confidence: "likely",
    what: "a server whose clock is ahead of both others",
    change: () => {},
    response: expired,
    detail: /the server's clock shows a later time/,
    isSymptom: true,
  })

  it("uses the server's clock, and reports that the local clock is slow", () => {
    const form = make()
    form.expiration = "2026-11-21T17:30:00Z"
    const response = error(403, "AccessDenied", "Invalid according to Policy: Policy expired.", {
      ServerTime: "2026-11-21T17:40:00Z",
    })
    const explanation = explain(form, response, { at: "2026-11-21T17:25:00Z" })
    assert.strictEqual(explanation.code, "HF-S3-POST-032")
    assert.include(explanation.detail, "By the local clock, the policy is still valid: the local clock is 15 min slow")
  })

  it("recognizes an expiration that was computed from local time", () => {
    const form = make()
    form.expiration = "2026-11-21T10:23:58Z"
    assert.include(explain(form, expired).detail, "computed from local time without its zone")
  })

  it("lists the time of the response as missing if the explanation needs it", () => {
    const form = make()
    const response = { ...silent, headers: {} }
    assert.include(explain(form, response, { at: undefined }).unseen, "the time of the response")
    assert.include(codes(explain(form, response, { at: answered })), "HF-S3-POST-051")
  })

  it("recognizes expired and invalid policies from the response alone", () => {
    for (const response of [expired, error(403, "AccessDenied", "Policy expired")]) {
      assert.strictEqual(alone(response).code, "HF-S3-POST-032")
      assert.strictEqual(alone(response).confidence, "likely")
    }
    for (const condition of ['["eq", "acl", "private"]', '["content-length-range", "test", "10"]']) {
      const message = `Invalid according to Policy: Policy Condition failed: ${condition.replaceAll('"', "&quot;")}`
      assert.strictEqual(alone(error(403, "AccessDenied", message)).code, "HF-S3-POST-031", condition)
    }
    assert.strictEqual(alone(malformed).code, "HF-S3-POST-031")
    assert.strictEqual(alone(error(400, "InvalidArgument", "Malformed JSON")).code, "HF-S3-POST-031")
  })

  it("treats an empty policy as an empty field", () => {
    const form = make()
    part(form, "policy").value = ""
    assert.strictEqual(explain(form, silent).code, "HF-S3-POST-014")
  })
})
