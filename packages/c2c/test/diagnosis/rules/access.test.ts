import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/c2c/Diagnosis"

const noon = Date.parse("2026-11-21T12:00:00Z")
const device = "EXAMPLEdevicecodeEXAMPLEdevicecode"
const token = "EXAMPLErefreshtokenEXAMPLErefresh"
const client = { client_id: "EXAMPLE-serial-0001", client_secret: "EXAMPLEclientsecretEXAMPLE" }
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

const signIn = (
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) => ({
  method: "POST",
  url: `https://api.frame.io${path}`,
  headers: { "x-client-version": "2.0.0", ...headers },
  form: Object.entries(fields).map(([name, value]) => ({ name, value })),
})

const refresh = signIn("/v2/auth/token", { ...client, grant_type: "refresh_token", refresh_token: token })

const says = (error: string, status = 400) => ({ status, body: JSON.stringify({ error }) })

const notAuthorized = {
  status: 401,
  body: JSON.stringify({
    code: 401,
    errors: [
      { code: 401, detail: "You are not allowed to access that resource", status: 401, title: "Not Authorized" },
    ],
    message: "Not Authorized",
  }),
}

const jwt = (exp: number): string => `EXAMPLEheader.${btoa(JSON.stringify({ exp })).replaceAll("=", "")}.sig`

const call = (authorization: string | undefined, more: Partial<Diagnosis.Exchange> = {}, path = "/v2/devices/me") =>
  Diagnosis.explain({
    request: {
      method: "GET",
      url: `https://api.frame.io${path}`,
      headers: { "x-client-version": "2.0.0", ...(authorization === undefined ? {} : { authorization }) },
    },
    response: notAuthorized,
    at: noon,
    ...more,
  })

describe("the diagnosis of an unauthorized call", () => {
  it("reports a missing token", () => {
    assert.strictEqual(call(undefined).code, "HF-C2C-ACCESS-001")
    assert.strictEqual(call("Basic RVhBTVBMRTpFWEFNUExF").code, "HF-C2C-ACCESS-001")
  })

  it("reports an expired token, but claims certainty only if the token states its expiry", () => {
    assert.strictEqual(call("Bearer EXAMPLEtokenEXAMPLEtoken").confidence, "likely")
    const { code, confidence, detail } = call(`Bearer ${jwt(noon / 1000 - 3600)}`)
    assert.strictEqual(code, "HF-C2C-ACCESS-003")
    assert.strictEqual(confidence, "certain")
    assert.include(detail, "3600 s")
  })

  it("suspects the project or the device if the token is fresh", () => {
    for (const { causes, code, confidence } of [
      call(`Bearer ${jwt(noon / 1000 + 3600)}`),
      call("Bearer EXAMPLEtokenEXAMPLEtoken", { attempt: 2 }),
    ]) {
      assert.strictEqual(code, "HF-C2C-ACCESS-004")
      assert.strictEqual(confidence, "likely")
      assert.notInclude(
        causes.filter((cause) => cause.confidence !== "possible").map((cause) => cause.code),
        "HF-C2C-ACCESS-003",
      )
    }
  })

  it("suspects that the scope for creating assets is missing", () => {
    const { causes } = call("Bearer EXAMPLEtokenEXAMPLEtoken", {}, "/v2/devices/assets")
    assert.include(
      causes.map(({ code }) => code),
      "HF-C2C-ACCESS-005",
    )
  })

  it("reports a path outside the device API", () => {
    assert.strictEqual(call("Bearer EXAMPLEtokenEXAMPLEtoken", {}, "/v2/comments").code, "HF-C2C-ACCESS-002")
  })

  it("suspects an expired token if the request is unknown, but does not claim certainty", () => {
    const { code, confidence } = Diagnosis.explain({ response: notAuthorized })
    assert.strictEqual(code, "HF-C2C-ACCESS-003")
    assert.strictEqual(confidence, "likely")
  })
})

describe("the diagnosis of a rejected refresh", () => {
  it("reports a refresh token that was already used if no field is missing", () => {
    const { code, confidence, retry } = Diagnosis.explain({ request: refresh, response: says("invalid_request") })
    assert.strictEqual(code, "HF-C2C-PAIRING-001")
    assert.strictEqual(confidence, "certain")
    assert.strictEqual(retry.change, "human")
  })

  it("reports a malformed request if a field is missing", () => {
    const form = refresh.form.filter(({ name }) => name !== "refresh_token")
    const { code } = Diagnosis.explain({ request: { ...refresh, form }, response: says("invalid_request") })
    assert.strictEqual(code, "HF-OAUTH-REQUEST-006")
  })

  it("mentions that an earlier attempt may have succeeded", () => {
    const { detail } = Diagnosis.explain({ request: refresh, response: says("invalid_request"), attempt: 2 })
    assert.include(detail, "attempt 2")
  })

  it("reports an unpaired device if the status is 401", () => {
    for (const response of [notAuthorized, { status: 401 }, says("unauthorized_client", 401)])
      assert.strictEqual(Diagnosis.explain({ request: refresh, response }).code, "HF-C2C-PAIRING-002")
  })
})

describe("the diagnosis of a rejected pairing", () => {
  const code = (headers = {}) => signIn("/v2/auth/device/code", { ...client, scope: "asset_create offline" }, headers)
  const poll = (grant: string) => signIn("/v2/auth/token", { ...client, grant_type: grant, device_code: device })

  it("reports a code request over a keep-alive connection", () => {
    for (const response of [says("slow_down"), { status: 429 }]) {
      const { code: first } = Diagnosis.explain({ request: code(), response })
      assert.strictEqual(first, response.status === 429 ? "HF-C2C-SERVICE-001" : "HF-C2C-PAIRING-003")
    }
    const closed = Diagnosis.explain({ request: code({ connection: "close" }), response: says("slow_down") })
    assert.strictEqual(closed.confidence, "possible")
  })

  it("reports polling that is too frequent", () => {
    const { code: first } = Diagnosis.explain({ request: poll(deviceGrant), response: says("slow_down") })
    assert.strictEqual(first, "HF-OAUTH-DEVICE-002")
  })

  it("reports a grant type that Frame.io does not support", () => {
    const explain = (grant: string) => Diagnosis.explain({ request: poll(grant), response: says("invalid_grant") }).code
    assert.strictEqual(explain("device_code"), "HF-C2C-PAIRING-004")
    assert.strictEqual(explain(deviceGrant), "HF-OAUTH-GRANT-002")
  })

  it("reports a client secret that is missing or unknown to Frame.io", () => {
    const known = Diagnosis.explain({ request: code(), response: says("invalid_client") })
    assert.strictEqual(known.code, "HF-C2C-PAIRING-005")
    assert.strictEqual(known.confidence, "likely")
    const { client_id } = client
    const bare = signIn("/v2/auth/device/code", { client_id, scope: "asset_create" })
    assert.strictEqual(Diagnosis.explain({ request: bare, response: says("invalid_client") }).confidence, "certain")
  })

  it("reports that the pairing was declined, has expired or is pending", () => {
    const words: ReadonlyArray<readonly [error: string, status: number, code: string]> = [
      ["access_denied", 401, "HF-OAUTH-DEVICE-005"],
      ["expired_token", 400, "HF-OAUTH-DEVICE-004"],
      ["authorization_pending", 400, "HF-OAUTH-DEVICE-001"],
    ]
    for (const [error, status, expected] of words) {
      const { code: first } = Diagnosis.explain({ request: poll(deviceGrant), response: says(error, status) })
      assert.strictEqual(first, expected)
    }
  })
})

describe("the diagnosis of a header that Frame.io requires", () => {
  const withVersion = (version: string | undefined, response: Diagnosis.Exchange["response"]) =>
    Diagnosis.explain({
      request: {
        method: "GET",
        url: "https://api.frame.io/v2/devices/me",
        headers: {
          authorization: "Bearer EXAMPLEtokenEXAMPLEtoken",
          ...(version === undefined ? {} : { "x-client-version": version }),
        },
      },
      response,
    })

  it("reports a version that is missing, repeated or not a semantic version", () => {
    for (const version of [undefined, "", "v2.0.0", "2.0", "2.0.0, 2.0.0", "latest"]) {
      const { code, confidence } = withVersion(version, says("Invalid client version"))
      assert.strictEqual(code, "HF-C2C-HEADERS-001", version)
      assert.strictEqual(confidence, "certain", version)
    }
    assert.include(withVersion("2.0.0, 2.0.0", says("Invalid client version")).detail, "2 times")
    assert.notStrictEqual(withVersion("2.0.0-rc.1+7", says("Invalid client version")).confidence, "certain")
  })

  it("rules out the client version as the cause if its header is valid", () => {
    assert.deepInclude(withVersion("2.16.4", notAuthorized).ruledOut, { check: "client version", value: "2.16.4" })
  })

  it("reports a content type that the call does not accept", () => {
    const send = (path: string, type: string | undefined) =>
      Diagnosis.explain({
        request: {
          method: "POST",
          url: `https://api.frame.io${path}`,
          headers: {
            authorization: "Bearer EXAMPLEtokenEXAMPLEtoken",
            "x-client-version": "2.0.0",
            ...(type === undefined ? {} : { "content-type": type }),
          },
          body: '{"filetype":"video/mp4"}',
        },
        response: { status: 415 },
      })
    for (const type of ["multipart/form-data; boundary=x", "text/plain", "multipart/form-data", undefined]) {
      const { code, confidence } = send("/v2/devices/assets", type)
      assert.strictEqual(code, "HF-C2C-HEADERS-002", type)
      assert.strictEqual(confidence, "certain", type)
    }
    assert.strictEqual(send("/v2/auth/device/code", "application/json").code, "HF-C2C-HEADERS-002")
  })
})
