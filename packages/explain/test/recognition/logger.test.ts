import { assert, describe, it } from "@effect/vitest"
import * as ExplainInput from "@holdfast/explain/Input"

const document = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"

const exchangeIn = (lines: ReadonlyArray<string>) => {
  const input = ExplainInput.recognize(new TextEncoder().encode(lines.join("\n")))
  assert.strictEqual(input._tag, "Exchange")
  if (input._tag === "Unusable") throw new Error(input.problem)
  const { request, response } = input.exchange
  return { as: input.recognized, url: request?.url, status: response?.status, body: response?.body ?? "" }
}

const headers = (sign: string, text: string) =>
  `2026-11-29 12:30:01 DEBUG org.apache.http.headers: http-outgoing-0 ${sign} ${text}`
const wire = (sign: string, text: string) =>
  `12:30:01 [main] DEBUG org.apache.http.wire - http-outgoing-0 ${sign} "${text}"`
const failed = { as: "an HTTP client log", url: "https://h.example/a", status: 503, body: document }

describe("an HTTP client's log", () => {
  it("reads an exchange from separately logged headers and body", () => {
    const lines = [
      headers(">>", "PUT /a HTTP/1.1"),
      headers(">>", "Host: h.example"),
      wire(">>", "PUT /a HTTP/1.1[\\r][\\n]"),
      wire("<<", "HTTP/1.1 503 Slow Down[\\r][\\n]"),
      headers("<<", "HTTP/1.1 503 Slow Down"),
      headers("<<", "Content-Type: application/xml"),
      wire("<<", document),
    ]
    assert.deepStrictEqual(exchangeIn(lines), failed)
  })

  it("reads an exchange, including chunks, from a wire log without a header log", () => {
    const lines = [
      wire(">>", "GET /a HTTP/1.1[\\r][\\n]"),
      wire(">>", "Host: h.example[\\r][\\n]"),
      wire(">>", "[\\r][\\n]"),
      wire("<<", "HTTP/1.1 503 Slow Down[\\r][\\n]"),
      wire("<<", "Transfer-Encoding: chunked[\\r][\\n]"),
      wire("<<", "Content-Type: application/xml[\\r][\\n]"),
      wire("<<", "[\\r][\\n]"),
      wire("<<", "5a[\\r][\\n]"),
      wire("<<", `${document}[\\r][\\n]`),
      wire("<<", "0[\\r][\\n]"),
    ]
    const { body, ...others } = exchangeIn(lines)
    assert.deepStrictEqual({ ...others, body: body.trim() }, failed)
  })

  it("reads the last failed exchange from an HTTP client's log", () => {
    const lines = ["404 Not Found", "403 Forbidden", "204 No Content"].flatMap((status, index) => [
      `INFO  ch.cyberduck.transcript.request - PUT /${index} HTTP/1.1`,
      "INFO  ch.cyberduck.transcript.request - Host: h.example",
      `INFO  ch.cyberduck.transcript.response - HTTP/1.1 ${status}`,
      "INFO  ch.cyberduck.transcript.response - Server: AmazonS3",
    ])
    const { status, url } = exchangeIn(lines)
    assert.deepStrictEqual({ status, url }, { status: 403, url: "https://h.example/1" })
  })
})
