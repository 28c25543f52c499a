import { assert, describe, it } from "@effect/vitest"
import { Diagnosis } from "@holdfast/diagnosis"
import { evidence, exchange, type Facts, found, type Options, rule, ruleSet } from "./support/rules.ts"

type Rules = ReadonlyArray<Diagnosis.Rule<Facts>>

const ranked = (...ruleSets: ReadonlyArray<Diagnosis.RuleSet>): ReadonlyArray<string> =>
  Diagnosis.explain(exchange, ruleSets).causes.map(({ code, confidence }) => `${code} ${confidence}`)

const of = (rules: Rules, options?: Options) => ranked(ruleSet(rules, options))

describe("a claim to be certain", () => {
  const claim = rule("A", found("certain"), { rivals: ["B"] })

  it("is granted if every rival is cleared or has nothing to say, or is merely possible", () => {
    for (const finding of [undefined, Diagnosis.cleared("clock", "right"), found("possible")]) {
      assert.deepStrictEqual(of([rule("B", finding), claim]), ["A certain"])
    }
    assert.deepStrictEqual(of([claim]), ["A certain"])
  })

  it("is likely if a rival was found or could not look", () => {
    assert.deepStrictEqual(of([claim, rule("B", found("likely"))]), ["A likely", "B likely"])
    assert.deepStrictEqual(of([claim, rule("B", found("certain"))]), ["B certain", "A likely"])
    assert.deepStrictEqual(of([claim, rule("B", Diagnosis.unseen("the form"))]), ["A likely"])
  })

  it("is likely on both sides if both rivals make it", () => {
    assert.deepStrictEqual(of([claim, rule("B", found("certain"), { rivals: ["A"] })]), ["A likely", "B likely"])
  })

  it("is likely if the rival is in another rule set", () => {
    const other = ruleSet([rule("B", found("likely"))], { system: "other" })
    assert.deepStrictEqual(ranked(ruleSet([claim]), other), ["A likely", "B likely"])
  })

  it("stands beside another one that is no rival, and the earlier step of the server comes first", () => {
    assert.deepStrictEqual(of([rule("C", found("certain"), { rivals: [] }), claim]), ["C certain", "A certain"])
  })

  it("is likely if the rule says nothing of its rivals", () => {
    const { rivals: _, ...thoughtless } = rule("A", found("certain"))
    assert.deepStrictEqual(of([thoughtless]), ["A likely"])
  })

  it("is likely in an excerpt, whose request is not known", () => {
    const excerpt = { ...exchange, isExcerpt: true }
    const { causes } = Diagnosis.explain(excerpt, [ruleSet([claim])])
    assert.deepStrictEqual(
      causes.map(({ confidence }) => confidence),
      ["likely"],
    )
  })

  it("is likely if it rests on the documentation of another vendor than the one that answered", () => {
    const documented = rule("A", found("certain"), { rivals: [], soleCause: "https://one.example/errors" })
    const by = (vendor: string) =>
      of([documented], { documents: (url) => url.startsWith(`https://${vendor}.example/`) })
    assert.deepStrictEqual([by("one"), by("other"), of([documented])], [["A certain"], ["A likely"], ["A certain"]])
  })

  it("is likely without evidence", () => {
    assert.deepStrictEqual(of([rule("A", found("certain", { evidence: [] }), { rivals: [] })]), ["A likely"])
  })
})

describe("the words of the answer", () => {
  const rules = [
    rule("A", found("certain"), { rivals: [] }),
    rule("B", found("possible")),
    rule("C", found("possible", { evidence: [] })),
  ]

  it("make a cause that they do not allow possible, behind every one that they allow", () => {
    assert.deepStrictEqual(of(rules, { allowed: new Set(["C"]) }), ["C possible", "A possible", "B possible"])
    assert.deepStrictEqual(of(rules, { allowed: new Set() }), ["A possible", "B possible", "C possible"])
  })

  it("exclude a rival that they do not allow", () => {
    const pair = [rule("A", found("certain"), { rivals: ["B"] }), rule("B", found("certain"))]
    assert.deepStrictEqual(of(pair, { allowed: new Set(["A"]) }), ["A certain"])
    const blind = [rule("A", found("certain"), { rivals: ["B"] }), rule("B", Diagnosis.unseen("the form"))]
    assert.deepStrictEqual(of(blind, { allowed: new Set(["A"]) }), ["A certain"])
  })

  it("judge the rule sets behind the one that reads them, not those in front", () => {
    const front = ruleSet([rule("F", found("possible"))], { system: "front" })
    const middle = ruleSet([rule("M", found("possible"))], { system: "middle", allowed: new Set(["M"]) })
    const back = ruleSet([rule("Z", found("certain"), { rivals: [] })], { system: "back" })
    assert.deepStrictEqual(ranked(front, middle, back), ["F possible", "M possible", "Z possible"])
  })
})

describe("among equally sure causes", () => {
  const at = (...places: ReadonlyArray<string>) =>
    found("likely", { evidence: places.map((place) => ({ at: place, name: "x", observed: "y" })) })

  it("one with evidence in the request or in the answer's words precedes a guess", () => {
    const guesses = [rule("A", at()), rule("B", at("response.status")), rule("C", at("attempt", "at"))]
    for (const place of ["request.url?x", "request.headers.x", "response.body.Code", "response.headers.x", "failure"]) {
      assert.deepStrictEqual(of([...guesses, rule("D", at("attempt", place))])[0], "D likely", place)
    }
  })

  it("the order of the rules decides where the answer has no words", () => {
    const rules = [rule("A", at("response.status")), rule("B", at("request.url"))]
    const silent = { ...exchange, response: { status: 504 } }
    const { causes } = Diagnosis.explain(silent, [ruleSet(rules, { word: "" })])
    assert.deepStrictEqual(
      causes.map(({ code }) => code),
      ["A", "B"],
    )
    assert.deepStrictEqual(of(rules), ["B likely", "A likely"])
  })
})

describe("an assumed status", () => {
  const assumed = { response: { status: 400, isStatusAssumed: true, body: "<Error/>" } }

  it("proves no cause and is no evidence, and is not reported", () => {
    const status = { at: "response.status", name: "status", observed: "400" }
    const rules = [rule("A", found("certain", { evidence: [...evidence, status] }), { rivals: [] })]
    const explained = Diagnosis.explain(assumed, [ruleSet(rules)])
    assert.deepInclude(explained, { code: "A", confidence: "likely", evidence })
    assert.strictEqual(explained.vendor.status, 0)
  })

  it("proves no success", () => {
    const explained = Diagnosis.explain(assumed, [ruleSet([], { succeeded: true })])
    assert.deepInclude(explained, {
      outcome: "unknown",
      unseen: ["the request", "the status and the headers of the answer"],
    })
    assert.strictEqual(explained.retry.advice, "once")
  })
})

describe("who answered", () => {
  const answeredBy = (given: typeof exchange, ...stated: ReadonlyArray<string | undefined>) =>
    Diagnosis.explain(
      given,
      stated.map((answeredBy) => ruleSet([], { answeredBy })),
    ).answeredBy

  it("is what the first rule set that knows it says, of a success too", () => {
    assert.strictEqual(answeredBy(exchange, undefined, "Cloudflare R2", "a proxy"), "Cloudflare R2")
    const succeeded = Diagnosis.explain(exchange, [ruleSet([], { succeeded: true, answeredBy: "Amazon S3" })])
    assert.strictEqual(succeeded.answeredBy, "Amazon S3")
  })

  it("is the client where no answer came, and else unknown", () => {
    assert.strictEqual(answeredBy({ failure: "ECONNRESET" }, undefined), "the client (no answer came)")
    assert.strictEqual(answeredBy({ failure: "x", response: { status: 502 } }), "unknown")
    assert.strictEqual(answeredBy(exchange), "unknown")
  })
})

describe("the alternatives", () => {
  it("are the other causes in short, in their order", () => {
    const rules = [rule("A", found("possible")), rule("B", found("likely")), rule("C", found("possible"))]
    assert.deepStrictEqual(Diagnosis.explain(exchange, [ruleSet(rules)]).alternatives, [
      { code: "A", title: "title of A", confidence: "possible" },
      { code: "C", title: "title of C", confidence: "possible" },
    ])
  })
})

describe("a cause that is merely possible", () => {
  const of = (front: "likely" | "possible", back: "likely" | "possible") =>
    ranked(
      ruleSet([rule("F", found(front)), rule("G", found("possible"))], { system: "front" }),
      ruleSet([rule("Z", found(back))], { system: "back" }),
    )

  it("is not named beside a likely one of a more specific rule set", () => {
    assert.deepStrictEqual(of("likely", "possible"), ["F likely", "G possible"])
    assert.deepStrictEqual(of("likely", "likely"), ["F likely", "Z likely", "G possible"])
    assert.deepStrictEqual(of("possible", "possible"), ["F possible", "G possible", "Z possible"])
    assert.deepStrictEqual(of("possible", "likely"), ["Z likely", "F possible", "G possible"])
  })
})
