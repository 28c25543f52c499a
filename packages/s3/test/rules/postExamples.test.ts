import { assert, describe, it } from "@effect/vitest"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { existsSync, readFileSync } from "node:fs"

const rules = Diagnosis.ruleSet.rules.filter(({ code }) => code.startsWith("HF-S3-POST-"))

describe("the examples of the rules about forms", () => {
  it("have codes that are used once, and titles of their own", () => {
    assert.strictEqual(new Set(rules.map(({ code }) => code)).size, rules.length)
    assert.strictEqual(new Set(rules.map(({ title }) => title)).size, rules.length)
  })

  for (const rule of rules) {
    it(`${rule.code}: ${rule.title}`, () => {
      const file = new URL(`../fixtures/codes/${rule.code}.http`, import.meta.url)
      assert(existsSync(file), "there is an example")
      const text = readFileSync(file, "utf8")
      const exchange = HttpCapture.parse(text)
      assert(exchange !== undefined)
      const explanation = Diagnosis.explain(exchange)
      assert.strictEqual(explanation.code, rule.code)
      assert.include(text, `# confidence: ${explanation.confidence}\n`)
      assert.isAbove(rule.explanation.length, 80)
      assert.isAbove(rule.fix.length, 0)
      for (const link of rule.links) assert.match(link, /^https:\/\/(?:docs\.aws\.amazon\.com|www\.rfc-editor\.org)\//)
    })
  }
})
