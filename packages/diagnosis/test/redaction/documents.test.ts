import { assert, describe, it } from "@effect/vitest"
import { redact, textsIn, url, answer, sent } from "../support/redaction.ts"

describe("Redaction", () => {
  describe("the place of a value", () => {
    it("redacts user info, parameters, bare words and the fragment of a URL, and preserves the encoding of the rest", () => {
      assert.strictEqual(
        url("https://user:EXAMPLE-pw@host.test/a%2Fb?page=%32&page=2&X=EXAMPLE+1&uploads&EXAMPLE-word#EXAMPLE-hash"),
        "https://[hidden-2:15]@host.test/a%2Fb?page=%32&page=2&X=[hidden-3:9:blanks]&uploads&[hidden-4:12]#[hidden-5:12]",
      )
      assert.match(url("//user:EXAMPLE-pw@host.test/"), /^\/\/\[hidden-\d+:15\]@host\.test\/$/)
      assert.match(url("user:EXAMPLE-pw@host.test/"), /^\[hidden-\d+:26\]$/)
      assert.match(url("https://a@b:EXAMPLE-pw@host.test"), /^https:\/\/\[hidden-\d+:14\]@host\.test$/)
      assert.strictEqual(url("/cap/a?page=2&token=EXAMPLE"), "/cap/a?page=2&token=[hidden-1:7]")
      assert.strictEqual(url("https://h.test/a;jsessionid=EXAMPLE/b"), "https://h.test/a;jsessionid=[hidden-1:7]/b")
      assert.strictEqual(url("https://h.test/?a=1&&b"), "https://h.test/?a=[hidden-1:1]&&[hidden-2:1]")
    })

    it("redacts all unknown headers regardless of letter case, and the secret parts of URLs in headers", () => {
      const headers = {
        "Content-TYPE": "text/plain",
        AUTHORIZATION: "Bearer EXAMPLE-token",
        cOOkie: "a=EXAMPLE-cookie; b=1",
        Location: "/cb?page=2&code=EXAMPLE-code#x",
        Referer: "https://h.test/?t=EXAMPLE",
        "X-Request-Id": "tx00000d1562e671cab85fc-006b01d3ae-1008-default",
      }
      const exchange = redact({ request: { headers }, response: { status: 1, headers } })
      assert.deepStrictEqual(exchange.request!.headers, exchange.response!.headers)
      assert.strictEqual(exchange.request!.headers!["Content-TYPE"], "text/plain")
      assert.strictEqual(exchange.request!.headers!["X-Request-Id"], headers["X-Request-Id"])
      assert.match(exchange.request!.headers!["Location"]!, /^\/cb\?page=2&code=\[hidden-\d+:12\]#\[hidden-\d+:1\]$/)
      assert.deepStrictEqual(
        textsIn(exchange).filter((text) => /EXAMPLE/.test(text)),
        [],
      )
    })

    it("leaves the value of a listed name visible if the value only looks like a secret", () => {
      const type = "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW7MA4YWxkTrZu0gW"
      assert.strictEqual(
        redact({ request: { headers: { "Content-Type": type } } }).request!.headers!["Content-Type"],
        type,
      )
      const id = "0123456789 0123456789abcdefghij0123456789ABCDEFGHIJ"
      assert.strictEqual(
        answer(`{"id":"${id}","message":"${id}"}`),
        `{"id":"${id}","message":"0123456789 [hidden-1:40]"}`,
      )
    })

    it("redacts JSON fields at any depth, including numbers, according to the nearest field name", () => {
      assert.strictEqual(
        answer(
          '{"error":"no","status":403,"pin":1234,"ok":true,"none":null,"errors":["a",{"token":"b","message":"c"}],"deep":{"error":["d",{"x":["e"]}]}}',
        ),
        '{"error":"no","status":403,"pin":"[hidden-1:4]","ok":true,"none":null,"errors":["a",{"token":"[hidden-2:1]","message":"c"}],"deep":{"error":["d",{"x":["[hidden-3:1]"]}]}}',
      )
      assert.strictEqual(answer('["EXAMPLE"]'), '["[hidden-1:7]"]')
    })

    it("redacts truncated and malformed JSON", () => {
      assert.strictEqual(
        answer('{"error": "no", "pin": 1234, "token": "EXAMPLE-to'),
        '{"error": "no", "pin": "[hidden-1:4]", "token": "[hidden-2:10]"',
      )
      for (const body of [
        "{'token': 'EXAMPLE'}",
        '{"a":"EXAMPLE\\',
        "{token:EXAMPLE}",
        '[{"a":EXAMPLE',
        '{"error":{"x":1}EXAMPLE',
      ])
        assert.notInclude(answer(body), "EXAMPLE", body)
    })

    it("redacts XML elements, attributes, sections, text between elements, and a truncated end", () => {
      assert.strictEqual(
        answer(
          '<?xml version="1.0" canary="EXAMPLE"?><!DOCTYPE a><e:Error xmlns="http://x.test/" a="EXAMPLE" code=\'c\'><!-- EXAMPLE --><Code>No</Code>EXAMPLE<Token-0 b>EXAMPLE</Token-0><T><![CDATA[EXAMPLE<&]]></T><e:Message>a &lt; b</e:Message> EXAMPLE </e:Error>',
        ),
        '<?xml version="1.0"?><e:Error xmlns="http://x.test/" a="[hidden-1:7]" code="c"><Code>No</Code>[hidden-1:7]<Token-0 b>[hidden-1:7]</Token-0><T>[hidden-2:9]</T><e:Message>a &lt; b</e:Message> [hidden-1:7] </e:Error>',
      )
      for (const body of [
        "<Error><Token>EXAMPLE",
        '<Error a="EXAMPLE',
        "<Error><![CDATA[EXAMPLE",
        "<Error><!-- EXAMPLE",
        "<Error></Token EXAMPLE",
        '<!DOCTYPE a [<!ENTITY b "EXAMPLE">]><Error/>',
      ])
        assert.notInclude(answer(body), "EXAMPLE", body)
    })

    it("redacts an XML secret that is split by a comment", () => {
      const body =
        "<Error><Token>EXAMPLE-canary</Token><Message>EXAMPLE<!-- x -->-canary, EXAMPLE<![CDATA[-can]]>ary</Message></Error>"
      assert.strictEqual(
        answer(body),
        "<Error><Token>[hidden-1:14]</Token><Message>[hidden-1:14], [hidden-1:14]</Message></Error>",
      )
    })

    it("redacts scripts, values and data in HTML pages, but leaves the kind of page recognizable", () => {
      const page =
        '<!DOCTYPE html><html lang="en"><head><title>Sign in</title><meta http-equiv="refresh" content="0; url=https://wifi.test/?mac=EXAMPLE"><script>var t = "EXAMPLE"</script></head><body data-t="EXAMPLE"><form action="/login?t=EXAMPLE" method=post><input type=hidden name=csrf value="EXAMPLE">'
      assert.strictEqual(
        answer(page),
        '<!DOCTYPE html><html lang="en"><head><title>Sign in</title><meta http-equiv="refresh" content="0; url=https://wifi.test/?mac=[hidden-1:7]"><script></script></head><body data-t="[hidden-1:7]"><form action="/login?t=[hidden-1:7]" method="post"><input type="hidden" name="csrf" value="[hidden-1:7]">',
      )
      assert.isBelow(answer(`<html>${"<p>text</p>".repeat(5000)}`).length, 2100)
    })

    it("redacts form-encoded bodies, sent or received, even with a trailing line break or brackets in names", () => {
      const shown = "grant_type=a%20b&code=[hidden-1:7]"
      for (const body of ["grant_type=a%20b&code=EXAMPLE", "grant_type=a%20b&code=EXAMPLE\r\n"]) {
        assert.strictEqual(sent(body), shown)
        assert.strictEqual(answer(body), shown)
      }
      assert.strictEqual(sent("user[pin]=EXAMPLE"), "user[pin]=[hidden-1:7]")
      const type = { "Content-Type": "application/x-www-form-urlencoded" }
      assert.strictEqual(sent("code=EXAMPLE word&x=<", type), "code=[hidden-1:12:blanks]&x=[hidden-2:1]")
    })

    it("redacts the entire text of a request, but only suspected secrets in the text of a response, and truncates long response text", () => {
      assert.strictEqual(sent("somebody's file"), "[hidden-1:15:blanks]")
      const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.EXAMPLE`
      const text = `no: AKIAIOSFODNN7EXAMPLE, Bearer EXAMPLE-1, ${jwt}, password="EXAMPLE2!", token: EXAMPLE3x, see https://u:EXAMPLE@h.test/a?page=1&t=EXAMPLE for more`
      assert.strictEqual(
        answer(text).replaceAll(/hidden-\d+/g, "#"),
        'no: AKIA[#:16], Bearer [#:9], [#:44:jwt], password="[#:9]", token: [#:9], see https://[#:9]@h.test/a?page=1&t=[#:7] for more',
      )
      const innocent =
        "Basic authentication is required; the token is malformed: see /a/very/long/path/2026/11/21/to/the/thing.mov"
      assert.strictEqual(answer(innocent), innocent)
      assert.strictEqual(answer("word ".repeat(1000)), "word ".repeat(400))
    })

    it("does not redact the name and type of a file", () => {
      const file = { name: "file", filename: "clip.mov", size: 5, type: "video/mp4" }
      assert.deepStrictEqual(redact({ request: { form: [file] } }).request!.form, [file])
    })

    it("drops fields that are not part of the exchange types", () => {
      const strange: object = {
        request: { method: "GET", cookies: "EXAMPLE" },
        response: { status: 400, raw: "EXAMPLE" },
        at: "2026 (EXAMPLE)",
        canary: "EXAMPLE",
      }
      assert.notInclude(JSON.stringify(redact(strange)), "EXAMPLE")
    })
  })
})
