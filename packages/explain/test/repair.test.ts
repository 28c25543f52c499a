import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as Input from "@holdfast/explain/Input"
import * as Lint from "@holdfast/s3/Lint"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

const fixtures = ["http", "oauth", "s3", "c2c", "explain"].flatMap((name) => {
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

const isSafe = ({ safety }: Explain.Fix): boolean => safety === "safe to apply"

/** The codes whose rule has a fix that is safe to apply. */
const safe = new Set(Explain.causes.filter(({ fix }) => fix.some(isSafe)).map(({ code }) => code))

describe("Explain.repair on the fixture of each code", () => {
  it("repairs the request of every code whose fix is safe to apply", () => {
    const repaired = fixtures.flatMap(({ code, path }) =>
      Explain.repair(exchangeOf(path))?.code === code ? [code] : [],
    )
    assert.deepStrictEqual(
      [...safe].filter((code) => !repaired.includes(code)),
      [],
    )
  })

  it("calls a fix of the first cause safe to apply exactly if it repairs the request", () => {
    for (const { code, path } of fixtures) {
      const exchange = exchangeOf(path)
      if (exchange.request === undefined) continue
      const said = Explain.explain(exchange).fix.some(isSafe)
      assert.strictEqual(said, Explain.repair(exchange) !== undefined, code)
    }
  })

  it("changes the request, or sends it again where nothing has to change", () => {
    for (const { code, path } of fixtures) {
      const exchange = exchangeOf(path)
      const repair = Explain.repair(exchange)
      if (repair === undefined) continue
      const about = Explain.about(repair.code)
      const isSame = repair.changes.length === 0 && repair.needs === undefined
      assert.isTrue(!isSame || about?.change === "nothing", `${code} is sent again unchanged`)
    }
  })

  it("leaves no defect of the code in a request to a storage, as the lint sees it", () => {
    let seen = 0
    for (const { code, path } of fixtures) {
      const { at, request } = exchangeOf(path)
      const now = typeof at === "string" ? Date.parse(at) : undefined
      const has = (one: Explain.Exchange["request"]) =>
        Lint.check(one ?? {}, now === undefined ? {} : { at: now }).some((finding) => finding.code === code)
      const repair = Explain.repair(exchangeOf(path))
      if (!code.startsWith("HF-S3-") || repair === undefined || !has(request)) continue
      seen++
      // What the signer has to add is not there yet.
      if (repair.needs === undefined) assert.isFalse(has(repair.request), code)
    }
    assert.isAbove(seen, 15)
  })

  it("puts no secret of the exchange into its changes", () => {
    for (const { code, path } of fixtures) {
      const changes = JSON.stringify(Explain.repair(exchangeOf(path))?.changes ?? [])
      assert.notMatch(changes, /EXAMPLE(?:access|refresh|device|client)(?:token|code|secret)/i, code)
    }
  })
})
