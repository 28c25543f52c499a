import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Exchange, Redaction } from "@holdfast/diagnosis"
import { redact, percent, xml, writings, leaks } from "./support/redaction.ts"

describe("Redaction", () => {
  it("uses the first mask if several vocabularies define one", () => {
    const both = Redaction.make([{ masks: { a: () => "first" } }, { masks: { a: () => "second" } }])
    assert.strictEqual(both({ request: { headers: { A: "x" } } }).request!.headers!["A"], "first")
  })

  const words = Schema.Array(Schema.String)

  /** An exchange that has secrets in every kind of place, and quotes them. */
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
    "removes every secret, regardless of how it is quoted, and is idempotent",
    [words, Schema.String],
    ([some, more]) => {
      // Limited to characters that a URL can carry. Each secret begins and ends with different characters.
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
    "never throws, and is idempotent for arbitrary bodies",
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

  it("redacts long runs of any character quickly", () => {
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
