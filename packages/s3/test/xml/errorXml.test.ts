import { assert, describe, it } from "@effect/vitest"
import { performance } from "node:perf_hooks"
import { decode, xml } from "../support/errorResponses.ts"

describe("S3Error", () => {
  describe("the error document", () => {
    it("keeps the code, message, request id, host id, resource and every other element", () => {
      const error = decode(
        404,
        `<?xml version="1.0" encoding="UTF-8"?>
<Error>
  <Code>NoSuchKey</Code>
  <Message>The resource you requested does not exist</Message>
  <Resource>/mybucket/myfoto.jpg</Resource>
  <RequestId>4442587FB7D0A2F9</RequestId>
  <HostId>xiI2LSa9</HostId>
  <Key>myfoto.jpg</Key>
  <Token-0>abc</Token-0>
  <Content-MD5>__invalid__</Content-MD5>
</Error>`,
      )
      assert.deepStrictEqual(
        // An error's message is not enumerable.
        { ...Object.fromEntries(Object.entries(error)), message: error.message, verdict: error.verdict.retry },
        {
          _tag: "NoSuchKey",
          code: "NoSuchKey",
          message: "The resource you requested does not exist",
          resource: "/mybucket/myfoto.jpg",
          requestId: "4442587FB7D0A2F9",
          hostId: "xiI2LSa9",
          status: 404,
          extra: { Key: "myfoto.jpg", "Token-0": "abc", "Content-MD5": "__invalid__" },
          verdict: "never",
        },
      )
    })

    it("accepts an empty message, a missing message and a missing host id", () => {
      const empty = decode(403, "<Error><Code>AccessDenied</Code><Message></Message><RequestId>tx1</RequestId></Error>")
      assert.strictEqual(empty._tag, "AccessDenied")
      assert.strictEqual(empty.message, "")
      assert.isUndefined(empty.hostId)
      const none = decode(403, "<Error><Code>AccessDenied</Code></Error>")
      assert.strictEqual(none._tag, "AccessDenied")
      assert.strictEqual(none.message, "")
      const closed = decode(403, "<Error><Code>AccessDenied</Code><Message/></Error>")
      assert.strictEqual(closed.message, "")
    })

    it("reads the request id and the host id from the headers, in any case, if the document has neither", () => {
      for (const name of ["x-amz-request-id", "X-Amz-Request-Id", "X-AMZ-REQUEST-ID"]) {
        const error = decode(403, xml("AccessDenied"), { [name]: "from-header", "X-Amz-Id-2": "host" })
        assert.strictEqual(error.requestId, "from-header")
        assert.strictEqual(error.hostId, "host")
      }
      const both = decode(403, "<Error><Code>X</Code><RequestId>own</RequestId></Error>", {
        "x-amz-request-id": "header",
      })
      assert.strictEqual(both.requestId, "own")
      const empty = decode(403, "<Error><Code>X</Code><RequestId></RequestId></Error>", {
        "x-amz-request-id": "header",
      })
      assert.strictEqual(empty.requestId, "header")
      assert.strictEqual(decode(500, "", { "x-amz-request-id": "header" }).requestId, "header")
    })

    it("keeps line breaks in evidence, and removes them from a code that is split across lines", () => {
      const error = decode(
        403,
        "<?xml version='1.0'?>\n\n<Error>\n<Code>\nSignature\r\nDoesNotMatch\n</Code>\n<Message>\nnot\nyours\n</Message>" +
          "<StringToSign>AWS4-HMAC-SHA256\n20261121T172358Z\nabc</StringToSign>\n</Error>\n",
      )
      assert.strictEqual(error._tag, "SignatureDoesNotMatch")
      assert.strictEqual(error.code, "SignatureDoesNotMatch")
      assert.strictEqual(error.message, "not\nyours")
      assert.deepStrictEqual(error.extra, { StringToSign: "AWS4-HMAC-SHA256\n20261121T172358Z\nabc" })
    })

    it("decodes XML references once in evidence, and completely in messages that were escaped twice", () => {
      const error = decode(
        400,
        "<Error><Code>InvalidArgument</Code><Message>can&amp;#x27;t &amp;lt;read&amp;gt; &quot;it&quot; &#233;&#x1F600;</Message>" +
          "<CanonicalRequest>a=1&amp;b=&lt;2&gt;</CanonicalRequest><Key>tom&amp;amp;jerry</Key></Error>",
      )
      assert.strictEqual(error.message, `can't <read> "it" é😀`)
      assert.deepStrictEqual(error.extra, { CanonicalRequest: "a=1&b=<2>", Key: "tom&amp;jerry" })
    })

    it("keeps invalid references unchanged", () => {
      const text = "&nbsp; &#0; &#xD800; &#x110000; &#9999999; & &amp &;"
      assert.strictEqual(decode(400, xml("X", text)).message, text)
    })

    it("reads CDATA unchanged, skips comments, and ignores namespaces and attributes", () => {
      const error = decode(
        400,
        `<s3:Error xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"><!-- <Code>No</Code> --><s3:Code a="b">EntityTooLarge</s3:Code>` +
          `<Key> &lt;<![CDATA[a &amp; <b>]]> &amp; c </Key></s3:Error>`,
      )
      assert.strictEqual(error._tag, "EntityTooLarge")
      assert.deepStrictEqual(error.extra, { Key: "<a &amp; <b> & c" })
    })

    it("finds the document after a byte order mark, whitespace, a declaration, comments or an envelope", () => {
      const before = [
        "\uFEFF",
        "   \r\n\t",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- > -->',
        '<?xml version="1.0"?>' + " ".repeat(5000),
        "<!DOCTYPE Error>",
        "<!DOCTYPE Error [<!ELEMENT Code (#PCDATA)>]>",
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n',
      ]
      for (const prolog of before) {
        assert.strictEqual(decode(400, `${prolog}${xml("SlowDown")}`)._tag, "SlowDown", prolog)
      }
      const wrapped = decode(
        400,
        "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code></Error><RequestId>abc</RequestId></ErrorResponse>",
      )
      assert.strictEqual(wrapped._tag, "ExpiredToken")
      assert.strictEqual(wrapped.requestId, "abc")
      assert.deepStrictEqual(wrapped.extra, { Type: "Sender" })
    })

    it("flattens nested elements and joins repeated elements", () => {
      const error = decode(400, "<Error><Code>X</Code><A><B>1</B><B>2</B><C/></A><D>x</D><D>y</D></Error>")
      assert.deepStrictEqual(error.extra, { "A.B": "1, 2", "A.C": "", D: "x, y" })
    })

    it("keeps the content of a truncated body", () => {
      const whole = `<?xml version="1.0" encoding="UTF-8"?>${xml("SlowDown", "Please reduce your request rate.")}`
      for (let length = whole.indexOf("</Code>"); length <= whole.length; length++) {
        const error = decode(503, whole.slice(0, length))
        assert.strictEqual(error.code, "SlowDown", whole.slice(0, length))
      }
      assert.strictEqual(decode(503, whole.slice(0, whole.indexOf(" request"))).message, "Please reduce your")
      // Without the complete code, the status decides, because half a code is only a guess.
      for (let length = 0; length < whole.indexOf("SlowDown"); length++) {
        assert.strictEqual(decode(503, whole.slice(0, length)).verdict.retry, "always")
      }
    })

    it("treats the names of Object.prototype properties as data, whether they are codes or elements", () => {
      for (const name of [
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "hasOwnProperty",
        "valueOf",
        "__defineGetter__",
      ]) {
        const asCode = decode(400, xml(name))
        assert.strictEqual(asCode._tag, "UnknownS3Error")
        assert.strictEqual(asCode.code, name)
        const asElement = decode(503, `<Error><${name}>x</${name}><Code>SlowDown</Code></Error>`)
        assert.strictEqual(asElement._tag, "SlowDown")
        assert.deepStrictEqual(Object.entries(asElement.extra), [[name, "x"]])
        assert.strictEqual(Object.getPrototypeOf(asElement.extra), Object.prototype)
      }
      assert.isFalse("x" in {})
      assert.strictEqual(decode(404, "", JSON.parse('{"__proto__":"x","constructor":"y"}'))._tag, "NotFromS3")
    })
  })

  describe("bounds", () => {
    // Milliseconds. An unbounded parser takes minutes, a bounded one takes a few milliseconds.
    const soon = 5000
    const millis = (body: string) => {
      const start = performance.now()
      const error = decode(503, body)
      assert.isDefined(error.verdict.retry)
      return { error, took: performance.now() - start }
    }

    it("does not expand any entity, however it is declared", () => {
      const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY lol${n + 1} "${`&lol${n};`.repeat(10)}">`).join("")
      const declared = `<!DOCTYPE Error [<!ENTITY lol0 "lol">${lol}<!ENTITY file SYSTEM "file:///etc/passwd">]>`
      const { error, took } = millis(`<?xml version="1.0"?>${declared}${xml("SlowDown", "&lol9;&file;")}`)
      assert.strictEqual(error._tag, "SlowDown")
      assert.strictEqual(error.message, "&lol9;&file;")
      assert.isBelow(took, soon)
      // Inside the element too, where a document type is not allowed.
      const inside = millis(`<Error>${declared}<Code>SlowDown</Code><Message>&lol9;</Message></Error>`)
      assert.notInclude(inside.error.message, "lollol")
      assert.isBelow(inside.took, soon)
    })

    it("reads at most 64 Ki characters of an oversized body", () => {
      const huge = millis(`<Error><Code>SlowDown</Code><Message>${"a".repeat(10_000_000)}</Message></Error>`)
      assert.strictEqual(huge.error._tag, "SlowDown")
      assert.isAtMost(huge.error.message.length, 65_536)
      assert.isBelow(huge.took, soon)
      for (const piece of [
        "<",
        "<a>",
        "<a ",
        "</",
        "<!--",
        "<!-- -->",
        "<?",
        "<?a?>",
        "<![CDATA[",
        "&amp;",
        "&#",
        "<a b='",
        " ",
        "<!DOCTYPE [",
      ]) {
        const filler = piece.repeat(10_000_000 / piece.length)
        for (const body of [filler, `<Error>${filler}`, `<Error><Code>${filler}`]) {
          assert.isBelow(millis(body).took, soon, `${piece} ${body.slice(0, 20)}`)
        }
      }
    }, 60_000)
  })
})
