import { assert, describe, it } from "@effect/vitest"
import type { Request } from "@holdfast/diagnosis/Exchange"
import * as Diagnosis from "@holdfast/c2c/Diagnosis"

const api = "https://api.frame.io"
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

const correct = (code: string, request: Request) =>
  Diagnosis.ruleSet.correct({ request, response: { status: 400, body: '{"error":"invalid_request"}' } }, code)?.request

const form = (path: string, body: string): Request => ({
  method: "POST",
  url: `${api}${path}`,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body,
})

describe("the corrections of requests to Frame.io", () => {
  it.each([
    ["2.0.0", {}],
    ["2.1.0", { "X-Client-Version": "v2.1.0" }],
    ["2.1.0", { "x-client-version": "2.1.0, 2.1.0" }],
    ["2.0.0", { "x-client-version": "two" }],
  ])("sets the version %s for %o", (version, headers) => {
    const corrected = correct("HF-C2C-HEADERS-001", { method: "GET", url: `${api}/v2/devices/me`, headers })
    assert.deepStrictEqual(corrected?.headers, { "x-client-version": version })
  })

  it("the corrections set the content type and re-encode a body whose type the call does not accept", () => {
    const typed = (request: Request) => {
      const { body, headers } = correct("HF-C2C-HEADERS-002", request) ?? {}
      return [Object.entries(headers ?? {}).find(([name]) => /content-type/i.test(name))?.[1], body]
    }
    const json = '{"name":"a"}'
    const plain = { headers: { "content-type": "text/plain" }, method: "POST" }
    assert.deepStrictEqual(typed({ ...plain, url: `${api}/v2/devices/assets`, body: json }), ["application/json", json])
    const urlencoded = "application/x-www-form-urlencoded"
    assert.deepStrictEqual(typed({ ...plain, url: `${api}/v2/auth/token`, body: json }), [urlencoded, "name=a"])
    const multipart = { ...plain, url: `${api}/v2/devices/assets`, form: [{ name: "name", value: "a b" }] }
    assert.deepStrictEqual(typed(multipart), [urlencoded, "name=a+b"])
    assert.isUndefined(correct("HF-C2C-HEADERS-002", { ...plain, url: `${api}/v2/devices/assets` }))
  })

  it("the corrections choose the grant type based on the fields in the request", () => {
    const of = (body: string) => correct("HF-C2C-PAIRING-004", form("/v2/auth/token", body))?.body
    const device = new URLSearchParams({ grant_type: deviceGrant, device_code: "c" })
    assert.deepStrictEqual(new URLSearchParams(of("grant_type=device_code&device_code=c")), device)
    assert.strictEqual(of("grant_type=refresh&refresh_token=r"), "grant_type=refresh_token&refresh_token=r")
    assert.isUndefined(of("grant_type=password"))
  })

  it("the corrections convert a realtime upload to JSON with numbers, lists and booleans", () => {
    const body = "name=1&offset=0&is_realtime_upload=true&extension=.mov"
    assert.deepStrictEqual(JSON.parse(correct("HF-C2C-ASSET-007", form("/v2/devices/assets", body))?.body ?? ""), {
      name: "1",
      offset: 0,
      is_realtime_upload: true,
      extension: ".mov",
    })
  })

  it("the corrections remove a part count and close the connection after a code request", () => {
    assert.strictEqual(
      correct("HF-C2C-ASSET-002", form("/v2/devices/assets", "filesize=9&parts=3"))?.body,
      "filesize=9",
    )
    assert.isUndefined(correct("HF-C2C-ASSET-002", form("/v2/devices/assets", "filesize=9")))
    const code = form("/v2/auth/device/code", "scope=a")
    assert.strictEqual(correct("HF-C2C-PAIRING-003", code)?.headers?.["Connection"], "close")
    assert.isUndefined(correct("HF-C2C-PAIRING-003", { ...code, headers: { connection: "close" } }))
  })
})
