import { assert, describe, it } from "@effect/vitest"
import { C2cError } from "@holdfast/c2c"
import * as Explain from "@holdfast/explain/Explain"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { readdirSync, readFileSync } from "node:fs"

/**
 * The examples of all causes except S3's. The rule sets of all systems must explain them as their own rule set does.
 */
const examples = ["http", "oauth", "c2c"].flatMap((name) => {
  const folder = new URL(`../../${name}/test/fixtures/codes/`, import.meta.url)
  return readdirSync(folder).map((file) => {
    const exchange = HttpCapture.parse(readFileSync(new URL(file, folder)))
    assert(exchange !== undefined, file)
    return { code: file.replace(/\.http$/, ""), exchange }
  })
})

describe("the rule sets of all systems", () => {
  it("explains every example with the same code, whether with the combined rule sets or with the example's own rule set", () => {
    for (const { code, exchange } of examples) assert.strictEqual(Explain.explain(exchange).code, code)
  })

  it("assigns a unique code to every cause", () => {
    const codes = Explain.causes.map(({ code }) => code)
    assert.strictEqual(new Set(codes).size, codes.length)
  })

  it("recommends waiting for the server's hint only if the client would wait", () => {
    const after = (url: string, body: string, headers: Record<string, string> = {}) =>
      Explain.explain({
        request: { method: "PUT", url },
        response: { status: 503, headers: { "retry-after": "7", ...headers }, body },
      }).retry.afterMs
    const storage = "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=0"
    assert.strictEqual(after(storage, "<Error><Code>SlowDown</Code></Error>"), 7000)
    assert.strictEqual(after(storage, "", { "x-amz-request-id": "R" }), 7000)
    assert.isUndefined(after(storage, ""))
    const api = "https://api.frame.io/v2/devices/me"
    assert.strictEqual(after(api, '{"error":"slow_down"}'), 7000)
    assert.isUndefined(after(api, ""))
  })

  it("assigns a response to the S3 rule set even if the credentials are incomplete", () => {
    const { vendor } = Explain.explain({
      request: { method: "PUT", url: "https://bucket.s3.amazonaws.com/key" },
      response: { status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" },
    })
    assert.strictEqual(vendor.system, "s3")
    assert.strictEqual(vendor.code, "AccessDenied")
    const authorization =
      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0123456789abcdef"
    const { request } = Explain.redact({ request: { headers: { authorization } } })
    assert.include(request?.headers?.["authorization"], "/20130524/us-east-1/s3/aws4_request")
    assert.notInclude(request?.headers?.["authorization"], "IOSFODNN7EXAMPLE")
  })

  it("does not find a cause for a successful exchange", () => {
    for (const response of [
      { status: 200, body: '{"id":"6f1e","upload_urls":["https://x.s3.amazonaws.com/"]}' },
      { status: 201, body: "{}" },
      { status: 204 },
    ]) {
      const explanation = Explain.explain({
        request: {
          method: "POST",
          url: "https://api.frame.io/v2/devices/assets",
          headers: {},
          body: '{"parts":99999}',
        },
        response,
      })
      assert.strictEqual(explanation.outcome, "succeeded")
      assert.isEmpty(explanation.causes)
    }
  })

  it("does not report a missing token if the server requests only another authentication scheme", () => {
    const request = { method: "GET", url: "https://github.com/a/b.git/info/refs?service=git-upload-pack", headers: {} }
    const explain = (challenge: string) =>
      Explain.explain({ request, response: { status: 401, headers: { "www-authenticate": challenge }, body: "" } }).code
    assert.strictEqual(explain('Basic realm="GitHub"'), "HF-HTTP-STATUS-001")
    assert.strictEqual(explain('Bearer realm="GitHub"'), "HF-OAUTH-BEARER-001")
  })

  it("detects a captive portal that responds in place of Frame.io or S3", () => {
    const page = { status: 200, headers: { "content-type": "text/html" }, body: "<html><h1>Hotel Wi-Fi</h1></html>" }
    for (const url of [
      "https://api.frame.io/v2/devices/heartbeat",
      "https://frameio-uploads-production.s3-accelerate.amazonaws.com/parts/1?X-Amz-Signature=EXAMPLE",
    ]) {
      assert.strictEqual(
        Explain.explain({ request: { method: "POST", url }, response: page }).code,
        "HF-HTTP-PORTAL-001",
      )
    }
  })

  it("returns the engine's retry verdict if S3 does not respond", () => {
    const request = { method: "PUT", url: "https://bucket.s3.amazonaws.com/key", size: 1000, sent: 10 }
    assert.strictEqual(Explain.explain({ request, failure: "ECONNRESET" }).retry.verdict, "always")
    assert.strictEqual(Explain.explain({ request, failure: "UND_ERR_INVALID_ARG" }).retry.verdict, "never")
  })

  it("returns the engine's retry verdict for Frame.io errors", () => {
    for (const { code, exchange } of examples) {
      // The client decodes a sign-in as OAuth with Frame.io's deviations, which a test of c2c compares.
      const isSignIn = exchange.request?.url?.includes("/auth/") === true
      if (!code.startsWith("HF-C2C") || exchange.response === undefined || isSignIn) continue
      const { status, headers = {}, body = "" } = exchange.response
      const { verdict } = C2cError.fromResponse({ status, headers, body })
      assert.strictEqual(Explain.explain(exchange).retry.verdict, verdict.retry, code)
    }
  })
})

describe("an explanation", () => {
  const canaries = {
    client_id: "CANARYidCANARY",
    client_secret: "CANARYsecretCANARY",
    device_code: "CANARYdeviceCANARY",
    refresh_token: "CANARYrefreshCANARY",
    access_token: "CANARYaccessCANARY",
    invented: "CANARYinventedCANARY",
  }
  const headers = {
    authorization: "Bearer CANARYtokenCANARY",
    cookie: "CANARYcookieCANARY",
    "x-client-version": "2.0.0",
  }

  it("does not include secrets in the explanation or in the saved exchange", () => {
    const paths = ["/v2/auth/device/code", "/v2/auth/token", "/v2/devices/assets", "/v2/devices/me"]
    const answers = [400, 401, 404, 409, 415, 422, 429, 500, 503].flatMap((status) => [
      { status, body: JSON.stringify({ error: "invalid_request", error_description: "CANARYsecretCANARY" }) },
      {
        status,
        body: JSON.stringify({
          message: "Not Authorized",
          code: status,
          errors: [{ detail: "CANARYtokenCANARY", title: "x" }],
        }),
      },
      { status, body: "<html>CANARYrefreshCANARY</html>", headers: { "set-cookie": "CANARYsetCANARY" } },
    ])
    for (const path of paths) {
      for (const response of answers) {
        for (const sent of [
          { form: Object.entries(canaries).map(([name, value]) => ({ name, value })) },
          { body: JSON.stringify(canaries) },
          { body: new URLSearchParams(canaries).toString() },
        ]) {
          const url = `https://api.frame.io${path}?token=CANARYqueryCANARY`
          const exchange = {
            request: { method: "POST", url, headers, ...sent },
            response,
            failure: "CANARYcookieCANARY",
          }
          for (const told of [Explain.explain(exchange), Explain.redact(exchange)]) {
            const text = JSON.stringify(told)
            assert.notInclude(text, "CANARY", text.slice(Math.max(0, text.indexOf("CANARY") - 200)).slice(0, 300))
          }
        }
      }
    }
  })

  it("explains the saved exchange the same way as the original exchange", () => {
    for (const { code, exchange } of examples) {
      const saved = Explain.redact(exchange)
      assert.deepEqual(Explain.redact(saved), saved, code)
      assert.deepEqual(Explain.explain(saved), Explain.explain(exchange), code)
    }
  })
})

describe("Explain.about", () => {
  it("finds a cause by its code, regardless of letter case", () => {
    assert.strictEqual(Explain.about("hf-c2c-asset-001")?.system, "c2c")
    assert.strictEqual(Explain.about(" HF-OAUTH-DEVICE-001 ")?.topic, "device")
    assert.strictEqual(Explain.about("HF-S3-POST-011")?.system, "s3")
    assert.isUndefined(Explain.about("HF-S3-POST-999"))
    assert.notProperty(Explain.about("HF-S3-POST-011"), "find")
  })
})

describe("the explanation of a vendor's code alone", () => {
  const words: ReadonlyArray<readonly [word: string, system: string]> = [
    ["InvalidAccessKeyId", "s3"],
    ["invalidaccesskeyid", "s3"],
    ["SlowDown", "s3"],
    ["slow_down", "oauth"],
    ["invalid_request", "oauth"],
    ["Channel Paused", "c2c"],
    ["not authorized", "c2c"],
    ["Invalid client version", "c2c"],
    ["ECONNRESET", "http"],
    ["CERT_HAS_EXPIRED", "http"],
    ["429", "http"],
  ]
  for (const [word, system] of words) {
    it(`explains the code ${word} with the rule set ${system}`, () => {
      const explanation = Explain.explainCode(word)
      assert.strictEqual(explanation?.vendor.system, system)
      assert.strictEqual(explanation?.outcome, "explained")
    })
  }

  it("returns undefined for an unknown code", () => {
    for (const word of ["", "Hello", "HF-S3-POST-011", "constructor", "__proto__", "99", "the quick brown fox"])
      assert.isUndefined(Explain.explainCode(word), word)
  })

  it("explains every code in Frame.io's error table", () => {
    for (const { key } of C2cError.table.rows) {
      if (key !== undefined) assert.strictEqual(Explain.explainCode(key)?.outcome, "explained", key)
    }
  })
})
