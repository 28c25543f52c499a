import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const api = { method: "GET", url: "https://api.example.com/v1/items", headers: { accept: "application/json" } }
const html = { "content-type": "text/html" }
const json = { "content-type": "application/json" }

const explain = (
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  request: Diagnosis.Exchange["request"] | null = api,
) => Diagnosis.explain({ ...(request === null ? {} : { request }), response: { status, headers, body } })

const block = (text: string) => `<html><head><title>Blocked</title></head><body>${text}</body></html>`

/** Responses of intermediaries, their authors, and their causes. */
const written: ReadonlyArray<
  readonly [status: number, headers: Readonly<Record<string, string>>, body: string, answeredBy: RegExp, code: string]
> = [
  [403, { ...html, server: "cloudflare", "cf-ray": "1-FRA" }, "error code: 1020", /^Cloudflare$/, "HF-HTTP-BOX-006"],
  [403, { ...html, server: "cloudflare" }, "error code: 1009", /^Cloudflare$/, "HF-HTTP-BOX-008"],
  [530, { server: "cloudflare" }, "error code: 1033", /^Cloudflare$/, "HF-HTTP-BOX-004"],
  [521, { server: "cloudflare" }, "", /^Cloudflare$/, "HF-HTTP-BOX-004"],
  [524, { server: "cloudflare" }, "error code: 524", /^Cloudflare$/, "HF-HTTP-BOX-003"],
  [429, json, '{"cloudflare_error":true,"error_code":1015,"title":"Error 1015"}', /^Cloudflare$/, "HF-HTTP-LIMIT-015"],
  [503, { server: "envoy" }, "no healthy upstream", /^Envoy/, "HF-HTTP-BOX-011"],
  [504, { server: "envoy" }, "upstream request timeout", /^Envoy/, "HF-HTTP-BOX-003"],
  [429, {}, "local_rate_limited", /^Envoy/, "HF-HTTP-LIMIT-005"],
  [502, { server: "awselb/2.0", ...html }, block("<center><h1>502 Bad Gateway</h1></center>"), /^AWS Application Load/, "HF-HTTP-BOX-001"],
  [503, { server: "awselb/2.0", ...html }, block("503"), /^AWS Application Load/, "HF-HTTP-BOX-011"],
  [463, { server: "awselb/2.0" }, "", /^AWS Application Load/, "HF-HTTP-LIMIT-003"],
  [413, { server: "nginx", ...html }, "<html><h1>413</h1><hr><center>nginx</center></html>", /^nginx, a proxy/, "HF-HTTP-LIMIT-001"],
  [504, html, "<html><h1>504</h1><hr><center>openresty</center></html>", /^nginx, a proxy/, "HF-HTTP-BOX-003"],
  [504, html, "<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>", /^HAProxy/, "HF-HTTP-BOX-003"],
  [504, { ...json, "x-amz-apigw-id": "a" }, '{"message":"Endpoint request timed out"}', /^Amazon API Gateway$/, "HF-HTTP-BOX-003"],
  [429, { ...json, "x-amz-apigw-id": "a" }, '{"message":"Limit Exceeded"}', /^Amazon API Gateway$/, "HF-HTTP-LIMIT-011"],
  [404, {}, "404 page not found\n", /^a Go program/, "HF-HTTP-BOX-010"],
  [404, { server: "kong/3.4", ...json }, '{"message":"no Route matched with those values"}', /^Kong/, "HF-HTTP-BOX-010"],
  [502, { server: "Microsoft-Azure-Application-Gateway/v2", ...html }, block("502"), /^Azure Application Gateway$/, "HF-HTTP-BOX-001"],
  [403, { server: "AkamaiGHost", ...html }, block("Access Denied. Reference #18.1"), /^Akamai$/, "HF-HTTP-BOX-006"],
  [403, html, block("Zscaler: your organization has blocked this category"), /^Zscaler/, "HF-HTTP-BOX-006"],
  [200, html, block("This website has been blocked by your organization"), /^a web filter/, "HF-HTTP-BOX-006"],
  [400, html, block("HTTP Status 400 - Request header is too large"), /^Tomcat/, "HF-HTTP-LIMIT-003"],
  [407, { "proxy-authenticate": "Negotiate, NTLM" }, "", /^a proxy of this network$/, "HF-HTTP-BOX-005"],
  [511, {}, "", /^the captive portal/, "HF-HTTP-PORTAL-001"],
] // prettier-ignore

describe("the answerer", () => {
  for (const [status, headers, body, answeredBy, code] of written) {
    it(`attributes ${status} with "${body.slice(0, 60).trim()}" to ${answeredBy.source}, and reports ${code}`, () => {
      const explanation = explain(status, body, headers)
      assert.match(explanation.answeredBy, answeredBy)
      assert.strictEqual(explanation.code, code)
    })
  }

  it("attributes a response to the server if an intermediary only forwarded the response", () => {
    const passed: ReadonlyArray<Readonly<Record<string, string>>> = [
      { server: "cloudflare", "cf-ray": "1-FRA" },
      { via: "1.1 a.cloudfront.net (CloudFront)", "x-cache": "Error from cloudfront" },
      { server: "envoy", "x-envoy-upstream-service-time": "3" },
    ]
    for (const headers of passed) {
      const { answeredBy, code } = explain(403, '{"message":"not yours"}', { ...json, ...headers })
      assert.match(answeredBy, /^the server api\.example\.com, behind /)
      assert.strictEqual(code, "HF-HTTP-STATUS-002")
    }
  })

  it("attributes a vendor's own words to the vendor, and a failure without a response to the client", () => {
    const headers = { ...json, server: "cloudflare" }
    const openai = '{"error":{"message":"no","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}'
    assert.strictEqual(explain(429, openai, headers).answeredBy, "OpenAI, behind Cloudflare")
    assert.match(Diagnosis.explain({ failure: "ECONNREFUSED" }).answeredBy, /^the client/)
    assert.strictEqual(explain(502, "", {}).answeredBy, "unknown")
  })

  it("does not look for an intermediary in a page that a browser requested", () => {
    const browsing = { method: "GET", url: "https://example.com/blog", headers: { accept: "text/html" } }
    const post = block("How Zscaler blocked our access, and what the policy says")
    assert.strictEqual(explain(200, post, html, browsing).outcome, "succeeded")
  })

  it("identifies the source of a page in time proportional to the length of the page", () => {
    for (const part of ["<", "error code: ", "<style", "by ", "<hr><center>", "could not be satisfied "]) {
      const began = process.cpuUsage().user
      explain(403, part.repeat(65_536 / part.length), html)
      assert.isBelow(process.cpuUsage().user - began, 1_000_000, part)
    }
  })
})

describe("the authentication schemes of a proxy", () => {
  it("names the authentication schemes of a proxy, and notes when few clients support them", () => {
    const { detail } = explain(407, "", { "proxy-authenticate": "Negotiate, NTLM" })
    assert.include(detail, "Negotiate or NTLM")
    assert.include(detail, "Few clients")
    assert.notInclude(explain(407, "", { "proxy-authenticate": 'Basic realm="x", NTLM' }).detail, "Few clients")
  })

  it("recognizes a proxy's rejection in client messages, regardless of the port in the message", () => {
    const failure =
      "ProxyError: HTTPSConnectionPool(host='api.example.com', port=443): Tunnel connection failed: 407 Proxy Authentication Required"
    assert.strictEqual(Diagnosis.explain({ failure }).code, "HF-HTTP-BOX-005")
    assert.strictEqual(
      Diagnosis.explain({ failure: "curl: (56) CONNECT tunnel failed, response 403" }).code,
      "HF-HTTP-BOX-006",
    )
  })
})

describe("a success", () => {
  it("treats a token response of any type as a success", () => {
    for (const body of ['{"access_token":"EXAMPLEtoken"}', "access_token=EXAMPLEtoken&token_type=bearer"]) {
      assert.strictEqual(explain(200, body, html).outcome, "succeeded", body)
    }
  })

  it("treats a resource that contains an error as a success, but not a response that contains only an error", () => {
    assert.strictEqual(explain(200, '{"id":1,"state":"failed","error":{"code":"x"}}', json).outcome, "succeeded")
    assert.strictEqual(explain(200, '{"ok":true,"error":""}', json).outcome, "succeeded")
    assert.strictEqual(explain(200, '{"data":{"a":1},"errors":[{"message":"partly"}]}', json).outcome, "succeeded")
    assert.strictEqual(explain(200, '{"ok":false,"error":"channel_not_found"}', json).outcome, "explained")
    assert.strictEqual(explain(200, '{"errors":[{"message":"no"}],"data":null}', json).outcome, "explained")
  })
})
