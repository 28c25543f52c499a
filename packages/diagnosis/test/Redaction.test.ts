import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Exchange, Redaction } from "@holdfast/diagnosis"

/** A small vocabulary of everything. */
const redact = Redaction.make([
  {
    headers: new Set(["content-type", "content-length", "x-request-id", "www-authenticate"]),
    query: new Set(["page", "uploads"]),
    fields: new Set(["key", "grant_type", "redirect"]),
    members: new Set(["error", "message", "status", "errors", "id"]),
    elements: new Set(["code", "message", "resource"]),
    masks: { credential: (value, hide) => `${value.slice(0, 4)}${hide(value.slice(4))}` },
  },
])

const percent = (text: string): string => encodeURIComponent(text)
const base64 = (text: string): string =>
  btoa(Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join(""))
const xml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
const json = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The ways in which a server may quote what it was sent. */
const writings = {
  raw: (text: string) => text,
  percent,
  "lower-case percent": (text: string) => percent(text).replaceAll(/%../g, (octet) => octet.toLowerCase()),
  "form-encoded": (text: string) => new URLSearchParams([["", text]]).toString().slice(1),
  "twice percent": (text: string) => percent(percent(text)),
  JSON: json,
  XML: xml,
  "XML attribute": (text: string) => xml(text).replaceAll('"', "&quot;").replaceAll("'", "&#39;"),
  base64,
  "base64 of URLs": (text: string) => base64(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
}

/** Every text in an exchange, names included. */
const textsIn = (u: unknown): ReadonlyArray<string> =>
  typeof u === "string"
    ? [u]
    : typeof u === "object" && u !== null
      ? Object.entries(u).flatMap(([name, value]) => [name, ...textsIn(value)])
      : []

const leaks = (exchange: Exchange.Exchange, secret: string): ReadonlyArray<string> =>
  Object.entries(writings).flatMap(([way, write]) =>
    textsIn(exchange).flatMap((text) => (text.includes(write(secret)) ? [`${way} in ${text}`] : [])),
  )

const url = (text: string): string => redact({ request: { url: text } }).request!.url!
const answer = (body: string, headers: Record<string, string> = {}): string =>
  redact({ response: { status: 400, headers, body } }).response!.body!
const sent = (body: string, headers: Record<string, string> = {}): string =>
  redact({ request: { headers, body } }).request!.body!

describe("Redaction", () => {
  describe("marks", () => {
    it("tell the number, the bytes and the traits of a secret, and nothing else", () => {
      const { form } = redact({
        request: {
          form: [
            { name: "a", value: "naïve word" },
            { name: "b", value: "100%25" },
            { name: "c", value: "naïve word" },
            { name: "d", value: "" },
          ],
        },
      }).request!
      assert.deepStrictEqual(form, [
        { name: "a", value: "[hidden-1:11:blanks]", bytes: 11 },
        { name: "b", value: "[hidden-2:6:percent]", bytes: 6 },
        { name: "c", value: "[hidden-1:11:blanks]", bytes: 11 },
        { name: "d", value: "", bytes: 0 },
      ])
    })

    it.prop(
      "are equal where the secrets are, and only there",
      [Schema.Array(Schema.String)],
      ([values]) => {
        const form = redact({ request: { form: values.map((value) => ({ name: "x", value })) } }).request!.form!
        const marks = form.map((part) => ("value" in part ? part.value : ""))
        for (const [i, a] of values.entries())
          for (const [j, b] of values.entries()) assert.strictEqual(marks[i] === marks[j], a === b)
      },
      { arbitrary: { runs: 200, seed: 1 } },
    )

    it("count bytes through what is seen and what is hidden", () => {
      assert.strictEqual(Redaction.bytesOf("ASIA[hidden-3:16]/ï[hidden-4:5:blanks]"), 4 + 16 + 3 + 5)
      assert.strictEqual(Redaction.bytesOf("plain"), 5)
    })

    it("answer for traits of what is hidden and what is seen", () => {
      assert.isTrue(Redaction.has("[hidden-1:2:blanks]", "blanks"))
      assert.isTrue(Redaction.has("[hidden-1:2] [hidden-2:2]", "blanks"))
      assert.isTrue(Redaction.has("[hidden-1:2][hidden-2:2:percent]", "percent"))
      assert.isFalse(Redaction.has("[hidden-1:2:percent]", "blanks"))
      assert.isTrue(Redaction.has("a%2Fb", "percent"))
      assert.isFalse(Redaction.has("100% of it", "percent"))
    })

    it("say whether a value begins with another as far as they know", () => {
      const cases: ReadonlyArray<readonly [value: string, beginning: string, answer: boolean | undefined]> = [
        ["up/a", "up/", true],
        ["up/a", "down/", false],
        ["up", "up/", false],
        ["[hidden-1:9]", "", true],
        ["[hidden-1:9]", "up/", undefined],
        ["up/[hidden-1:9]", "up/", true],
        ["up/[hidden-1:9]", "up/a", undefined],
        ["up/[hidden-1:9]", "down/a", false],
        ["[hidden-1:9]", "[hidden-1:4:start]", true],
        ["[hidden-2:9]", "[hidden-1:4:start]", false],
        ["[hidden-1:9]", "[hidden-1:9]", true],
        ["[hidden-1:9]/a", "[hidden-1:9]/b", false],
        ["[hidden-1:9]/a", "[hidden-1:9]/", true],
        ["[hidden-2:9]", "[hidden-1:4]", undefined],
        ["[hidden-2:3]", "[hidden-1:4]", false],
        ["plain", "[hidden-1:4:start]", undefined],
        ["", "[hidden-1:4:start]", false],
      ]
      for (const [value, beginning, expected] of cases)
        assert.strictEqual(Redaction.startsWith(value, beginning), expected, `${value} ${beginning}`)
    })

    it("are read by people as what was left out", () => {
      assert.strictEqual(
        Redaction.shown("ASIA[hidden-2:16]/x, [hidden-3:1:blanks]"),
        "ASIA…(redacted, 16 bytes)/x, …(redacted, 1 byte)",
      )
    })

    it("that somebody else has written hide nothing and stand for nothing", () => {
      const forged = "[hidden-1:2]"
      const { form } = redact({
        request: {
          form: [
            { name: "a", value: forged },
            { name: "b", value: `${forged}EXAMPLE-secret` },
            { name: "c", value: "EXAMPLE-other" },
            { name: "d", value: "[hidden-99999999999999999999:1]" },
          ],
        },
      }).request!
      const values = form!.map((part) => ("value" in part ? part.value : ""))
      assert.strictEqual(new Set(values).size, 4)
      assert.match(values.slice(1).join(), /^(?:\[hidden-\d+:\d+\],?){3}$/)
    })
  })

  describe("places", () => {
    it("of a URL: user info, parameters, bare words and the fragment, and not how the rest is encoded", () => {
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

    it("of headers: all that nobody knows, whatever their case, and addresses in those that lead somewhere", () => {
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

    it("that are shown keep what only looks like a secret there", () => {
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

    it("of JSON: members at any depth, numbers too, by their nearest name", () => {
      assert.strictEqual(
        answer(
          '{"error":"no","status":403,"pin":1234,"ok":true,"none":null,"errors":["a",{"token":"b","message":"c"}],"deep":{"error":["d",{"x":["e"]}]}}',
        ),
        '{"error":"no","status":403,"pin":"[hidden-1:4]","ok":true,"none":null,"errors":["a",{"token":"[hidden-2:1]","message":"c"}],"deep":{"error":["d",{"x":["[hidden-3:1]"]}]}}',
      )
      assert.strictEqual(answer('["EXAMPLE"]'), '["[hidden-1:7]"]')
    })

    it("of JSON that breaks off or is not quite JSON", () => {
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

    it("of XML: elements, attributes, sections, what stands between elements, and what is cut off", () => {
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

    it("of XML: a secret that a comment divides does not come together", () => {
      const body =
        "<Error><Token>EXAMPLE-canary</Token><Message>EXAMPLE<!-- x -->-canary, EXAMPLE<![CDATA[-can]]>ary</Message></Error>"
      assert.strictEqual(
        answer(body),
        "<Error><Token>[hidden-1:14]</Token><Message>[hidden-1:14], [hidden-1:14]</Message></Error>",
      )
    })

    it("of pages: scripts, values and data, while what tells the page's kind stays", () => {
      const page =
        '<!DOCTYPE html><html lang="en"><head><title>Sign in</title><meta http-equiv="refresh" content="0; url=https://wifi.test/?mac=EXAMPLE"><script>var t = "EXAMPLE"</script></head><body data-t="EXAMPLE"><form action="/login?t=EXAMPLE" method=post><input type=hidden name=csrf value="EXAMPLE">'
      assert.strictEqual(
        answer(page),
        '<!DOCTYPE html><html lang="en"><head><title>Sign in</title><meta http-equiv="refresh" content="0; url=https://wifi.test/?mac=[hidden-1:7]"><script></script></head><body data-t="[hidden-1:7]"><form action="/login?t=[hidden-1:7]" method="post"><input type="hidden" name="csrf" value="[hidden-1:7]">',
      )
      assert.isBelow(answer(`<html>${"<p>text</p>".repeat(5000)}`).length, 2100)
    })

    it("of encoded forms, sent or answered, also with a line break behind them or names in brackets", () => {
      const shown = "grant_type=a%20b&code=[hidden-1:7]"
      for (const body of ["grant_type=a%20b&code=EXAMPLE", "grant_type=a%20b&code=EXAMPLE\r\n"]) {
        assert.strictEqual(sent(body), shown)
        assert.strictEqual(answer(body), shown)
      }
      assert.strictEqual(sent("user[pin]=EXAMPLE"), "user[pin]=[hidden-1:7]")
      const type = { "Content-Type": "application/x-www-form-urlencoded" }
      assert.strictEqual(sent("code=EXAMPLE word&x=<", type), "code=[hidden-1:12:blanks]&x=[hidden-2:1]")
    })

    it("of text: all of a request's, and of an answer's what looks like a secret, and all but the beginning", () => {
      assert.strictEqual(sent("somebody's file"), "[hidden-1:15:blanks]")
      const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.EXAMPLE`
      const text = `no: AKIAIOSFODNN7EXAMPLE, Bearer EXAMPLE-1, ${jwt}, password="EXAMPLE2!", token: EXAMPLE3x, see https://u:EXAMPLE@h.test/a?page=1&t=EXAMPLE for more`
      assert.strictEqual(
        answer(text).replaceAll(/hidden-\d+/g, "#"),
        'no: AKIA[#:16], Bearer [#:9], [#:44], password="[#:9]", token: [#:9], see https://[#:9]@h.test/a?page=1&t=[#:7] for more',
      )
      const innocent =
        "Basic authentication is required; the token is malformed: see /a/very/long/path/2026/11/21/to/the/thing.mov"
      assert.strictEqual(answer(innocent), innocent)
      assert.strictEqual(answer("word ".repeat(1000)), "word ".repeat(400))
    })

    it("of a file: its name is shown, its type too", () => {
      const file = { name: "file", filename: "clip.mov", size: 5, type: "video/mp4" }
      assert.deepStrictEqual(redact({ request: { form: [file] } }).request!.form, [file])
    })

    it("that no type of ours has are left out", () => {
      const strange: object = {
        request: { method: "GET", cookies: "EXAMPLE" },
        response: { status: 400, raw: "EXAMPLE" },
        at: "2026 (EXAMPLE)",
        canary: "EXAMPLE",
      }
      assert.notInclude(JSON.stringify(redact(strange)), "EXAMPLE")
    })
  })

  describe("quotes", () => {
    const secret = `EX/AM+PLE "it's" <&> ü=%41$&$1\nline two of it`

    for (const [way, write] of Object.entries(writings)) {
      it(`of a secret are found: ${way}`, () => {
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

    it("of one secret that begins another are told apart, the longer first", () => {
      const form = ["EXAMPLE-1", "EXAMPLE-12", "EXAMPLE-123"].map((value) => ({ name: "t", value }))
      const body = JSON.stringify({ message: "EXAMPLE-123 EXAMPLE-12 EXAMPLE-1 EXAMPLE-1234" })
      assert.strictEqual(
        redact({ request: { form }, response: { status: 400, body } }).response!.body,
        '{"message":"[hidden-3:11] [hidden-2:10] [hidden-1:9] [hidden-3:11]4"}',
      )
    })

    it("of the lines of a key, of the words of a cookie, of a password in a header and in an address", () => {
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

    it("of a value that is shown in part show the same part", () => {
      const exchange = redact({
        request: { form: [{ name: "credential", value: "KEY-EXAMPLE-canary" }] },
        response: { status: 400, body: '{"message":"KEY-EXAMPLE-canary is unknown, EXAMPLE-canary too"}' },
      })
      assert.strictEqual(exchange.response!.body, '{"message":"KEY-[hidden-1:14] is unknown, [hidden-1:14] too"}')
    })

    it("of names, regions, dates and media types stay readable", () => {
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

    it("of short words are not looked for", () => {
      assert.strictEqual(
        redact({ request: { form: [{ name: "pin", value: "denied" }] }, response: { status: 400, body: "denied" } })
          .response!.body,
        "denied",
      )
    })
  })

  it("lets the mask of the first vocabulary count", () => {
    const both = Redaction.make([{ masks: { a: () => "first" } }, { masks: { a: () => "second" } }])
    assert.strictEqual(both({ request: { headers: { A: "x" } } }).request!.headers!["A"], "first")
  })

  const words = Schema.Array(Schema.String)

  /** An exchange that holds secrets in places of every kind, and quotes them. */
  const planted = (secrets: ReadonlyArray<string>, quote: string): Exchange.Exchange => {
    const secret = (index: number) => secrets[index % secrets.length]!
    return {
      request: {
        method: "POST",
        url: `https://u:${percent(secret(0))}@h.test/a?page=1&token=${percent(secret(1))}#${percent(secret(2))}`,
        headers: { Authorization: `Bearer ${secret(3)}`, "X-Any": secret(4), "content-type": "text/plain" },
        form: [
          { name: "key", value: "up/a" },
          { name: "token", value: secret(5) },
          { name: "credential", value: `KEY-${secret(6)}` },
          { name: "file", filename: "a.mov", size: 1 },
        ],
        body: JSON.stringify({ message: quote, deep: [{ token: secret(7) }] }),
      },
      response: {
        status: 400,
        headers: { Location: `/cb?code=${percent(secret(8))}`, "Set-Cookie": `a=${secret(9)}` },
        body: `<Error b="${xml(secret(10)).replaceAll('"', "&quot;")}"><Message>${xml(quote)}</Message><T>${xml(secret(11))}</T></Error>`,
      },
      failure: quote,
      at: 5,
    }
  }

  it.prop(
    "leaves no secret anywhere, however it is quoted, and changes nothing a second time",
    [words, Schema.String],
    ([some, more]) => {
      // What a URL cannot carry is no secret in it; each begins and ends as no other does.
      const secrets = [...some, more].map(
        (text, index) => `c${index}-${new TextDecoder().decode(new TextEncoder().encode(text))}-canary`,
      )
      const ways = Object.values(writings)
      const quote = `bad: ${secrets.map((secret, index) => ways[index % ways.length]!(secret)).join(", ")}.`
      const once = redact(planted(secrets, quote))
      for (const secret of secrets.slice(0, 12)) assert.deepStrictEqual(leaks(once, secret), [])
      assert.deepStrictEqual(redact(once), once)
    },
    { arbitrary: { runs: 60, seed: 2 } },
  )

  it.prop(
    "is total, and settles on the first pass, whatever the bodies are",
    [Schema.String, Schema.Json],
    ([text, value]) => {
      const starts = [
        "",
        "{",
        '{"a":"',
        "[",
        "<a>",
        "<a b=",
        "<!--",
        "<html>",
        "a=",
        "x ",
        "[hidden-1:2]",
        "https://",
        "?a=",
        "eyJ.",
      ]
      for (const start of starts) {
        for (const body of [start + text, start + JSON.stringify(value), start + text.repeat(3)]) {
          const once = redact({
            request: { url: body, body },
            response: { status: 1, headers: { location: body }, body },
            failure: body,
          })
          assert.deepStrictEqual(redact(once), once, body)
        }
      }
    },
    { arbitrary: { runs: 12, seed: 3 } },
  )

  it("ends soon on long runs of anything", () => {
    const pieces = [
      "a",
      "a=",
      "a=b&",
      "-",
      '"',
      '{"a":',
      "[",
      "<",
      "<a ",
      "<!--",
      "&#x",
      "eyJ",
      "-eyJ",
      "Bearer ",
      "token: ",
      "x://",
      "?a",
      "%41",
      "\ud800",
      "[hidden-",
      "[hidden-1:2]",
      "\\",
      ";a=b",
      "a:a@",
    ]
    for (const piece of pieces) {
      const text = piece.repeat(4096 / piece.length)
      redact({
        request: {
          url: text,
          headers: { authorization: text, cookie: text, location: text },
          form: [{ name: "a", value: text }],
        },
        response: { status: 400, headers: { "www-authenticate": text }, body: text },
      })
      redact({ response: { status: 400, body: `<html><p ${text}` }, failure: text })
    }
  })
})
