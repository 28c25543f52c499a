/**
 * Places where secrets came through once: each of these was shown before it was a test.
 */
import { assert, describe, it } from "@effect/vitest"
import { Redaction } from "@holdfast/core"

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

/** Without the numbers of the marks. */
const plain = (text: string): string => text.replaceAll(/hidden-\d+/g, "#")

describe("secrets stay hidden", () => {
  it("in the place of a parameter's name, with the signs at the end of base64 or without a value", () => {
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

  it("behind signs that only old servers divide pairs by", () => {
    assert.strictEqual(
      plain(url(`https://h.test/?acl=private;sid=${secret}`)),
      "https://h.test/?acl=private;sid=[#:24]",
    )
    assert.strictEqual(url("https://h.test/?names=host;x-date"), "https://h.test/?names=host;x-date")
    assert.strictEqual(plain(sent(`grant_type=a;client_secret=${secret}`)), "grant_type=a;client_secret=[#:24]")
    const type = { "content-type": "application/x-www-form-urlencoded" }
    assert.strictEqual(plain(sent(`scope=a\r\nclient_secret=${secret}`, type)), "scope=a\r\nclient_secret=[#:24]")
  })

  it("in a query whose first sign was encoded with the path", () => {
    assert.strictEqual(
      plain(url(`https://h.test/a%3Fsig=${secret}%26acl=private&X-Token%3D${secret}/b`)),
      "https://h.test/a%3Fsig=[#:24]%26acl=private&X-Token%3D[#:24]/b",
    )
    assert.strictEqual(url("https://h.test/a%3Fb/c=d"), "https://h.test/a%3Fb/c=d")
  })

  it("behind a word that says what they are, in any value that is shown", () => {
    const { headers } = redact({ request: { headers: { "X-Acl": `private; token=${secret}` } } }).request!
    assert.strictEqual(plain(headers!["X-Acl"]!), "private; token=[#:24]")
  })

  it("in a document that a message quotes", () => {
    const quoted = JSON.stringify({ code: 7, pin: "EXAMPLE <&> \" '", message: JSON.stringify({ pin: "EXAMPLE2" }) })
    const shown = plain(answer(JSON.stringify({ message: quoted })))
    assert.deepEqual(JSON.parse((JSON.parse(shown) as { message: string }).message), {
      code: 7,
      pin: "[#:15:blanks]",
      message: '{"pin":"[#:8]"}',
    })
  })

  it("in a member that is harmless in an answer only", () => {
    assert.strictEqual(plain(sent(`{"code":"${secret}"}`)), '{"code":"[#:24]"}')
    assert.strictEqual(plain(sent(`{"code":"${secret}`)), '{"code":"[#:24]"}'.slice(0, -1))
    assert.strictEqual(answer('{"code":"no_such_thing"}'), '{"code":"no_such_thing"}')
  })

  it("in the name of a namespace", () => {
    assert.strictEqual(
      plain(answer(`<a xmlns:b="${secret}" xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`)),
      '<a xmlns:b="[#:24]" xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>',
    )
  })

  it("as a word alone of an answer, or in a sentence", () => {
    assert.strictEqual(plain(answer(secret)), "[#:24]")
    assert.strictEqual(plain(answer(`what is ${secret}?`)), "what is [#:24]?")
    const innocent =
      "XAmzContentSHA256Mismatch of 20261121-talks/CompleteMultipartUpload7 d41d8cd98f00b204e9800998ecf8427e"
    assert.strictEqual(answer(innocent), innocent)
  })
})
