import { assert, describe, it } from "@effect/vitest"
import { ErrorRows, Verdict } from "@holdfast/core"

const row = (name: string, more: Partial<ErrorRows.Row> = {}): ErrorRows.Row => ({
  class: name,
  verdict: Verdict.never(),
  description: name,
  ...more,
})

const rows = [
  row("Unknown"),
  row("Throttled", { status: 429 }),
  row("Box", { status: 404, form: "none" }),
  row("NotFound", { status: 404 }),
  row("SlowDown", { key: "SlowDown", status: 503 }),
  row("Second", { key: "SlowDown", status: 400 }),
]

const classOf = ErrorRows.finder({ system: "test", rows, unknown: "Unknown" })

describe("ErrorRows", () => {
  it("finds a row by its key, whatever the status, and the first of two", () => {
    assert.strictEqual(classOf({ key: "SlowDown", status: 200 }).class, "SlowDown")
    assert.strictEqual(classOf({ key: "slowdown", status: 404 }).class, "NotFound")
  })

  it("finds it by status and form, else by status, else it is unknown", () => {
    assert.strictEqual(classOf({ status: 404, form: "none" }).class, "Box")
    assert.strictEqual(classOf({ status: 404, form: "json" }).class, "NotFound")
    assert.strictEqual(classOf({ key: "Other", status: 429, form: "none" }).class, "Throttled")
    assert.strictEqual(classOf({ key: "Other", status: 418 }).class, "Unknown")
    // What a row with a key documents is no way to find it.
    assert.strictEqual(classOf({ status: 503 }).class, "Unknown")
  })

  it("keeps a key apart from a name that every object has", () => {
    for (const key of ["constructor", "__proto__", "toString", ""])
      assert.strictEqual(classOf({ key, status: 1 }).class, "Unknown")
  })

  it("does not come to be without a row for what it does not know", () => {
    assert.throws(
      () => ErrorRows.finder({ system: "test", rows: rows.slice(1), unknown: "Unknown" }),
      /"test".*"Unknown"/,
    )
    const keyed = [row("Unknown", { key: "x" })]
    assert.throws(() => ErrorRows.finder({ system: "test", rows: keyed, unknown: "Unknown" }), /no row/)
  })
})
