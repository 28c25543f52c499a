import { assert, describe, it } from "@effect/vitest"
import { Clock, Duration, Effect, Fiber, Random, Schema } from "effect"
import { TestClock } from "effect/testing"
import { readFileSync } from "node:fs"
import { performance } from "node:perf_hooks"
import { expectTypeOf } from "vitest"
import { Retry } from "@holdfast/core"
import { StatusTable } from "@holdfast/http"
import { S3Error, SlowDown } from "@holdfast/s3"

describe("S3Error", () => {
  describe("the table", () => {
    it("retries what S3 asks to send again, damaged bytes once, and no refused request", () => {
      assert.isAbove(documented.length, 130)
      for (const { code, status } of documented) {
        const error = decode(status, xml(code))
        assert.strictEqual(error.code, code)
        assert.strictEqual(error.verdict.retry, retryOf(code), code)
        assert.notStrictEqual(error._tag, "UnknownS3Error", code)
        assert.isUndefined(error.verdict.closes, code)
      }
    })

    it("has a row for every documented code with its documented status, and marks all further rows as inferred", () => {
      const statuses = new Map(documented.map(({ code, status }) => [code, status]))
      const keys = new Set(S3Error.table.rows.map(({ key }) => key))
      for (const { code } of documented) assert.isTrue(keys.has(code), code)
      for (const row of S3Error.table.rows) {
        if (row.key === undefined) continue
        if (statuses.has(row.key)) assert.strictEqual(row.status ?? 0, statuses.get(row.key), row.key)
        else assert.isTrue(row.inferred, row.key)
      }
      assert.strictEqual(keys.size, S3Error.table.rows.filter(({ key }) => key !== undefined).length + 1)
    })

    it("judges by the code, whatever the status", () => {
      for (const status of [200, 400, 404, 408, 500, 503]) {
        for (const { code } of documented) {
          const error = decode(status, xml(code))
          assert.strictEqual(error.verdict.retry, retryOf(code), code)
          assert.strictEqual(error.status, status)
        }
      }
    })

    it("slows down for SlowDown and ServiceUnavailable alike, and for nothing else", () => {
      for (const code of ["SlowDown", "ServiceUnavailable", "503 SlowDown", "Busy"]) {
        const error = decode(503, xml(code))
        assert.strictEqual(error._tag, "SlowDown")
        assert.strictEqual(error.verdict.pace, "throttled")
      }
      for (const { code, status } of documented) {
        const slow = code === "SlowDown" || code === "ServiceUnavailable" || code === "503 SlowDown"
        assert.strictEqual(decode(status, xml(code)).verdict.pace, slow ? "throttled" : "transient", code)
      }
    })

    it("calls InternalError by the name that C2C has for it, and retries it always", () => {
      const error = decode(500, xml("InternalError"))
      assert.strictEqual(error._tag, "InternalServerError")
      assert.strictEqual(error.verdict.retry, "always")
    })

    it("gives every code that an upload can meet a class of its own name", () => {
      for (const code of ownClass) assert.strictEqual(decode(400, xml(code))._tag, code)
    })

    it("tells what has to change where a retry alone cannot cure", () => {
      for (const [change, codes] of changes) {
        for (const code of codes) assert.strictEqual(decode(400, xml(code)).verdict.change, change, code)
      }
    })

    it("refines AccessDenied by what its message begins with", () => {
      for (const [message, change] of refusals) {
        const error = decode(403, xml("AccessDenied", message))
        assert.strictEqual(error._tag, "AccessDenied")
        assert.strictEqual(error.code, "AccessDenied")
        assert.strictEqual(error.message, message)
        assert.strictEqual(error.verdict.change, change, message)
        assert.strictEqual(error.verdict.retry, "never")
      }
    })

    it("calls a code that is not listed unknown and keeps what was seen", () => {
      for (const status of [400, 404, 500, 503]) {
        const error = decode(status, xml("BrandNewCode", "What is this"))
        assert.strictEqual(error._tag, "UnknownS3Error")
        assert.strictEqual(error.code, "BrandNewCode")
        assert.strictEqual(error.message, "What is this")
      }
    })

    it("never makes a code that is not listed less retryable than its status", () => {
      for (const status of [400, 403, 404, 408, 409, 425, 429, 500, 501, 502, 503, 504, 507, 520, 529]) {
        const bare = StatusTable.find(status).verdict
        const { pace, retry } = decode(status, xml("BrandNewCode")).verdict
        assert.deepStrictEqual([retry, pace], [bare.retry, bare.pace], `${status}`)
      }
      assert.strictEqual(decode(429, xml("RequestBurst")).verdict.outcome, "overload")
      assert.strictEqual(decode(503, xml("XMinioServerNotInitialized")).verdict.applied, "no")
    })

    it("slows down for the words of MinIO and R2 too", () => {
      for (const [status, code] of [
        [429, "TooManyRequests"],
        [503, "SlowDownWrite"],
        [503, "SlowDownRead"],
      ] as const) {
        const { _tag, verdict } = decode(status, xml(code))
        assert.deepStrictEqual([_tag, verdict.retry, verdict.pace], ["SlowDown", "always", "throttled"])
      }
    })

    it("treats a refused request as ignored and not applied, whatever its status", () => {
      for (const { code, status } of documented) {
        const { applied, outcome, retry } = decode(status, xml(code)).verdict
        if (retry === "never") assert.deepStrictEqual([outcome, applied], ["ignored", "no"], code)
      }
      const stated = (code: string) => {
        const { applied, outcome } = decode(500, xml(code)).verdict
        return [outcome, applied]
      }
      assert.deepStrictEqual(stated("NotImplemented"), ["ignored", "no"])
      assert.deepStrictEqual(stated("SlowDown"), ["overload", "no"])
      assert.deepStrictEqual(stated("RequestTimeout"), ["overload", "no"])
      assert.deepStrictEqual(stated("InternalError"), ["failure", "maybe"])
      assert.deepStrictEqual(stated("OperationAborted"), ["ignored", "no"])
    })
  })

  describe("a response without an S3 document", () => {
    for (const [what, body] of foreign) {
      it(`is judged by its status: ${what}`, () => {
        for (const status of [500, 502, 503, 504, 404]) {
          const error = decode(status, body)
          assert.strictEqual(error.verdict.retry, "always", `${status}`)
          assert.strictEqual(error.verdict.pace, status === 503 ? "throttled" : "transient")
          assert.strictEqual(error.code, "")
        }
        assert.strictEqual(decode(500, body)._tag, "InternalServerError")
        assert.strictEqual(decode(503, body)._tag, "SlowDown")
        assert.strictEqual(decode(404, body)._tag, "NotFromS3")
        assert.strictEqual(decode(502, body)._tag, "NotFromS3")
        for (const status of [0, 304, 400, 401, 403, 405, 411, 412, 418, 501, 505, 999]) {
          assert.strictEqual(decode(status, body)._tag, "UnknownS3Error", `${status}`)
          assert.strictEqual(decode(status, body).verdict.retry, StatusTable.find(status).verdict.retry, `${status}`)
        }
        const { pace, retry } = decode(429, body).verdict
        assert.deepStrictEqual([retry, pace], ["always", "throttled"])
      })
    }

    it("is the storage's own if the headers have its marks: the 404 to a HEAD is final", () => {
      for (const headers of [
        { "x-amz-request-id": "tx00000ed30fed522946e00-006b0c1057-1008-default" },
        { "X-Amz-Id-2": "host", Server: "AmazonS3" },
        { server: "MinIO" },
        { "x-guploader-uploadid": "AEnB2EXAMPLE" },
        { "x-oss-request-id": "625A73995C8CEXAMPLE00001" },
      ]) {
        const { _tag, verdict } = decode(404, "", headers)
        assert.deepStrictEqual(
          [_tag, verdict.retry, verdict.change, verdict.outcome],
          ["NoSuchKey", "never", "plan", "ignored"],
        )
        assert.deepStrictEqual(
          [decode(403, "", headers)._tag, decode(403, "", headers).verdict.retry],
          ["AccessDenied", "never"],
        )
        assert.deepStrictEqual(
          [decode(503, "", headers)._tag, decode(503, "", headers).verdict.retry],
          ["SlowDown", "always"],
        )
        assert.strictEqual(decode(502, "", headers)._tag, "InternalServerError")
      }
      for (const headers of [
        {},
        { server: "nginx" },
        { server: "cloudflare", "cf-ray": "1-IAD" },
        { "x-amz-cf-id": "1" },
      ]) {
        const { _tag, verdict } = decode(404, "", headers)
        assert.deepStrictEqual([_tag, verdict.retry], ["NotFromS3", "always"])
      }
    })

    it("names the status and quotes the first bytes", () => {
      assert.strictEqual(decode(403, "").message, "HTTP 403 with no body")
      assert.strictEqual(
        decode(502, "<html>\n  <h1>Bad   Gateway</h1>").message,
        "HTTP 502 with a body that is not S3's: <html> <h1>Bad Gateway</h1>",
      )
      assert.isBelow(decode(502, "x".repeat(1_000_000)).message.length, 300)
    })
  })

  describe("the document", () => {
    it("keeps code, message, request id, host id, resource and every other element", () => {
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

    it("accepts an empty message, no message and no host id", () => {
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

    it("takes the request and host ids from the headers, in any case, when the document has none", () => {
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

    it("keeps line breaks inside evidence and drops them from a code that was written piecewise", () => {
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

    it("decodes references once in evidence, and prose that was escaped twice down to what was meant", () => {
      const error = decode(
        400,
        "<Error><Code>InvalidArgument</Code><Message>can&amp;#x27;t &amp;lt;read&amp;gt; &quot;it&quot; &#233;&#x1F600;</Message>" +
          "<CanonicalRequest>a=1&amp;b=&lt;2&gt;</CanonicalRequest><Key>tom&amp;amp;jerry</Key></Error>",
      )
      assert.strictEqual(error.message, `can't <read> "it" é😀`)
      assert.deepStrictEqual(error.extra, { CanonicalRequest: "a=1&b=<2>", Key: "tom&amp;jerry" })
    })

    it("leaves references that are none as they are written", () => {
      const text = "&nbsp; &#0; &#xD800; &#x110000; &#9999999; & &amp &;"
      assert.strictEqual(decode(400, xml("X", text)).message, text)
    })

    it("reads CDATA without touching it, skips comments, and ignores namespaces and attributes", () => {
      const error = decode(
        400,
        `<s3:Error xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/"><!-- <Code>No</Code> --><s3:Code a="b">EntityTooLarge</s3:Code>` +
          `<Key> &lt;<![CDATA[a &amp; <b>]]> &amp; c </Key></s3:Error>`,
      )
      assert.strictEqual(error._tag, "EntityTooLarge")
      assert.deepStrictEqual(error.extra, { Key: "<a &amp; <b> & c" })
    })

    it("finds the document behind a byte order mark, blanks, a declaration, comments and an envelope", () => {
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

    it("flattens nested elements and joins repeated ones", () => {
      const error = decode(400, "<Error><Code>X</Code><A><B>1</B><B>2</B><C/></A><D>x</D><D>y</D></Error>")
      assert.deepStrictEqual(error.extra, { "A.B": "1, 2", "A.C": "", D: "x, y" })
    })

    it("keeps what a truncated body still has", () => {
      const whole = `<?xml version="1.0" encoding="UTF-8"?>${xml("SlowDown", "Please reduce your request rate.")}`
      for (let length = whole.indexOf("</Code>"); length <= whole.length; length++) {
        const error = decode(503, whole.slice(0, length))
        assert.strictEqual(error.code, "SlowDown", whole.slice(0, length))
      }
      assert.strictEqual(decode(503, whole.slice(0, whole.indexOf(" request"))).message, "Please reduce your")
      // Before the code is whole, the status speaks; half a code is only a guess.
      for (let length = 0; length < whole.indexOf("SlowDown"); length++) {
        assert.strictEqual(decode(503, whole.slice(0, length)).verdict.retry, "always")
      }
    })

    it("treats names on Object.prototype as data, both as codes and as elements", () => {
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

  describe("answers captured from a Ceph gateway", () => {
    it("are read code by code, with message, bucket and request id", () => {
      assert.isAbove(captured.length, 60)
      for (const { answer, name } of captured) {
        const code = /<Code>(.*?)<\/Code>/.exec(answer.body)?.[1] ?? ""
        const error = S3Error.fromResponse(answer)
        assert.notStrictEqual(error._tag, "UnknownS3Error", name)
        assert.strictEqual(error.code, code, name)
        assert.strictEqual(error.message, /<Message>(.*?)<\/Message>/.exec(answer.body)?.[1], name)
        assert.strictEqual(error.extra["BucketName"], /<BucketName>(.*?)</.exec(answer.body)?.[1], name)
        assert.strictEqual(error.requestId, answer.headers["x-amz-request-id"], name)
        assert.strictEqual(error.hostId, "1008-default-default", name)
        assert.strictEqual(error.verdict.retry, retryOf(code), name)
      }
    })

    it("never say that the same request will do, but where bytes were damaged", () => {
      const curable = captured.filter(({ answer }) => S3Error.fromResponse(answer).verdict.change === "nothing")
      assert.deepStrictEqual(
        curable.map(({ name }) => name),
        ["H02-sha-mismatch"],
      )
    })
  })

  describe("with the request that it answers", () => {
    const live = (headers: Record<string, string>, status: number, body: string) => {
      const answer = { status, headers: {}, body }
      const request = { url: "https://b.s3.amazonaws.com/k?X-Amz-Signature=0", headers }
      return [S3Error.fromResponse(answer), S3Error.fromExchange(request, answer)] as const
    }

    it("means the same, whatever harmless metadata the request carried", () => {
      for (const [value, status, code, message] of [
        ["internal", 500, "InternalError", "m"],
        ["internal", 200, "InternalError", "m"],
        ["slowdown", 503, "SlowDown", "m"],
        ["signature", 403, "SignatureDoesNotMatch", "m"],
        ["expired token", 400, "ExpiredToken", "m"],
        ["requesttime", 403, "RequestTimeTooSkewed", "m"],
        ["requesttime", 400, "RequestTimeout", "m"],
        ["AccessDenied", 403, "AccessDenied", "Request has expired"],
        ["request has", 403, "AccessDenied", "Request has expired"],
        ["message", 403, "AccessDenied", "Request is not yet valid"],
        ["Error", 404, "NoSuchUpload", "m"],
      ] as const) {
        for (const name of ["x-amz-meta-note", "x-note", "authorization"]) {
          const [alone, real] = live({ [name]: value }, status, xml(code, message))
          assert.deepStrictEqual(
            [real._tag, real.code, real.verdict],
            [alone._tag, alone.code, alone.verdict],
            `${name}: ${value}, ${code}`,
          )
        }
      }
    })

    it("keeps no secret of the request, not even where the answer calls it a code", () => {
      const secret = "correct-horse-battery"
      for (const body of [xml("AccessDenied", `not ${secret}`), xml(secret, secret), `<html>${secret}</html>`]) {
        const [, real] = live({ "x-amz-security-token": secret }, 403, body)
        assert.notInclude(JSON.stringify({ ...real, message: real.message }), secret)
      }
    })
  })

  it("takes another verdict and stays the same error otherwise", () => {
    const error = decode(403, xml("AccessDenied", "Nope"), { "x-amz-request-id": "r" })
    const again = S3Error.withVerdict(error, { ...error.verdict, retry: "once" })
    assert.strictEqual(again.constructor, error.constructor)
    assert.deepStrictEqual(
      { ...again, message: again.message },
      { ...error, message: "Nope", verdict: { ...error.verdict, retry: "once" } },
    )
  })

  describe("200", () => {
    it("is an error when its body is one", () => {
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n\n   ${xml("InternalError", "We encountered an internal error.")}`
      assert.isTrue(S3Error.isErrorBody(body))
      assert.strictEqual(decode(200, body).verdict.retry, "always")
      assert.strictEqual(decode(200, body)._tag, "InternalServerError")
    })

    it("is not when its body is empty or another document", () => {
      for (const body of [
        "",
        " ",
        "<PostResponse><Location>x</Location></PostResponse>",
        '<?xml version="1.0"?><CompleteMultipartUploadResult><ETag>"Error"</ETag></CompleteMultipartUploadResult>',
        "<ErrorDocument><Key>e.html</Key></ErrorDocument>",
        "<html><Error></html>",
        '{"message":"<Error><Code>SlowDown</Code></Error>"}',
        "<!-- <Error><Code>SlowDown</Code></Error>",
      ]) {
        assert.isFalse(S3Error.isErrorBody(body), body)
        assert.strictEqual(decode(200, body)._tag, "UnknownS3Error", body)
      }
    })
  })

  describe("Retry-After", () => {
    const hint = (headers: Record<string, string>, status = 503, body = xml("SlowDown")) => {
      const { probeAfter, retryAfter } = decode(status, body, headers).verdict
      assert.isUndefined(probeAfter)
      return retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
    }

    it("is kept on the verdict: seconds, or a date against the server's own", () => {
      assert.strictEqual(hint({ "Retry-After": "7" }), 7000)
      assert.strictEqual(hint({ "retry-after": "2.5" }), 2500)
      assert.strictEqual(hint({ "x-amz-retry-after": "2500" }), 2500)
      assert.strictEqual(
        hint({ "retry-after": "Sat, 21 Nov 2026 17:24:58 GMT", date: "Sat, 21 Nov 2026 17:23:58 GMT" }),
        60_000,
      )
    })

    it("is kept when it is long, for the policy to judge, and is none when it is zero, negative, past or no time", () => {
      assert.strictEqual(hint({ "retry-after": "86401" }), 86_401_000)
      assert.strictEqual(hint({ "retry-after": "999999999999" }), 999_999_999_999_000)
      for (const value of ["", " 0 ", "-1", "1e3", "soon", "Sat, 21 Nov 2026 17:24:58 GMT"]) {
        assert.isUndefined(hint({ "retry-after": value }), value)
      }
      assert.isUndefined(hint({}))
    })

    it("is ignored where nothing shows that the storage answered, whatever the status", () => {
      const headers = { "retry-after": "7" }
      for (const status of [301, 403, 404, 408, 425, 429, 500, 502, 503, 504, 511, 529]) {
        for (const [, body] of foreign) assert.isUndefined(hint(headers, status, body), `${status} ${body}`)
        assert.isUndefined(hint({ ...headers, server: "nginx", "x-amz-cf-id": "1" }, status, ""), `${status}`)
        assert.strictEqual(hint({ ...headers, "x-amz-request-id": "R" }, status, ""), 7000, `${status}`)
        assert.strictEqual(hint(headers, status, xml("BrandNewCode")), 7000, `${status}`)
      }
      assert.isUndefined(hint(headers, 503, "<Error><Message>slow</Message></Error>"))
    })

    it.effect.each([
      ["a proxy's", {}, [0, 0.5, 1.5]],
      ["the storage's own", { server: "AmazonS3" }, [0, 7, 14]],
    ] as const)("delays a retry only if it is the storage's: %s 503", ([, marks, times]) =>
      Effect.gen(function* () {
        const sent: Array<number> = []
        const send = Effect.gen(function* () {
          sent.push((yield* Clock.currentTimeMillis) / 1000)
          return yield* Effect.fail(decode(503, "", { ...marks, "retry-after": "7" }))
        })
        const call = yield* Effect.forkChild(Effect.flip(Effect.retry(send, Retry.policy({ attempts: 3 }))))
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(call))._tag, "SlowDown")
        assert.deepStrictEqual(sent, [...times])
      }).pipe(Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })),
    )
  })

  describe("bounds", () => {
    // Milliseconds; what is not bounded takes minutes, what is takes a few.
    const soon = 5000
    const millis = (body: string) => {
      const start = performance.now()
      const error = decode(503, body)
      assert.isDefined(error.verdict.retry)
      return { error, took: performance.now() - start }
    }

    it("expands no entity, however they are declared", () => {
      const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY lol${n + 1} "${`&lol${n};`.repeat(10)}">`).join("")
      const declared = `<!DOCTYPE Error [<!ENTITY lol0 "lol">${lol}<!ENTITY file SYSTEM "file:///etc/passwd">]>`
      const { error, took } = millis(`<?xml version="1.0"?>${declared}${xml("SlowDown", "&lol9;&file;")}`)
      assert.strictEqual(error._tag, "SlowDown")
      assert.strictEqual(error.message, "&lol9;&file;")
      assert.isBelow(took, soon)
      // Inside the element too, where no document type may stand.
      const inside = millis(`<Error>${declared}<Code>SlowDown</Code><Message>&lol9;</Message></Error>`)
      assert.notInclude(inside.error.message, "lollol")
      assert.isBelow(inside.took, soon)
    })

    it("looks at 64 Ki characters of a huge body", () => {
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

  it.effect(
    "is total: 10 000 arbitrary bodies, headers and statuses give an error that survives its codec",
    () =>
      Effect.gen(function* () {
        const encode = Schema.encodeSync(S3Error.json)
        const decodeJson = Schema.decodeUnknownSync(S3Error.json)
        for (let n = 0; n < 10_000; n++) {
          const answer = yield* arbitraryAnswer
          const error = S3Error.fromResponse(answer)
          assert.include(["always", "once", "never"], error.verdict.retry)
          assert.isTrue(S3Error.isAnyOf([error._tag])(error))
          const copy = decodeJson(JSON.parse(JSON.stringify(encode(error))))
          assert.strictEqual(copy._tag, error._tag)
          assert.strictEqual(copy.code, error.code)
          assert.deepStrictEqual(Object.entries(copy.extra), Object.entries(error.extra))
        }
      }).pipe(Random.withSeed(20261121)),
    60_000,
  )

  it("is a union whose tags are the names of the exported classes", () => {
    expectTypeOf<S3Error["_tag"]>().toEqualTypeOf<keyof typeof S3Error.table.classes>()
    expectTypeOf<Extract<S3Error, { readonly _tag: "SlowDown" }>>().toEqualTypeOf<SlowDown>()
    const error = decode(503, xml("SlowDown"))
    assert.instanceOf(error, SlowDown)
    assert.isTrue(S3Error.guards.SlowDown(error))
    assert.isFalse(S3Error.isAnyOf(["AccessDenied", "ExpiredToken"])(error))
    assert.strictEqual(String(decode(403, xml("AccessDenied", "Nope"))), "AccessDenied: Nope")
  })

  it("round-trips every class through its JSON codec", () => {
    const tags = new Set<string>()
    for (const row of S3Error.table.rows) {
      const error = S3Error.table.decode({
        ...row,
        status: row.status ?? 400,
        retryAfter: Duration.seconds(3),
        fields: {
          code: row.key ?? "",
          message: "m",
          status: row.status ?? 400,
          extra: { A: "b" },
          requestId: "r",
          hostId: "h",
          resource: "/x",
        },
      })
      const json = JSON.parse(JSON.stringify(Schema.encodeSync(S3Error.json)(error)))
      assert.strictEqual(json.verdict.retryAfter, 3000)
      const copy = Schema.decodeUnknownSync(S3Error.json)(json)
      assert.deepStrictEqual({ ...copy, message: copy.message }, { ...error, message: error.message })
      assert.strictEqual(copy.constructor, error.constructor)
      tags.add(error._tag)
    }
    assert.deepStrictEqual([...tags].sort(), Object.keys(S3Error.table.classes).sort())
  })
})

/** What S3 documents: try again after these codes. */
const always = new Set([
  "ConditionalRequestConflict",
  "InternalError",
  "OperationAborted",
  "RequestTimeout",
  "ServiceUnavailable",
  "SlowDown",
  "503 SlowDown",
])

/** The bytes, or those of an answer, did not come through. */
const damaged = new Set([
  "BadDigest",
  "ConnectionClosedByRequester",
  "IncompleteBody",
  "ResponseInterrupted",
  "XAmzContentSHA256Mismatch",
])

const retryOf = (code: string) => (always.has(code) ? "always" : damaged.has(code) ? "once" : "never")

const documented = readFileSync(new URL("./fixtures/error-codes.tsv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [code = "", status = ""] = line.split("\t")
    return { code, status: Number(status) }
  })

const captured = readFileSync(new URL("./fixtures/ceph.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((line) => {
    const [name = "", status = "", requestId = "", body = ""] = line.split("\t")
    return { name, answer: { status: Number(status), headers: { "x-amz-request-id": requestId }, body } }
  })

const ownClass = [
  "AccessDenied",
  "AuthorizationHeaderMalformed",
  "AuthorizationQueryParametersError",
  "BadDigest",
  "ConditionalRequestConflict",
  "EntityTooLarge",
  "EntityTooSmall",
  "ExpiredToken",
  "IncompleteBody",
  "InvalidAccessKeyId",
  "InvalidArgument",
  "InvalidDigest",
  "InvalidPart",
  "InvalidPartOrder",
  "InvalidPolicyDocument",
  "InvalidRequest",
  "InvalidToken",
  "KeyTooLongError",
  "MalformedPOSTRequest",
  "MalformedXML",
  "MetadataTooLarge",
  "MethodNotAllowed",
  "MissingContentLength",
  "NoSuchBucket",
  "NoSuchKey",
  "NoSuchUpload",
  "NotImplemented",
  "OperationAborted",
  "PreconditionFailed",
  "RequestHeaderSectionTooLarge",
  "RequestTimeout",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]

const changes = [
  [
    "nothing",
    [
      "SlowDown",
      "ServiceUnavailable",
      "InternalError",
      "OperationAborted",
      "RequestTimeout",
      "BadDigest",
      "IncompleteBody",
    ],
  ],
  [
    "url",
    [
      "ExpiredToken",
      "InvalidAccessKeyId",
      "InvalidToken",
      "SignatureDoesNotMatch",
      "NoSuchUpload",
      "PermanentRedirect",
    ],
  ],
  ["clock", ["RequestTimeTooSkewed"]],
  ["token", ["TokenRefreshRequired", "InvalidSecurity", "MissingSecurityHeader"]],
  [
    "plan",
    [
      "EntityTooLarge",
      "EntityTooSmall",
      "MissingContentLength",
      "InvalidArgument",
      "KeyTooLongError",
      "MetadataTooLarge",
    ],
  ],
  [
    "human",
    ["NoSuchBucket", "AccountProblem", "AllAccessDisabled", "NotSignedUp", "KMS.DisabledException", "TooManyBuckets"],
  ],
] as const

const refusals = [
  ["Request has expired", "url"],
  ["Request has expired.", "url"],
  ["Access Denied", "url"],
  ["", "url"],
  ["Request is not yet valid", "clock"],
  ["Invalid according to Policy: Policy expired.", "url"],
  ["Policy expired", "url"],
  ['Invalid according to Policy: Policy Condition failed: ["eq", "$key", "a"]', "plan"],
  ["Invalid according to Policy: Extra input fields: x-amz-security-token", "plan"],
  ["Policy missing condition: foo", "plan"],
  ["There were headers present in the request which were not signed", "plan"],
  ["User: arn:aws:iam::1:user/x is not authorized to perform: s3:PutObject", "human"],
] as const

const foreign = [
  ["no body", ""],
  ["a page", "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"],
  ["JSON", '{"error":"slow_down"}'],
  ["text", "Bad URL"],
  ["an error without a code", "<Error><Message>?</Message></Error>"],
  ["an empty error", "<Error/>"],
  ["other XML", "<Errors><Code>SlowDown</Code></Errors>"],
] as const

const xml = (code: string, message?: string) =>
  `<Error><Code>${code}</Code>${message === undefined ? "" : `<Message>${message}</Message>`}</Error>`

const decode = (status: number, body: string, headers: Record<string, string> = {}) =>
  S3Error.fromResponse({ status, headers, body })

const fragments = [
  "<Error>",
  "</Error>",
  "<Code>",
  "</Code>",
  "<Message>",
  "</Message>",
  "SlowDown",
  "InternalError",
  "<?xml",
  "?>",
  "<!--",
  "-->",
  "<!DOCTYPE",
  "[",
  "]>",
  '<!ENTITY a "b">',
  "&a;",
  "&amp;",
  "&#x27;",
  "&#",
  "<![CDATA[",
  "]]>",
  "<",
  ">",
  "/",
  '"',
  "'",
  "=",
  "\n",
  "\u0000",
  "\uFEFF",
  "\uD800",
  "\u{1F600}",
  "__proto__",
  "<__proto__>",
  "<constructor>",
  "<#text>",
  "<a b='c'>",
  '{"error":',
  "<html>",
  "é",
  " ",
]

/** Half of them built of what XML is made of, half of any code units. */
const arbitraryAnswer = Effect.gen(function* () {
  const length = yield* Random.nextIntBetween(0, 30)
  let body = (yield* Random.nextBoolean) ? "<Error>" : ""
  const structured = yield* Random.nextBoolean
  for (let n = 0; n < length; n++) {
    body += structured
      ? (fragments[yield* Random.nextIntBetween(0, fragments.length - 1)] ?? "")
      : String.fromCharCode(yield* Random.nextIntBetween(0, 0xffff))
  }
  const statuses = [
    0,
    -1,
    200,
    204,
    304,
    400,
    403,
    404,
    429,
    500,
    503,
    599,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    4.5,
  ]
  const names = ["x-amz-request-id", "X-Amz-Id-2", "Retry-After", "date", "__proto__", "constructor", "", "é"]
  const headers: Array<[string, string]> = []
  for (let n = yield* Random.nextIntBetween(0, 3); n > 0; n--) {
    headers.push([names[yield* Random.nextIntBetween(0, names.length - 1)] ?? "", body.slice(0, 8)])
  }
  return {
    status: statuses[yield* Random.nextIntBetween(0, statuses.length - 1)] ?? 500,
    headers: Object.fromEntries(headers),
    body,
  }
})
