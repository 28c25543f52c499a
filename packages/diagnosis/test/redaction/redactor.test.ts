import { assert, describe, it } from "@effect/vitest"
import { Redaction } from "@holdfast/diagnosis"

const token = "eyJhbGciOi/JIUzI1NiJ9+aB3dE_6-gH9~"
const octets = new TextEncoder().encode(token)
const each = (write: (octet: number) => string): string => Array.from(octets, write).join("")
const hex = (octet: number): string => octet.toString(16).padStart(2, "0")
const base64 = (before: string): string => btoa(`${before}${token}`)
const url = (text: string): string => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")

const spellings: ReadonlyArray<readonly [how: string, spelled: string]> = [
  ["as it is", token],
  ["in capitals", token.toUpperCase()],
  ["with slashes escaped", token.replaceAll("/", "\\/")],
  ["with escapes of JSON", each((octet) => `\\u00${hex(octet)}`)],
  ["with escapes of JSON in JSON in capitals", each((octet) => `\\\\u00${hex(octet).toUpperCase()}`)],
  ["with hexadecimal escapes of a string", each((octet) => `\\x${hex(octet)}`)],
  ["percent-encoded where it must be", encodeURIComponent(token)],
  ["percent-encoded in small letters", encodeURIComponent(token).toLowerCase()],
  ["percent-encoded throughout", each((octet) => `%${hex(octet)}`)],
  ["percent-encoded twice", encodeURIComponent(encodeURIComponent(token))],
  ["percent-encoded three times, throughout", each((octet) => `%2525${hex(octet).toUpperCase()}`)],
  ["with decimal entities", each((octet) => `&#${octet};`)],
  ["with decimal entities that have no end", each((octet) => `&#0${octet}`)],
  ["with hexadecimal entities", each((octet) => `&#x${hex(octet)};`)],
  ["with hexadecimal entities, in capitals and with zeros", each((octet) => `&#X0000${hex(octet).toUpperCase()};`)],
  ["with entities escaped again", each((octet) => `&amp;amp;#${octet};`)],
  ["with names of entities", token.replaceAll("/", "&sol;").replaceAll("+", "&plus;").replaceAll("_", "&lowbar;")],
  ["in hexadecimal", each(hex)],
  ["in uppercase hexadecimal", each(hex).toUpperCase()],
  ["in hexadecimal with colons", Array.from(octets, hex).join(":")],
  ["in base64", base64("")],
  ["in base64 after one byte", base64("a")],
  ["in base64 after two bytes", base64("Be")],
  ["in base64 after a username", base64("camera:")],
  ["in base64url", url(base64(""))],
  ["in base64url after a username", url(base64("camera-7:"))],
  ["in percent-encoded base64", encodeURIComponent(base64(""))],
  ["in base64 with escaped slashes", base64("").replaceAll("/", "\\/")],
  ["without its end", token.slice(0, 20)],
  ["without its beginning", token.slice(12)],
  ["in truncated base64", base64("").slice(0, 30)],
]

/** Whether this many octets of the secret can be read in a text after undoing every encoding. */
const leaks = (text: string): boolean => {
  const undone = [
    text,
    text.replaceAll(/%(?:25)*([\da-f]{2})/gi, (_, two: string) => String.fromCharCode(Number.parseInt(two, 16))),
    text.replaceAll(/\\+u00([\da-f]{2})|\\x([\da-f]{2})/gi, (_, a, b) =>
      String.fromCharCode(Number.parseInt(a ?? b, 16)),
    ),
    text.replaceAll(/\\/g, ""),
  ]
  return undone.some((one) => {
    for (let at = 0; at + 8 <= token.length; at++) {
      if (one.toLowerCase().includes(token.slice(at, at + 8).toLowerCase())) return true
    }
    return false
  })
}

describe("a redactor of known secrets", () => {
  for (const [how, spelled] of spellings) {
    it(`finds a secret that is spelled ${how}`, () => {
      const text = Redaction.redactor(["another-secret", token]).text(`no: "${spelled}" may not do this`)
      // The padding at the end of base64 reveals nothing.
      assert.match(text, /^no: "\(redacted\)=?" may not do this$/)
      assert.isFalse(leaks(text))
    })
  }

  it("leaves text without secrets unchanged", () => {
    const text = "Request has expired: 100 % of “ä” &amp; \\n %2F"
    assert.strictEqual(Redaction.redactor([token]).text(text), text)
    assert.strictEqual(Redaction.redactor([]).text(text), text)
    assert.strictEqual(Redaction.redactor([""]).text(text), text)
  })

  it("removes a complete passphrase, but not its individual words", () => {
    const redactor = Redaction.redactor(["correct-horse-battery", "pässwörd-key-xx"])
    assert.strictEqual(redactor.text("bad password correct-horse-battery"), "bad password (redacted)")
    assert.strictEqual(redactor.text("the battery is correct"), "the battery is correct")
    assert.strictEqual(redactor.text("bad p\\u00e4ssw%C3%B6rd-key-xx!"), "bad (redacted)!")
  })

  it("removes a short secret only if the secret is a whole word", () => {
    const redactor = Redaction.redactor(["s3cr", "ok", "4711-x"])
    assert.strictEqual(
      redactor.text("s3cr, s3cret, ok; 4711-x 4711%2dx"),
      "(redacted), s3cret, ok; (redacted) (redacted)",
    )
  })

  it("finds the longest of many secrets that share a prefix", () => {
    const secrets = Array.from({ length: 60 }, (_, at) => `Sh4redBeginning${"Zz9".repeat(at)}`)
    const text = `a ${secrets[59]} b ${secrets[0]} c`
    assert.strictEqual(Redaction.redactor(secrets).text(text), "a (redacted) b (redacted) c")
  })

  it("finds individual lines of a key that a server quotes", () => {
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq9w\nhkiG9w0BAQEFAASC7\n-----END KEY-----"
    assert.strictEqual(Redaction.redactor([key]).text("line hkiG9w0BAQEFAASC7 is odd"), "line (redacted) is odd")
  })
})
