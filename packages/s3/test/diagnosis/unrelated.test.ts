import { assert, describe, it } from "@effect/vitest"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import * as Diagnosis from "@holdfast/s3/Diagnosis"
import { readFileSync } from "node:fs"
import * as Sample from "../support/requests.ts"

const codes = Diagnosis.ruleSet.rules.map(({ code }) => code).filter((code) => !code.startsWith("HF-S3-POST-"))

const example = (code: string) => {
  const exchange = HttpCapture.parse(readFileSync(new URL(`../fixtures/codes/${code}.http`, import.meta.url), "utf8"))
  assert(exchange !== undefined, code)
  return exchange
}

describe("the examples of the rules about requests", () => {
  it("does not report any rule's cause for an unrelated response", () => {
    const unrelated = [
      Sample.slow,
      Sample.refused(500, "InternalError", "We encountered an internal error. Please try again."),
    ]
    for (const code of codes) {
      for (const response of unrelated) {
        const { failure: _, ...exchange } = example(code)
        const explanation = Diagnosis.explain({ ...exchange, response })
        assert.match(explanation.code ?? "", /^HF-S3-SVC-00[24]$/, code)
        assert.isTrue(code.startsWith("HF-S3-SVC-") || explanation.causes.every((cause) => cause.code !== code), code)
      }
      const { request } = example(code)
      assert.strictEqual(
        Diagnosis.explain({ ...(request === undefined ? {} : { request }), response: { status: 200 } }).outcome,
        "succeeded",
      )
    }
  }, 20_000)
})
