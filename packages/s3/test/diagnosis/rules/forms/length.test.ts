import { assert, describe, it } from "@effect/vitest"
import { codes, error, explain, make, rule } from "../../../support/forms.ts"

const timeout = error(400, "RequestTimeout", "Your socket connection to the server was not read from or written to.")

describe("post-length", () => {
  rule({
    code: "HF-S3-POST-004",
    confidence: "certain",
    what: "a body that is shorter than announced",
    change: (form) => {
      form.headers = { ...form.headers, "Content-Length": "21140000" }
      form.size = 4096
    },
    response: timeout,
    detail: /Content-Length is 21140000, but the body has 4096 bytes: 21135904 are missing/,
  })
  rule({
    code: "HF-S3-POST-004",
    confidence: "likely",
    what: "a server that timed out waiting for the body",
    change: () => {},
    response: error(400, "IncompleteBody"),
    detail: /waited for more bytes of the body/,
    isSymptom: true,
  })
  rule({
    code: "HF-S3-POST-006",
    confidence: "certain",
    what: "a stream of unknown length",
    change: (form) => {
      form.headers = { ...form.headers, "transfer-encoding": "chunked" }
    },
    response: error(501, "NotImplemented", "A header you provided implies functionality that is not implemented", {
      Header: "Transfer-Encoding",
    }),
    detail: /no Content-Length/,
  })

  it("reports how many bytes were sent", () => {
    const form = make()
    const { code, detail } = explain(form, error(408, "RequestTimeout"), {
      request: { form: [{ name: "key", value: "a" }], sent: 10, size: 20 },
    })
    assert.strictEqual(code, "HF-S3-POST-004")
    assert.include(detail, "10 of 20 bytes")
  })

  it("recognizes a truncated form even if the server reports a missing object", () => {
    const form = make()
    form.headers = { ...form.headers, "Content-Length": "900" }
    form.size = 800
    assert.strictEqual(explain(form, error(404, "NoSuchKey")).code, "HF-S3-POST-004")
  })

  it("rules out a truncated body if the body has the announced length", () => {
    const form = make()
    form.headers = { ...form.headers, "Content-Length": "800" }
    form.size = 800
    const explanation = explain(form, error(400, "InvalidArgument"))
    assert.include(
      explanation.ruledOut.map(({ check }) => check),
      "body length",
    )
    assert.notInclude(codes(explanation), "HF-S3-POST-004")
  })

  it("does not trust the length of a capture that may be abridged", () => {
    const form = make()
    form.headers = { ...form.headers, "Content-Length": "900" }
    form.size = 800
    const { causes } = explain(form, error(400, "InvalidArgument"))
    assert.notInclude(
      causes.filter(({ confidence }) => confidence !== "possible").map(({ code }) => code),
      "HF-S3-POST-004",
    )
  })

  it("recognizes that the server requires a Content-Length", () => {
    assert.include(codes(explain(make(), error(411, "MissingContentLength"))), "HF-S3-POST-006")
  })
})
