import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"

const read = (text: string) => {
  const input = ExplainInput.recognize(new TextEncoder().encode(text))
  if (input._tag === "Unusable") return undefined
  return { exchange: input.exchange, first: Explain.explain(input.exchange).causes[0] }
}

describe("a text without a known format", () => {
  it("uses the most specific sentence to explain text in an unknown format", () => {
    const found = read(`2026-11-03 10:00:01 INFO  starting backup of /srv
2026-11-03 10:00:04 ERROR sync: remote "vault": list: the download token has expired
2026-11-03 10:00:04 ERROR sync: giving up after 3 attempts`)
    assert.strictEqual(found?.first?.code, "HF-HTTP-SAID-001")
    assert.include(found?.first?.detail, "the download token has expired")
  })

  it("keeps the status and the address in addition to the sentence", () => {
    const found = read(`job 17 failed: POST https://api.example.com/v2/exports returned error: 409
reason: "an export with this name already exists"`)
    assert.strictEqual(found?.exchange.response?.status, 409)
    assert.strictEqual(found?.exchange.request?.url, "https://api.example.com/v2/exports")
    assert.include(found?.first?.detail, "already exists")
  })

  it("adds the adjacent sentence to a code that has no description", () => {
    const found = read(`Error: invalid_request

Hint: The 'redirect_uri' parameter does not match any of the client's pre-registered 'redirect_uris'.`)
    assert.include(found?.first?.title.toLowerCase(), "redirect")
  })

  it("never rates a cause as `certain` for text in an unknown format", () => {
    assert.notStrictEqual(read("error: the bucket does not exist")?.first?.confidence, "certain")
  })

  it.each([
    "The quick brown fox jumps over the lazy dog.\nIt was a sunny day, and all went well.",
    "2026-11-03 10:00:01 INFO the session of user 7 has expired, as planned",
    "if (token.isExpired) throw new Error(`the ${name} token has expired`)",
  ])("does not recognize a text that reports no failure: %j", (text) => {
    assert.isUndefined(read(text))
  })
})
