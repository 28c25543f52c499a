import { assert, describe, it } from "@effect/vitest"
import { HttpCapture } from "@holdfast/diagnosis"
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib"

const document = "<Error><Code>NoSuchKey</Code><Message>Kein Schlüssel</Message></Error>"

const captured = (headers: string, body: Uint8Array) => {
  const head = new TextEncoder().encode(`HTTP/1.1 404 Not Found\r\n${headers}Content-Length: ${body.length}\r\n\r\n`)
  const bytes = new Uint8Array(head.length + body.length)
  bytes.set(head)
  bytes.set(body, head.length)
  return HttpCapture.parse(bytes)?.response?.body
}

/** A text in UTF-16, in the given byte order. */
const wide = (text: string, isLittle: boolean): Uint8Array => {
  const view = new DataView(new ArrayBuffer(text.length * 2))
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), isLittle)
  return new Uint8Array(view.buffer)
}

describe("the body of a captured response", () => {
  it("inflates a compressed body", () => {
    assert.strictEqual(captured("Content-Encoding: gzip\r\n", gzipSync(document)), document)
    assert.strictEqual(captured("", gzipSync(document)), document)
    assert.strictEqual(captured("Content-Encoding: deflate\r\n", deflateSync(document)), document)
    assert.strictEqual(captured("Content-Encoding: deflate\r\n", deflateRawSync(document)), document)
  })

  it("leaves a body unchanged if it is already inflated, and does not fail if its start is damaged", () => {
    const plain = new TextEncoder().encode(document)
    for (const coding of ["gzip", "deflate", "br"]) {
      assert.strictEqual(captured(`Content-Encoding: ${coding}\r\n`, plain), document)
    }
    assert.isDefined(captured("Content-Encoding: gzip\r\n", Uint8Array.of(0x1f, 0x8b, 0, 0, 0, 1, 2, 3)))
  })

  it("keeps the inflated part of a truncated body", () => {
    const long = `<Error><Message>${Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 10_007).join(" ")}`
    const cut = gzipSync(long)
    const body = captured("", cut.subarray(0, cut.length - 5000)) ?? ""
    assert.isTrue(long.startsWith(body.slice(0, 1000)) && body.startsWith("<Error>"))
  })

  it("inflates a body to at most one megabyte", () => {
    assert.isAtMost((captured("", gzipSync(new Uint8Array(64 * 1024 * 1024))) ?? "").length, 1024 * 1024)
  })

  it("detects UTF-16 by the byte order mark, the header or the first character", () => {
    for (const isLittle of [true, false]) {
      assert.strictEqual(captured("", wide(document, isLittle)), document)
      assert.strictEqual(captured("", wide(`\ufeff${document}`, isLittle)), document)
      const charset = isLittle ? "utf-16le" : "utf-16be"
      assert.strictEqual(
        captured(`Content-Type: text/plain; charset=${charset}\r\n`, wide("no markup", isLittle)),
        "no markup",
      )
    }
  })
})
