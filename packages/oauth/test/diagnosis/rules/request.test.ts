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
    it(`reports that ${name} is missing, and lists the fields that it has`, () => {
      const explanation = explain(request(without(fields, name)), "invalid_request")
      assert.strictEqual(explanation.code, code)
      assert.strictEqual(explanation.confidence, "certain")
      for (const other of Object.keys(without(fields, name))) assert.include(explanation.detail, other)
    })

    it(`treats a ${name} without a value as missing`, () => {
      assert.strictEqual(codeOf(request({ ...fields, [name]: "" }), "invalid_request"), code)
    })
  }

  it("does not report a missing client if a header identifies it", () => {
    const sent = request(without(poll, "client_id"), { headers: { authorization: "Basic RVhBTVBMRTpFWEFNUExF" } })
    assert.notStrictEqual(codeOf(sent, "invalid_grant"), "HF-OAUTH-REQUEST-004")
  })

  it("is not blamed if the server's code cannot mean it", () => {
    for (const error of ["authorization_pending", "slow_down", "expired_token", "server_error"]) {
      assert.notInclude(codeOf(request(without(poll, "client_id")), error) ?? "", "REQUEST", error)
    }
  })

  it("is recognized by the server's message if the request was not captured", () => {
    const body = JSON.stringify({ error: "invalid_request", error_description: "Missing parameter: device_code" })
    const { code, confidence } = Diagnosis.explain({ response: { status: 400, body } })
    assert.strictEqual(code, "HF-OAUTH-REQUEST-005")
    assert.strictEqual(confidence, "likely")
  })
})

describe("a request in another encoding", () => {
  it("is likely unread if the server calls it malformed, and certainly if the server reports a sent field as missing", () => {
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

  it("is blamed for a rejected request or client if the Content-Type contradicts a form-encoded body", () => {
    const sent = request(poll, { headers: { "content-type": "application/json" } })
    for (const error of ["invalid_request", "invalid_client", "unsupported_grant_type"]) {
      assert.strictEqual(codeOf(sent, error), "HF-OAUTH-REQUEST-001", error)
    }
  })

  it("precedes an unsupported grant type if the grant type is a standard one", () => {
    const json = { ...request({}), headers: { "content-type": "application/json" }, body: JSON.stringify(poll) }
    assert.strictEqual(codeOf(json, "unsupported_grant_type"), "HF-OAUTH-REQUEST-001")
    assert.strictEqual(codeOf(request(poll), "unsupported_grant_type"), "HF-OAUTH-REQUEST-007")
  })

  it("is not blamed for a rejected grant", () => {
    const json = { ...request({}), headers: { "content-type": "application/json" }, body: JSON.stringify(refresh) }
    assert.strictEqual(codeOf(json, "invalid_grant"), "HF-OAUTH-GRANT-003")
  })

  it("may be multipart at a provider that reads it, but not JSON", () => {
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

  it("is reported if its fields are in the query", () => {
    const url = `https://auth.example.com/token?${new URLSearchParams(poll).toString()}`
    assert.strictEqual(codeOf({ method: "POST", url }, "invalid_request"), "HF-OAUTH-REQUEST-001")
  })

  it("is reported if a parameter occurs twice", () => {
    const twice = request({}, { body: `${new URLSearchParams(poll).toString()}&client_id=camera` })
    assert.strictEqual(codeOf(twice, "invalid_request"), "HF-OAUTH-REQUEST-002")
    const resources = request({}, { body: `${new URLSearchParams(poll).toString()}&resource=a&resource=b` })
    assert.notStrictEqual(codeOf(resources, "invalid_request"), "HF-OAUTH-REQUEST-002")
  })

  it("is reported if it is a GET", () => {
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
  it("has a cause that depends on the presented grant", () => {
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

  it("was used up by the first attempt if this is a second one", () => {
    assert.strictEqual(codeOf(request(refresh), "invalid_grant", { attempt: 2 }), "HF-OAUTH-GRANT-001")
    assert.strictEqual(codeOf(request(refresh), "invalid_grant", { attempt: 1 }), "HF-OAUTH-GRANT-003")
  })

  it("is reported as cut or damaged, without its value", () => {
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

  it("has a cause that depends on its authentication", () => {
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

  it("is explained with status 400 too", () => {
    const response = { status: 400, body: '{"error":"invalid_client"}' }
    assert.strictEqual(
      Diagnosis.explain({ request: request({ ...poll, ...secret }), response }).code,
      "HF-OAUTH-CLIENT-002",
    )
  })
})

describe("a sign-in server that fails", () => {
  it("may have used up a refresh token, but not a device code", () => {
    const response = { status: 504, body: "" }
    assert.strictEqual(Diagnosis.explain({ request: request(refresh), response }).code, "HF-OAUTH-SERVER-003")
    assert.strictEqual(Diagnosis.explain({ request: request(poll), response }).code, "HF-HTTP-BOX-003")
  })

  it("reports the failure with status 200 at some providers", () => {
    const response = { status: 200, body: '{"error":"bad_verification_code"}' }
    assert.strictEqual(Diagnosis.explain({ request: request(poll), response }).code, "HF-OAUTH-GRANT-002")
  })

  it("reports the failure as a form at others", () => {
    const response = { status: 200, body: "error=authorization_pending&error_description=Pending" }
    assert.strictEqual(Diagnosis.explain({ request: request(poll), response }).code, "HF-OAUTH-DEVICE-001")
  })
})
