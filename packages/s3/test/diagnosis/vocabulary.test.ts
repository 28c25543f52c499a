import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Exchange, Redaction } from "@holdfast/diagnosis"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import * as PostPolicy from "@holdfast/s3/PostPolicy"

const { vocabulary } = Diagnosis.ruleSet
const redact = Redaction.make([vocabulary])

/** The redacted value of a form's field, beside others. */
const field = (name: string, value: string, ...others: ReadonlyArray<Exchange.FormField>): string => {
  const form = redact({ request: { form: [{ name, value }, ...others] } }).request!.form!
  return (form[0] as Exchange.FormField).value
}

const header = (value: string): string =>
  redact({ request: { headers: { Authorization: value } } }).request!.headers!["Authorization"]!

/** A policy before and after redaction, as JSON. */
const policyOf = (policy: unknown, ...others: ReadonlyArray<Exchange.FormField>): unknown => {
  const text = field("Policy", PostPolicy.toBase64(JSON.stringify(policy)), ...others)
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))))
}

/** Half of a surrogate pair, which has no UTF-8. */
const wellFormed = (text: string): string => new TextDecoder().decode(new TextEncoder().encode(text))

const scope = "20261121/us-east-1/s3/aws4_request"
const token = "IQoJb3JpZ2luX2VjEXAMPLEcanary"
/** A text without characters that a path, a header or a list of names could not contain. */
const secret = "wJalrXUtnFEMI7EXAMPLEK7M"

describe("the vocabulary of S3", () => {
  describe("key ids", () => {
    it("keeps the letters of a key id that show its type", () => {
      assert.strictEqual(field("AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"), "AKIA[hidden-1:16]")
      assert.strictEqual(field("awsaccesskeyid", "ASIAIOSFODNN7EXAMPLE"), "ASIA[hidden-1:16]")
      assert.strictEqual(field("AWSAccessKeyId", "minioadmin"), "[hidden-1:10]")
      assert.strictEqual(field("AWSAccessKeyId", "ASIA"), "[hidden-1:4]")
      assert.strictEqual(field("AWSAccessKeyId", ""), "")
    })
  })

  describe("credentials", () => {
    it("keeps the scope of a credential in any encoding", () => {
      assert.strictEqual(field("x-amz-credential", `AKIAIOSFODNN7EXAMPLE/${scope}`), `AKIA[hidden-1:16]/${scope}`)
      const encoded = `AKIAIOSFODNN7EXAMPLE%2F${scope.replaceAll("/", "%2F")}`
      assert.strictEqual(field("X-Amz-Credential", encoded), `AKIA[hidden-1:16]%2F${scope.replaceAll("/", "%2F")}`)
    })

    it("hides the whole value if the credential's location contains something else", () => {
      for (const value of ["AKIA EXAMPLE/x y", `${token}.${token}/a.b`, `a/${"x".repeat(60)}`]) {
        assert.match(field("x-amz-credential", value), /^\[hidden-\d+:\d+(?::blanks)?\]$/, value)
      }
    })

    it("hides a key at every position in the credential's scope", () => {
      const parts = ["AKIAIOSFODNN7EXAMPLE", "20261121", "us-east-1", "s3", "aws4_request"]
      for (const [at] of parts.entries()) {
        const value = parts.with(at, secret).join("/")
        assert.strictEqual(
          field("x-amz-credential", value).replace(/AKIA\[hidden-\d+:16\]/, "AKIAIOSFODNN7EXAMPLE"),
          value.replace(secret, `[hidden-${at === 0 ? 1 : 2}:24]`),
        )
      }
      assert.notInclude(field("x-amz-credential", `us-east-1/AKIAIOSFODNN7EXAMPLE/${secret}`), "IOSFODNN7")
    })

    it("redacts a version 2 credential only once", () => {
      const once = header("AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl:x")
      assert.strictEqual(header(once), once)
    })

    it("keeps the scope of a valid credential even if a damaged credential contains the same scope", () => {
      const damaged = `${secret}+=/${scope}`
      const { form } = redact({
        request: {
          form: [
            { name: "x-amz-credential", value: `AKIAIOSFODNN7EXAMPLE/${scope}` },
            { name: "a", value: damaged },
          ],
        },
        response: { status: 403 },
      }).request!
      assert.propertyVal(form![0]!, "value", `AKIA[hidden-1:16]/${scope}`)
    })

    it("replaces a credential with the same placeholder in a form, a URL, a header and a policy", () => {
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
    it("keeps the scheme, the scope and the names of the signed headers in an Authorization header", () => {
      assert.strictEqual(
        header(
          `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${scope},SignedHeaders=host;x-amz-date,Signature=0123456789abcdef`,
        ),
        `AWS4-HMAC-SHA256 Credential=AKIA[hidden-1:16]/${scope}, SignedHeaders=host;x-amz-date, Signature=[hidden-2:16]`,
      )
      assert.strictEqual(header("AWS AKIAIOSFODNN7EXAMPLE:c2lnbmF0dXJl:x"), "AWS AKIA[hidden-1:16]:[hidden-2:14]")
      assert.strictEqual(header("Bearer EXAMPLE-canary"), "Bearer [hidden-1:14]")
    })

    it("hides the whole Authorization header if its scheme is unknown, and hides everything after the scheme if the rest is malformed", () => {
      assert.match(header("EXAMPLE-canary"), /^\[hidden-\d+:14\]$/)
      assert.match(header("EXAMPLE-canary and-more"), /^\[hidden-\d+:23:blanks\]$/)
      assert.match(
        header(`AWS4-HMAC-SHA256 Credential=AKIA/${scope}, Canary=${token}`),
        /^AWS4-HMAC-SHA256 \[hidden-\d+:\d+:blanks\]$/,
      )
      assert.notInclude(header(`AWS4-HMAC-SHA256 SignedHeaders=${token} x`), token)
    })
  })

  it("shows names of headers and schemes, but hides a key that appears in place of a name", () => {
    const scoped = `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/${scope}`
    assert.include(header(`${scoped}, SignedHeaders=host;${secret}, Signature=ab`), "SignedHeaders=host;[hidden-")
    assert.strictEqual(field("X-Amz-SignedHeaders", `${secret};x-amz-meta-a1`), "[hidden-1:24];x-amz-meta-a1")
    assert.match(header(`AWS4-${secret} Credential=a`), /^\[hidden-1:\d+:blanks\]$/)
    const ecdsa = "AWS4-ECDSA-P256-SHA256 Credential=[hidden-1:1], SignedHeaders=host%3Bdate"
    assert.strictEqual(header("AWS4-ECDSA-P256-SHA256 Credential=a, SignedHeaders=host%3Bdate"), ecdsa)
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

    it("keeps the structure, the expiration, the sizes and the conditions on harmless fields of a policy", () => {
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

    it("redacts a policy so that it can still be compared with the form", () => {
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

    it("hides every value that is at an unexpected location in a policy", () => {
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

    it("reads a policy with the escapes that S3 accepts and JSON does not", () => {
      const text = String.raw`{"expiration":"2026-11-21T18:23:58.000Z","conditions":[["starts-with","\$key","a\vb"],["eq","\$x-amz-security-token","${token}"]]}`
      const shown = field("policy", PostPolicy.toBase64(text))
      assert.deepEqual(PostPolicy.decode(shown), {
        _tag: "Policy",
        policy: {
          expiration: Date.UTC(2026, 10, 21, 18, 23, 58),
          conditions: [PostPolicy.startsWith("key", "a\vb"), PostPolicy.exact("x-amz-security-token", "[hidden-1:29]")],
        },
      })
    })

    it("hides a value that appears in a policy in place of a name", () => {
      const shown = JSON.stringify(
        policyOf(
          {
            [secret]: [],
            deep: { [secret]: 1 },
            conditions: [
              { [secret]: "a" },
              ["eq", secret, "$key"],
              ["starts-with", `$${secret}`, ""],
              { "x-amz-meta-a1": "" },
              ["eq", "$Owner7Of24Things5More", ""],
            ],
          },
          { name: "owner7of24things5more", value: "" },
        ),
      )
      assert.notInclude(shown, secret.slice(0, 8))
      for (const name of ["deep", "x-amz-meta-a1", "$Owner7Of24Things5More"]) assert.include(shown, name)
      assert.include(shown, '"starts-with","$[hidden-')
    })

    it("does not make a policy decodable if S3 could not decode it", () => {
      const good = PostPolicy.toBase64(
        JSON.stringify({ expiration: "2026-11-21T18:23:58.000Z", conditions: [{ a: token }] }),
      )
      assert.strictEqual(PostPolicy.decode(field("policy", good))._tag, "Policy")
      for (const bad of [
        ` ${good}`,
        `${good} `,
        `${good.slice(0, 40)} ${good.slice(40)}`,
        good.replaceAll("/", "_").replace("=", "-"),
      ]) {
        assert.strictEqual(PostPolicy.decode(field("policy", bad))._tag, "Malformed", bad)
      }
    })

    it("keeps the malformed parts of a policy malformed", () => {
      assert.deepEqual(policyOf({ conditions: [["eq", "$key"], ["content-length-range", 1], []] }), {
        conditions: [["eq", "$key"], ["content-length-range", 1], []],
      })
    })

    it("replaces a policy with a placeholder if it is not base64, and with a base64-encoded placeholder if it is not JSON", () => {
      assert.match(field("policy", `{"token":"${token}"}`), /^\[hidden-\d+:\d+\]$/)
      assert.match(atob(field("policy", btoa(`expiration: ${token}`))), /^\[hidden-\d+:41:blanks\]$/)
      const deep = btoa(`${"[".repeat(20_000)}"${token}"${"]".repeat(20_000)}`)
      assert.notInclude(atob(field("policy", deep)), token)
    })

    it("shows the value of a harmless field in the same way in the policy and in the form", () => {
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

  describe("the signed text", () => {
    const element = (name: string, text: string): string =>
      redact({ response: { status: 403, body: `<Error><${name}>${text.replaceAll("&", "&amp;")}</${name}></Error>` } })
        .response!.body!

    it("keeps the lines of a canonical request, except for tokens and unknown headers", () => {
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

    it.each([
      ["in place of the path", ["PUT", secret, ""], 1],
      ["in place of the query", ["PUT", "/a", secret, "host:a", "", "host", "UNSIGNED-PAYLOAD"], 2],
      ["as the name of a parameter", ["PUT", "/a", `${secret}==`, "host:a", "", "host", "UNSIGNED-PAYLOAD"], 2],
      ["among the headers", ["PUT", "/a", "", secret, "", "host", "UNSIGNED-PAYLOAD"], 3],
      ["as the name of a header", ["PUT", "/a", "", `${secret}:a`, "", "host", "UNSIGNED-PAYLOAD"], 3],
      ["among the names of headers", ["PUT", "/a", "", "host:a", "", `host;${secret}`, "UNSIGNED-PAYLOAD"], 5],
      ["in place of the payload's hash", ["PUT", "/a", "", "host:a", "", "host", secret], 6],
      ["after the payload's hash", ["PUT", "/a", "", "host:a", "", "host", "UNSIGNED-PAYLOAD", secret], 7],
      ["in place of the date", ["AWS4-HMAC-SHA256", secret, scope, "0d".repeat(32)], 1],
      ["in place of the hash", ["AWS4-HMAC-SHA256", "20261121T172358Z", scope, secret], 3],
      ["after the hash", ["AWS4-HMAC-SHA256", "20261121T172358Z", scope, "0d".repeat(32), secret], 4],
      [
        "in place of the previous signature",
        ["AWS4-HMAC-SHA256-PAYLOAD", "20261121T172358Z", scope, "0d".repeat(32)],
        3,
      ],
      ["in version 2, as a digest", ["PUT", secret, "video/mp4", "1795282738", "/a"], 1],
      ["in version 2, as a type", ["PUT", "", secret, "1795282738", "/a"], 2],
      ["in version 2, as a date", ["PUT", "", "video/mp4", secret, "/a"], 3],
      ["in version 2, as a resource", ["PUT", "", "video/mp4", "1795282738", secret], 4],
    ])("hides only the line with a secret: %s", (_, lines, at) => {
      const text = redact({
        response: { status: 403, body: `<Error><StringToSign>${lines.join("\n")}</StringToSign></Error>` },
      }).response!.body!
      const shown = /<StringToSign>(.*)<\/StringToSign>/s.exec(text)![1]!.split("\n")
      assert.match(shown[at]!, /\[hidden-\d+:\d+\]/)
      assert.notInclude(text, lines[at]!)
      assert.notInclude(text, secret.slice(0, 8))
      assert.deepEqual(shown.toSpliced(at, 1), lines.toSpliced(at, 1))
    })

    it("shows the lines of a version 2 string to sign, except for tokens and unknown parameters", () => {
      const text = element(
        "StringToSign",
        `PUT\n1B2M2Y8AsgTpgAmY7PhCfg==\nvideo/mp4\nSat, 21 Nov 2026 17:24:10 GMT\nx-amz-acl:private\nx-amz-security-token:${token}\n/talks/a.mov?uploadId=EXAMPLE&response-x=${token}`,
      )
      assert.include(
        text,
        "PUT\n1B2M2Y8AsgTpgAmY7PhCfg==\nvideo/mp4\nSat, 21 Nov 2026 17:24:10 GMT\nx-amz-acl:private\nx-amz-security-token:[hidden-1:29]\n/talks/a.mov?uploadId=EXAMPLE&amp;response-x=[hidden-1:29]<",
      )
    })

    it("reads a form's string to sign as a policy", () => {
      const text = element(
        "StringToSign",
        PostPolicy.toBase64(JSON.stringify({ conditions: [{ "x-amz-security-token": token }] })),
      )
      const [, policy = ""] = /<StringToSign>(.*)<\/StringToSign>/.exec(text)!
      assert.match(atob(policy), /^\{"conditions":\[\{"x-amz-security-token":"\[hidden-\d+:29\]"\}\]\}$/)
    })
  })

  it("hides unknown elements, fields and headers, and also hides text that quotes them", () => {
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
    "does not change an exchange that is already redacted",
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
