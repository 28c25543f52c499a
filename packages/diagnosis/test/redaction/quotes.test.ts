import { assert, describe, it } from "@effect/vitest"
import { redact, xml, writings, leaks } from "../support/redaction.ts"

describe("Redaction", () => {
  describe("quoted secrets", () => {
    const secret = `EX/AM+PLE "it's" <&> ü=%41$&$1\nline two of it`

    for (const [way, write] of Object.entries(writings)) {
      it(`finds a quoted secret: ${way}`, () => {
        const quote = `the value ${write(secret)} is bad`
        const bodies = [
          quote,
          JSON.stringify({ message: quote }),
          `<Error><Message>${xml(quote)}</Message></Error>`,
          `<html><p>${xml(quote)}`,
        ]
        for (const body of bodies) {
          const exchange = redact({
            request: { form: [{ name: "t", value: secret }] },
            response: { status: 400, body },
            failure: quote,
          })
          assert.deepStrictEqual(leaks(exchange, secret), [], body)
          assert.include(exchange.response!.body, "the value [hidden-1:46:blanks:percent] is bad")
        }
      })
    }

    it("distinguishes secrets that begin with the same text, and matches the longest first", () => {
      const form = ["EXAMPLE-1", "EXAMPLE-12", "EXAMPLE-123"].map((value) => ({ name: "t", value }))
      const body = JSON.stringify({ message: "EXAMPLE-123 EXAMPLE-12 EXAMPLE-1 EXAMPLE-1234" })
      assert.strictEqual(
        redact({ request: { form }, response: { status: 400, body } }).response!.body,
        '{"message":"[hidden-3:11] [hidden-2:10] [hidden-1:9] [hidden-3:11]4"}',
      )
    })

    it("finds quoted lines of a key, words of a cookie, and passwords from a header and a URL", () => {
      const key = "-----BEGIN KEY-----\nMIIEXAMPLEcanaryline1\nMIIEXAMPLEcanaryline2\n-----END KEY-----"
      const exchange = redact({
        request: {
          url: "https://user:EXAMPLE-pw-1@h.test/",
          headers: { cookie: "a=EXAMPLE-cookie; b=c", authorization: `Basic ${btoa("user:EXAMPLE-pw-2")}` },
          form: [{ name: "pem", value: key }],
        },
        response: {
          status: 400,
          headers: { "set-cookie": "sid=EXAMPLE-sid; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT" },
          body: "MIIEXAMPLEcanaryline1 or MIIEXAMPLEcanaryline2 or EXAMPLE-cookie or EXAMPLE-pw-1 or EXAMPLE-pw-2 or EXAMPLE-sid",
        },
      })
      assert.notInclude(JSON.stringify(exchange), "EXAMPLE")
    })

    it("redacts a quoted value that is partly visible, and leaves the same part visible", () => {
      const exchange = redact({
        request: { form: [{ name: "credential", value: "KEY-EXAMPLE-canary" }] },
        response: { status: 400, body: '{"message":"KEY-EXAMPLE-canary is unknown, EXAMPLE-canary too"}' },
      })
      assert.strictEqual(exchange.response!.body, '{"message":"KEY-[hidden-1:14] is unknown, [hidden-1:14] too"}')
    })

    it("leaves names, regions, dates and media types readable", () => {
      const body =
        '{"message":"content-type must be video/mp4 in eu-west-1 at 20261121T172358Z for clip-one.mov at up.example.com"}'
      const form = ["content-type", "video/mp4", "eu-west-1", "20261121T172358Z", "clip-one.mov", "up.example.com"].map(
        (value) => ({
          name: "unknown",
          value,
        }),
      )
      const file = { name: "file", filename: "clip-one.mov" }
      const request = { url: "https://up.example.com/a", headers: { "Content-Type": "x/y" }, form: [...form, file] }
      assert.strictEqual(redact({ request, response: { status: 400, body } }).response!.body, body)
    })

    it("does not search for short words", () => {
      assert.strictEqual(
        redact({ request: { form: [{ name: "pin", value: "denied" }] }, response: { status: 400, body: "denied" } })
          .response!.body,
        "denied",
      )
    })
  })
})
