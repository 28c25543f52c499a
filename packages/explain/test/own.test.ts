import { testRuleSet } from "../../diagnosis/test/support/ruleSetTester.ts"
import { assert, describe, it } from "@effect/vitest"
import * as Explain from "@holdfast/explain/Explain"
import * as ExplainInput from "@holdfast/explain/Input"

const own = Explain.ruleSets.find(({ system }) => system === "own")
assert(own !== undefined)

testRuleSet({
  ruleSet: own,
  explain: Explain.explain,
  fixtures: new URL("./fixtures/codes/", import.meta.url),
  secrets: [],
})

describe("the name of a Holdfast error", () => {
  it("explains a Holdfast error name, both on its own and inside other text", () => {
    for (const name of ["FileChanged", "LintError", "NotFromS3", "CircuitOpen", "TokensCorrupt"]) {
      const alone = Explain.explainCode(name)
      assert.match(alone?.code ?? "", /^HF-OWN-/, name)
      const input = ExplainInput.recognize(new TextEncoder().encode(`12:30:01 failed: ${name} in attempt 3`))
      assert(input._tag === "Exchange", name)
      assert.strictEqual(Explain.explain(input.exchange).code, alone?.code, name)
    }
  })

  it("explains the vendor's response that a Holdfast error wraps", () => {
    for (const [name, code] of [
      ["ChannelPaused", "HF-C2C-ASSET-001"],
      ["UnauthorizedClient", "HF-C2C-ACCESS-003"],
      ["InvalidScope", "HF-OAUTH-REQUEST-008"],
    ] as const)
      assert.strictEqual(Explain.explainCode(name)?.code, code, name)
  })
})
