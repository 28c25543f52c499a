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
  it("finds a row by its key regardless of the status, and uses the first of two rows with the same key", () => {
    assert.strictEqual(classOf({ key: "SlowDown", status: 200 }).class, "SlowDown")
    assert.strictEqual(classOf({ key: "slowdown", status: 404 }).class, "NotFound")
  })

  it("finds a row by status and form, then by status alone, and otherwise uses the row for unknown errors", () => {
    assert.strictEqual(classOf({ status: 404, form: "none" }).class, "Box")
    assert.strictEqual(classOf({ status: 404, form: "json" }).class, "NotFound")
    assert.strictEqual(classOf({ key: "Other", status: 429, form: "none" }).class, "Throttled")
    assert.strictEqual(classOf({ key: "Other", status: 418 }).class, "Unknown")
    // The documented status of a row with a key is not used to find it.
    assert.strictEqual(classOf({ status: 503 }).class, "Unknown")
  })

  it("does not mistake a property of the object prototype for a key", () => {
    for (const key of ["constructor", "__proto__", "toString", ""])
      assert.strictEqual(classOf({ key, status: 1 }).class, "Unknown")
  })

  it("treats an unknown error code as at least as retryable as its status", () => {
    const vendor = ErrorRows.finder({
      system: "vendor",
      unknown: "Unknown",
      rows: [
        row("Unknown", { verdict: Verdict.once({ change: "plan" }) }),
        row("Known", { key: "Known", status: 400 }),
      ],
      statuses: (status) =>
        status === 429
          ? Verdict.always({ pace: "throttled" })
          : status >= 500
            ? Verdict.always({ closes: "connectivity" })
            : Verdict.never(),
    })
    const verdicts = [400, 429, 503, 999, 0, Number.NaN].map((status) => vendor({ key: "New", status }).verdict)
    assert.deepStrictEqual(
      verdicts.map(({ pace, retry }) => [retry, pace]),
      [
        ["once", "transient"],
        ["always", "throttled"],
        ["always", "transient"],
        ["always", "transient"],
        ["once", "transient"],
        ["once", "transient"],
      ],
    )
    assert.deepStrictEqual(verdicts.map(({ change, closes, outcome }) => [change, closes, outcome])[1], [
      "plan",
      undefined,
      "overload",
    ])
    assert.strictEqual(verdicts[2]?.closes, "connectivity")
    assert.strictEqual(vendor({ key: "Known", status: 503 }).verdict.retry, "never")
  })

  it("derives `outcome` and `applied` from the status if the row does not specify them", () => {
    const vendor = ErrorRows.finder({
      system: "vendor",
      unknown: "Unknown",
      rows: [
        row("Unknown", { verdict: Verdict.once() }),
        row("NotFound", { status: 404, verdict: Verdict.always() }),
        row("Timeout", { status: 408, verdict: Verdict.always() }),
        row("SlowDown", { key: "SlowDown", status: 503, verdict: Verdict.always({ pace: "throttled" }) }),
        row("Internal", { key: "Internal", verdict: Verdict.always() }),
        row("Stated", { status: 500, verdict: Verdict.once({ outcome: "ignored", applied: "no" }) }),
      ],
    })
    const stated = (seen: ErrorRows.Seen) => {
      const { applied, outcome } = vendor(seen).verdict
      return [outcome, applied]
    }
    assert.deepStrictEqual(stated({ status: 404 }), ["ignored", "no"])
    assert.deepStrictEqual(stated({ status: 408 }), ["overload", "no"])
    assert.deepStrictEqual(stated({ status: 500 }), ["ignored", "no"])
    // The row's documented status decides, whatever the status of the response.
    assert.deepStrictEqual(stated({ key: "SlowDown", status: 200 }), ["overload", "no"])
    // A row without a documented status uses that of the response.
    assert.deepStrictEqual(stated({ key: "Internal", status: 500 }), ["failure", "maybe"])
    assert.deepStrictEqual(stated({ key: "Internal", status: 429 }), ["overload", "no"])
    assert.deepStrictEqual(stated({ key: "Internal", status: 200 }), ["failure", "maybe"])
    assert.deepStrictEqual(stated({ status: 410 }), ["ignored", "no"])
    assert.deepStrictEqual(stated({ status: 429 }), ["overload", "no"])
    assert.deepStrictEqual(stated({ status: 503 }), ["failure", "no"])
    assert.deepStrictEqual(stated({ status: 520 }), ["failure", "maybe"])
    assert.strictEqual(vendor({ status: 520 }), vendor({ status: 520 }))
  })

  it("throws if the table has no row for unknown errors", () => {
    assert.throws(
      () => ErrorRows.finder({ system: "test", rows: rows.slice(1), unknown: "Unknown" }),
      /"test".*"Unknown"/,
    )
    const keyed = [row("Unknown", { key: "x" })]
    assert.throws(() => ErrorRows.finder({ system: "test", rows: keyed, unknown: "Unknown" }), /no row/)
  })
})
