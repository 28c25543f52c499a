/**
 * Places where secrets were once shown: each was found before it was a test.
 */
import { assert, describe, it } from "@effect/vitest"
import { Redaction } from "@holdfast/diagnosis"

const redact = Redaction.make([
  {
    headers: new Set(["x-acl"]),
    query: new Set(["acl", "names", "callback"]),
    fields: new Set(["scope", "grant_type"]),
    members: new Set(["message"]),
    answers: new Set(["code"]),
    elements: new Set(["message"]),
  },
])

const secret = "wJalrXUtnFEMI7EXAMPLEK7M"
const base64 = "cGFzc3dvcmQ6RVhBTVBMRTc3Nw=="

const url = (text: string): string => redact({ request: { url: text } }).request!.url!
const answer = (body: string): string => redact({ response: { status: 400, body } }).response!.body!
const sent = (body: string, headers: Record<string, string> = {}): string =>
  redact({ request: { headers, body } }).request!.body!

/** Removes the numbers of the marks. */
const plain = (text: string): string => text.replaceAll(/hidden-\d+/g, "#")

describe("a secret in an exchange", () => {
  it("hides a secret used as a parameter name, even with base64 padding or without a value", () => {
    assert.strictEqual(plain(url(`https://h.test/a?${base64}`)), "https://h.test/a?[#:28]")
    assert.strictEqual(plain(url(`https://h.test/a?${secret}=`)), "https://h.test/a?[#:25]")
    assert.strictEqual(plain(url(`https://h.test/a?${secret}=1`)), "https://h.test/a?[#:24]=[#:1]")
    assert.strictEqual(plain(url(`https://h.test/a?${"c0ffee00".repeat(4)}=1`)), "https://h.test/a?[#:32]=[#:1]")
    assert.strictEqual(
      plain(url("https://h.test/a?X-Amz-Copy-Source-Sha256=&uploads=")),
      "https://h.test/a?X-Amz-Copy-Source-Sha256=&uploads=",
    )
    const type = { "content-type": "application/x-www-form-urlencoded" }
    assert.strictEqual(plain(sent(base64, type)), "[#:28]")
  })

  it("hides secrets after separators that only old servers recognize", () => {
    assert.strictEqual(
      plain(url(`https://h.test/?acl=private;sid=${secret}`)),
      "https://h.test/?acl=private;sid=[#:24]",
    )
    assert.strictEqual(url("https://h.test/?names=host;x-date"), "https://h.test/?names=host;x-date")
    assert.strictEqual(plain(sent(`grant_type=a;client_secret=${secret}`)), "grant_type=a;client_secret=[#:24]")
    const type = { "content-type": "application/x-www-form-urlencoded" }
    assert.strictEqual(plain(sent(`scope=a\r\nclient_secret=${secret}`, type)), "scope=a\r\nclient_secret=[#:24]")
  })

  it("hides secrets in a query if the question mark was percent-encoded as part of the path", () => {
    assert.strictEqual(
      plain(url(`https://h.test/a%3Fsig=${secret}%26acl=private&X-Token%3D${secret}/b`)),
      "https://h.test/a%3Fsig=[#:24]%26acl=private&X-Token%3D[#:24]/b",
    )
    assert.strictEqual(url("https://h.test/a%3Fb/c=d"), "https://h.test/a%3Fb/c=d")
  })

  it("hides a secret after a word that identifies it as a secret, in any visible value", () => {
    const { headers } = redact({ request: { headers: { "X-Acl": `private; token=${secret}` } } }).request!
    assert.strictEqual(plain(headers!["X-Acl"]!), "private; token=[#:24]")
  })

  it("hides secrets in a document quoted in a message", () => {
    const quoted = JSON.stringify({ code: 7, pin: "EXAMPLE <&> \" '", message: JSON.stringify({ pin: "EXAMPLE2" }) })
    const shown = plain(answer(JSON.stringify({ message: quoted })))
    assert.deepEqual(JSON.parse((JSON.parse(shown) as { message: string }).message), {
      code: 7,
      pin: "[#:15:blanks]",
      message: '{"pin":"[#:8]"}',
    })
  })

  it("hides a secret in a field that is harmless only in a response", () => {
    assert.strictEqual(plain(sent(`{"code":"${secret}"}`)), '{"code":"[#:24]"}')
    assert.strictEqual(plain(sent(`{"code":"${secret}`)), '{"code":"[#:24]"}'.slice(0, -1))
    assert.strictEqual(answer('{"code":"no_such_thing"}'), '{"code":"no_such_thing"}')
  })

  it("hides a secret in the name of an XML namespace", () => {
    assert.strictEqual(
      plain(answer(`<a xmlns:b="${secret}" xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`)),
      '<a xmlns:b="[#:24]" xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
    )
  })

  it("hides a secret that is the only word of a response or part of a sentence", () => {
    assert.strictEqual(plain(answer(secret)), "[#:24]")
    assert.strictEqual(plain(answer(`what is ${secret}?`)), "what is [#:24]?")
    const innocent =
      "XAmzContentSHA256Mismatch of 20261121-talks/CompleteMultipartUpload7 d41d8cd98f00b204e9800998ecf8427e"
    assert.strictEqual(answer(innocent), innocent)
  })

  describe("a quoted secret", () => {
    const quoted = `k/9+${secret}=é😀"<&>'7 Zx`
    const json = JSON.stringify(quoted).slice(1, -1)
    const percent = encodeURIComponent(quoted)
    const base64Of = (text: string) => Buffer.from(text).toString("base64")
    const hex = Buffer.from(quoted).toString("hex")
    const all = (text: string) => text.replaceAll(/[^A-Za-z0-9]/gu, (sign) => `&#${sign.codePointAt(0)};`)

    it.each([
      ["with percent-encoding, three times", encodeURIComponent(encodeURIComponent(percent))],
      ["with lowercase percent-encoding, twice", encodeURIComponent(percent).toLowerCase()],
      [
        "in JSON with escapes for all non-ASCII characters",
        json.replaceAll(/[^ -~]/g, (u) => `\\u${u.charCodeAt(0).toString(16).padStart(4, "0")}`),
      ],
      ["in JSON with escapes for HTML", json.replaceAll(/[<>&+'=]/g, (u) => `\\u00${u.charCodeAt(0).toString(16)}`)],
      ["in JSON within JSON", JSON.stringify(json).slice(1, -1)],
      ["with numeric entities", all(quoted)],
      ["with escaped entities", all(quoted).replaceAll("&", "&amp;")],
      ["with spaces instead of plus signs", quoted.replaceAll("+", " ")],
      ["in uppercase", quoted.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())],
      ["in lowercase", quoted.toLowerCase()],
      [
        "with the escapes of another program",
        quoted.replaceAll("é", String.raw`\xc3\xa9`).replaceAll("'", String.raw`\'`),
      ],
      ["in hexadecimal", hex],
      ["in hexadecimal with spaces", hex.match(/../g)!.join(" ").toUpperCase()],
    ])("hides a secret that is quoted %s", (_, writing) => {
      const { body } = redact({
        request: { form: [{ name: "pin", value: quoted }] },
        response: { status: 400, headers: {}, body: `is ${writing} wrong?` },
      }).response!
      assert.match(body!, /^is \[hidden-1:\d+:blanks\] wrong\?$/)
    })

    it("hides a secret that is quoted in base64 after other content", () => {
      for (const before of ["", "a", "ab", "abc:"]) {
        for (const after of ["", ":b"]) {
          const { body } = redact({
            request: { form: [{ name: "pin", value: quoted }] },
            response: { status: 400, body: `is ${base64Of(`${before}${quoted}${after}`)} wrong?` },
          }).response!
          assert.match(body!, /^is \S{0,8}\[hidden-1:\d+:blanks\]\S{0,8} wrong\?$/)
        }
      }
    })

    it("hides a secret that is quoted in pieces", () => {
      const { body } = redact({
        request: { form: [{ name: "pin", value: `${secret}${secret.toLowerCase()}Q9` }] },
        response: {
          status: 400,
          body: `${secret.slice(0, 14)}... or ...${secret.slice(5, 19)}... or ...${secret.slice(-12)} or ${secret.slice(0, 8)}`,
        },
      }).response!
      assert.strictEqual(plain(body!), `[#:14]... or ...[#:14]... or ...[#:12] or ${secret.slice(0, 8)}`)
    })
  })

  describe("text that looks like a mark", () => {
    it("replaces text that looks like a redaction mark in a request that was never redacted", () => {
      const request = {
        url: "https://h.test/%5Bhidden-1:99999%5D?a=[hidden-1:9]",
        headers: { "x-acl": "[hidden-1:99999]" },
        body: "[hidden-1:99999]",
        form: [
          { name: "key", value: "up/[hidden-1:99999]" },
          { name: "policy", value: btoa('{"a":"[hidden-1:99999]"}') },
          { name: "file", filename: "[hidden-1:9]", size: 3 },
        ],
      }
      const own = Redaction.unmarked(request)
      assert.notMatch(JSON.stringify(own.form!.slice(0, 2)) + own.url + own.body, /\[hidden|%5Bhidden/i)
      const [key, policy] = own.form!.map((part) => ("value" in part ? part.value : ""))
      assert.strictEqual(Redaction.bytesOf(key!), 19)
      assert.strictEqual(atob(policy!), '{"a":"(hidden-1:99999]"}')
      assert.strictEqual(own.headers!["x-acl"], "(hidden-1:99999]")
      const ordinary = { url: "https://h.test/", form: [{ name: "key", value: "a" }] }
      assert.strictEqual(Redaction.unmarked(ordinary), ordinary)
    })

    it("hides a secret that contains text resembling a redaction mark", () => {
      const odd = `EXAMPLE-one[hidden-3:812]EXAMPLE-two`
      const { body } = redact({
        request: { form: [{ name: "pin", value: odd }] },
        response: { status: 400, body: `not ${odd}` },
      }).response!
      assert.notInclude(body!, "EXAMPLE")
    })

    it("does not reuse the numbers of existing redaction marks, including the greatest number and numbers in base64", () => {
      const pins = (other: string) => {
        const form = [other, "EXAMPLE-a", "EXAMPLE-b"].map((value, index) => ({ name: `pin${index}`, value }))
        return redact({ request: { form } }).request!.form!.map((part) => ("value" in part ? part.value : ""))
      }
      assert.deepEqual(pins("[hidden-999999999:5]"), ["[hidden-999999999:5]", "[hidden-1:9]", "[hidden-2:9]"])
      assert.deepEqual(pins("[hidden-1:5]").slice(1), ["[hidden-2:9]", "[hidden-3:9]"])
      const policy = { name: "grant_type", value: btoa('{"a":"[hidden-1:5]"}') }
      const part = redact({ request: { form: [policy, { name: "pin", value: "EXAMPLE-a" }] } }).request!.form![1]!
      assert.propertyVal(part, "value", "[hidden-2:9]")
    })
  })
})
