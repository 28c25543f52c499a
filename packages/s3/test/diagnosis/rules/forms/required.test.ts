import { assert, describe, it } from "@effect/vitest"
import {
  alone,
  codes,
  denied,
  error,
  explain,
  make,
  needs,
  part,
  remove,
  rule,
  silent,
} from "../../../support/forms.ts"

describe("post-required", () => {
  rule({
    code: "HF-S3-POST-012",
    confidence: "certain",
    what: "no policy",
    change: (form) => remove(form, "policy"),
    response: denied,
    detail: /not the policy, which is the text that was signed/,
  })
  rule({
    code: "HF-S3-POST-012",
    confidence: "certain",
    what: "neither a policy nor a signature",
    change: (form) => {
      form.parts = form.parts.filter(({ name }) => name === "key" || name === "file")
    },
    response: denied,
    detail: /neither a policy nor any signature field/,
  })
  for (const [name, response] of [
    ["key", needs("key")],
    ["key", error(400, "UserKeyMustBeSpecified")],
    ["x-amz-signature", needs("X-Amz-Signature")],
    ["x-amz-credential", error(400, "InvalidArgument", "Missing aws4 credential")],
    ["x-amz-date", error(400, "InvalidRequest", "Missing fields in request.")],
    ["x-amz-algorithm", error(400, "InvalidArgument", "Missing aws2 access key")],
  ] as const) {
    rule({
      code: "HF-S3-POST-013",
      confidence: "certain",
      what: `no ${name}: ${response.body?.slice(45, 130)}`,
      form: () => make(4, false),
      change: (form) => remove(form, name),
      response,
      detail: new RegExp(`lacks "${name}"`),
      cleared: "required fields",
    })
  }
  rule({
    code: "HF-S3-POST-013",
    confidence: "certain",
    what: "no AWSAccessKeyId",
    form: () => make(2, false),
    change: (form) => remove(form, "AWSAccessKeyId"),
    response: needs("AWSAccessKeyId"),
    detail: /lacks "AWSAccessKeyId"/,
    cleared: "required fields",
  })
  rule({
    code: "HF-S3-POST-013",
    confidence: "certain",
    what: "a name with other separators",
    form: () => make(4, false),
    change: (form) => {
      Object.assign(part(form, "x-amz-signature"), { name: "x_amz_signature" })
    },
    response: needs("X-Amz-Signature"),
    detail: /It contains "x_amz_signature" instead of "x-amz-signature"/,
  })
  rule({
    code: "HF-S3-POST-014",
    confidence: "certain",
    what: "an empty key",
    form: () => make(4, false),
    change: (form) => {
      part(form, "key").value = ""
    },
    response: error(400, "InvalidArgument", "Empty object name"),
    detail: /"key" is present but empty/,
  })

  it("recognizes an unread field from the response alone, for several servers", () => {
    for (const response of [
      needs("X-Amz-Signature"),
      error(400, "InvalidArgument", "Key not specified"),
      error(400, "InvalidArgument", "Missing aws4 signature"),
      error(400, "UserKeyMustBeSpecified"),
      error(400, "InvalidRequest", "Bad request: No key was provided"),
    ]) {
      const explanation = alone(response)
      assert.strictEqual(explanation.code, "HF-S3-POST-013", response.body)
      assert.strictEqual(explanation.confidence, "likely")
    }
  })

  it("does not report an unread field as empty", () => {
    const form = make(4, false)
    form.parts.push({ name: "x-amz-signature", value: "" })
    form.parts = form.parts.filter(({ name, value }) => name !== "x-amz-signature" || value === "")
    assert.deepStrictEqual(codes(explain(form, silent)).slice(0, 1), ["HF-S3-POST-011"])
    assert.notInclude(codes(explain(form, silent)), "HF-S3-POST-014")
  })

  it("reports fields that do not have a name", () => {
    const form = make(4, false)
    Object.assign(part(form, "key"), { name: "" })
    assert.include(explain(form, needs("key")).detail, "1 of the form's fields has no name")
  })

  it("does not report a fault if the form does not show one and the server sends no message", () => {
    assert.notInclude(["HF-S3-POST-012", "HF-S3-POST-013", "HF-S3-POST-014"], explain(make(), silent).code)
  })
})
