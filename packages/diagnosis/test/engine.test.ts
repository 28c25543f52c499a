import { assert, describe, it } from "@effect/vitest"
import { Diagnosis } from "@holdfast/diagnosis"
import { evidence, exchange, type Facts, found, type Options, rule, ruleSet } from "./support/rules.ts"

type Rules = ReadonlyArray<Diagnosis.Rule<Facts>>

const ranked = (...ruleSets: ReadonlyArray<Diagnosis.RuleSet>): ReadonlyArray<string> =>
  Diagnosis.explain(exchange, ruleSets).causes.map(({ code, confidence }) => `${code} ${confidence}`)

const of = (rules: Rules, options?: Options) => ranked(ruleSet(rules, options))

describe("a claim to be certain", () => {
  const claim = rule("A", found("certain"), { rivals: ["B"] })

  it("keeps `certain` if every rival is cleared, does not apply or is only `possible`", () => {
    for (const finding of [undefined, Diagnosis.cleared("clock", "right"), found("possible")]) {
      assert.deepStrictEqual(of([rule("B", finding), claim]), ["A certain"])
    }
    assert.deepStrictEqual(of([claim]), ["A certain"])
  })

  it("reduces `certain` to `likely` if a rival is found or cannot be checked", () => {
    assert.deepStrictEqual(of([claim, rule("B", found("likely"))]), ["A likely", "B likely"])
    assert.deepStrictEqual(of([claim, rule("B", found("certain"))]), ["B certain", "A likely"])
    assert.deepStrictEqual(of([claim, rule("B", Diagnosis.unseen("the form"))]), ["A likely"])
  })

  it("reduces two `certain` causes to `likely` if they are rivals", () => {
    assert.deepStrictEqual(of([claim, rule("B", found("certain"), { rivals: ["A"] })]), ["A likely", "B likely"])
  })

  it("reduces `certain` to `likely` if a rival is found in another rule set", () => {
    const other = ruleSet([rule("B", found("likely"))], { system: "other" })
    assert.deepStrictEqual(ranked(ruleSet([claim]), other), ["A likely", "B likely"])
  })

  it("keeps `certain` for two causes that are not rivals, and ranks the server's earlier check first", () => {
    assert.deepStrictEqual(of([rule("C", found("certain"), { rivals: [] }), claim]), ["C certain", "A certain"])
  })

  it("reduces `certain` to `likely` if the rule does not state its rivals", () => {
    const { rivals: _, ...thoughtless } = rule("A", found("certain"))
    assert.deepStrictEqual(of([thoughtless]), ["A likely"])
  })

  it("reduces `certain` to `likely` in an excerpt, because the request is unknown", () => {
    const excerpt = { ...exchange, isExcerpt: true }
    const { causes } = Diagnosis.explain(excerpt, [ruleSet([claim])])
    assert.deepStrictEqual(
      causes.map(({ confidence }) => confidence),
      ["likely"],
    )
  })

  it("reduces `certain` to `likely` if the cause relies on another vendor's documentation", () => {
    const documented = rule("A", found("certain"), { rivals: [], soleCause: "https://one.example/errors" })
    const by = (vendor: string) =>
      of([documented], { documents: (url) => url.startsWith(`https://${vendor}.example/`) })
    assert.deepStrictEqual([by("one"), by("other"), of([documented])], [["A certain"], ["A likely"], ["A certain"]])
  })

  it("reduces `certain` to `likely` if there is no evidence", () => {
    assert.deepStrictEqual(of([rule("A", found("certain", { evidence: [] }), { rivals: [] })]), ["A likely"])
  })
})

describe("the response text", () => {
  const rules = [
    rule("A", found("certain"), { rivals: [] }),
    rule("B", found("possible")),
    rule("C", found("possible", { evidence: [] })),
  ]

  it("reduces a cause to `possible` if the response text does not allow it, and ranks it after the allowed causes", () => {
    assert.deepStrictEqual(of(rules, { allowed: new Set(["C"]) }), ["C possible", "A possible", "B possible"])
    assert.deepStrictEqual(of(rules, { allowed: new Set() }), ["A possible", "B possible", "C possible"])
  })

  it("excludes a rival that the response text does not allow", () => {
    const pair = [rule("A", found("certain"), { rivals: ["B"] }), rule("B", found("certain"))]
    assert.deepStrictEqual(of(pair, { allowed: new Set(["A"]) }), ["A certain"])
    const blind = [rule("A", found("certain"), { rivals: ["B"] }), rule("B", Diagnosis.unseen("the form"))]
    assert.deepStrictEqual(of(blind, { allowed: new Set(["A"]) }), ["A certain"])
  })

  it("applies the response text read by one rule set to later rule sets, but not to earlier ones", () => {
    const front = ruleSet([rule("F", found("possible"))], { system: "front" })
    const middle = ruleSet([rule("M", found("possible"))], { system: "middle", allowed: new Set(["M"]) })
    const back = ruleSet([rule("Z", found("certain"), { rivals: [] })], { system: "back" })
    assert.deepStrictEqual(ranked(front, middle, back), ["F possible", "M possible", "Z possible"])
  })
})

describe("the order of equally likely causes", () => {
  const at = (...places: ReadonlyArray<string>) =>
    found("likely", { evidence: places.map((place) => ({ at: place, name: "x", observed: "y" })) })

  it("ranks a cause with evidence in the request or the response text above a cause without it", () => {
    const guesses = [rule("A", at()), rule("B", at("response.status")), rule("C", at("attempt", "at"))]
    for (const place of ["request.url?x", "request.headers.x", "response.body.Code", "response.headers.x", "failure"]) {
      assert.deepStrictEqual(of([...guesses, rule("D", at("attempt", place))])[0], "D likely", place)
    }
  })

  it("ranks equally likely causes in the order of the rules if the response has no text", () => {
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

  it("does not use an assumed status as proof or evidence, and does not report it", () => {
    const status = { at: "response.status", name: "status", observed: "400" }
    const rules = [rule("A", found("certain", { evidence: [...evidence, status] }), { rivals: [] })]
    const explained = Diagnosis.explain(assumed, [ruleSet(rules)])
    assert.deepInclude(explained, { code: "A", confidence: "likely", evidence })
    assert.strictEqual(explained.vendor.status, 0)
  })

  it("does not treat an assumed status as proof of success", () => {
    const explained = Diagnosis.explain(assumed, [ruleSet([], { succeeded: true })])
    assert.deepInclude(explained, {
      outcome: "unknown",
      unseen: ["the request", "the status and the headers of the response"],
    })
    assert.strictEqual(explained.retry.advice, "once")
  })
})

describe("the answerer", () => {
  const answeredBy = (given: typeof exchange, ...stated: ReadonlyArray<string | undefined>) =>
    Diagnosis.explain(
      given,
      stated.map((answeredBy) => ruleSet([], { answeredBy })),
    ).answeredBy

  it("takes the sender of the response from the first rule set that identifies it, even for a success", () => {
    assert.strictEqual(answeredBy(exchange, undefined, "Cloudflare R2", "a proxy"), "Cloudflare R2")
    const succeeded = Diagnosis.explain(exchange, [ruleSet([], { succeeded: true, answeredBy: "Amazon S3" })])
    assert.strictEqual(succeeded.answeredBy, "Amazon S3")
  })

  it("reports the client as the sender if there is no response, and an unknown sender otherwise", () => {
    assert.strictEqual(answeredBy({ failure: "ECONNRESET" }, undefined), "the client (no response was received)")
    assert.strictEqual(answeredBy({ failure: "x", response: { status: 502 } }), "unknown")
    assert.strictEqual(answeredBy(exchange), "unknown")
  })
})

describe("the alternatives", () => {
  it("lists the other causes in short form and in order", () => {
    const rules = [rule("A", found("possible")), rule("B", found("likely")), rule("C", found("possible"))]
    assert.deepStrictEqual(Diagnosis.explain(exchange, [ruleSet(rules)]).alternatives, [
      { code: "A", title: "title of A", confidence: "possible" },
      { code: "C", title: "title of C", confidence: "possible" },
    ])
  })
})

describe("a merely possible cause", () => {
  const of = (front: "likely" | "possible", back: "likely" | "possible") =>
    ranked(
      ruleSet([rule("F", found(front)), rule("G", found("possible"))], { system: "front" }),
      ruleSet([rule("Z", found(back))], { system: "back" }),
    )

  it("omits a `possible` cause if a more specific rule set finds a `likely` cause", () => {
    assert.deepStrictEqual(of("likely", "possible"), ["F likely", "G possible"])
    assert.deepStrictEqual(of("likely", "likely"), ["F likely", "Z likely", "G possible"])
    assert.deepStrictEqual(of("possible", "possible"), ["F possible", "G possible", "Z possible"])
    assert.deepStrictEqual(of("possible", "likely"), ["Z likely", "F possible", "G possible"])
  })
})
