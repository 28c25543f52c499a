import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { explain, make } from "../../../support/forms.ts"

describe("a server without forms", () => {
  it("recognizes that a server does not support forms if it responds to a valid form with an HTML page or with only a status", () => {
    for (const status of [404, 412]) {
      const page = { status, headers: { "content-type": "text/html" }, body: "Bad URL" }
      assert.strictEqual(explain(make(), page).code, "HF-S3-PLACE-008", `${status}`)
    }
    assert.strictEqual(explain(make(), { status: 412 }).code, "HF-S3-PLACE-008")
  })

  it("does not report missing support for forms if S3 itself names a condition or no form was sent", () => {
    const condition = "<Error><Code>PreconditionFailed</Code><Condition>If-None-Match</Condition></Error>"
    const said = explain(make(), { status: 412, body: condition })
    assert.strictEqual(said.code, "HF-S3-SVC-006")
    const put = { method: "PUT", url: "https://talks.s3.amazonaws.com/a", headers: { "if-none-match": "*" } }
    assert.strictEqual(Diagnosis.explain({ request: put, response: { status: 412 } }).code, "HF-S3-SVC-006")
  })
})
