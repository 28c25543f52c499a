import { assert, describe, it } from "@effect/vitest"
import * as Pasted from "../../../page/input/pasted.ts"

const form = (text: string) => Pasted.read(text)?.request.form
const names = (text: string) => form(text)?.map(({ name }) => name)

describe("the form that a person pastes", () => {
  it("reads a signer's JSON, and adds the missing file", () => {
    const pasted = Pasted.read('{"url":"https://b.s3.amazonaws.com/","fields":{"key":"k","policy":"p"}}')
    assert.strictEqual(pasted?.request.url, "https://b.s3.amazonaws.com/")
    assert.deepStrictEqual(pasted?.request.form, [
      { name: "key", value: "k" },
      { name: "policy", value: "p" },
      { name: "file", filename: "your file" },
    ])
    assert.include(pasted?.note, "the file was added at the end")
    assert.deepStrictEqual(names('{"key":"k"}'), ["key", "file"])
  })

  it("reads FormData serialized with JSON.stringify, with an empty object for the file", () => {
    assert.deepStrictEqual(form('[["key","k"],["file",{}],["x-amz-security-token","t"]]'), [
      { name: "key", value: "k" },
      { name: "file" },
      { name: "x-amz-security-token", value: "t" },
    ])
    assert.deepStrictEqual(form('[{"name":"key","value":7},{"name":"file","filename":"a.mov","size":3}]'), [
      { name: "key", value: "7" },
      { name: "file", filename: "a.mov", size: 3 },
    ])
  })

  it("reads form lines copied from an inspector or from a curl command", () => {
    const expected = [
      { name: "key", value: "a=b: c" },
      { name: "file", filename: "clip.mov" },
      { name: "x-amz-date", value: "20261121T120000Z" },
    ]
    assert.deepStrictEqual(
      form("-F 'key=a=b: c' \\\n  -F file=@clip.mov;type=video/mp4 \\\n  -F 'x-amz-date=20261121T120000Z'"),
      expected,
    )
    assert.deepStrictEqual(form("key: k\nfile: (binary)\nsignature: s="), [
      { name: "key", value: "k" },
      { name: "file" },
      { name: "signature", value: "s=" },
    ])
  })

  it("reads the source of a multipart body", () => {
    const body = ['key"\r\n\r\nk', 'file"; filename="a.mov"\r\nContent-Type: video/mp4\r\n\r\nxyz', 'late"\r\n\r\n1']
      .map((part) => `------WebKitFormBoundaryX\r\nContent-Disposition: form-data; name="${part}\r\n`)
      .join("")
    assert.deepStrictEqual(form(`${body}------WebKitFormBoundaryX--\r\n`), [
      { name: "key", value: "k" },
      { name: "file", filename: "a.mov", size: 3, type: "video/mp4" },
      { name: "late", value: "1" },
    ])
  })

  it("reads the last failed request of a recording, with its response", () => {
    const entry = (status: number, url: string) => ({
      startedDateTime: "2026-11-21T12:00:00.000Z",
      request: {
        method: "POST",
        url,
        headers: [
          { name: ":authority", value: "b" },
          { name: "Content-Type", value: "multipart/form-data; boundary=x" },
        ],
        postData: {
          mimeType: "multipart/form-data",
          params: [
            { name: "key", value: "k" },
            { name: "file", fileName: "a.mov", contentType: "video/mp4", value: "(binary)" },
          ],
        },
      },
      response: {
        status,
        headers: [{ name: "Date", value: "Sat, 21 Nov 2026 12:00:00 GMT" }],
        content: { text: btoa("<Error><Code>AccessDenied</Code></Error>"), encoding: "base64" },
      },
    })
    const entries = [entry(204, "https://a/"), entry(403, "https://b/"), entry(200, "https://c/")]
    assert.deepStrictEqual(Pasted.read(JSON.stringify({ log: { entries } })), {
      request: {
        method: "POST",
        url: "https://b/",
        headers: { "content-type": "multipart/form-data; boundary=x" },
        form: [
          { name: "key", value: "k" },
          { name: "file", filename: "a.mov", type: "video/mp4" },
        ],
      },
      response: {
        status: 403,
        headers: { date: "Sat, 21 Nov 2026 12:00:00 GMT" },
        body: "<Error><Code>AccessDenied</Code></Error>",
      },
      at: "2026-11-21T12:00:00.000Z",
      note: "request 2 of 3 in the recording",
    })
  })

  it("returns undefined for an unknown format", () => {
    for (const text of [
      "",
      "   ",
      "{",
      "[1,2]",
      "{}",
      "[]",
      "Hello",
      "--x",
      '{"log":{}}',
      '{"log":{"entries":[{}]}}',
    ]) {
      assert.isUndefined(Pasted.read(text), text)
    }
  })
})
