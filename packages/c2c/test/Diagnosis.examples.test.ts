import { assert, describe, it } from "@effect/vitest"
import * as Diagnosis from "@holdfast/c2c/Diagnosis"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { readdirSync, readFileSync } from "node:fs"

const folder = new URL("./fixtures/codes/", import.meta.url)
const { rules } = Diagnosis.ruleSet

const example = (code: string) => {
  const text = readFileSync(new URL(`${code}.http`, folder), "utf8")
  const exchange = HttpCapture.parse(text)
  assert(exchange !== undefined, code)
  return { exchange, confidence: /^# confidence: (\w+)$/m.exec(text)?.[1] }
}

describe("the causes of Frame.io", () => {
  it("have an example each, and no example is without a cause", () => {
    assert.sameMembers(
      readdirSync(folder),
      rules.map(({ code }) => `${code}.http`),
    )
  })

  for (const { code, title } of rules) {
    it(`${code}: ${title}`, () => {
      const { confidence, exchange } = example(code)
      const explanation = Diagnosis.explain(exchange)
      assert.strictEqual(explanation.code, code)
      assert.strictEqual(explanation.confidence, confidence)
      assert.match(explanation.detail, /^.{10,400}[.!?"]$/su)
      assert.notMatch(explanation.detail, /undefined|NaN|\[object|\[hidden/)
      assert.isNotEmpty(explanation.evidence)
    })
  }

  it("have stable codes, one line of title, an explanation, and a fix", () => {
    assert.strictEqual(new Set(rules.map(({ code }) => code)).size, rules.length)
    for (const { code, explanation, fix, links, title } of rules) {
      assert.match(code, /^HF-(?:HTTP|OAUTH|C2C)-[A-Z]+-\d{3}$/)
      assert.isAtMost(title.length, 130, code)
      assert.notMatch(title, /\n|\.$/, code)
      assert.isAtLeast(explanation.length, 80, code)
      assert.isNotEmpty(fix, code)
      for (const link of links) assert.isTrue(URL.canParse(link), link)
    }
  })
})
