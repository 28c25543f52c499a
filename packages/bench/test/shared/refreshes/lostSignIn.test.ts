import { describe, expect, it } from "@effect/vitest"
import type { RefreshRequest } from "@holdfast/sandbox/RefreshRequest"
import { explain, overused, type Refresher } from "../../../shared/refreshes/lostSignIn.ts"

/** A request with token 1 that arrives at a time, is answered 2 ms later, and takes no effect. */
const request = (at: number, more: Partial<RefreshRequest> = {}): RefreshRequest => ({
  at,
  pair: 1,
  use: null,
  issued: null,
  fault: null,
  status: 200,
  endedAt: at + 2,
  ...more,
})
const limited = (at: number) => request(at, { fault: "too-many-requests", status: 429 })
const issued = (at: number, more: Partial<RefreshRequest> = {}) => request(at, { use: 1, issued: 2, ...more })
const rejected = (at: number, use = 2) => request(at, { use, status: 400 })
const reset = (at: number, more: Partial<RefreshRequest> = {}) =>
  request(at, { fault: "reset-before", status: null, ...more })

type Spent = "maybe" | "yes" | undefined

/** A process that is killed at a time, after a record that it wrote at another time. */
const killed = (startedAt: number, endedAt: number, spent: Spent, savedAt: number): Refresher => ({
  startedAt,
  endedAt,
  killed: true,
  tokens: { pair: 1, spent, savedAt },
})
/** A process that ends by itself. */
const ended = (startedAt: number, endedAt: number, spent: Spent, savedAt: number): Refresher => ({
  ...killed(startedAt, endedAt, spent, savedAt),
  killed: false,
})

/** Two kills, each 5 ms after the record that the process wrote before its request, and the process that gives up. */
const twoKills = [killed(0, 105, "maybe", 100), killed(1000, 1105, "yes", 1100), ended(2000, 2500, "yes", 1100)]

const kindOf = (...args: Parameters<typeof explain>) => explain(...args).kind
const howOf = (...args: Parameters<typeof explain>) => {
  const loss = explain(...args)
  return loss.kind === "unexplained" ? loss.why : loss.uses.map(({ how }) => how)
}

describe("the explanation of a lost sign-in", () => {
  it("accepts two kills, of which the first lost a fault that did not reach the token endpoint", () => {
    expect(kindOf(twoKills, [limited(102), issued(1102)])).toBe("lost twice")
    expect(howOf(twoKills, [limited(102), issued(1102)])).toEqual([
      "killed 1 ms after response 429",
      "killed 1 ms after response 200",
    ])
  })

  it("accepts kills between the record and the arrival of the request", () => {
    expect(howOf(twoKills, [])).toEqual([
      "killed 5 ms after the record, before the request",
      "killed 5 ms after the record, before the request",
    ])
  })

  it("counts a request that arrives just after the kill, and one whose connection closed without a response", () => {
    expect(howOf(twoKills, [issued(110), rejected(1102)])).toEqual([
      "killed 5 ms before the request arrived",
      "killed 1 ms after response 400",
    ])
    expect(howOf(twoKills, [request(102, { status: null, endedAt: 106 }), issued(1102)])).toEqual([
      "killed before the response",
      "killed 1 ms after response 200",
    ])
  })

  it("attributes a record that was written after a response to the next request", () => {
    const [first, , last] = twoKills
    const second = killed(1000, 1105, "yes", 1100)
    if (first === undefined || last === undefined) throw new Error("there are three processes")
    expect(howOf([first, second, last], [limited(102), limited(1050)])).toEqual([
      "killed 1 ms after response 429",
      "killed 5 ms after the record, before the request",
    ])
  })

  it("accepts a rejected retry after a kill or a fault that lost the new pair", () => {
    const living = ended(1000, 1500, "yes", 1105)
    expect(kindOf([killed(0, 105, "maybe", 100), living], [issued(102), rejected(1102)])).toBe("rejected")
    const fault = issued(1050, { fault: "reset-after", status: null })
    expect(kindOf([living], [fault, rejected(1102)])).toBe("rejected")
  })

  it("accepts a rejected retry whose process was killed after it had recorded the rejection", () => {
    const after = killed(1000, 1160, "yes", 1155)
    const requests = [issued(102), rejected(1102)]
    expect(explain([killed(0, 105, "maybe", 100), after, ended(2000, 2500, "yes", 1155)], requests)).toMatchObject({
      kind: "rejected",
      uses: [{ how: "killed 1 ms after response 200" }],
    })
  })

  it("tells apart two processes that refresh at once", () => {
    // The file was read after the other process had recorded its retry.
    const overwritten = killed(0, 105, "yes", 115)
    expect(kindOf([overwritten, ended(0, 300, "yes", 130)], [issued(102), rejected(120)])).toBe("rejected")
    const both = [killed(0, 105, "maybe", 100), killed(0, 110, "yes", 103), ended(0, 300, "yes", 103)]
    expect(howOf(both, [limited(102)])).toEqual([
      "killed 1 ms after response 429",
      "killed 7 ms after the record, before the request",
    ])
  })

  it("accepts two faults that lost the responses, and a fault beside a kill", () => {
    const living = ended(1000, 1500, "yes", 1105)
    expect(howOf([living], [reset(1050), reset(1102)])).toEqual(["the fault reset-before", "the fault reset-before"])
    expect(kindOf([killed(0, 105, "maybe", 100), living], [issued(102), reset(1102)])).toBe("lost twice")
  })

  it("does not accept one lost response without a retry", () => {
    const one = [killed(0, 105, "maybe", 100), ended(1000, 1500, "maybe", 100)]
    expect(howOf(one, [issued(102)])).toBe("1 responses to token 1 were lost")
  })

  it("does not accept kills that lost no response, however many there are", () => {
    // The response 429 was read, so the record was removed before each kill.
    const kills = [0, 1000, 2000].map((at) => killed(at, at + 105, undefined, at + 104))
    const requests = [0, 1000, 2000].map((at) => limited(at + 102))
    expect(howOf([...kills, ended(3000, 3500, undefined, 2104)], requests)).toBe("0 responses to token 1 were lost")
  })

  it("does not accept a kill for a record that another process wrote, or that the process wrote long before", () => {
    const [first, second, last] = twoKills
    if (first === undefined || second === undefined || last === undefined) throw new Error("there are three processes")
    const idle = killed(600, 700, "yes", 500)
    expect(kindOf([first, ended(300, 510, "yes", 500), idle, last], [limited(102)])).toBe("unexplained")
    const waits = killed(1000, 4000, "yes", 1100)
    const gaveUp = ended(5000, 5500, "yes", 1100)
    expect(kindOf([first, waits, gaveUp], [limited(102), issued(1102)])).toBe("unexplained")
    expect(kindOf([first, waits, gaveUp], [limited(102)])).toBe("unexplained")
  })

  it("does not accept a rejected retry if the response to the first use was not lost", () => {
    const living = ended(1000, 1500, "yes", 1105)
    expect(howOf([ended(0, 500, undefined, 0), living], [issued(102), rejected(1102)])).toBe(
      "0 responses to token 1 were lost, and the retry was rejected",
    )
    const other = killed(0, 105, "maybe", 100)
    expect(kindOf([other, living], [limited(102), issued(300), rejected(1102)])).toBe("unexplained")
  })

  it("does not accept losses of another token, or a missing token file", () => {
    const other = [limited(102), issued(1102)].map((one) => ({ ...one, pair: 2 }))
    const kills = twoKills.map((one) => ({ ...one, tokens: { pair: 2, spent: "maybe" as const, savedAt: 100 } }))
    expect(kindOf([...kills, ended(3000, 3500, "yes", 2000)], other)).toBe("unexplained")
    const none = { ...ended(2000, 2500, "yes", 1100), tokens: undefined }
    expect(howOf([...twoKills, none], other)).toBe("the token file was missing or damaged")
  })
})

describe("the count of the uses of a refresh token", () => {
  it("accepts a second use, and uses after responses that prove that nothing happened", () => {
    expect(overused(twoKills, [limited(102), issued(1102)])).toEqual([])
    expect(overused(twoKills, [limited(102), issued(1110)])).toEqual([])
    const living = ended(0, 500, undefined, 300)
    expect(overused([living], [limited(102), limited(152), limited(252), issued(352)])).toEqual([])
  })

  it("finds a third use, and a request after two lost responses", () => {
    expect(overused([], [issued(102), rejected(202), rejected(302, 3)])).toEqual([1])
    expect(overused(twoKills, [limited(102), issued(1102), rejected(2102)])).toEqual([1])
    expect(overused(twoKills, [reset(52), reset(102), limited(202)])).toEqual([1])
  })
})
