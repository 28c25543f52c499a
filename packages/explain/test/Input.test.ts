import { assert, describe, it } from "@effect/vitest"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as ExplainInput from "@holdfast/explain/Input"

const bytes = (text: string) => new TextEncoder().encode(text)

const exchangeOf = (text: string | Uint8Array): Exchange => {
  const input = ExplainInput.recognize(typeof text === "string" ? bytes(text) : text)
  assert.strictEqual(input._tag, "Exchange", input._tag === "Unusable" ? input.problem : "")
  return input._tag === "Exchange" ? input.exchange : {}
}

const problemOf = (text: string | Uint8Array): string => {
  const input = ExplainInput.recognize(typeof text === "string" ? bytes(text) : text)
  return input._tag === "Unusable" ? input.problem : "an exchange"
}

const error = "<Error><Code>SlowDown</Code></Error>"

describe("ExplainInput", () => {
  it("reads a bare response as an exchange without a request", () => {
    const answer = { status: 503, headers: { server: "x" }, body: error }
    assert.deepStrictEqual(exchangeOf(JSON.stringify(answer)), { response: answer })
  })

  it("reads a saved exchange without changing it", () => {
    const exchange = {
      request: {
        method: "POST",
        url: "https://talks.s3.amazonaws.com/",
        headers: { "content-type": "multipart/form-data" },
        form: [
          { name: "key", value: "a" },
          { name: "file", filename: "a.mov", size: 3, type: "video/mp4" },
        ],
        size: 812,
        sent: 400,
      },
      response: { status: 403, headers: { server: "x" }, body: error },
      at: 1_763_744_641_000,
      attempt: 2,
    }
    assert.deepStrictEqual(exchangeOf(JSON.stringify(exchange)), exchange)
    assert.deepStrictEqual(exchangeOf(`\ufeff  ${JSON.stringify(exchange, undefined, 2)}\n`), exchange)
  })

  it("selects the last failed request in a HAR recording, and reports its position", () => {
    const entries = [
      { request: { url: "https://a.example/1" }, response: { status: 403, content: { text: error } } },
      { request: { url: "https://a.example/2" }, response: { status: 204 } },
    ]
    assert.deepStrictEqual(ExplainInput.recognize(bytes(JSON.stringify({ log: { entries } }))), {
      _tag: "Exchange",
      exchange: {
        request: { url: "https://a.example/1", headers: {} },
        response: { status: 403, headers: {}, body: error },
      },
      recognized: "a HAR recording: entry 1 of 2",
      isWhole: true,
      recorded: { place: 1, entries: 2 },
    })
    assert.strictEqual(problemOf('{"log":{"entries":[]}}'), "is a HAR recording that does not contain a request")
  })

  it("reports where a saved exchange is malformed", () => {
    const cases: ReadonlyArray<readonly [string, string]> = [
      ['{"response":{"body":"x"}}', "is JSON, but not a valid exchange (response.status: missing)"],
      [
        '{"request":{"form":[{"name":"key","value":{}}]},"response":{"status":403}}',
        "is JSON, but not a valid exchange (request.form[0].value: not a string)",
      ],
      [
        '{"format":"holdfast-exchange/9","response":{"status":403}}',
        'is JSON, but not a valid exchange (format: not "holdfast-exchange/1": the file was written by another version)',
      ],
    ]
    for (const [text, problem] of cases) assert.strictEqual(problemOf(text), problem)
  })

  it("reads an exchange that contains a failure instead of a response", () => {
    assert.deepStrictEqual(exchangeOf('{"request":{"method":"PUT"},"failure":"ECONNRESET"}'), {
      request: { method: "PUT" },
      failure: "ECONNRESET",
    })
  })

  it("reads captures with or without separator lines, and the output of curl", () => {
    const capture = `# case: x\n# ===== REQUEST =====\nPUT /a HTTP/1.1\nHost: h.example\n\nx\n# ===== RESPONSE =====\nHTTP/1.1 503 Slow\n\n${error}`
    for (const text of [
      capture,
      capture.replaceAll("\n", "\r\n"),
      `PUT /a HTTP/1.1\nHost: h.example\n\nx\nHTTP/1.1 503 Slow\n\n${error}`,
    ]) {
      const exchange = exchangeOf(text)
      assert.deepStrictEqual([exchange.request?.method, exchange.response?.status], ["PUT", 503])
      assert.include(exchange.response?.body, "SlowDown")
    }
    const alone = exchangeOf(`HTTP/2 503\nserver: x\n\n${error}`)
    assert.deepStrictEqual([alone.request, alone.response?.status], [undefined, 503])
    const verbose = exchangeOf(
      `> PUT /a HTTP/1.1\n> Host: h.example\n> \n< HTTP/1.1 503 Slow\n< Server: x\n< \n${error}`,
    )
    assert.strictEqual(verbose.response?.status, 503)
  })

  it("reads a capture that contains binary file content", () => {
    const start = bytes("PUT /a HTTP/1.1\nHost: h.example\n\n")
    const end = bytes(`\nHTTP/1.1 503 Slow\n\n${error}`)
    const exchange = exchangeOf(new Uint8Array([...start, 0, 255, 1, 254, ...end]))
    assert.strictEqual(exchange.response?.status, 503)
  })

  it("reads a bare response body, and assumes the usual status for its error code", () => {
    const cases: ReadonlyArray<readonly [string, number]> = [
      [error, 503],
      [`\n<?xml version="1.0"?>\n<!-- from a proxy -->\n${error}`, 503],
      [`<s3:Error xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"><s3:Code>SlowDown</s3:Code></s3:Error>`, 503],
      ["<Error><Code>NobodyEverSawThis</Code></Error>", 400],
      ['{"error":"slow_down"}', 400],
      ['{"error":"never heard"}', 400],
      ['{"code":409,"errors":[],"message":"Channel Paused"}', 409],
      ['{"errors":[{"status":422,"title":"x"}]}', 422],
      ["<!DOCTYPE html><html><body>Sign in</body></html>", 200],
    ]
    for (const [text, status] of cases) {
      const input = ExplainInput.recognize(bytes(text))
      if (input._tag === "Unusable") assert.fail(input.problem)
      assert.isTrue(input.exchange.response?.isStatusAssumed)
      assert.deepStrictEqual(
        [input.exchange.response?.status, input.exchange.response?.body],
        [status, text.trimStart()],
      )
    }
  })

  it("reads the status from the title of an HTML page", () => {
    const input = ExplainInput.recognize(bytes("<html><head><title>502 Bad Gateway</title></head></html>"))
    if (input._tag === "Unusable") assert.fail(input.problem)
    assert.strictEqual(input.exchange.response?.status, 502)
    assert.isUndefined(input.exchange.response?.isStatusAssumed)
  })

  it("recognizes documents that are sent only in successful responses", () => {
    assert.strictEqual(exchangeOf("<PostResponse><Key>a</Key></PostResponse>").response?.status, 200)
    assert.strictEqual(exchangeOf("<InitiateMultipartUploadResult/>").response?.status, 200)
  })

  it("reads only the beginning of a very long response", () => {
    const body = `<Error><Code>SlowDown</Code>${"<X>y</X>".repeat(100_000)}</Error>`
    assert.lengthOf(exchangeOf(body).response?.body ?? "", 256 * 1024)
    assert.lengthOf(exchangeOf(JSON.stringify({ response: { status: 503, body } })).response?.body ?? "", 256 * 1024)
  })

  it("reads UTF-16 text, as written by PowerShell", () => {
    const utf16 = (text: string) =>
      new Uint8Array([0xff, 0xfe, ...new Uint8Array(new Uint16Array(Array.from(text, (c) => c.charCodeAt(0))).buffer)])
    assert.strictEqual(exchangeOf(utf16(error)).response?.body, error)
    assert.strictEqual(exchangeOf(utf16(`HTTP/1.1 503 Slow\r\n\r\n${error}`)).response?.status, 503)
  })

  it("reports briefly why an input is not recognized", () => {
    const cases: ReadonlyArray<readonly [string | Uint8Array, string]> = [
      ["", "is empty"],
      [" \n\t", "is empty"],
      [new Uint8Array([0, 1, 2, 255, 254, 0]), "is not text"],
      [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]), "is not text"],
      ["{", "looks like JSON, but cannot be parsed"],
      ["[1]", "is valid JSON, but not a JSON object"],
      ["{}", "is JSON, but neither an exchange nor an error"],
      ['{"name":"x","version":"1.0.0"}', "is JSON, but neither an exchange nor an error"],
      ['{"request":1,"response":[]}', "is JSON, but neither an exchange nor an error"],
      ["<svg></svg>", "is XML, but the root element <svg> does not belong to an error document"],
      ["Dear support, it does not work", "is not recognized as an exchange or an error response"],
      ["# just a heading\n", "is not recognized as an exchange or an error response"],
    ]
    for (const [text, problem] of cases) assert.strictEqual(problemOf(text), problem)
  })
})
