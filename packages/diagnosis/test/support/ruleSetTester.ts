/**
 * The contract of every rule set as tests. A package calls `testRuleSet` with its rules and its fixtures.
 *
 * Each rule has one fixture, `<CODE>.http`. The comments at its top state what it shows (`# what:`), the confidence that the
 * rule must have (`# confidence:`), and the codes of further defects in it (`# also:`).
 */
import { assert, describe, it } from "@effect/vitest"
import type { Explanation, RuleSet } from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as HttpCapture from "@holdfast/diagnosis/HttpCapture"
import { readdirSync, readFileSync } from "node:fs"

export interface RuleSetOptions {
  readonly ruleSet: RuleSet
  /** The package's own `Diagnosis.explain`. */
  readonly explain: (exchange: Exchange) => Explanation
  /** The URL of the fixtures' folder, with a trailing slash. */
  readonly fixtures: URL
  /** Parts of the secrets that the fixtures contain, as they would appear in an explanation. */
  readonly secrets: ReadonlyArray<string>
  /** The sites that the rules may link to: any by default. */
  readonly sites?: ReadonlyArray<string>
  /** Rule sets whose causes may be rivals too. */
  readonly neighbours?: ReadonlyArray<RuleSet>
  /** The codes whose response alone makes another rule certain, although the request then excludes it. Default: none. */
  readonly misleading?: ReadonlyArray<string>
}

export const testRuleSet = (options: RuleSetOptions): void => {
  const { explain, fixtures, misleading = [], neighbours = [], ruleSet, secrets, sites } = options
  const { rules, system } = ruleSet

  const read = (code: string) => {
    const text = readFileSync(new URL(`${code}.http`, fixtures), "utf8")
    const exchange = HttpCapture.parse(text)
    assert(exchange !== undefined, `${code}.http is no capture`)
    const comment = (name: string) => new RegExp(`^# ${name}: (.+)$`, "m").exec(text)?.[1]
    return { text, exchange, comment }
  }

  describe(`each rule of the rule set ${system}`, () => {
    it("has a fixture, and each fixture has a rule", () => {
      assert.sameMembers(
        readdirSync(fixtures),
        rules.map(({ code }) => `${code}.http`),
      )
    })

    it("has a unique code and a unique title, and the code names the rule set", () => {
      assert.strictEqual(new Set(rules.map(({ code }) => code)).size, rules.length)
      assert.strictEqual(new Set(rules.map(({ title }) => title)).size, rules.length)
      for (const { code } of rules) assert.match(code, new RegExp(`^HF-${system.toUpperCase()}-[A-Z]+-\\d{3}$`))
    })

    it("has a title of one line, a paragraph of explanation, a fix and valid links", () => {
      for (const { code, explanation, fix, links, title, topic } of rules) {
        assert.match(title, /^.{1,129}[^.\n]$/, code)
        assert.match(topic, /^[a-z][a-z-]*$/, code)
        assert.isAbove(explanation.length, 80, code)
        assert.isNotEmpty(fix, code)
        for (const { text } of fix) assert.match(text, /\S/, code)
        for (const link of links) {
          assert.isTrue(URL.canParse(link), `${code}: ${link}`)
          const { host, protocol } = new URL(link)
          assert.strictEqual(protocol, "https:", `${code}: ${link}`)
          if (sites !== undefined) assert.include(sites, host, code)
        }
      }
    })
  })

  describe(`certainty in the rule set ${system}`, () => {
    it("is claimed only by rules that name their rivals, or the document that excludes any", () => {
      const claiming = rules.flatMap(({ code }) =>
        (ruleSet.examine(read(code).exchange)?.findings ?? []).flatMap(([rule, finding]) =>
          finding._tag === "Found" && finding.confidence === "certain" ? [rule] : [],
        ),
      )
      for (const { code, rivals, soleCause } of [...rules, ...claiming]) {
        if (claiming.some((rule) => rule.code === code)) assert.isDefined(rivals, `${code} names no rivals`)
        assert.strictEqual(
          soleCause !== undefined,
          rivals?.length === 0,
          "is checked against rivals that exist, and never against the rule itself",
        )
        if (soleCause !== undefined) assert.isTrue(URL.canParse(soleCause), `${code}: ${soleCause}`)
      }
    })

    it("is measured against rivals that exist, and never against the rule itself", () => {
      const known = new Set([ruleSet, ...neighbours].flatMap((one) => one.rules.map(({ code }) => code)))
      for (const { code, rivals = [] } of rules) {
        assert.notInclude(rivals, code)
        assert.strictEqual(new Set(rivals).size, rivals.length, code)
        for (const rival of rivals) assert.isTrue(known.has(rival), `${code}: there is no ${rival}`)
      }
    })

    it("is granted to no rule on the fixture of another, unless the fixture has both defects", () => {
      const wrong = rules.flatMap(({ code }) => {
        const { comment, exchange } = read(code)
        const stated = [code, ...(comment("also")?.split(/[ ,]+/) ?? [])]
        return explain(exchange).causes.flatMap((cause) =>
          cause.confidence === "certain" && !stated.includes(cause.code) ? [`${code}: ${cause.code}`] : [],
        )
      })
      assert.deepStrictEqual(wrong, [])
    })
  })

  describe(`the fixture of each rule of the rule set ${system} is explained first by its rule, with the stated confidence`, () => {
    for (const { code, title } of rules) {
      it(`${code}: ${title}`, () => {
        const { comment, exchange } = read(code)
        const explanation = explain(exchange)
        assert.isDefined(comment("what"))
        assert.include([undefined, code], comment("code"))
        assert.deepStrictEqual([explanation.code, explanation.confidence], [code, comment("confidence")])
        const { detail, vendor } = explanation
        assert.match(detail, /^.{10,400}$/su)
        assert.notMatch(detail, /undefined|NaN|\[object|\[hidden/)
        const isWhole =
          /[.!?"]$/.test(detail) || [vendor.code, vendor.message].some((end) => end !== "" && detail.endsWith(end))
        assert.isTrue(isWhole, `ends neither as a sentence nor with the vendor's words: ${detail}`)
        assert.isNotEmpty(explanation.evidence)
        assert.isNotEmpty(explanation.fix)
      })
    }
  })

  describe(`the explanation of each fixture of the rule set ${system}`, () => {
    it("shows no secret", () => {
      const texts = rules.map(({ code }) => read(code).text)
      for (const secret of secrets)
        assert.isTrue(
          texts.some((text) => text.includes(secret)),
          `no fixture holds ${secret}`,
        )
      for (const { code } of rules) {
        const shown = JSON.stringify(explain(read(code).exchange))
        for (const secret of secrets) assert.notInclude(shown, secret, code)
      }
    })

    it("is certain without the request only of causes that the request confirms", () => {
      const misled = rules.flatMap(({ code }) => {
        const { exchange } = read(code)
        if (exchange.response === undefined) return []
        const known = explain(exchange).causes.map((cause) => cause.code)
        const isWrong = explain({ response: exchange.response }).causes.some(
          (cause) => cause.confidence === "certain" && !known.includes(cause.code),
        )
        return isWrong ? [code] : []
      })
      assert.deepStrictEqual(misled, misleading)
    })
  })
}
