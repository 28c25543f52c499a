import { assert, describe, it } from "@effect/vitest"
import { alone, codes, error, explain, make, part, rule } from "../../../support/forms.ts"

const tooLarge = error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
  ProposedSize: "21136250",
  MaxSizeAllowed: "1000",
})

describe("post-size", () => {
  rule({
    code: "HF-S3-POST-035",
    confidence: "certain",
    what: "a file that is too large",
    change: (form) => form.conditions.push(["content-length-range", 0, 1000]),
    response: tooLarge,
    detail: /has 21136250 bytes, but the policy permits 0 to 1000/,
    cleared: "file size",
  })
  rule({
    code: "HF-S3-POST-035",
    confidence: "certain",
    what: "an empty file, from a server without a message",
    change: (form) => {
      part(form, "file").size = 0
    },
    response: error(400, "EntityTooSmall"),
    detail: /has 0 bytes, but the policy permits 1/,
    cleared: "file size",
  })
  rule({
    code: "HF-S3-POST-035",
    confidence: "certain",
    what: "a range that no file satisfies",
    change: (form) => form.conditions.push(["content-length-range", 10, 1]),
    response: tooLarge,
    detail: /10 to 1 bytes, but the minimum exceeds the maximum/,
  })
  rule({
    code: "HF-S3-POST-036",
    confidence: "likely",
    what: "a file of 6 GB",
    change: (form) => {
      form.conditions = form.conditions.filter((one) => !JSON.stringify(one).includes("range"))
      part(form, "file").size = 6_000_000_000
    },
    response: error(400, "EntityTooLarge", "", { ProposedSize: "6000000000", MaxSizeAllowed: "5368709120" }),
    detail: /has 6000000000 bytes/,
  })

  it("permits sizes at both ends of the range", () => {
    const form = make()
    form.conditions.push(["content-length-range", 21_136_250, 21_136_250])
    assert.notStrictEqual(explain(form, tooLarge).confidence, "certain")
  })

  it("uses the size in the response if the form does not show the size", () => {
    const form = make()
    delete part(form, "file").size
    form.conditions.push(["content-length-range", 0, 1000])
    assert.strictEqual(explain(form, tooLarge).code, "HF-S3-POST-035")
  })

  it("recognizes a policy's size limit from the response alone, but ignores size limits for parts of an upload", () => {
    assert.strictEqual(alone(tooLarge).code, "HF-S3-POST-035")
    assert.strictEqual(alone(tooLarge).confidence, "likely")
    assert.include(codes(alone(error(400, "EntityTooLarge"))), "HF-S3-POST-035")
    assert.notStrictEqual(alone(error(400, "EntityTooLarge")).confidence, "certain")
    assert.notInclude(codes(alone(error(400, "EntityTooSmall", "", { PartNumber: "1" }))), "HF-S3-POST-035")
  })
})
