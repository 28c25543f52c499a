import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Exchange, Redaction } from "@holdfast/core"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as PostPolicy from "@holdfast/s3/PostPolicy"

const { vocabulary } = Diagnosis.book
const redact = Redaction.make([vocabulary])

/** The value of a form's field after redaction, beside others. */
const field = (name: string, value: string, ...others: ReadonlyArray<Exchange.FormField>): string => {
  const form = redact({ request: { form: [{ name, value }, ...others] } }).request!.form!
  return (form[0] as Exchange.FormField).value
}

const header = (value: string): string =>
  redact({ request: { headers: { Authorization: value } } }).request!.headers!["Authorization"]!

/** A policy before and after, as JSON. */
const policyOf = (policy: unknown, ...others: ReadonlyArray<Exchange.FormField>): unknown => {
  const text = field("Policy", PostPolicy.toBase64(JSON.stringify(policy)), ...others)
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))))
}

/** Half of a surrogate pair has no UTF-8. */
const wellFormed = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text))

const scope = "20261121/us-east-1/s3/aws4_request"
const token = "IQoJb3JpZ2luX2VjEXAMPLEcanary"

describe("the vocabulary of S3", () => {
  describe("key ids", () => {
    it("keep the letters that tell their kind", () => {
      assert.strictEqual(field("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"), "AKIA[hidden-1:16]")
      assert.strictEqual(field("awsaccesskeyid", "ASIAIOSFODNN7EXAMPLE"), "ASIA[hidden-1:16]")
      assert.strictEqual(field("AWSAccessKeyId", "minioadmin"), "[hidden-1:10]")
      assert.strictEqual(field("AWSAccessKeyId", "ASIA"), "[hidden-1:4]")
      assert.strictEqual(field("AWSAccessKeyId", ""), "")
    })
  })

  describe("credentials", () => {
    it("keep their scope, however it is encoded", () => {
      assert.strictEqual(field("x-amz-credential", `AKIAIOSFODNN7EXAMPLE/${scope}`), `AKIA[hidden-1:16]/${scope}`)
      const encoded = `AKIAIOSFODNN7EXAMPLE%2F${scope.replaceAll("/", "%2F")}`
      assert.strictEqual(field("X-Amz-Credential", encoded), `AKIA[hidden-1:16]%2F${scope.replaceAll("/", "%2F")}`)
    })

    it("are hidden whole where their place holds something else", () => {
      for (const value of ["AKIA EXAMPLE/x y", `${token}.${token}/a.b`, `a/${"x".repeat(60)}`]) {
        assert.match(field("x-amz-credential", value), /^\[hidden-\d+:\d+(?::blanks)?\]$/, value)
      }
    })

    it("have one mark in a form, a URL, a header and a policy", () => {
      const credential = `ASIAIOSFODNN7EXAMPLE/${scope}`
      const shown = redact({
        request: {
          url: `https://s3.example.com/?X-Amz-Credential=${encodeURIComponent(credential)}`,
          headers: {
            authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=abcdef0123`,
          },
          form: [{ name: "x-amz-credential", value: credential }],
        },
      }).request!
      assert.include(shown.url, "ASIA[hidden-1:16]%2F20261121")
      assert.include(shown.headers!["authorization"], `Credential=ASIA[hidden-1:16]/${scope}, SignedHeaders=host`)
      assert.deepInclude(shown.form![0], { value: `ASIA[hidden-1:16]/${scope}` })
      assert.deepEqual(
        policyOf({ conditions: [{ "x-amz-credential": credential }] }, { name: "x-amz-credential", value: credential }),
        { conditions: [{ "x-amz-credential": `ASIA[hidden-1:16]/${scope}` }] },
      )
    })
  })

  describe("authorization", () => {
    it("keeps scheme, scope and the names of the signed headers", () => {
      assert.strictEqual(
        header(
          `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${scope},SignedHeaders=host;x-amz-date,Signature=0123456789abcdef`,
        ),
        `AWS4-HMAC-SHA256 Credential=AKIA[hidden-1:16]/${scope}, SignedHeaders=host;x-amz-date, Signature=[hidden-2:16]`,
      )
      assert.strictEqual(header("AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl:x"), "AWS AKIA[hidden-1:16]:[hidden-2:14]")
      assert.strictEqual(header("Bearer EXAMPLE-canary"), "Bearer [hidden-1:14]")
    })

    it("is hidden whole where it has no scheme that is known, and behind the scheme where it is malformed", () => {
      assert.match(header("EXAMPLE-canary"), /^\[hidden-\d+:14\]$/)
      assert.match(header("EXAMPLE-canary and-more"), /^\[hidden-\d+:23:blanks\]$/)
      assert.match(
        header(`AWS4-HMAC-SHA256 Credential=AKIA/${scope}, Canary=${token}`),
        /^AWS4-HMAC-SHA256 \[hidden-\d+:\d+:blanks\]$/,
      )
      assert.notInclude(header(`AWS4-HMAC-SHA256 SignedHeaders=${token} x`), token)
    })
  })

  describe("policies", () => {
    const conditions = [
      { bucket: "cap" },
      ["starts-with", "$key", "up/"],
      ["content-length-range", 1, "1048576"],
      { "x-amz-security-token": token },
      ["eq", "$x-amz-meta-owner", "EXAMPLE-owner"],
      ["starts-with", "$x-amz-meta-tag", "EXAMPLE-t"],
    ]

    it("keep structure, expiration, sizes and the conditions on harmless fields", () => {
      const policy = { expiration: "2026-11-21T18:23:58.000Z", conditions }
      assert.deepEqual(
        policyOf(
          policy,
          { name: "x-amz-security-token", value: token },
          { name: "x-amz-meta-owner", value: "EXAMPLE-other" },
          { name: "x-amz-meta-tag", value: "EXAMPLE-tag" },
        ),
        {
          expiration: "2026-11-21T18:23:58.000Z",
          conditions: [
            { bucket: "cap" },
            ["starts-with", "$key", "up/"],
            ["content-length-range", 1, "1048576"],
            { "x-amz-security-token": "[hidden-1:29]" },
            ["eq", "$x-amz-meta-owner", "[hidden-2:13]"],
            ["starts-with", "$x-amz-meta-tag", "[hidden-3:9:start]"],
          ],
        },
      )
    })

    it("can still be compared with the form", () => {
      const form = (tag: string) =>
        redact({
          request: {
            form: [
              { name: "policy", value: PostPolicy.toBase64(JSON.stringify({ conditions })) },
              { name: "x-amz-meta-tag", value: tag },
            ],
          },
        }).request!.form!.map((part) => (part as Exchange.FormField).value)
      const beginning = (policy: string) => /\[hidden-\d+:9:start\]/.exec(atob(policy))![0]
      for (const [tag, begins] of [
        ["EXAMPLE-tag", true],
        ["EXAMPLE-t", true],
        ["other", false],
      ] as const) {
        const [policy, value] = form(tag)
        assert.strictEqual(Redaction.startsWith(value!, beginning(policy!)), begins, tag)
      }
    })

    it("hide whatever stands in a place of their own making", () => {
      const strange: Schema.Json = {
        expiration: token,
        canary: token,
        conditions: [
          token,
          [token, "$key", "a"],
          ["content-length-range", 0, token],
          ["content-length-range", token, 1],
          ["eq", "$constructor", token],
          { toString: token, policy: token },
          ["eq", "$key", "a", token],
          { key: { deep: [token] } },
        ],
      }
      assert.notInclude(JSON.stringify(policyOf(strange)), token)
    })

    it("keep what is malformed malformed", () => {
      assert.deepEqual(policyOf({ conditions: [["eq", "$key"], ["content-length-range", 1], []] }), {
        conditions: [["eq", "$key"], ["content-length-range", 1], []],
      })
    })

    it("become a mark where they are no base64, and base64 of a mark where they are no JSON", () => {
      assert.match(field("policy", `{"token":"${token}"}`), /^\[hidden-\d+:\d+\]$/)
      assert.match(atob(field("policy", btoa(`expiration: ${token}`))), /^\[hidden-\d+:41:blanks\]$/)
      const deep = btoa(`${"[".repeat(20_000)}"${token}"${"]".repeat(20_000)}`)
      assert.notInclude(atob(field("policy", deep)), token)
    })

    it("show a condition on a harmless field as the field is shown", () => {
      const url = `https://app.example.com/done?session=${token}`
      const [policy, redirect] = redact({
        request: {
          form: [
            {
              name: "policy",
              value: PostPolicy.toBase64(JSON.stringify({ conditions: [["eq", "$success_action_redirect", url]] })),
            },
            { name: "success_action_redirect", value: url },
          ],
        },
      }).request!.form!.map((part) => (part as Exchange.FormField).value)
      assert.match(redirect!, /^https:\/\/app\.example\.com\/done\?session=\[hidden-\d+:29\]$/)
      assert.include(atob(policy!), redirect!)
    })
  })

  describe("what was signed", () => {
    const element = (name: string, text: string): string =>
      redact({ response: { status: 403, body: `<Error><${name}>${text.replaceAll("&", "&amp;")}</${name}></Error>` } })
        .response!.body!

    it("keeps the lines of a canonical request, but for tokens and unknown headers", () => {
      const lines = [
        "PUT",
        "/cap/u.txt",
        `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20261121&X-Amz-Security-Token=${token}`,
        "content-type:video/mp4",
        "host:cap.s3.amazonaws.com",
        `x-amz-security-token:${token}`,
        "",
        "host;x-amz-security-token",
        "UNSIGNED-PAYLOAD",
      ]
      assert.strictEqual(
        element("CanonicalRequest", lines.join("\n")),
        [
          "<Error><CanonicalRequest>PUT",
          "/cap/u.txt",
          "X-Amz-Algorithm=AWS4-HMAC-SHA256&amp;X-Amz-Credential=AKIA[hidden-1:16]%2F20261121&amp;X-Amz-Security-Token=[hidden-2:29]",
          "content-type:video/mp4",
          "host:cap.s3.amazonaws.com",
          "x-amz-security-token:[hidden-2:29]",
          "",
          "host;x-amz-security-token",
          "UNSIGNED-PAYLOAD</CanonicalRequest></Error>",
        ].join("\n"),
      )
    })

    it("reads a policy where a form was signed", () => {
      const text = element(
        "StringToSign",
        PostPolicy.toBase64(JSON.stringify({ conditions: [{ "x-amz-security-token": token }] })),
      )
      const [, policy = ""] = /<StringToSign>(.*)<\/StringToSign>/.exec(text)!
      assert.match(atob(policy), /^\{"conditions":\[\{"x-amz-security-token":"\[hidden-\d+:29\]"\}\]\}$/)
    })
  })

  it("hides elements, fields and headers that nobody knows, and what they are quoted with", () => {
    const exchange = redact({
      request: { form: [{ name: "x-amz-security-token", value: token }] },
      response: {
        status: 400,
        headers: { "x-new": "EXAMPLE-header" },
        body: `<Error><Code>InvalidToken</Code><Message>bad ${token}, ${btoa(token)}</Message><Token-0>${token}</Token-0><ArgumentValue>EXAMPLE-value</ArgumentValue></Error>`,
      },
    })
    assert.strictEqual(
      exchange.response!.body,
      "<Error><Code>InvalidToken</Code><Message>bad [hidden-1:29], [hidden-1:29]</Message><Token-0>[hidden-1:29]</Token-0><ArgumentValue>[hidden-3:13]</ArgumentValue></Error>",
    )
    assert.strictEqual(exchange.response!.headers!["x-new"], "[hidden-2:14]")
  })

  it.prop(
    "is redacted once: masks leave alone what they have left",
    [Schema.Array(Schema.String), Schema.String],
    ([words, text]) => {
      const value = (index: number) => words[index % Math.max(1, words.length)] ?? text
      const exchange: Exchange.Exchange = {
        request: {
          url: `https://cap.s3.amazonaws.com/a?X-Amz-Credential=${encodeURIComponent(wellFormed(value(0)))}&b=${encodeURIComponent(wellFormed(text))}`,
          headers: { authorization: `AWS4-HMAC-SHA256 Credential=${value(1)}, Signature=${text}`, cookie: value(2) },
          form: [
            {
              name: "policy",
              value: PostPolicy.toBase64(
                JSON.stringify({ conditions: [{ a: value(3) }, ["starts-with", "$b", text]] }),
              ),
            },
            { name: "b", value: value(4) },
            { name: "AWSAccessKeyId", value: `ASIA${value(5)}` },
          ],
        },
        response: {
          status: 403,
          body: `<Error><Message>${value(3)}</Message><StringToSign>${text}\n${value(6)}</StringToSign></Error>`,
        },
      }
      const once = redact(exchange)
      assert.deepStrictEqual(redact(once), once)
    },
    { arbitrary: { runs: 300, seed: 11 } },
  )
})
