import { describe, expect, it } from "@effect/vitest"
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import { judge, type Round } from "../../refresh/judge.ts"
import type { Named } from "../../shared/refreshes/timeline.ts"
import type { SavedTokens } from "../../shared/sandbox/signIn.ts"

const use = (pair: number, nth: number | null, issued: number | null, at = 5): RefreshRequest => ({
  at,
  pair,
  use: nth,
  issued,
  fault: null,
  status: issued === null ? 400 : 200,
  endedAt: at + 1,
})

const saved = (pair: number, spent?: "maybe" | "yes", savedAt = 4) => ({ pair, spent, savedAt })

const process = (endedAt: number, tokens: SavedTokens, killed = false): Named => ({
  startedAt: 0,
  endedAt,
  killed,
  tokens,
  end: killed ? "is killed" : "ends the round",
})
const kill = process(7, saved(1, "maybe"), true)

const round = (more: Partial<Round>): Round => ({
  number: 1,
  processes: [process(40, saved(2))],
  requests: [use(1, 1, 2)],
  tokens: ["b", "b"],
  ended: undefined,
  ...more,
})

const gaveUp = process(40, saved(1, "yes", 21))
const lost = round({
  processes: [kill, gaveUp],
  requests: [use(1, 1, 2), use(1, 2, null, 20)],
  tokens: [],
  ended: "the sign-in has ended",
})

describe("the judge of concurrent refreshes", () => {
  it("accepts a single refresh whose token pair both processes use", () => {
    expect(judge([round({})])).toMatchObject({ problems: [], figures: { refreshed: 1, usedTwice: 0 } })
  })

  it("counts a lost sign-in if a kill lost the response and the retry was rejected", () => {
    expect(judge([lost])).toMatchObject({
      problems: [],
      figures: { rejected: 1, lostTwice: 0, lostOtherwise: 0, usedTwice: 1, roundsWithKills: 1 },
    })
  })

  it("counts a lost sign-in if two kills lost the responses", () => {
    const limited = { ...use(1, null, null), fault: "too-many-requests", status: 429 }
    const second = process(22, saved(1, "yes", 18), true)
    const both = { ...lost, processes: [kill, second, gaveUp], requests: [limited, use(1, 1, 2, 20)] }
    expect(judge([both])).toMatchObject({ problems: [], figures: { rejected: 0, lostTwice: 1, lostOtherwise: 0 } })
  })

  it("objects to a lost sign-in if no response was lost, and lists the refreshes", () => {
    expect(judge([{ ...lost, processes: [gaveUp] }]).problems).toEqual([
      "round 1: a refresh token was used again although no response was lost",
      "round 1: the sign-in was lost (the sign-in has ended), but 0 responses to token 1 were lost, and the retry was rejected",
      "       0 ms  process 0 starts",
      "       5 ms    refresh with token 1: use 1, token 2 issued, response 200 after 1 ms",
      "      20 ms    refresh with token 1: use 2, rejected, response 400 after 1 ms",
      "      40 ms  process 0 ends the round; token 1 (spent), saved 19 ms before",
    ])
  })

  it("objects to a lost sign-in without a retry", () => {
    const silent = { ...lost, requests: [use(1, 1, 2)] }
    expect(judge([silent]).problems[0]).toBe(
      "round 1: the sign-in was lost (the sign-in has ended), but 1 responses to token 1 were lost",
    )
    expect(judge([silent]).figures.lostOtherwise).toBe(1)
  })

  it("objects to a third use of a refresh token", () => {
    const requests = [...lost.requests, use(1, 3, null, 30)]
    expect(judge([{ ...lost, requests }]).problems[0]).toBe("round 1: a refresh token was used a third time")
  })

  it("lets the successor of a killed process replace the pair that the killed process had saved", () => {
    const twice = round({
      processes: [process(7, saved(2), true), process(40, saved(3))],
      requests: [use(1, 1, 2), use(2, 1, 3, 20)],
      tokens: ["c"],
    })
    expect(judge([twice])).toMatchObject({ problems: [], figures: { refreshed: 1, usedTwice: 0 } })
  })

  it("objects to two tokens, and to two refreshes", () => {
    const both = round({ requests: [use(1, 1, 2), use(2, 1, 3, 20)], tokens: ["b", "c"] })
    expect(judge([both]).problems.slice(0, 2)).toEqual([
      "round 1: the processes got different tokens",
      "round 1: the pair was replaced 2 times",
    ])
  })
})
