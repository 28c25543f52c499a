import { assert, describe, it } from "@effect/vitest"
import * as Verdict from "@holdfast/core/Verdict"
import * as Diagnosis from "@holdfast/diagnosis/Diagnosis"
import type { Exchange } from "@holdfast/diagnosis/Exchange"
import * as RequestEdit from "@holdfast/diagnosis/RequestEdit"

const about = (code: string, safety: Diagnosis.Fix["safety"], change: Diagnosis.About["change"]): Diagnosis.About => ({
  code,
  topic: "test",
  title: code,
  explanation: "because",
  fix: [{ text: `fix ${code}`, safety }],
  change,
  links: [],
})

const rule = (name: string, code: string, safety: Diagnosis.Fix["safety"], change: Diagnosis.About["change"]) => ({
  ...about(code, safety, change),
  find: (exchange: Exchange) =>
    exchange.response?.body === name
      ? Diagnosis.found({
          confidence: "likely",
          detail: "It is so.",
          evidence: [{ at: "response.body", name: "body", observed: name }],
        })
      : undefined,
})

const ruleSet = Diagnosis.ruleSet<Exchange>({
  system: "test",
  vocabulary: { headers: new Set(["content-type"]) },
  rules: [
    rule("type", "T-1", "safe to apply", "plan"),
    rule("stale", "T-2", "safe to apply", "url"),
    rule("token", "T-3", "safe to apply", "token"),
    rule("busy", "T-4", "safe to apply", "nothing"),
    rule("person", "T-5", "check first", "human"),
    rule("unfit", "T-6", "safe to apply", "plan"),
  ],
  corrections: {
    "T-1": (request) => ({ request: { ...request, headers: { ...request.headers, "Content-Type": "text/plain" } } }),
    "T-2": ({ url, ...request }) => ({
      request: { ...request, url: url?.split("?")[0] },
      needs: "signature",
      hints: { region: "eu-west-1" },
    }),
    "T-3": (request) => ({ request, needs: "token" }),
    "T-6": () => undefined,
  },
  read: (exchange) => ({
    facts: exchange,
    vendor: { system: "test", status: exchange.response?.status ?? 0, code: "", message: "", fields: {} },
    verdict: exchange.response?.body === "busy" ? Verdict.always() : Verdict.never(),
    afterMs: exchange.response?.body === "busy" ? 3000 : undefined,
    succeeded: false,
  }),
})

const failed = (body: string): Exchange => ({
  request: {
    method: "PUT",
    url: "https://h.example/a?X-Amz-Signature=feedfacefeedfacefeedfacefeedface",
    headers: { "Content-Type": "x/y", Authorization: "Bearer s3cr3t-t0ken-value" },
    form: [
      { name: "a", value: "1" },
      { name: "b", value: "2" },
    ],
  },
  response: { status: 400, body },
})

describe("Diagnosis.repair", () => {
  it("corrects the request, and lists each change without revealing secrets", () => {
    const repair = Diagnosis.repair(failed("type"), [ruleSet])
    assert(repair !== undefined)
    assert.deepStrictEqual([repair.code, repair.fix, repair.needs], ["T-1", "fix T-1", undefined])
    assert.strictEqual(repair.request.headers?.["Content-Type"], "text/plain")
    assert.deepStrictEqual(repair.changes, [
      { at: "request.headers.content-type", name: "Content-Type", before: "x/y", after: "text/plain" },
    ])
  })

  it("reports that a signature is missing, and uses the signature that a signer creates", () => {
    const unsigned = Diagnosis.repair(failed("stale"), [ruleSet])
    assert.deepStrictEqual([unsigned?.needs, unsigned?.request.url], ["signature", "https://h.example/a"])
    assert.notInclude(JSON.stringify(unsigned?.changes), "feedface")
    const sign = (request: NonNullable<Exchange["request"]>, { region }: Diagnosis.Hints) => ({
      ...request,
      url: `${request.url}?signed=${region}`,
    })
    const signed = Diagnosis.repair(failed("stale"), [ruleSet], { sign })
    assert.deepStrictEqual([signed?.needs, signed?.request.url], [undefined, "https://h.example/a?signed=eu-west-1"])
  })

  it("replaces a rejected token with the signer's token", () => {
    assert.strictEqual(Diagnosis.repair(failed("token"), [ruleSet])?.needs, "token")
    const repair = Diagnosis.repair(failed("token"), [ruleSet], { token: () => "another" })
    assert.strictEqual(repair?.needs, undefined)
    assert.deepStrictEqual(
      Object.entries(repair?.request.headers ?? {}).filter(([name]) => /authorization/i.test(name)),
      [["authorization", "Bearer another"]],
    )
    assert.notInclude(JSON.stringify(repair?.changes), "another")
    assert.notInclude(JSON.stringify(repair?.changes), "s3cr3t")
  })

  it("returns the same request if the fix is to wait and resend it", () => {
    const exchange = failed("busy")
    const repair = Diagnosis.repair(exchange, [ruleSet])
    assert.deepStrictEqual([repair?.request, repair?.changes, repair?.afterMs], [exchange.request, [], 3000])
  })

  it("does not list headers that the client derives from a form as changes", () => {
    const form = (name: string) => [{ name, value: "1" }]
    const reordered = Diagnosis.ruleSet<Exchange>({
      system: "test",
      vocabulary: { headers: new Set(["content-type"]) },
      rules: [rule("form", "T-7", "safe to apply", "plan")],
      corrections: { "T-7": (request) => ({ request: RequestEdit.withForm(request, form("c")) }) },
      read: (facts) => ({
        facts,
        vendor: { system: "test", status: 400, code: "", message: "", fields: {} },
        verdict: Verdict.never(),
        succeeded: false,
      }),
    })
    const repair = Diagnosis.repair(failed("form"), [reordered])
    assert.deepStrictEqual(repair?.request.headers, { Authorization: "Bearer s3cr3t-t0ken-value" })
    assert.notInclude(JSON.stringify(repair?.changes), "content-type")
    assert.strictEqual(repair?.changes[0]?.at, "request.form")
  })

  it("downgrades a fix to `check first` in the explanation if the fix does not apply to the request", () => {
    const safetyOf = (exchange: Exchange) => Diagnosis.explain(exchange, [ruleSet]).fix.map(({ safety }) => safety)
    assert.deepStrictEqual(safetyOf(failed("unfit")), ["check first"])
    assert.deepStrictEqual(safetyOf(failed("type")), ["safe to apply"])
    // Without a request, the rule's own rating stands.
    assert.deepStrictEqual(safetyOf({ response: failed("unfit").response }), ["safe to apply"])
  })

  it("leaves the decision to the user if the server may already have executed the request", () => {
    const once = Diagnosis.ruleSet<Exchange>({
      system: "test",
      vocabulary: {},
      rules: [rule("busy", "T-4", "safe to apply", "nothing")],
      read: (facts) => ({
        facts,
        vendor: { system: "test", status: 500, code: "", message: "", fields: {} },
        verdict: Verdict.always(),
        succeeded: false,
        isRepeatable: facts.request?.method === "PUT",
      }),
    })
    const { request, response } = failed("busy")
    const created: Exchange = { request: { ...request, method: "POST" }, response }
    assert.isDefined(Diagnosis.repair({ request, response }, [once]))
    assert.isUndefined(Diagnosis.repair(created, [once]))
    assert.deepStrictEqual(Diagnosis.explain(created, [once]).fix, [{ text: "fix T-4", safety: "check first" }])
  })

  it("returns undefined if the user must decide, the fix does not apply, no cause is known or there is no request", () => {
    for (const body of ["person", "unfit", "unknown"])
      assert.isUndefined(Diagnosis.repair(failed(body), [ruleSet]), body)
    const { response } = failed("type")
    assert.isUndefined(Diagnosis.repair({ response }, [ruleSet]))
  })
})
