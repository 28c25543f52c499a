import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const api = { method: "GET", url: "https://api.example.com/v1/items", headers: { accept: "application/json" } }
const html = { "content-type": "text/html; charset=utf-8" }
const page = "<!DOCTYPE html><html><head><title>Hello</title></head><body>Welcome</body></html>"

const explain = (status: number, more: Partial<Diagnosis.Exchange["response"]> = {}, request: object | null = api) =>
  Diagnosis.explain({ ...(request === null ? {} : { request }), response: { status, ...more } })

describe("a captive portal", () => {
  it("rates a captive portal as `likely` if an API returns a page, and as `certain` with status 511", () => {
    for (const status of [200, 302, 303, 307]) {
      const { code, confidence } = explain(status, { headers: html, body: page })
      assert.strictEqual(code, "HF-HTTP-PORTAL-001", String(status))
      assert.strictEqual(confidence, "likely")
    }
    const portal = explain(511, {}, null)
    assert.deepStrictEqual([portal.code, portal.confidence], ["HF-HTTP-PORTAL-001", "certain"])
  })

  it("rates a captive portal as `likely` if an API request is redirected to another host", () => {
    const { code, confidence } = explain(302, { headers: { location: "http://portal.example.net/login" } })
    assert.strictEqual(code, "HF-HTTP-PORTAL-001")
    assert.strictEqual(confidence, "likely")
  })

  it("does not suspect a captive portal if the service itself responded, or if the client requested a page", () => {
    assert.strictEqual(explain(200, { headers: { ...html, "x-amz-request-id": "X" }, body: page }).outcome, "succeeded")
    const browsing = { method: "GET", url: "https://example.com/", headers: { accept: "text/html,*/*" } }
    assert.strictEqual(explain(200, { headers: html, body: page }, browsing).outcome, "succeeded")
    assert.strictEqual(
      explain(302, { headers: { location: "https://other.example.com/" } }, browsing).outcome,
      "succeeded",
    )
  })

  it("does not suspect a captive portal if nothing is known except the page", () => {
    assert.strictEqual(explain(200, { headers: html, body: page }, null).outcome, "succeeded")
  })
})

describe("a response from an intermediary", () => {
  const nginx = { ...html, server: "nginx/1.24.0" }

  it("reports the name of the intermediary that wrote the response", () => {
    const { code, detail, evidence } = explain(502, { headers: nginx, body: "<html>502 Bad Gateway</html>" })
    assert.strictEqual(code, "HF-HTTP-BOX-001")
    assert.include(detail, "nginx")
    assert.deepInclude(evidence, { at: "response.headers.server", name: "server", observed: "nginx/1.24.0" })
  })

  it("names the setting that defines the exceeded limit", () => {
    assert.include(explain(413, { headers: nginx, body: "<html>413</html>" }).detail, "client_max_body_size")
    assert.notInclude(explain(413, { body: '{"message":"Request Too Long"}' }).detail, "client_max_body_size")
  })

  it("lowers its confidence in the cause if the service reports its own error", () => {
    assert.strictEqual(explain(429).confidence, "certain")
    assert.strictEqual(explain(429, { body: '{"error":"slow down"}' }).confidence, "possible")
    assert.strictEqual(explain(503, { body: "<Error><Code>SlowDown</Code></Error>" }).confidence, "possible")
  })

  it("advises waiting for the time given in the server's hint", () => {
    const { detail, retry } = explain(429, { headers: { "retry-after": "30" } })
    assert.include(detail, "30 s")
    assert.strictEqual(retry.afterMs, 30_000)
    assert.strictEqual(retry.verdict, "always")
  })
})

describe("an unexpected kind of response", () => {
  it("reports a page in place of data if the response has an error status", () => {
    assert.strictEqual(explain(404, { headers: html, body: page }).code, "HF-HTTP-ANSWER-002")
  })

  it("reports the server's failure or the redirect first, regardless of the page in the response", () => {
    assert.strictEqual(explain(500, { headers: html, body: page }).code, "HF-HTTP-STATUS-006")
    const location = "https://api.example.com/v1/items/"
    assert.strictEqual(explain(301, { headers: { ...html, location }, body: page }).code, "HF-HTTP-ANSWER-005")
  })

  it("reports a redirect that was not followed, and states its target", () => {
    const to = (location: string) => explain(301, { headers: { location } })
    assert.strictEqual(to("https://eu.example.com/v1/items").code, "HF-HTTP-ANSWER-005")
    assert.include(to("https://eu.example.com/v1/items").detail, "from api.example.com to eu.example.com")
    assert.include(to("/v2/items").detail, "another path on api.example.com")
    assert.include(explain(301).detail, "without a Location")
  })

  it("reports a truncated response if the status has arrived, regardless of why the connection ended", () => {
    for (const failure of ["TruncatedBody", "ECONNRESET", "terminated"]) {
      const { code } = Diagnosis.explain({ failure, request: api, response: { status: 200, body: '{"a":' } })
      assert.strictEqual(code, "HF-HTTP-ANSWER-001", failure)
    }
  })

  it("reports the wrong port if http was sent to an https port", () => {
    for (const body of [
      "<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>",
      "Client sent an HTTP request to an HTTPS server.\n",
      "You're speaking plain HTTP to an SSL-enabled server port.\n Instead use the HTTPS scheme to access this URL, please.",
    ]) {
      assert.strictEqual(explain(400, { body }).code, "HF-HTTP-TLS-006", body)
    }
  })
})

describe("a response with only a status", () => {
  const codes: ReadonlyArray<readonly [status: number, code: string]> = [
    [400, "HF-HTTP-STATUS-007"],
    [401, "HF-HTTP-STATUS-001"],
    [403, "HF-HTTP-STATUS-002"],
    [404, "HF-HTTP-STATUS-003"],
    [405, "HF-HTTP-STATUS-004"],
    [407, "HF-HTTP-BOX-005"],
    [408, "HF-HTTP-LIMIT-006"],
    [411, "HF-HTTP-LIMIT-002"],
    [413, "HF-HTTP-LIMIT-001"],
    [414, "HF-HTTP-LIMIT-004"],
    [415, "HF-HTTP-STATUS-005"],
    [417, "HF-HTTP-LIMIT-007"],
    [429, "HF-HTTP-LIMIT-005"],
    [431, "HF-HTTP-LIMIT-003"],
    [500, "HF-HTTP-STATUS-006"],
    [502, "HF-HTTP-BOX-001"],
    [503, "HF-HTTP-BOX-002"],
    [504, "HF-HTTP-BOX-003"],
    [505, "HF-HTTP-ANSWER-004"],
    [511, "HF-HTTP-PORTAL-001"],
    [522, "HF-HTTP-BOX-004"],
  ]
  for (const [status, code] of codes) {
    it(`explains the status ${status} with ${code}`, () => {
      assert.strictEqual(explain(status, {}, null).code, code)
    })
  }

  it("does not explain a status that means success", () => {
    for (const status of [200, 201, 204, 206, 304]) {
      const explanation = explain(status)
      assert.strictEqual(explanation.outcome, "succeeded", String(status))
      assert.isEmpty(explanation.causes)
    }
  })
})
