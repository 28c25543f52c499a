import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const correct = (code: string, request: Request) =>
  Diagnosis.ruleSet.correct({ request, response: { status: 400, body: "" } }, code)?.request

const url = "https://upload.example.com/a"

describe("the corrections of HTTP requests", () => {
  it("states the length of a body if the length is known", () => {
    const of = (request: Request) => correct("HF-HTTP-LIMIT-002", { method: "PUT", url, ...request })?.headers
    const chunked = { "Transfer-Encoding": "chunked" }
    assert.deepStrictEqual(of({ headers: chunked, size: 7 }), { "Content-Length": "7" })
    assert.deepStrictEqual(of({ headers: chunked, body: "äb" }), { "Content-Length": "3" })
    assert.deepStrictEqual(of({ headers: chunked, form: [{ name: "a", value: "1" }] }), {})
    assert.isUndefined(of({ headers: chunked }))
  })

  it("lets a client that counts the bytes set the length of the body", () => {
    const request = { method: "PUT", url, headers: { "content-length": "9" }, size: 9 }
    assert.deepStrictEqual(correct("HF-HTTP-NET-011", request), { ...request, headers: {}, size: undefined })
    assert.isUndefined(correct("HF-HTTP-NET-011", { method: "PUT", url }))
  })

  it("uses TLS for a port that requires it, encodes spaces in the URL, and removes the Expect header", () => {
    assert.strictEqual(
      correct("HF-HTTP-TLS-006", { url: "HTTP://h.example:8443/a?b=http:" })?.url,
      "https://h.example:8443/a?b=http:",
    )
    assert.isUndefined(correct("HF-HTTP-TLS-006", { url }))
    assert.strictEqual(correct("HF-HTTP-ANSWER-004", { url: `${url} b?c=d e ` })?.url, `${url}%20b?c=d%20e`)
    assert.isUndefined(correct("HF-HTTP-ANSWER-004", { url }))
    assert.deepStrictEqual(correct("HF-HTTP-LIMIT-007", { url, headers: { EXPECT: "100-continue" } })?.headers, {})
    assert.isUndefined(correct("HF-HTTP-LIMIT-007", { url, headers: {} }))
  })
})
