import { assert, describe, it } from "@effect/vitest"
import * as Format from "../../src/terminal/Format.ts"

describe("Format", () => {
  it("prints sizes of 1 kB or more with one decimal and switches to the next unit at 1000", () => {
    assert.deepStrictEqual([0, 999, 1000, 4_194_304, 999_949, 999_950, 2_147_483_648, 5e15].map(Format.bytes), [
      "0 B",
      "999 B",
      "1.0 kB",
      "4.2 MB",
      "999.9 kB",
      "1.0 MB",
      "2.1 GB",
      "5000.0 TB",
    ])
  })

  it("rounds a wait up so that a remaining wait is never shown as 0 s", () => {
    assert.deepStrictEqual([0, 1, 8000, 59_001, 65_000, 3_720_000].map(Format.span), [
      "0 s",
      "1 s",
      "8 s",
      "1 min 00 s",
      "1 min 05 s",
      "1 h 02 min",
    ])
  })

  it("shows 100 % only when the last byte has been counted", () => {
    assert.deepStrictEqual(
      [Format.percent(0, 10), Format.percent(9999, 10_000), Format.percent(10, 10), Format.percent(0, 0)],
      ["0 %", "99 %", "100 %", "100 %"],
    )
  })

  it("keeps both ends of a name that does not fit", () => {
    assert.strictEqual(Format.fit("A001_C003_0712.mov", 11), "A001_…2.mov")
    assert.strictEqual(Format.fit("short", 11), "short")
    assert.strictEqual(Format.fit("much too long", 3), "muc")
  })
})
