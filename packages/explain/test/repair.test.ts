import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as Input from "@holdfast/explain/Input"
import * as Lint from "@holdfast/s3/Lint"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const files = ["http", "oauth", "s3", "c2c", "explain"].flatMap((name) => {
  const folder = join(import.meta.dirname, "../..", name, "test/fixtures/codes")
  return readdirSync(folder)
    .filter((file) => file.endsWith(".http"))
    .map((file) => ({ code: file.slice(0, -".http".length), path: join(folder, file) }))
})

const exchangeOf = (path: string): Explain.Exchange => {
  const input = Input.recognize(readFileSync(path))
  assert(input._tag === "Exchange", path)
  return input.exchange
}

/** Explained and repaired once for all tests, because it is slow. */
const fixtures = files.map(({ code, path }) => {
  const exchange = exchangeOf(path)
  return { code, exchange, explanation: Explain.explain(exchange), repair: Explain.repair(exchange) }
})

const isSafe = ({ safety }: Explain.Fix): boolean => safety === "safe to apply"

/** The codes of rules with a fix that is safe to apply. */
const safe = new Set(Explain.causes.filter(({ fix }) => fix.some(isSafe)).map(({ code }) => code))

describe("Explain.repair on the fixture of each code", () => {
  it("corrects the request for every code that has a fix marked as safe to apply", () => {
    const repaired = fixtures.flatMap(({ code, repair }) => (repair?.code === code ? [code] : []))
    assert.deepStrictEqual(
      [...safe].filter((code) => !repaired.includes(code)),
      [],
    )
  })

  it("returns a request if and only if a fix of the first cause is safe to apply", () => {
    for (const { code, exchange, explanation, repair } of fixtures) {
      if (exchange.request !== undefined) assert.strictEqual(explanation.fix.some(isSafe), repair !== undefined, code)
    }
  })

  it("returns a changed request, or the same request if no change is needed", () => {
    for (const { code, repair } of fixtures) {
      if (repair === undefined) continue
      const isSame = repair.changes.length === 0 && repair.needs === undefined
      assert.isTrue(!isSame || Explain.about(repair.code)?.change === "nothing", `${code} is sent again unchanged`)
    }
  })

  it("removes the defect that the linter finds in a storage request", () => {
    let seen = 0
    for (const { code, exchange, repair } of fixtures) {
      const { at, request } = exchange
      const now = typeof at === "string" ? Date.parse(at) : undefined
      const has = (one: Explain.Exchange["request"]) =>
        Lint.check(one ?? {}, now === undefined ? {} : { at: now }).some((finding) => finding.code === code)
      if (!code.startsWith("HF-S3-") || repair === undefined || !has(request)) continue
      seen++
      // The lint does not count what the signer still has to add.
      if (repair.needs === undefined) assert.isFalse(has(repair.request), code)
    }
    assert.isAbove(seen, 15)
  })

  it("considers the same fixes safe for the original and for the saved exchange", () => {
    for (const { code, exchange, explanation } of fixtures) {
      assert.deepStrictEqual(Explain.explain(Explain.redact(exchange)).fix, explanation.fix, code)
    }
  }, 20_000)

  it("does not include any secret from the exchange in the changes", () => {
    for (const { code, repair } of fixtures) {
      const changes = JSON.stringify(repair?.changes ?? [])
      assert.notMatch(changes, /EXAMPLE(?:access|refresh|device|client)(?:token|code|secret)/i, code)
    }
  })
})

describe("Explain.repair of a request that may have been executed", () => {
  const url = "https://api.example.com/v1/items"
  const lost = (method: string, headers: Readonly<Record<string, string>> = {}): Explain.Exchange => ({
    request: { method, url, headers: { Accept: "application/json", ...headers } },
    failure: "ECONNRESET",
  })

  it("repeats a request that is idempotent because of its method or an idempotency key", () => {
    assert.isDefined(Explain.repair(lost("GET")))
    assert.isDefined(Explain.repair(lost("PUT")))
    assert.isDefined(Explain.repair(lost("POST", { "Idempotency-Key": "8c1d" })))
    assert.isUndefined(Explain.repair(lost("POST")))
    assert.isUndefined(Explain.repair(lost("PATCH")))
  })

  it("repeats a request if the server did nothing", () => {
    const { request } = lost("POST")
    assert.isDefined(Explain.repair({ request, failure: "ECONNREFUSED" }))
    assert.isDefined(Explain.repair({ request, response: { status: 429, headers: {}, body: "" } }))
    assert.isUndefined(Explain.repair({ request, response: { status: 502, headers: {}, body: "" } }))
  })
})
