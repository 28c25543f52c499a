import { assert, describe, it } from "@effect/vitest"
import { columns } from "../../shared/table.ts"

describe("A table for a terminal", () => {
  const rows = [
    ["plan", "runs", "median"],
    ["storm", "100", "12.5 s"],
    ["calm", "9"],
  ]

  it("makes each column as wide as its widest cell and leaves no trailing spaces", () => {
    assert.deepStrictEqual(columns(rows), ["plan   runs  median", "storm  100   12.5 s", "calm   9"])
  })

  it("right-aligns all columns from a given index onward", () => {
    assert.deepStrictEqual(columns(rows, { rightFrom: 1 }), [
      "plan   runs  median",
      "storm   100  12.5 s",
      "calm      9",
    ])
  })

  it("returns no lines if there are no rows", () => {
    assert.deepStrictEqual(columns([]), [])
  })
})
