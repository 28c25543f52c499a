import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import * as Problem from "holdfast/Problem"
import * as ProblemDetails from "../../src/explain/ProblemDetails.ts"
import * as Explanations from "../support/explanations.ts"

const decode = Schema.decodeUnknownSync(Problem.Problem, { onExcessProperty: "error" })

describe("ProblemDetails", () => {
  it("has the standard fields of RFC 9457 and extension fields", () => {
    const [cause] = Explanations.certain.causes
    assert.deepStrictEqual(ProblemDetails.explanation(Explanations.certain), {
      type: "/docs/generated/diagnosis/HF-S3-POST-011.md",
      title: 'A form field comes after "file", so S3 never reads it',
      status: 403,
      detail: "x-amz-security-token is field 6; file is field 5.",
      code: "HF-S3-POST-011",
      confidence: "certain",
      evidence: Explanations.certain.evidence,
      ruledOut: Explanations.certain.ruledOut,
      fix: [
        {
          text: 'append "file" last, after every other field',
          safety: "safe to apply",
          applicability: "machine-applicable",
        },
      ],
      retry: { verdict: "never", change: "plan", afterMs: null, attempt: 1, advice: "do not retry unchanged" },
      vendor: Explanations.certain.vendor,
      answeredBy: "Amazon S3",
      recognized: null,
      alternatives: [],
      causes: [
        {
          type: "/docs/generated/diagnosis/HF-S3-POST-011.md",
          code: "HF-S3-POST-011",
          title: 'A form field comes after "file", so S3 never reads it',
          confidence: "certain",
          detail: "x-amz-security-token is field 6; file is field 5.",
          explanation: cause?.explanation ?? "",
          evidence: Explanations.certain.evidence,
          fix: [
            {
              text: 'append "file" last, after every other field',
              safety: "safe to apply",
              applicability: "machine-applicable",
            },
          ],
          links: Explanations.certain.links,
        },
      ],
      unseen: [],
      links: Explanations.certain.links,
    })
  })

  it("reports a null code for an unknown cause and does not add a status that the input lacks", () => {
    const unknown = ProblemDetails.explanation(Explanations.unknown)
    assert.deepInclude(unknown, {
      type: "about:blank",
      code: null,
      confidence: null,
      title: "No rule identifies the cause",
    })
    const { vendor } = Explanations.unknown
    assert.notProperty(
      ProblemDetails.explanation({ ...Explanations.unknown, vendor: { ...vendor, status: 0 } }),
      "status",
    )
  })

  it("matches its schema for every explanation", () => {
    const [about] = Explanations.certain.causes
    for (const problem of [
      ...Object.values(Explanations).map((explanation) => ProblemDetails.explanation(explanation)),
      ...(about === undefined ? [] : [ProblemDetails.page(about)]),
      ProblemDetails.unusable("x: is empty", "give an exchange"),
      ProblemDetails.unknown("no such word", "give an exchange"),
    ]) {
      assert.deepStrictEqual(decode(JSON.parse(ProblemDetails.encode(problem))), problem)
    }
  })

  it("encodes problem details as one line that cannot control a terminal", () => {
    const line = ProblemDetails.encode(ProblemDetails.explanation(Explanations.hostile))
    assert.notMatch(line, /[\p{Cc}\p{Cf}\u2028\u2029]/u)
    assert.include(line, "\\u202e6")
    assert.include(line, "\\u009b31m")
    assert.deepStrictEqual(JSON.parse(line), ProblemDetails.explanation(Explanations.hostile))
  })
})
