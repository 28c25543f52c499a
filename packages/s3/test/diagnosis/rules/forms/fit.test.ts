import { assert, describe, it } from "@effect/vitest"
import { alone, codes, error, explain, first, make, part, rule, silent } from "../../../support/forms.ts"

const failed = (condition: string) =>
  error(403, "AccessDenied", `Invalid according to Policy: Policy Condition failed: ${condition}`)
const extra = (names: string) => error(403, "AccessDenied", `Invalid according to Policy: Extra input fields: ${names}`)

describe("post-fit", () => {
  for (const [what, change, condition, detail] of [
    [
      "a key in another folder",
      (form) => (part(form, "key").value = "elsewhere.mov"),
      '["starts-with", "$key", "up/"]',
      /key starting with "up\/", but key is "elsewhere.mov"/,
    ],
    [
      "a key that differs in case",
      (form) => (part(form, "key").value = "Up/talk.mov"),
      '["starts-with", "$key", "up/"]',
      /"Up\/talk.mov" differs only in case/,
    ],
    [
      "a field that is absent",
      (form) => form.conditions.push(["starts-with", "$acl", ""]),
      '["starts-with", "$acl", ""]',
      /the form has no field "acl"/,
    ],
    [
      "the type on the file's own part",
      (form) => form.conditions.push(["eq", "$Content-Type", "video/quicktime"]),
      '["eq", "$Content-Type", "video/quicktime"]',
      /the type of the part with the file does not count/,
    ],
    [
      "a condition content-length",
      (form) => form.conditions.push(["eq", "$content-length", "5"]),
      '["eq", "$content-length", "5"]',
      /content-length-range/,
    ],
    [
      "two dollar signs",
      (form) => form.conditions.push(["starts-with", "$$key", ""]),
      '["starts-with", "$$key", ""]',
      /an extra "\$"/,
    ],
    [
      "${filename} in the condition",
      (form) => {
        part(form, "key").value = "up/${filename}"
        form.conditions.push({ key: "up/${filename}" })
      },
      '["eq", "$key", "up/${filename}"]',
      /the condition contains "\$\{filename\}" literally, and S3 compares it with "up\/talk.mov"/,
    ],
    [
      "metadata that is another",
      (form) => {
        first(form, "x-amz-meta-take", "7")
        form.conditions.push({ "x-amz-meta-take": "8" })
      },
      '["eq", "$x-amz-meta-take", "8"]',
      /x-amz-meta-take/,
    ],
    [
      "another bucket",
      (form) => (form.url = "https://walks.s3.us-east-1.amazonaws.com/"),
      '["eq", "$bucket", "talks"]',
      /the form is sent to walks/,
    ],
  ] as const satisfies ReadonlyArray<readonly [string, (form: ReturnType<typeof make>) => unknown, string, RegExp]>) {
    rule({
      code: "HF-S3-POST-033",
      confidence: "certain",
      what,
      change,
      response: failed(condition),
      detail,
      cleared: "policy conditions",
    })
    rule({
      code: "HF-S3-POST-033",
      confidence: "certain",
      what: `${what}, from a server without a message`,
      change,
      response: silent,
      detail,
      cleared: "policy conditions",
    })
  }
  for (const [name, detail] of [
    ["x-amz-meta-extra", /"x-amz-meta-extra" has no condition/],
    ["Content-Type", /The signer must permit the Content-Type/],
    ["dzuuid", /Upload widgets and web pages often add/],
  ] as const) {
    rule({
      code: "HF-S3-POST-034",
      confidence: "certain",
      what: name,
      change: (form) => first(form, name, "v"),
      response: extra(name.toLowerCase()),
      detail,
      cleared: "fields covered",
    })
  }
  rule({
    code: "HF-S3-POST-034",
    confidence: "certain",
    what: "a token that was missing when the form was signed",
    form: make,
    change: (form) => {
      form.conditions = form.conditions.filter((one) => !JSON.stringify(one).includes("x-amz-security-token"))
    },
    response: extra("x-amz-security-token"),
    detail: /signed without its session token/,
    cleared: "fields covered",
  })

  it("replaces ${filename} with the last segment of the file's name", () => {
    for (const filename of ["C:\\footage\\talk.mov", "/footage/talk.mov", "talk.mov"]) {
      const form = make()
      part(form, "key").value = "up/${filename}"
      form.conditions.push({ key: "up/talk.mov" })
      Object.assign(part(form, "file"), { filename })
      assert.notInclude(codes(explain(form, silent)), "HF-S3-POST-033", filename)
    }
  })

  it("does not require a policy condition for a field after the file", () => {
    const form = make()
    form.parts.push({ name: "submit", value: "Upload" })
    assert.notInclude(codes(explain(form, silent)), "HF-S3-POST-034")
  })

  it("reports the fault that the server names if a form has several faults", () => {
    const form = make()
    part(form, "key").value = "elsewhere.mov"
    first(form, "foo", "bar")
    form.expiration = "2026-11-21T17:00:00Z"
    assert.strictEqual(explain(form, extra("foo")).code, "HF-S3-POST-034")
    assert.strictEqual(explain(form, failed('["starts-with", "$key", "up/"]')).code, "HF-S3-POST-033")
    assert.strictEqual(explain(form, error(403, "AccessDenied", "Policy expired")).code, "HF-S3-POST-032")
  })

  it("recognizes an unlisted field and a failed condition from the message alone, for several servers", () => {
    for (const message of [
      "Invalid according to Policy: Extra input fields: foo",
      "Policy missing condition: foo",
      'Each form field that you specify in a form must appear in the list of policy conditions. "foo" not specified in the policy.',
      "Bad request: Field 'foo' not allowed in policy",
    ]) {
      const { code, confidence, detail } = alone(error(403, "AccessDenied", message.replaceAll('"', "&quot;")))
      assert.strictEqual(code, "HF-S3-POST-034", message)
      assert.strictEqual(confidence, "likely")
      assert.include(detail, "foo")
    }
    for (const message of [
      'Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "up/"]',
      "Policy condition failed: starts-with: $key, up/",
      "Access Denied. (Invalid according to Policy: Policy Condition failed: [starts-with, $key, up/])",
      "Bad request: Key 'key' has value not allowed in policy",
    ]) {
      const { code, confidence, detail } = alone(error(403, "AccessDenied", message.replaceAll('"', "&quot;")))
      assert.strictEqual(code, "HF-S3-POST-033", message)
      assert.strictEqual(confidence, "likely")
      assert.include(detail, "key")
    }
  })

  it("reports both possible causes if the response contains only a code", () => {
    const explanation = alone(error(400, "InvalidPolicyDocument"))
    assert.sameMembers([...codes(explanation)], ["HF-S3-POST-031", "HF-S3-POST-033"])
    assert.strictEqual(explanation.confidence, "possible")
  })

  it("does not confuse a permissions policy with a form's policy", () => {
    const iam = error(
      403,
      "AccessDenied",
      "User: arn:aws:iam::111122223333:user/a is not authorized to perform: s3:PutObject because no identity-based policy allows the action",
    )
    assert.notInclude(codes(alone(iam)), "HF-S3-POST-033")
    assert.notInclude(codes(explain(make(), iam)), "HF-S3-POST-033")
  })
})
