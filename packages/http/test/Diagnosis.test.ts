import { assert, describe, it } from "@effect/vitest"
import * as Redaction from "@holdfast/diagnosis/Redaction"
import * as Diagnosis from "@holdfast/http/Diagnosis"

const canaries = {
  authorization: "Bearer CANARYauthorizationCANARY",
  cookie: "session=CANARYcookieCANARY",
  "proxy-authorization": "Basic CANARYproxyCANARY",
  "x-api-key": "CANARYkeyCANARY",
}

const exchange = (status: number, body: string, failure?: string): Diagnosis.Exchange => ({
  request: {
    method: "POST",
    url: "https://user:CANARYuserinfoCANARY@api.example.com/v1/items?token=CANARYqueryCANARY",
    headers: { accept: "application/json", ...canaries },
    body: '{"password":"CANARYbodyCANARY"}',
  },
  response: {
    status,
    headers: {
      "set-cookie": "session=CANARYsetcookieCANARY",
      location: "https://other.example.com/?code=CANARYlocationCANARY",
      "content-type": "text/html",
    },
    body,
  },
  ...(failure === undefined ? {} : { failure }),
})

const exchanges = [200, 301, 302, 400, 401, 403, 404, 407, 413, 429, 500, 502, 503, 511].flatMap((status) => [
  exchange(status, ""),
  exchange(status, "<html><body>You sent CANARYauthorizationCANARY and CANARYbodyCANARY</body></html>"),
  exchange(status, '{"error":"no","token":"CANARYanswerCANARY"}'),
  exchange(status, "", "read ECONNRESET with CANARYcookieCANARY"),
])

describe("an explanation", () => {
  it("does not include secrets from the exchange in the explanation", () => {
    for (const one of exchanges) assert.notInclude(JSON.stringify(Diagnosis.explain(one)), "CANARY")
  })

  it("returns the same explanation for an exchange that has already been redacted", () => {
    const redact = Redaction.make([Diagnosis.ruleSet.vocabulary])
    for (const one of exchanges) assert.deepEqual(Diagnosis.explain(redact(one)), Diagnosis.explain(one))
  })

  it("returns an explanation for any input", () => {
    assert.strictEqual(Diagnosis.explain({}).outcome, "unknown")
    for (const one of [
      { failure: "" },
      { request: { url: "no url" }, response: { status: 404 } },
      { response: { status: 999, body: "\u0000\uffff" } },
      { response: { status: -1 } },
      { request: { headers: {} }, response: { status: 302, headers: { location: "http://[" } } },
    ]) {
      assert.isString(Diagnosis.explain(one).title)
    }
  })
})

describe("the response of a portal", () => {
  it("distinguishes a captive portal's response from an API's response", () => {
    const request = { method: "POST", url: "https://api.example.com/" }
    const page = { headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" }
    assert.isTrue(Diagnosis.isPortalAnswer({ request, response: { status: 200, ...page } }))
    assert.isFalse(Diagnosis.isPortalAnswer({ request, response: { status: 200, body: "{}" } }))
    assert.isFalse(Diagnosis.isPortalAnswer({ request, response: { status: 400, ...page } }))
    assert.isFalse(Diagnosis.isPortalAnswer({ failure: "ECONNRESET" }))
  })
})

describe("a code of the transport table", () => {
  it("converts a code from the transport table to a minimal exchange", () => {
    assert.deepEqual(Diagnosis.ofCode("ECONNRESET"), { failure: "ECONNRESET" })
    assert.deepEqual(Diagnosis.ofCode("econnreset"), { failure: "ECONNRESET" })
    assert.isUndefined(Diagnosis.ofCode("AccessDenied"))
    assert.isUndefined(Diagnosis.ofCode(""))
  })

  it("recommends the same wait as the retry engine, regardless of the form of the hint", () => {
    const after = (headers: Record<string, string>) =>
      Diagnosis.explain({ response: { status: 429, headers } }).retry.afterMs
    for (const [headers, ms] of [
      [{ "retry-after": "2.5" }, 2500],
      [{ "Retry-After-Ms": "1340" }, 1340],
      [{ "x-amz-retry-after": "2500" }, 2500],
      [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s" }, 360_000],
      [{ ratelimit: '"default";r=0;t=30' }, 30_000],
      [{ "retry-after": "0" }, undefined],
    ] as const) {
      assert.strictEqual(after(headers), ms, JSON.stringify(headers))
    }
  })
})
