import { assert, describe, it } from "@effect/vitest"
import { names, prometheusName } from "@holdfast/core/PolicyMetrics"
import { dashboard, labels, path, text } from "../../docs/dashboard/dashboard.ts"
import { read } from "../../docs/pages.ts"

const page = read("docs/observability.md")

const known = names.map(prometheusName).toSorted()

/**
 * The metrics that a text names in the spelling of Prometheus, without duplicates; the series of a histogram count as its name.
 */
const inPrometheus = (shown: string): ReadonlyArray<string> => {
  const found = [...shown.matchAll(/\bholdfast_\w+/g)].map(([name]) => name)
  const histogram = (name: string) => name.replace(/_(bucket|sum|count)$/, "")
  return [...new Set(found.map((name) => (known.includes(name) ? name : histogram(name))))].toSorted()
}

const expressions = dashboard.panels.flatMap((panel) =>
  "targets" in panel ? panel.targets.map(({ expr }) => expr) : [],
)

describe("the Grafana dashboard", () => {
  it("matches the generated dashboard (npm run docs:generate)", () => {
    assert.strictEqual(read(path), text)
  })

  it("shows exactly the metrics that core defines", () => {
    assert.deepStrictEqual(inPrometheus(expressions.join("\n")), known)
  })

  it("uses only labels that the metrics have", () => {
    const grouped = expressions.flatMap((expr) =>
      [...expr.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, by = ""]) => by.split(", ")),
    )
    const matched = expressions.flatMap((expr) =>
      [...expr.matchAll(/[{ ](\w+)(?:=~|!=|=)"/g)].map(([, label]) => label),
    )
    // `le` is the label of a histogram's buckets, `instance` that of a process.
    const unknown = [...grouped, ...matched].filter((label) => ![...labels, "le", "instance"].includes(label ?? ""))
    assert.deepStrictEqual(unknown, [])
  })

  it("contains only expressions with balanced brackets", () => {
    for (const expr of expressions) {
      const open = [...expr].reduce(
        (depth, char) => depth + ("({[".includes(char) ? 1 : ")}]".includes(char) ? -1 : 0),
        0,
      )
      assert.strictEqual(open, 0, expr)
    }
  })

  it("gives every panel its own number and its own position", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)}:${y + Math.floor(n / w)}`),
    )
    assert.strictEqual(new Set(cells).size, cells.length)
    assert.strictEqual(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length)
    assert.isTrue(dashboard.panels.every(({ gridPos: { w, x } }) => x + w <= 24))
  })
})

describe("the observability page", () => {
  it("names exactly the metrics that core defines, in both spellings", () => {
    const dotted = [...page.matchAll(/`(holdfast(?:\.\w+)+)`/g)].map(([, name]) => name)
    assert.deepStrictEqual([...new Set(dotted)].toSorted(), [...names].toSorted())
    assert.deepStrictEqual(inPrometheus(page), known)
  })
})
