import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as Lint from "@holdfast/s3/Lint"

const refusal = (code: string, message = "", more = "") => ({
  status: 403,
  body: `<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
})

const answers = [
  refusal("InvalidAccessKeyId", "", "<AWSAccessKeyId>ASIAEXAMPLEKEYID0001</AWSAccessKeyId>"),
  refusal("SignatureDoesNotMatch"),
  refusal("InvalidToken"),
  refusal("MalformedPOSTRequest"),
  refusal("MaxPostPreDataLengthExceeded"),
  refusal("AccessDenied", "Invalid according to Policy: Policy expired."),
  refusal("AccessDenied", "Invalid according to Policy: Extra input fields: x"),
]

const halves: ReadonlyArray<NonNullable<Diagnosis.Exchange["request"]>> = [
  {},
  { method: "POST" },
  { method: "POST", url: "https://talks.s3.amazonaws.com/" },
  {
    method: "POST",
    url: "https://talks.s3.amazonaws.com/",
    headers: { "content-type": "multipart/form-data; boundary=x" },
  },
]

describe("a partly known request", () => {
  it("returns the same code for a partly known request as for an unknown request", () => {
    for (const response of answers) {
      const { code } = Diagnosis.explain({ response })
      assert.isDefined(code)
      for (const request of halves) {
        assert.strictEqual(Diagnosis.explain({ request, response }).code, code, JSON.stringify({ request, response }))
      }
    }
  })

  it("does not treat a partly known PUT request as a form", () => {
    const request = { method: "PUT", url: "https://talks.s3.amazonaws.com/talk.mov" }
    for (const response of answers) {
      const { causes } = Diagnosis.explain({ request, response })
      for (const { code } of causes) assert.notMatch(code, /^HF-S3-POST-|^HF-S3-AUTH-014/, response.body)
    }
    assert.strictEqual(Diagnosis.explain({ request, response: answers[0] }).code, "HF-S3-AUTH-001")
  })

  it("does not report a request as unsigned if the missing part may contain the authentication", () => {
    for (const request of halves) {
      const { causes } = Diagnosis.explain({ request, response: refusal("AccessDenied") })
      assert.notInclude(
        causes.map(({ code }) => code),
        "HF-S3-AUTH-014",
        JSON.stringify(request),
      )
    }
  })

  it("reports a request as unsigned if every location that can carry credentials is known and empty", () => {
    const request = {
      method: "PUT",
      url: "https://talks.s3.amazonaws.com/talk.mov",
      headers: { "content-length": "4" },
    }
    assert.strictEqual(Diagnosis.explain({ request, response: refusal("AccessDenied") }).code, "HF-S3-AUTH-014")
  })

  it("lists the request and the body of the response as missing if neither is available", () => {
    const { outcome, unseen } = Diagnosis.explain({ response: { status: 403 } })
    assert.strictEqual(outcome, "explained")
    assert.include(unseen, "the request: its method, URL and headers")
    assert.include(unseen, "the body of the response")
  })
})

describe("any value from a program without types", () => {
  const odd: ReadonlyArray<unknown> = [
    null,
    undefined,
    5,
    "text",
    true,
    [],
    [null],
    {},
    { a: null },
    [["a", 1]],
    new Date(0),
    new Map([["a", "b"]]),
    { [Symbol.iterator]: 5 },
  ]

  const given = odd.flatMap((value): ReadonlyArray<unknown> => [
    value,
    { request: value },
    { response: value },
    { at: value, failure: value, attempt: value, response: { status: 403 } },
    ...["method", "url", "headers", "form", "body", "size"].map((name) => ({
      request: { [name]: value },
      response: { status: 403 },
    })),
    ...["status", "headers", "body"].map((name) => ({ response: { status: 403, [name]: value } })),
    {
      request: {
        method: "POST",
        url: "https://talks.s3.amazonaws.com/",
        form: [value, { name: value }, { name: "key", value }],
      },
    },
  ])

  it("accepts a value of any type as an exchange to explain, and does not modify the value", () => {
    for (const exchange of given) {
      const before = JSON.stringify(exchange)
      const explanation = Diagnosis.explain(exchange as Diagnosis.Exchange)
      assert.include(["explained", "unknown", "succeeded"], explanation.outcome, before)
      assert.strictEqual(JSON.stringify(exchange), before)
    }
  })

  it("accepts a value of any type as a request to lint", () => {
    for (const request of given) assert.isArray(Lint.check(request as Lint.Request))
  })

  it("accepts a status that is a string, and an invalid time", () => {
    const exchange: unknown = { response: { status: "403" }, at: null }
    assert.strictEqual(Diagnosis.explain(exchange as Diagnosis.Exchange).vendor.status, 403)
    const context: unknown = { at: null }
    assert.isArray(Lint.check({ method: "PUT" }, context as Lint.Context))
  })

  it("uses the real length of a value, even if its text resembles a redaction placeholder", () => {
    const url = "https://talks.s3.amazonaws.com/[hidden-3:99999].mov"
    const names = Lint.check({ method: "PUT", url, headers: { "content-length": "3" } }).map(({ code }) => code)
    assert.notInclude(names, "HF-S3-PLACE-006")
  })

  it("accepts headers as a Headers object, as pairs, or with repeated values", () => {
    const body = "<Error><Code>AccessDenied</Code></Error>"
    for (const headers of [
      new Headers({ "X-Amz-Request-Id": "tx1" }),
      [["x-amz-request-id", "tx1"]],
      { "x-amz-request-id": ["tx1"] },
    ]) {
      const exchange: unknown = { response: { status: 403, headers, body } }
      assert.strictEqual(Diagnosis.explain(exchange as Diagnosis.Exchange).vendor.requestId, "tx1")
    }
  })
})
