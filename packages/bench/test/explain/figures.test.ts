import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import * as Calibration from "../../explain/score/calibration.ts"
import * as Figures from "../../explain/score/Figures.ts"

const judged = (place: number, confidence: Figures.Judged["confidence"]): Figures.Judged => ({
  name: "a/b.http",
  said: "HF-HTTP-STATUS-002",
  confidence,
  place,
  truth: "a cause",
})

const some = [
  judged(0, "certain"),
  judged(0, "likely"),
  judged(1, "likely"),
  judged(-1, "likely"),
  judged(-1, "certain"),
  judged(0, undefined),
]

describe("the figures of a set", () => {
  it("the figures count how often the true cause is listed first, listed later or not listed", () => {
    const { first, listed, total, wrong } = Figures.of(some)
    assert.deepStrictEqual([total, first, listed, wrong], [6, 3, 1, 2])
  })

  it("the figures count how often each confidence level is right, and list wrong explanations that claimed certainty", () => {
    const { calibration, certainWrong } = Figures.of(some)
    assert.deepStrictEqual(calibration, {
      certain: { said: 2, right: 1 },
      likely: { said: 3, right: 1 },
      possible: { said: 0, right: 0 },
    })
    assert.deepStrictEqual([...certainWrong], [judged(-1, "certain")])
  })

  it("never rounds a percentage up to 100", () => {
    assert.strictEqual(Figures.share(3, 3), "100 %")
    assert.strictEqual(Figures.share(2, 3), "66.7 %")
    assert.strictEqual(Figures.share(0, 0), "-")
    assert.strictEqual(Figures.share(99_999, 100_000), "99.9 %")
  })
})

describe("the calibration table", () => {
  it("contains one row for each set of explanations", () => {
    assert.strictEqual(
      Calibration.tableOf([["cases", Figures.of(some)]]).split("\n")[2],
      "| cases | 6 | 50.0 % | 1 of 2 (50.0 %) | 1 of 3 (33.3 %) | - |",
    )
  })

  it("docs/precise-errors.md contains the markers of the calibration table", () => {
    const guide = readFileSync(new URL("../../../../docs/precise-errors.md", import.meta.url), "utf8")
    assert.strictEqual(guide.split(Calibration.begin).length, 2)
    assert.isAbove(guide.indexOf(Calibration.end), guide.indexOf(Calibration.begin))
  })
})
