import { assert, describe, it } from "@effect/vitest"
import { Exchange } from "@holdfast/diagnosis"

describe("Exchange", () => {
  it("reads the time of an exchange from milliseconds, a date or a string, and returns undefined for an invalid value", () => {
    const noon = Date.UTC(2026, 10, 21, 12)
    for (const at of [noon, new Date(noon), "2026-11-21T12:00:00Z", "Sat, 21 Nov 2026 12:00:00 GMT"])
      assert.strictEqual(Exchange.timeOf({ at }), noon)
    for (const at of [undefined, "noon", Number.NaN, new Date(Number.NaN), Number.POSITIVE_INFINITY, 1e20])
      assert.isUndefined(Exchange.timeOf({ at }))
  })

  it("treats a part with a value as a field instead of a file, even if the value is empty", () => {
    assert.isTrue(Exchange.isFile({ name: "file" }))
    assert.isFalse(Exchange.isFile({ name: "file", value: "" }))
  })

  it("returns status 0 if there is no response", () => {
    assert.strictEqual(Exchange.statusOf({}), 0)
    assert.strictEqual(Exchange.statusOf({ response: { status: 403 } }), 403)
  })
})
