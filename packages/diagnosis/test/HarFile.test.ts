import { assert, describe, it } from "@effect/vitest"
import * as HarFile from "@holdfast/diagnosis/HarFile"

const entry = (status: number, url: string, more: object = {}) => ({
  startedDateTime: "2026-11-21T12:00:00.000Z",
  request: { method: "POST", url, headers: [{ name: "Accept", value: "application/json" }], ...more },
  response: { status, headers: [{ name: "Date", value: "Sat, 21 Nov 2026 12:00:00 GMT" }], content: {} },
})

const recording = (...entries: ReadonlyArray<object>) => ({ log: { version: "1.2", entries } })

const requestOf = (more: object) => HarFile.read(recording(entry(403, "https://a.example/", more)))?.exchange.request

describe("a HAR recording", () => {
  it("reads the last failed exchange of a HAR recording with its position, time and lowercase header names", () => {
    const json = recording(
      entry(403, "https://a.example/1"),
      entry(500, "https://a.example/2", { headers: [{ name: ":authority", value: "a.example" }] }),
      entry(200, "https://a.example/3"),
    )
    assert.deepStrictEqual(HarFile.read(json), {
      exchange: {
        request: { method: "POST", url: "https://a.example/2", headers: {} },
        response: { status: 500, headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT" } },
        at: "2026-11-21T12:00:00.000Z",
      },
      place: 2,
      entries: 3,
    })
  })

  it("reads the last exchange of a HAR recording if none failed", () => {
    const json = recording(entry(200, "https://a.example/1"), entry(204, "https://a.example/2"))
    assert.strictEqual(HarFile.read(json)?.place, 2)
  })

  it("reads the failure that Chrome records instead of a response", () => {
    const failed = { ...entry(0, "https://a.example/"), response: { status: 0, _error: "net::ERR_CONNECTION_REFUSED" } }
    const exchange = HarFile.read(recording(failed))?.exchange
    assert.strictEqual(exchange?.failure, "net::ERR_CONNECTION_REFUSED")
    assert.isUndefined(exchange?.response)
  })

  it("reads the parts of a form in order, and reads files without their content", () => {
    const params = [
      { name: "key", value: "up/a.mov" },
      { name: "file", fileName: "a.mov", contentType: "video/mp4" },
      { name: "other", value: "(binary)" },
      { name: "late", value: 1 },
    ]
    assert.deepStrictEqual(requestOf({ postData: { mimeType: "multipart/form-data; boundary=b", params } })?.form, [
      { name: "key", value: "up/a.mov" },
      { name: "file", filename: "a.mov", type: "video/mp4" },
      { name: "other" },
      { name: "late", value: "1" },
    ])
  })

  it("reads form parts from the body text, and leaves the size of an omitted file undefined", () => {
    const text = [
      "--b",
      'Content-Disposition: form-data; name="key"',
      "",
      "up/a.mov",
      "--b",
      'Content-Disposition: form-data; name="file"; filename="a.mov"',
      "Content-Type: video/mp4",
      "",
      "",
      "--b--",
      "",
    ].join("\r\n")
    assert.deepStrictEqual(requestOf({ postData: { mimeType: "multipart/form-data; boundary=b", text } })?.form, [
      { name: "key", value: "up/a.mov" },
      { name: "file", filename: "a.mov", type: "video/mp4" },
    ])
  })

  it("includes a short text body, but omits a long one", () => {
    const mimeType = "application/x-www-form-urlencoded"
    const params = [{ name: "grant_type", value: "refresh_token" }]
    assert.strictEqual(
      requestOf({ postData: { mimeType, params, text: "grant_type=refresh_token" } })?.body,
      "grant_type=refresh_token",
    )
    assert.isUndefined(requestOf({ postData: { mimeType, text: "a".repeat(64 * 1024 + 1) } })?.body)
  })

  it("decodes a Base64 response body, and keeps invalid Base64 unchanged", () => {
    const bodyOf = (text: string) => {
      const one = {
        ...entry(403, "https://a.example/"),
        response: { status: 403, content: { encoding: "base64", text } },
      }
      return HarFile.read(recording(one))?.exchange.response?.body
    }
    assert.strictEqual(bodyOf(btoa("<Error/>")), "<Error/>")
    assert.strictEqual(bodyOf("not Base64!"), "not Base64!")
  })

  it("distinguishes a HAR recording from other JSON", () => {
    assert.isTrue(HarFile.isRecording(recording()))
    for (const json of [undefined, null, 1, "log", [], {}, { log: {} }, { log: { entries: {} } }]) {
      assert.isFalse(HarFile.isRecording(json))
      assert.isUndefined(HarFile.read(json))
    }
    for (const entries of [[], [1], [{}], [{ request: 1 }]]) assert.isUndefined(HarFile.read({ log: { entries } }))
  })

  it("accepts values of any type where a HAR recording should contain text", () => {
    const odd = { toString: 1, valueOf: 1 }
    const json = recording({
      startedDateTime: odd,
      request: {
        method: odd,
        url: odd,
        headers: [odd, { name: "a", value: odd }],
        postData: { params: [odd, { name: "b", value: odd }] },
      },
      response: { status: 403, headers: odd, content: { text: odd } },
    })
    assert.deepStrictEqual(HarFile.read(json)?.exchange, {
      request: { headers: { a: "" }, form: [{ name: "b", value: "" }] },
      response: { status: 403, headers: {} },
    })
  })
})
