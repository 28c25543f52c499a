import { assert, describe, it } from "@effect/vitest"
import { columns } from "../../shared/table.ts"

describe("A table for a terminal", () => {
  const rows = [
    ["plan", "runs", "median"],
    ["storm", "100", "12.5 s"],
    ["calm", "9"],
  ]

  it("makes each column as wide as its widest cell, and ends no line with blanks", () => {
    assert.deepStrictEqual(columns(rows), ["plan   runs  median", "storm  100   12.5 s", "calm   9"])
  })

  it("right-aligns the columns from an index on", () => {
    assert.deepStrictEqual(columns(rows, { rightFrom: 1 }), [
      "plan   runs  median",
      "storm   100  12.5 s",
      "calm      9",
    ])
  })

  it("is empty without rows", () => {
    assert.deepStrictEqual(columns([]), [])
  })
})
