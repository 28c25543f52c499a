import { assert, describe, it } from "@effect/vitest"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { readFileSync } from "node:fs"
import * as Sample from "./requests.ts"

const codes = Diagnosis.ruleSet.rules.map(({ code }) => code).filter((code) => !code.startsWith("HF-S3-POST-"))

const example = (code: string) => {
  const text = readFileSync(new URL(`../fixtures/codes/${code}.http`, import.meta.url), "utf8")
  const exchange = HttpCapture.parse(text)
  assert(exchange !== undefined, code)
  const told = (name: string) => new RegExp(`^# ${name}: (.+)$`, "m").exec(text)?.[1]
  return { text, exchange, confidence: told("confidence"), code: told("code"), what: told("what") }
}

describe("the examples of the rules about requests", () => {
  it("have codes and names that are used once, and titles of their own, and links to public pages", () => {
    const rules = Diagnosis.ruleSet.rules
    assert.strictEqual(new Set(rules.map(({ code }) => code)).size, rules.length)
    assert.strictEqual(new Set(rules.map(({ title }) => title)).size, rules.length)
    for (const { code, explanation, links } of rules) {
      assert.isAbove(explanation.length, 80, code)
      for (const link of links) assert.match(link, /^https:\/\/(?:docs\.aws\.amazon\.com|www\.rfc-editor\.org)\//, code)
    }
  })

  it("are explained by their rule first, as sure as they say", () => {
    for (const code of codes) {
      const { confidence, exchange, ...told } = example(code)
      const explanation = Diagnosis.explain(exchange)
      assert.strictEqual(told.code, code)
      assert.isDefined(told.what, code)
      assert.strictEqual(explanation.code, code)
      assert.strictEqual(explanation.confidence, confidence, code)
      assert.isNotEmpty(explanation.detail, code)
      assert.isNotEmpty(explanation.fix, code)
      assert.isNotEmpty(explanation.evidence, code)
    }
  })

  it("are not blamed for an answer that has nothing to do with them", () => {
    const unrelated = [
      Sample.slow,
      Sample.refused(500, "InternalError", "We encountered an internal error. Please try again."),
    ]
    for (const code of codes) {
      for (const response of unrelated) {
        const { failure: _, ...exchange } = example(code).exchange
        const explanation = Diagnosis.explain({ ...exchange, response })
        assert.match(explanation.code ?? "", /^HF-S3-SVC-00[24]$/, code)
        assert.isTrue(code.startsWith("HF-S3-SVC-") || explanation.causes.every((cause) => cause.code !== code), code)
      }
      const { request } = example(code).exchange
      assert.strictEqual(
        Diagnosis.explain({ ...(request === undefined ? {} : { request }), response: { status: 200 } }).outcome,
        "succeeded",
      )
    }
  })

  it("leave no secret in what is said of them, and say the same when it was hidden before", () => {
    for (const code of codes) {
      const { exchange } = example(code)
      const explanation = Diagnosis.explain(exchange)
      const words = JSON.stringify(explanation)
      for (const secret of ["feedface", "SESSION0TOKEN", "APPLICATION.TOKEN", "IOSFODNN7EXAMPLE", "RkVFREZBQ0"]) {
        assert.notInclude(words, secret, code)
      }
    }
  })

  it("say no more without the request than with it, and nothing that the request would contradict for certain", () => {
    for (const code of codes) {
      const { exchange } = example(code)
      if (exchange.response === undefined) continue
      const bare = Diagnosis.explain({ response: exchange.response })
      if (bare.outcome === "unknown") continue
      const certain = bare.causes.filter(({ confidence }) => confidence === "certain").map((cause) => cause.code)
      const known = Diagnosis.explain(exchange).causes.map((cause) => cause.code)
      for (const one of certain) assert.include(known, one, code)
    }
  })
})
