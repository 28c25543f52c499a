import { assert, describe, it } from "@effect/vitest"
import * as Finding from "../../src/doctor/Finding.ts"
import * as DoctorView from "../../src/doctor/View.ts"
import * as Columns from "../../src/terminal/Columns.ts"
import * as Printable from "../../src/terminal/Printable.ts"
import * as Style from "../../src/terminal/Style.ts"

const lines = (finding: Finding.Finding, columns: number) =>
  DoctorView.check({ name: "disk", finding }, { columns, style: Style.plain })

const full = Finding.problem(
  "local",
  "9.5 MB free on the disk of /var/lib/holdfast",
  "free some space, or set HOLDFAST_HOME to a directory on a local disk",
)

describe("the lines of holdfast doctor", () => {
  it("align the result and the remedy at 80 columns", () => {
    assert.deepStrictEqual(lines(full, 80), [
      "disk          problem  9.5 MB free on the disk of /var/lib/holdfast",
      "                       fix: free some space, or set HOLDFAST_HOME to a directory",
      "                       on a local disk",
    ])
    assert.deepStrictEqual(lines(Finding.ok("fine"), 80), ["disk          ok       fine"])
  })

  it("never exceed the width", () => {
    const long = Finding.warning(`x${"/very-long".repeat(40)}`, "y ".repeat(200))
    for (const columns of [30, 60, 80, 100]) {
      for (const line of lines(long, columns)) assert.isAtMost(Columns.width(line), columns)
    }
  })

  it("neutralize control characters in external text", () => {
    assert.deepStrictEqual(lines(Finding.ok("paired as A\u001b[2J\nforged  ok"), 80), [
      String.raw`disk          ok       paired as A\x1b[2J forged ok`,
    ])
  })

  it("use color only for the level", () => {
    const painted = DoctorView.check({ name: "disk", finding: full }, { columns: 80, style: Style.make(true) })
    const printed = painted.map((line) => Printable.line(line, true))
    assert.include(printed[0], "\u001b[31mproblem\u001b[39m  9.5 MB")
    assert.notInclude(printed.slice(1).join(""), "\u001b")
  })

  it("end with the number of results with each level", () => {
    const said = (counts: Parameters<typeof DoctorView.conclusion>[0]) => DoctorView.conclusion(counts, Style.plain)
    assert.strictEqual(said({ ok: 17, warning: 0, problem: 0, skipped: 0 }), "no problems, 17 ok")
    assert.strictEqual(said({ ok: 10, warning: 2, problem: 1, skipped: 4 }), "1 problem, 2 warnings, 10 ok, 4 skipped")
  })
})
