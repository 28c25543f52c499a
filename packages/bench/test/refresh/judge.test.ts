import { describe, expect, it } from "@effect/vitest"
import { judge, type Round } from "../../refresh/judge.ts"

const use = (pair: number, nth: number, issued: number | null) => ({ at: 0, pair, use: nth, issued })

const round = (more: Partial<Round>): Round => ({
  number: 1,
  killed: 0,
  faults: [],
  uses: [use(1, 1, 2)],
  tokens: ["b", "b"],
  ended: undefined,
  ...more,
})

const lost = round({ killed: 1, uses: [use(1, 1, 2), use(1, 2, null)], tokens: [], ended: "the sign-in has ended" })

describe("the judge of concurrent refreshes", () => {
  it("accepts a single refresh whose token pair both processes use", () => {
    expect(judge([round({})])).toMatchObject({ problems: [], figures: { refreshed: 1, usedTwice: 0 } })
  })

  it("counts a lost sign-in if a kill lost the response and the retry was rejected", () => {
    expect(judge([lost])).toMatchObject({
      problems: [],
      figures: { lostWithAnswer: 1, lostOtherwise: 0, usedTwice: 1 },
    })
  })

  it("objects to a lost sign-in if no response was lost", () => {
    expect(judge([{ ...lost, killed: 0 }]).problems).toEqual([
      "round 1: a refresh token was used again although no response was lost",
      "round 1: the sign-in was lost: the sign-in has ended",
    ])
  })

  it("objects to a lost sign-in without a retry", () => {
    const silent = { ...lost, uses: [use(1, 1, 2)] }
    expect(judge([silent]).problems).toEqual(["round 1: the sign-in was lost: the sign-in has ended"])
  })

  it("objects to a third use of a refresh token", () => {
    const uses = [use(1, 1, 2), use(1, 2, null), use(1, 3, null)]
    expect(judge([{ ...lost, uses }]).problems).toEqual(["round 1: a refresh token was used a third time"])
  })

  it("lets the successor of a killed process replace the pair that the killed process had saved", () => {
    const twice = round({ killed: 1, uses: [use(1, 1, 2), use(2, 1, 3)], tokens: ["c"] })
    expect(judge([twice])).toMatchObject({ problems: [], figures: { refreshed: 1, usedTwice: 0 } })
  })

  it("objects to two tokens, and to two refreshes", () => {
    const both = round({ uses: [use(1, 1, 2), use(2, 1, 3)], tokens: ["b", "c"] })
    expect(judge([both]).problems).toEqual([
      "round 1: the processes got different tokens",
      "round 1: the pair was replaced 2 times",
    ])
  })
})
