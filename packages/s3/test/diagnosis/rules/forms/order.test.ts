import { assert, describe, it } from "@effect/vitest"
import {
  alone,
  codes,
  explain,
  first,
  last,
  make,
  needs,
  part,
  rule,
  silent,
  token,
  unknownKey,
} from "../../../support/forms.ts"

describe("post-order", () => {
  rule({
    code: "HF-S3-POST-011",
    confidence: "certain",
    what: "the session token after the file",
    change: (form) => last(form, "x-amz-security-token"),
    response: unknownKey,
    detail: /x-amz-security-token is field 8; file is field 7/,
    cleared: "field order",
  })
  rule({
    code: "HF-S3-POST-011",
    confidence: "certain",
    what: "the session token after the file, from a server without a message",
    change: (form) => last(form, "x-amz-security-token"),
    response: silent,
    detail: /x-amz-security-token/,
  })
  rule({
    code: "HF-S3-POST-011",
    confidence: "certain",
    what: "the signature of version 2 after the file",
    form: () => make(2, false),
    change: (form) => last(form, "signature"),
    response: needs("Signature"),
    detail: /signature is field 5; file is field 4/,
    cleared: "field order",
  })
  rule({
    code: "HF-S3-POST-011",
    confidence: "certain",
    what: "the file first",
    change: (form) => {
      form.parts.unshift(...form.parts.splice(-1))
    },
    response: needs("key"),
    detail: /come after file, which is field 1/,
  })
  rule({
    code: "HF-S3-POST-011",
    confidence: "certain",
    what: "the policy after the file: an anonymous form",
    change: (form) => last(form, "policy"),
    response: silent,
    detail: /policy is field 8/,
  })
  rule({
    code: "HF-S3-POST-011",
    confidence: "certain",
    what: "a field after the file that the policy has a condition on",
    change: (form) => {
      form.conditions.push({ acl: "private" })
      form.parts.push({ name: "acl", value: "private" })
    },
    response: silent,
    detail: /acl is field 9/,
  })

  it("reports the field order as the only cause of an unread field", () => {
    const form = make()
    last(form, "key")
    assert.deepStrictEqual(
      codes(explain(form, needs("key"))).filter((code) => code.includes("POST")),
      ["HF-S3-POST-011"],
    )
  })

  it("reports the locations of the misplaced parts, and hides the token", () => {
    const form = make()
    last(form, "x-amz-security-token")
    const { evidence } = explain(form, unknownKey)
    assert.deepStrictEqual(
      evidence.map(({ at }) => at),
      ["request.form[6]", "request.form[7]"],
    )
    assert.strictEqual(evidence[1]?.observed, `(redacted, ${token.length} bytes)`)
  })

  it("accepts a field after the file if S3 does not need the field or has already read a field with the same name", () => {
    const form = make()
    form.parts.push({ name: "submit", value: "Upload" }, { ...part(form, "key") })
    assert.notStrictEqual(explain(form, silent).code, "HF-S3-POST-011")
  })

  it("recognizes a part named File, and a part named file that contains only text", () => {
    const form = make()
    Object.assign(part(form, "file"), { name: "File" })
    last(form, "key")
    assert.strictEqual(explain(form, needs("key")).code, "HF-S3-POST-011")
    const text = make()
    text.parts = text.parts.filter(({ name }) => name !== "file")
    first(text, "file", "the bytes as text")
    assert.strictEqual(explain(text, needs("key")).code, "HF-S3-POST-011")
  })

  it("lists the form's fields as missing evidence if the request is not available", () => {
    assert.include(alone(unknownKey).unseen, "the form's fields in the order in which they were sent")
  })
})
