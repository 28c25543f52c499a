import { assert, describe, it } from "@effect/vitest"
import { Exchange } from "@holdfast/diagnosis"

describe("Exchange", () => {
  it("reads its time from milliseconds, a date or a text, and has no time if the value is invalid", () => {
    const noon = Date.UTC(2026, 10, 21, 12)
    for (const at of [noon, new Date(noon), "2026-11-21T12:00:00Z", "Sat, 21 Nov 2026 12:00:00 GMT"])
      assert.strictEqual(Exchange.timeOf({ at }), noon)
    for (const at of [undefined, "noon", Number.NaN, new Date(Number.NaN), Number.POSITIVE_INFINITY, 1e20])
      assert.isUndefined(Exchange.timeOf({ at }))
  })

  it("distinguishes a file from a field by its value, even an empty one", () => {
    assert.isTrue(Exchange.isFile({ name: "file" }))
    assert.isFalse(Exchange.isFile({ name: "file", value: "" }))
  })

  it("has status 0 if there is no response", () => {
    assert.strictEqual(Exchange.statusOf({}), 0)
    assert.strictEqual(Exchange.statusOf({ response: { status: 403 } }), 403)
  })
})
