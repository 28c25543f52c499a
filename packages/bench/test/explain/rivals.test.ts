/**
 * Tests rules that claim to be certain on exchanges whose true cause is a rival.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Explain from "@holdfast/explain/Explain"
import { existsSync, readFileSync } from "node:fs"
import * as Generated from "../../explain/score/generated.ts"

interface Claimant {
  readonly code: string
  readonly rivals: ReadonlySet<string>
}

const claimants: ReadonlyArray<Claimant> = Explain.ruleSets.flatMap(({ rules }) =>
  rules.flatMap(({ code, rivals = [] }) => (rivals.length === 0 ? [] : [{ code, rivals: new Set(rivals) }])),
)

const certain = (exchange: Exchange): ReadonlySet<string> =>
  new Set(Explain.explain(exchange).causes.flatMap(({ code, confidence }) => (confidence === "certain" ? [code] : [])))

/** The fixture of a rule, and the codes of its other causes. */
const fixtureOf = (code: string) => {
  const file = ["s3", "http", "oauth", "c2c"]
    .map((name) => new URL(`../../../${name}/test/fixtures/codes/${code}.http`, import.meta.url))
    .find((path) => existsSync(path))
  const text = file === undefined ? "" : readFileSync(file, "utf8")
  const also = [...text.matchAll(/^# also: (.+)$/gm)].flatMap(([, codes = ""]) => codes.split(/[ ,]+/))
  return { exchange: file === undefined ? undefined : HttpCapture.parse(readFileSync(file)), also }
}

describe("a rule that claims to be certain", () => {
  it("does not claim certainty for the fixture of a rival rule", () => {
    assert.isAbove(claimants.length, 80)
    const rivals = new Map(
      [...new Set(claimants.flatMap((one) => [...one.rivals]))].map((code) => [code, fixtureOf(code)]),
    )
    const claims = new Map(
      [...rivals].map(([code, { exchange }]) => [code, exchange === undefined ? new Set() : certain(exchange)]),
    )
    const wrong = claimants.flatMap(({ code, rivals: named }) =>
      [...named]
        .filter((rival) => claims.get(rival)?.has(code) === true && rivals.get(rival)?.also.includes(code) !== true)
        .map((rival) => `${code} on ${rival}`),
    )
    assert.deepStrictEqual(wrong, [])
  })

  it("does not claim certainty for a generated exchange whose cause belongs to a rival rule", () => {
    const tried = new Set<string>()
    const wrong: Array<string> = []
    for (const { part, source } of Generated.sources) {
      for (let seed = 0; seed < 250 * part; seed++) {
        const { defects, exchange, truth } = source.make(500_000 + seed, { defects: seed % 3 === 2 ? 2 : 1 })
        const opposed = claimants.filter(
          ({ code, rivals }) => !truth.includes(code) && truth.some((cause) => rivals.has(cause)),
        )
        if (opposed.length === 0) continue
        const claims = certain(exchange)
        for (const { code } of opposed) {
          tried.add(code)
          if (claims.has(code)) wrong.push(`${code} on ${source.system} ${500_000 + seed}: ${defects.join(" and ")}`)
        }
      }
    }
    assert.deepStrictEqual(wrong, [])
    // The generator cannot produce every rival; the fixtures above include each of them.
    assert.isAbove(tried.size, claimants.length / 3)
  }, 60_000)
})
