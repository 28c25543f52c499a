import { assert, describe, it } from "@effect/vitest"
import { codes, error, explain, last, make, rule, silent, unknownKey } from "../../../support/forms.ts"

describe("post-key", () => {
  rule({
    code: "HF-S3-POST-025",
    confidence: "likely",
    what: "an expired session, as reported by the server",
    change: () => {},
    response: error(400, "ExpiredToken", "The provided token has expired."),
    detail: /The server reports that the session has expired; the form was signed 2 s earlier/,
    isSymptom: true,
  })
  rule({
    code: "HF-S3-POST-026",
    confidence: "likely",
    what: "a long-lived key that the server does not know",
    form: () => make(4, false),
    change: () => {},
    response: unknownKey,
    detail: /long-lived key \(AKIA…\)/,
    isSymptom: true,
  })

  it("reports an expired session if the key is unknown after the minimum lifetime of a session", () => {
    const form = make()
    const response = error(403, "InvalidAccessKeyId", "", { ServerTime: "2026-11-21T17:39:00Z" })
    assert.strictEqual(explain(form, response).code, "HF-S3-POST-025")
    assert.strictEqual(
      explain(form, error(403, "AccessDenied", "", { ServerTime: "2026-11-21T17:39:00Z" })).code,
      "HF-S3-POST-025",
    )
    assert.strictEqual(explain(form, unknownKey).code, "HF-S3-POST-026")
    assert.strictEqual(explain(form, silent).code, "HF-S3-POST-051")
  })

  it("does not report an expired session or an unknown key if the form itself has a fault", () => {
    const form = make()
    assert.include(codes(explain(form, silent)), "HF-S3-POST-025")
    last(form, "policy")
    for (const response of [silent, unknownKey]) {
      const found = codes(explain(form, response))
      assert.notInclude(found, "HF-S3-POST-025")
      assert.notInclude(found, "HF-S3-POST-026")
    }
  })
})
