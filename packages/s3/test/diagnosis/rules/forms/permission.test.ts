import { assert, describe, it } from "@effect/vitest"
import { codes, denied, error, explain, first, last, make, rule } from "../../../support/forms.ts"

describe("post-permission", () => {
  rule({
    code: "HF-S3-POST-062",
    confidence: "likely",
    what: "tags in the notation of a header",
    change: (form) => {
      first(form, "tagging", "take=1")
      form.conditions.push(["starts-with", "$tagging", ""])
    },
    response: error(400, "MalformedXML"),
    detail: /tagging/,
  })
  rule({
    code: "HF-S3-POST-063",
    confidence: "likely",
    what: "a form without a fault",
    change: () => {},
    response: denied,
    detail: /has no visible fault/,
    isSymptom: true,
  })

  it("does not report a missing permission if the form itself has a fault", () => {
    const form = make()
    last(form, "policy")
    assert.notInclude(codes(explain(form, denied)), "HF-S3-POST-063")
  })

  it("defers to the rule about ACLs if the form sets an ACL", () => {
    const form = make()
    first(form, "acl", "public-read")
    form.conditions.push({ acl: "public-read" })
    assert.strictEqual(explain(form, denied).code, "HF-S3-PERM-002")
  })
})
