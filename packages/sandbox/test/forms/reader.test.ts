import { assert, describe, it } from "@effect/vitest"
import * as formReader from "../../src/internal/forms/reader.ts"

describe("the reader of forms", () => {
  const part = (name: string, value: string) =>
    `--a\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const file = '--a\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nbytes\r\n'

  it("reads the same form from chunks of any size", () => {
    const body = Buffer.from(`${part("key", "a")}${part("policy", "--b\r\n--")}${file}--a--\r\n`)
    for (const size of [1, 2, 3, 5, 7, 50, body.length]) {
      const reader = formReader.make("a")
      let bytes = ""
      for (let at = 0; at < body.length; at += size) {
        bytes += Buffer.from(reader.push(body.subarray(at, at + size))).toString()
      }
      assert.deepStrictEqual(reader.fields(), [
        ["key", "a"],
        ["policy", "--b\r\n--"],
      ])
      assert.deepStrictEqual([reader.place(), reader.filename(), bytes, reader.closed()], ["rest", "f", "bytes", true])
    }
  })

  it("rejects an unterminated header block after the file as malformed", () => {
    const reader = formReader.make("a")
    reader.push(Buffer.from(`${part("key", "a")}${file}--a\r\n`))
    assert.strictEqual(reader.place(), "rest")
    for (let n = 0; n < 30; n++) reader.push(Buffer.from("x-endless: header\r\n".repeat(100)))
    assert.strictEqual(reader.place(), "malformed")
  })
})
