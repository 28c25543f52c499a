import { assert, describe, it } from "@effect/vitest"
import { Verdict } from "@holdfast/core"
import { Diagnosis } from "@holdfast/diagnosis"
import { exchange, type Facts, found, type Options, rule, ruleSet } from "./support/rules.ts"

const codes = (...ruleSets: ReadonlyArray<Diagnosis.RuleSet>): ReadonlyArray<string> =>
  Diagnosis.explain(exchange, ruleSets).causes.map(({ code }) => code)

describe("Diagnosis", () => {
  describe("the order of causes", () => {
    it("ranks causes by confidence and then by the order of the vendor's checks", () => {
      const rules = [
        rule("A", found("possible")),
        rule("B", found("likely")),
        rule("C", found("likely")),
        rule("D", found("certain")),
      ]
      assert.deepStrictEqual(codes(ruleSet(rules)), ["D", "B", "C"])
    })

    it("ranks a cause whose subject appears in the vendor's message above others of equal confidence", () => {
      const rules = [
        rule("A", found("likely", { about: ["x-other"] })),
        rule("B", found("likely", { about: ["X-Amz-Date"] })),
        rule("C", found("certain")),
      ]
      assert.deepStrictEqual(codes(ruleSet(rules, { message: "the x-amz-date is odd" })), ["C", "B", "A"])
      assert.deepStrictEqual(codes(ruleSet(rules, { message: "the x-amz-dates are odd" })), ["C", "A", "B"])
    })

    it("ranks causes from several rule sets together, and reports at most three", () => {
      const first = ruleSet([rule("A", found("possible")), rule("B", found("possible"))])
      const second = ruleSet([rule("C", found("likely")), rule("D", found("possible"))], { system: "other" })
      assert.deepStrictEqual(codes(first, second), ["C", "A", "B"])
      assert.deepStrictEqual(
        Diagnosis.explain(exchange, [first, second]).causes.map(({ system }) => system),
        ["other", "test", "test"],
      )
    })
  })

  it("omits `possible` causes if a `certain` cause is found", () => {
    const rules = [rule("A", found("possible")), rule("B", found("certain")), rule("C", found("likely"))]
    assert.deepStrictEqual(codes(ruleSet(rules)), ["B", "C"])
  })

  it("uses the code, title, fix and links of the first cause, and prefers the finding's fix to the rule's fix", () => {
    const own = [{ text: "do this", safety: "check first" as const }]
    const evidence = [{ at: "request.form[0]", name: "token", observed: "late", expected: "early" }]
    const explained = Diagnosis.explain(exchange, [
      ruleSet([rule("A", found("certain", { fix: own, evidence, detail: "so" })), rule("B", found("likely"))]),
    ])
    assert.deepInclude(explained, {
      outcome: "explained",
      code: "A",
      title: "title of A",
      confidence: "certain",
      detail: "so",
      fix: own,
      evidence,
      links: ["https://docs.test/A"],
    })
    assert.deepStrictEqual(explained.causes[1]?.fix, [{ text: "fix B", safety: "check first" }])
  })

  it("lists passed checks and missing data without duplicates", () => {
    const explained = Diagnosis.explain(exchange, [
      ruleSet([
        rule("A", Diagnosis.cleared("clock", "0.4 s")),
        rule("B", Diagnosis.unseen("the form")),
        rule("C", Diagnosis.cleared("clock", "0.5 s")),
        rule("D", Diagnosis.unseen("the form")),
        rule("E", undefined),
        rule("F", Diagnosis.cleared("expiry", "58 min left")),
      ]),
    ])
    assert.deepStrictEqual(explained.ruledOut, [
      { check: "clock", value: "0.4 s" },
      { check: "expiry", value: "58 min left" },
    ])
    assert.deepStrictEqual(explained.unseen, ["the form"])
  })

  it("reports an unknown outcome if no rule finds a cause", () => {
    const unknown = Diagnosis.explain(exchange, [ruleSet([rule("A", undefined)])])
    assert.deepInclude(unknown, {
      outcome: "unknown",
      code: undefined,
      confidence: undefined,
      title: "No rule identifies the cause",
      causes: [],
      fix: [],
    })
    assert.strictEqual(unknown.vendor.code, "Bad")
  })

  it("explains an empty exchange and an exchange that no rule set recognizes", () => {
    for (const one of [exchange, {}]) {
      const explained = Diagnosis.explain(one, [ruleSet([rule("A", found("certain"))], { reads: false })])
      assert.strictEqual(explained.outcome, "unknown")
      assert.deepInclude(explained.vendor, { system: "unknown", code: "", message: "" })
      assert.deepInclude(explained.retry, { verdict: "once", change: "nothing", advice: "once" })
    }
  })

  it("does not run rules or report causes for a successful exchange", () => {
    let asked = 0
    const curious = {
      ...rule("A", undefined),
      find: () => {
        asked++
        return found("certain")
      },
    }
    const explained = Diagnosis.explain({ response: { status: 204 } }, [ruleSet([curious], { succeeded: true })])
    assert.deepInclude(explained, { outcome: "succeeded", causes: [], ruledOut: [], unseen: [], code: undefined })
    assert.include(explained.detail, "204")
    assert.strictEqual(asked, 0)
  })

  it("takes the vendor's details from the first rule set that recognizes the exchange", () => {
    const silent = ruleSet([], { reads: false, system: "silent" })
    const explained = Diagnosis.explain(exchange, [silent, ruleSet([], { system: "b" }), ruleSet([], { system: "c" })])
    assert.strictEqual(explained.vendor.system, "b")
  })

  describe("retry advice", () => {
    const advice = (options: Options, change?: Verdict.Change) =>
      Diagnosis.explain(exchange, [
        ruleSet(change === undefined ? [] : [rule("A", found("certain"), { change })], options),
      ]).retry

    it("bases the retry advice on the engine's verdict and the server's hint", () => {
      assert.strictEqual(advice({ verdict: Verdict.always() }).advice, "yes, with backoff")
      assert.strictEqual(
        advice({ verdict: Verdict.always(), afterMs: 1500 }).advice,
        "yes, with backoff, after 1.5 s at the earliest",
      )
      assert.strictEqual(advice({ verdict: Verdict.once() }).advice, "once")
      assert.strictEqual(advice({ verdict: Verdict.never() }).advice, "no; the same request would fail again")
      assert.deepStrictEqual(advice({ verdict: Verdict.always(), afterMs: 1500 }), {
        verdict: "always",
        change: "nothing",
        afterMs: 1500,
        attempt: 3,
        advice: "yes, with backoff, after 1.5 s at the earliest",
      })
    })

    it("bases the retry advice on the change that the cause requires, regardless of the verdict", () => {
      assert.deepInclude(advice({ verdict: Verdict.always() }, "clock"), {
        verdict: "always",
        change: "clock",
        advice: "do not retry unchanged; retry after the clock has been corrected",
      })
      assert.strictEqual(advice({ verdict: Verdict.never({ change: "url" }) }).change, "url")
    })
  })

  it("passes redaction marks instead of secrets to rules, and replaces the marks with readable text in the explanation", () => {
    const seen: Array<string> = []
    const looking: Diagnosis.Rule<Facts> = {
      ...rule("A", undefined),
      find: (facts) => {
        seen.push(JSON.stringify(facts))
        const [part] = facts.request!.form!
        const value = "value" in part! ? part.value : ""
        return found("certain", {
          detail: `it is ${value}`,
          evidence: [{ at: "request.form[0]", name: "token", observed: value }],
        })
      },
    }
    const explained = Diagnosis.explain(exchange, [
      ruleSet([looking, rule("B", Diagnosis.cleared("token", "[hidden-1:13]"))], { message: "[hidden-1:13]" }),
    ])
    assert.notInclude(seen.join(), "EXAMPLE")
    assert.notInclude(JSON.stringify(explained), "hidden-")
    assert.strictEqual(explained.detail, "it is …(redacted, 13 bytes)")
    assert.strictEqual(explained.evidence[0]?.observed, "(redacted, 13 bytes)")
    assert.strictEqual(explained.vendor.message, "(redacted, 13 bytes)")
    assert.deepStrictEqual(explained.ruledOut, [{ check: "token", value: "(redacted, 13 bytes)" }])
  })
})
