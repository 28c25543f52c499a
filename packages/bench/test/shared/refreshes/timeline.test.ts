import { expect, it } from "@effect/vitest"
import { timeline } from "../../../shared/refreshes/timeline.ts"

it("lists the starts, the refreshes and the ends in the order of time", () => {
  const tokens = { pair: 1, spent: "maybe" as const, savedAt: 1095 }
  const request = { pair: 1, use: null, issued: null, fault: null, status: null }
  const lines = timeline(
    [
      { startedAt: 1000, endedAt: 1105, killed: true, tokens, end: "is killed" },
      { startedAt: 1200, endedAt: 1400, killed: false, tokens: undefined, end: "ends with 0" },
    ],
    [
      { ...request, at: 1100, endedAt: 1102, fault: "too-many-requests", status: 429 },
      { ...request, at: 1300, endedAt: 1304, use: 1, issued: 2, status: 200 },
      { ...request, at: 1310, endedAt: 1312, use: 2, fault: "reset-after" },
    ],
  )
  expect(lines).toEqual([
    "       0 ms  process 0 starts",
    "     100 ms    refresh with token 1: fault too-many-requests, not used, response 429 after 2 ms",
    "     105 ms  process 0 is killed; token 1 (may be spent), saved 10 ms before",
    "     200 ms  process 1 starts",
    "     300 ms    refresh with token 1: use 1, token 2 issued, response 200 after 4 ms",
    "     310 ms    refresh with token 1: fault reset-after, use 2, rejected, closed without a response after 2 ms",
    "     400 ms  process 1 ends with 0; no token file",
  ])
})
