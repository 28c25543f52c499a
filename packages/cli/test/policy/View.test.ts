import { assert, describe, it } from "@effect/vitest"
import type { Pipeline } from "@holdfast/core"
import { stripVTControlCharacters } from "node:util"
import * as PolicyChart from "../../src/policy/Chart.ts"
import * as PolicyDefault from "../../src/policy/Default.ts"
import * as PolicyReport from "../../src/policy/Report.ts"
import * as PolicyView from "../../src/policy/View.ts"
import * as Printable from "../../src/terminal/Printable.ts"
import { names, report, shape } from "../support/policies.ts"

const shown = (settings: Pipeline.Settings, options: Partial<PolicyView.Options> = {}) =>
  PolicyView.lines(report(settings), { columns: 80, color: false, unicode: true, ...options })

describe("holdfast policy in a terminal", () => {
  it("prints the stages, the worst case with its explanations, and the chart", () => {
    assert.deepStrictEqual(
      PolicyView.lines(PolicyReport.make("x", PolicyDefault.settings, PolicyDefault.gates), {
        columns: 80,
        color: false,
        unicode: true,
      }),
      [
        "retry 8 attempts (500 ms ×2 ≤ 32 s, equal jitter) ›",
        "  gates connectivity + authorization › timeout 15 s › send",
        "",
        "worst case: ≤ 8 attempts, ≤ 183.5 s, ≤ 8× load, ≤ 960 s if responses ask for",
        "  longer waits, excluding waits at closed gates",
        "  attempts  ≤ 8 requests  the first attempt, and 7 more where the verdict is",
        '                          "always"',
        "  time      ≤ 183.5 s     8 × 15 s, 63.5 s of waits",
        "  hints     ≤ 960 s       responses may ask for longer waits, 840 s in total",
        "  load      ≤ 8×          without a budget, each call may send all its requests",
        "  plus      closed gates  calls wait at closed gates for the vendor or for a",
        "                          token",
        "",
        "#        wait      begins at  0               60 s            120 s",
        "                              ┬───────────────┬───────────────┬────────────────┬",
        "1                        0 s  ████",
        "2  250–500 ms    0.25–15.5 s     ▒████",
        "3     0.5–1 s    0.75–31.5 s         ▒█████",
        "4       1–2 s    1.75–48.5 s              ▒████",
        "5       2–4 s    3.75–67.5 s                   ░████",
        "6       4–8 s    7.75–90.5 s                        ░░▒████",
        "7      8–16 s  15.75–121.5 s                               ░░▒▒████",
        "8     16–32 s  31.75–168.5 s                                       ░░░░░▒▒▒▒████",
        "",
        "█ attempt, up to 15 s   ░ wait   ▒ its jitter",
        "Worst case: each attempt takes its full time, and each wait is as long as",
        "possible.",
      ],
    )
  })

  it.each(names)("stays within its columns: %s", (name) => {
    for (const columns of [40, 60, 80, 100]) {
      for (const line of shown(shape(name), { columns })) assert.isAtMost(line.length, columns, line)
    }
  })

  it.each(names)("prints the same text with and without color: %s", (name) => {
    const plain = shown(shape(name))
    assert.notInclude(plain.join("\n"), "\u001b")
    const colored = shown(shape(name), { color: true }).map((line) => Printable.line(line, true))
    assert.include(colored.join("\n"), "\u001b[")
    assert.deepStrictEqual(
      colored.map((line) => stripVTControlCharacters(line).trimEnd()),
      plain.map((line) => line.trimEnd()),
    )
  })

  it.each(names)("prints only ASCII if the terminal does not support Unicode: %s", (name) => {
    const text = shown(shape(name), { unicode: false }).join("\n")
    assert.match(text, /^[\n\x20-\x7e]*$/)
    assert.strictEqual(
      text
        .split(/\n\s+\+[+-]*\n/)[1]
        ?.split("\n")
        .filter((line) => /^ *\d+ /.test(line)).length,
      PolicyChart.make(shape(name)).rows.length,
    )
  })

  it("draws a deadline that falls within the chart and describes the attempts after it", () => {
    const lines = shown({ deadline: "1 minute", retry: { attempts: 30 }, timeout: "2 seconds" })
    assert.isTrue(lines.some((line) => /^8 .*░┊$/.test(line)))
    assert.include(lines, "and 21 attempts that the deadline prevents")
    assert.isTrue(lines.some((line) => line.includes("┊ deadline 60 s")))
    assert.notInclude(shown({ deadline: "1 hour", retry: {}, timeout: "2 seconds" }).join(""), "┊")
  })

  it.each([
    [{ term: "xterm", locales: ["", "", "en_US.UTF-8"] }, true],
    [{ term: "xterm", locales: ["C", "", "en_US.UTF-8"] }, false],
    [{ term: "xterm", locales: ["", "C.utf8", "C"] }, true],
    [{ term: "xterm", locales: ["", "", ""] }, true],
    [{ term: "dumb", locales: ["", "", "en_US.UTF-8"] }, false],
  ])("detects Unicode support from %j", (environment, unicode) =>
    assert.strictEqual(PolicyView.showsUnicode(environment), unicode),
  )
})
