import { assert, describe, it } from "@effect/vitest"
import * as Growth from "../../fuzz/growth.ts"

describe("the growth for twice the input", () => {
  it.each([
    ["a linear reader", [5, 10, 20, 40, 80], 2],
    ["a quadratic reader", [1, 4, 16, 64, 256], 4],
    ["a reader that is quadratic from some length on", [5, 10, 20, 40, 160], Math.sqrt(8)],
    ["a linear reader with a single jump", [1.4, 6.7, 20, 40, 80], Math.sqrt(40 / 6.7)],
    ["times of which two can be measured", [1, 2, 4, 8, 20], 20 / 8],
    ["times of which only the last can be measured", [0, 0.5, 1, 4, 18], Math.sqrt(18 / 2.5)],
    ["a single jump to a time that can be measured", [0, 0.2, 0.4, 2.3, 7.7], Math.sqrt(7.7 / 2.5)],
    ["times that cannot be measured", [0, 0, 1, 2, 4], 0],
  ])("is right for %s", (_, millis, growth) => {
    assert.closeTo(Growth.growthOf(millis), growth, 1e-9)
  })
})
