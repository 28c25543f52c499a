import { assert, describe, it } from "@effect/vitest"
import * as Core from "@holdfast/diagnosis/Diagnosis"
import * as Http from "@holdfast/http/Diagnosis"
import * as Diagnosis from "@holdfast/oauth/Diagnosis"

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"
const deviceCode = "EXAMPLEdevicecodeEXAMPLEdevicecode"
const refreshToken = "EXAMPLErefreshtokenEXAMPLErefresh"

const poll = { grant_type: deviceGrant, device_code: deviceCode, client_id: "camera" }
const refresh = { grant_type: "refresh_token", refresh_token: refreshToken, client_id: "camera" }

/** A valid OAuth request with these fields. */
const request = (fields: Readonly<Record<string, string>>, more: Diagnosis.Exchange["request"] = {}) => ({
  method: "POST",
  url: "https://auth.example.com/token",
  headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(fields).toString(),
  ...more,
})

const explain = (sent: Diagnosis.Exchange["request"], error: string, more: Partial<Diagnosis.Exchange> = {}) =>
  Diagnosis.explain({
    request: sent,
    response: { status: error === "invalid_client" ? 401 : 400, body: JSON.stringify({ error }) },
    ...more,
  })

const codeOf = (...args: Parameters<typeof explain>): string | undefined => explain(...args).code

const without = (fields: Readonly<Record<string, string>>, name: string) =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name))

describe("a request that lacks a field", () => {
  const missing: ReadonlyArray<readonly [Readonly<Record<string, string>>, name: string, code: string]> = [
    [refresh, "grant_type", "HF-OAUTH-REQUEST-003"],
    [poll, "client_id", "HF-OAUTH-REQUEST-004"],
    [poll, "device_code", "HF-OAUTH-REQUEST-005"],
    [refresh, "refresh_token", "HF-OAUTH-REQUEST-006"],
    [refresh, "client_id", "HF-OAUTH-REQUEST-004"],
  ]
  for (const [fields, name, code] of missing) {
    it(`reports that ${name} is missing, and lists the fields that the request contains`, () => {
      const explanation = explain(request(without(fields, name)), "invalid_request")
      assert.strictEqual(explanation.code, code)
      assert.strictEqual(explanation.confidence, "certain")
      for (const other of Object.keys(without(fields, name))) assert.include(explanation.detail, other)
    })

    it(`treats the field ${name} as missing if it has no value`, () => {
      assert.strictEqual(codeOf(request({ ...fields, [name]: "" }), "invalid_request"), code)
    })
  }

  it("does not report a missing client id if a header identifies the client", () => {
    const sent = request(without(poll, "client_id"), { headers: { authorization: "Basic RVhBTVBMRTpFWEFNUExF" } })
    assert.notStrictEqual(codeOf(sent, "invalid_grant"), "HF-OAUTH-REQUEST-004")
  })

  it("does not blame a missing field for an error code that has other causes", () => {
    for (const error of ["authorization_pending", "slow_down", "expired_token", "server_error"]) {
      assert.notInclude(codeOf(request(without(poll, "client_id")), error) ?? "", "REQUEST", error)
    }
  })

  it("recognizes a missing field from the server's message if the request was not captured", () => {
    const body = JSON.stringify({ error: "invalid_request", error_description: "Missing parameter: device_code" })
    const { code, confidence } = Diagnosis.explain({ response: { status: 400, body } })
    assert.strictEqual(code, "HF-OAUTH-REQUEST-005")
    assert.strictEqual(confidence, "likely")
  })
})

describe("a request in another encoding", () => {
  it("reports the encoding as the likely cause if the server calls the request malformed, and as the certain cause if the server reports a field that was sent as missing", () => {
    const json = { ...request({}), headers: { "content-type": "application/json" }, body: JSON.stringify(poll) }
    const multipart = { ...request({}), form: Object.entries(poll).map(([name, value]) => ({ name, value })) }
    for (const sent of [json, multipart]) {
      assert.strictEqual(codeOf(sent, "invalid_request"), "HF-OAUTH-REQUEST-001")
      assert.strictEqual(explain(sent, "invalid_request").confidence, "likely")
      const body = JSON.stringify({ error: "invalid_request", error_description: "Missing parameter: grant_type" })
      const { code, confidence } = Diagnosis.explain({ request: sent, response: { status: 400, body } })
      assert.deepStrictEqual([code, confidence], ["HF-OAUTH-REQUEST-001", "certain"])
    }
  })

  it("blames the encoding for a rejected request or client if the Content-Type contradicts a form-encoded body", () => {
    const sent = request(poll, { headers: { "content-type": "application/json" } })
    for (const error of ["invalid_request", "invalid_client", "unsupported_grant_type"]) {
      assert.strictEqual(codeOf(sent, error), "HF-OAUTH-REQUEST-001", error)
    }
  })

  it("reports the encoding rather than an unsupported grant type if the request sends a standard grant type as JSON", () => {
    const json = { ...request({}), headers: { "content-type": "application/json" }, body: JSON.stringify(poll) }
    assert.strictEqual(codeOf(json, "unsupported_grant_type"), "HF-OAUTH-REQUEST-001")
    assert.strictEqual(codeOf(request(poll), "unsupported_grant_type"), "HF-OAUTH-REQUEST-007")
  })

  it("does not blame the request's encoding for a rejected grant", () => {
    const json = { ...request({}), headers: { "content-type": "application/json" }, body: JSON.stringify(refresh) }
    assert.strictEqual(codeOf(json, "invalid_grant"), "HF-OAUTH-GRANT-003")
  })

  it("accepts a multipart request, but not JSON, for a provider that supports multipart", () => {
    const ruleSet = Diagnosis.ruleSetOf([
      { rows: [], speaks: () => true, encodings: new Set(["multipart", "query", "none"]) },
    ])
    const code = (sent: Diagnosis.Exchange["request"]) =>
      Core.explain({ request: sent, response: { status: 400, body: '{"error":"invalid_request"}' } }, [
        ruleSet,
        Http.ruleSet,
      ]).code
    const lenient = { method: "POST", url: "https://auth.example.com/token" }
    const form = Object.entries(without(poll, "device_code")).map(([name, value]) => ({ name, value }))
    assert.strictEqual(code({ ...lenient, form }), "HF-OAUTH-REQUEST-005")
    assert.strictEqual(code({ ...lenient, body: JSON.stringify(poll) }), "HF-OAUTH-REQUEST-001")
    assert.strictEqual(codeOf({ ...lenient, form }, "invalid_request"), "HF-OAUTH-REQUEST-001")
  })

  it("reports a token request whose fields are in the query", () => {
    const url = `https://auth.example.com/token?${new URLSearchParams(poll).toString()}`
    assert.strictEqual(codeOf({ method: "POST", url }, "invalid_request"), "HF-OAUTH-REQUEST-001")
  })

  it("reports a token request in which a parameter occurs twice", () => {
    const twice = request({}, { body: `${new URLSearchParams(poll).toString()}&client_id=camera` })
    assert.strictEqual(codeOf(twice, "invalid_request"), "HF-OAUTH-REQUEST-002")
    const resources = request({}, { body: `${new URLSearchParams(poll).toString()}&resource=a&resource=b` })
    assert.notStrictEqual(codeOf(resources, "invalid_request"), "HF-OAUTH-REQUEST-002")
  })

  it("reports a token request that uses GET", () => {
    for (const status of [400, 404, 405]) {
      const url = "https://auth.example.com/oauth2/token"
      assert.strictEqual(
        Diagnosis.explain({ request: { method: "GET", url }, response: { status } }).code,
        "HF-OAUTH-REQUEST-009",
        String(status),
      )
    }
  })
})

describe("a rejected grant", () => {
  it("determines the cause of a rejected grant from the kind of grant in the request", () => {
    assert.strictEqual(codeOf(request(poll), "invalid_grant"), "HF-OAUTH-GRANT-002")
    assert.strictEqual(codeOf(request(refresh), "invalid_grant"), "HF-OAUTH-GRANT-003")
    const code = { grant_type: "authorization_code", code: "EXAMPLEcodeEXAMPLEcode", client_id: "app" }
    assert.strictEqual(codeOf(request(code), "invalid_grant"), "HF-OAUTH-GRANT-004")
    const { code: unseen, confidence } = Diagnosis.explain({
      response: { status: 400, body: '{"error":"invalid_grant"}' },
    })
    assert.strictEqual(unseen, "HF-OAUTH-GRANT-005")
    assert.strictEqual(confidence, "possible")
  })

  it("reports that the first attempt used up the grant if the rejected request is the second attempt", () => {
    assert.strictEqual(codeOf(request(refresh), "invalid_grant", { attempt: 2 }), "HF-OAUTH-GRANT-001")
    assert.strictEqual(codeOf(request(refresh), "invalid_grant", { attempt: 1 }), "HF-OAUTH-GRANT-003")
  })

  it("reports a truncated or damaged grant without revealing its value", () => {
    const short = explain(request({ ...poll, device_code: "nope" }), "invalid_grant")
    assert.strictEqual(short.code, "HF-OAUTH-GRANT-002")
    assert.include(short.detail, "only 4 bytes")
    const broken = explain(request({ ...refresh, refresh_token: `${refreshToken}\n` }), "invalid_grant")
    assert.strictEqual(broken.code, "HF-OAUTH-GRANT-006")
    assert.notInclude(JSON.stringify(broken), refreshToken)
  })

  it("is not retried", () => {
    assert.strictEqual(explain(request(refresh), "invalid_grant").retry.verdict, "never")
  })
})

describe("a rejected client", () => {
  const secret = { client_secret: "EXAMPLEsecretEXAMPLE" }
  const basic = { authorization: "Basic RVhBTVBMRTpFWEFNUExF" }

  it("determines the cause of a rejected client from the authentication in the request", () => {
    assert.strictEqual(codeOf(request({ ...poll, ...secret }), "invalid_client"), "HF-OAUTH-CLIENT-002")
    assert.strictEqual(codeOf(request(poll, { headers: basic }), "invalid_client"), "HF-OAUTH-CLIENT-002")
    assert.strictEqual(codeOf(request(poll), "invalid_client"), "HF-OAUTH-CLIENT-003")
    assert.strictEqual(
      codeOf(request({ ...poll, ...secret }, { headers: basic }), "invalid_client"),
      "HF-OAUTH-CLIENT-001",
    )
    assert.strictEqual(codeOf(request(without(poll, "client_id")), "invalid_client"), "HF-OAUTH-REQUEST-004")
    assert.strictEqual(codeOf(undefined, "invalid_client"), "HF-OAUTH-CLIENT-005")
  })

  it("explains a rejected client even if the status is 400", () => {
    const response = { status: 400, body: '{"error":"invalid_client"}' }
    assert.strictEqual(
      Diagnosis.explain({ request: request({ ...poll, ...secret }), response }).code,
      "HF-OAUTH-CLIENT-002",
    )
  })
})

describe("a sign-in server that fails", () => {
  it("reports that a failed server may have used up a refresh token, but not a device code", () => {
    const response = { status: 504, body: "" }
    assert.strictEqual(Diagnosis.explain({ request: request(refresh), response }).code, "HF-OAUTH-SERVER-003")
    assert.strictEqual(Diagnosis.explain({ request: request(poll), response }).code, "HF-HTTP-BOX-003")
  })

  it("recognizes an error that a provider sends with status 200", () => {
    const response = { status: 200, body: '{"error":"bad_verification_code"}' }
    assert.strictEqual(Diagnosis.explain({ request: request(poll), response }).code, "HF-OAUTH-GRANT-002")
  })

  it("recognizes a form-encoded error from a provider", () => {
    const response = { status: 200, body: "error=authorization_pending&error_description=Pending" }
    assert.strictEqual(Diagnosis.explain({ request: request(poll), response }).code, "HF-OAUTH-DEVICE-001")
  })
})
