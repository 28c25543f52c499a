import { assert, describe, it } from "@effect/vitest"
import * as PolicyText from "../../src/policy/Text.ts"

describe("the formatter of policy times", () => {
  it.each([
    [0, "0 s"],
    [0.5, "0.5 ms"],
    [999, "999 ms"],
    [15_000, "15 s"],
    [183_500, "183.5 s"],
    [9_000_000, "2.5 h"],
    [Infinity, "without bound"],
  ])("prints %d ms as %s", (ms, text) => assert.strictEqual(PolicyText.time(ms), text))

  it.each([
    [250, 500, "250–500 ms"],
    [500, 1000, "0.5–1 s"],
    [0, 0, "0 s"],
    [2000, 2000, "2 s"],
    [1_800_000, 7_200_000, "0.5–2 h"],
    [750, Infinity, "from 750 ms"],
  ])("prints %d to %d ms as %s", (from, to, text) => assert.strictEqual(PolicyText.range(from, to), text))
})
