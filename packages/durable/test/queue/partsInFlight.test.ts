import { assert, describe, it } from "@effect/vitest"
import { type Constraint, initial, most, PartsInFlight } from "../../src/internal/queue/partsInFlight.ts"
import { type Link, run } from "../support/link.ts"

const MiB = 1024 * 1024

/** How long a simulation may take on a busy machine, in milliseconds. */
const patient = 30_000

/** Lengths that differ, from a seed. */
const lengths = (least: number, range: number) => (n: number) =>
  Math.round((least + range * ((Math.imul(n + 1, 2_654_435_761) >>> 0) / 2 ** 32)) * MiB)

/**
 * Sends groups of as many parts as the limit. `throughput` states the bytes per millisecond for a limit. Returns the limit
 * after each group.
 */
const groups = (
  parts: PartsInFlight,
  at: { now: number },
  count: number,
  throughput: (limit: number) => number,
  constraint: Constraint = "limit",
): ReadonlyArray<number> =>
  Array.from({ length: count }, () => {
    const attempts = Array.from({ length: parts.limit }, () => parts.started(at.now))
    at.now += (attempts.length * (8 * MiB + 256 * 1024)) / throughput(parts.limit)
    for (const attempt of attempts) parts.ended(attempt, "confirmed", 8 * MiB, at.now, constraint)
    return parts.limit
  })

/** A link that `parts` parts fill. */
const filledBy = (parts: number) => (limit: number) => Math.min(limit, parts) * 1000

/** How many groups each limit lasts. */
const lasting = (limits: ReadonlyArray<number>): ReadonlyArray<readonly [limit: number, groups: number]> => {
  const found: Array<[number, number]> = []
  for (const limit of limits) {
    const last = found.at(-1)
    if (last?.[0] === limit) last[1]++
    else found.push([limit, 1])
  }
  return found
}

/** The limit that lasts longest. */
const usual = (limits: ReadonlyArray<number>) => lasting(limits).toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 0

describe("the parts in flight", () => {
  it("double while the throughput rises with them, up to 16", () => {
    assert.deepStrictEqual(groups(new PartsInFlight(), { now: 0 }, 6, filledBy(20)), [4, 8, 16, 16, 16, 16])
  })

  it("fall to one part if one part fills the link", () => {
    assert.deepStrictEqual(groups(new PartsInFlight(), { now: 0 }, 8, filledBy(1)), [4, 1, 1, 1, 1, 1, 1, 1])
  })

  it("settle at the smallest number that fills the link, to an eighth", () => {
    assert.deepStrictEqual(groups(new PartsInFlight(), { now: 0 }, 8, filledBy(6)), [4, 8, 6, 5, 6, 6, 6, 6])
    for (let needed = 1; needed <= most; needed++) {
      const limit = usual(groups(new PartsInFlight(), { now: 0 }, 100, filledBy(needed)))
      assert.isAtLeast(limit, needed)
      assert.isAtMost(limit, needed * 1.125)
    }
  })

  it("try more and fewer parts in turn, less often after each failure", () => {
    const limits = groups(new PartsInFlight(), { now: 0 }, 200, filledBy(6))
    const trials = lasting(limits)
      .slice(4)
      .filter(([limit]) => limit !== 6)
    const rests = lasting(limits)
      .slice(4)
      .filter(([limit]) => limit === 6)
    assert.deepStrictEqual(
      trials.slice(0, 11).map(([limit]) => limit),
      [9, 4, 9, 4, 9, 4, 9, 9, 4, 9, 9],
    )
    assert.deepStrictEqual(
      rests.slice(0, 11).map(([, count]) => count),
      [4, 4, 4, 4, 12, 4, 12, 16, 4, 12, 16],
    )
  })

  it("stay the same while no part is confirmed", () => {
    const parts = new PartsInFlight()
    for (let n = 0; n < 100; n++) parts.ended(parts.started(n), "failure", MiB, n + 1, "limit")
    assert.strictEqual(parts.limit, initial)
  })

  it("stay the same while too few parts wait or a bandwidth limit holds them", () => {
    for (const constraint of ["bandwidth", "demand"] as const) {
      const limits = groups(new PartsInFlight(), { now: 0 }, 50, (limit) => limit * 1000, constraint)
      assert.deepStrictEqual(new Set(limits), new Set([initial]))
    }
  })

  it("halve once for all overloads of one round trip, and again for an attempt that started later", () => {
    const parts = new PartsInFlight()
    groups(parts, { now: 0 }, 3, filledBy(20))
    const attempts = Array.from({ length: 16 }, () => parts.started(100_000))
    const limits = attempts.map((attempt, n) => {
      parts.ended(attempt, "overload", MiB, 100_010 + n, "limit")
      return parts.limit
    })
    assert.deepStrictEqual(new Set(limits), new Set([8]))
    for (const [n, limit] of [4, 2, 1, 1].entries()) {
      parts.ended(parts.started(100_100 + 20 * n), "overload", MiB, 100_110 + 20 * n, "limit")
      assert.strictEqual(parts.limit, limit)
    }
  })

  it("rise by one a round after an overload, up to one less than the limit that caused the overload", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    groups(parts, at, 4, filledBy(20))
    parts.ended(parts.started(at.now), "overload", MiB, ++at.now, "limit")
    assert.strictEqual(parts.limit, 8)
    assert.deepStrictEqual(groups(parts, at, 12, filledBy(20)), [9, 10, 11, 12, 13, 14, 15, 15, 15, 15, 15, 16])
  })

  it("do not double after an overload, not even to a number that was never reached", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    groups(parts, at, 3, filledBy(20))
    parts.ended(parts.started(at.now), "overload", MiB, ++at.now, "limit")
    assert.deepStrictEqual(groups(parts, at, 9, filledBy(20)), [9, 10, 11, 12, 13, 14, 15, 15, 15])
  })

  it("cause an overload less often after each one", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    const overloads: Array<number> = []
    for (let n = 0; n < 400; n++) {
      if (parts.limit > 6) {
        overloads.push(n)
        parts.ended(parts.started(at.now), "overload", MiB, ++at.now, "limit")
      } else groups(parts, at, 1, filledBy(20))
    }
    assert.deepStrictEqual(
      overloads.slice(1, 7).map((n, index) => n - (overloads[index] ?? 0)),
      [4, 23, 41, 39, 39, 39],
    )
  })

  it("rise at once if the throughput of the same number of parts has doubled", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    groups(parts, at, 200, filledBy(1))
    assert.deepStrictEqual(lasting(groups(parts, at, 10, (limit) => 2 * filledBy(20)(limit))), [
      [1, 2],
      [2, 2],
      [4, 1],
      [8, 1],
      [16, 4],
    ])
  })

  it("return to the number that fills the link if a trial of more parts causes an overload", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    const link = filledBy(3)
    groups(parts, at, 5, link)
    while (parts.limit <= 3) groups(parts, at, 1, link)
    assert.strictEqual(parts.limit, 5)
    parts.ended(parts.started(at.now), "overload", MiB, ++at.now, "limit")
    assert.strictEqual(parts.limit, 2)
    assert.deepStrictEqual(lasting(groups(parts, at, 20, link)), [
      [3, 1],
      [4, 1],
      [2, 1],
      [3, 2],
      [4, 2],
      [3, 13],
    ])
  })

  it("ignore client errors and interruptions", () => {
    const parts = new PartsInFlight()
    for (let n = 0; n < 100; n++) parts.ended(parts.started(n), "ignored", MiB, n + 1, "limit")
    assert.strictEqual(parts.limit, initial)
  })

  const links: ReadonlyArray<readonly [string, Link]> = [
    ["LTE", { capacity: 4 * MiB, perPart: MiB, latency: 80, length: lengths(1, 8) }],
    ["1 Gbit/s", { capacity: 117 * MiB, perPart: 10 * MiB, latency: 40, length: lengths(4, 4) }],
    ["a long fat link", { capacity: 50 * MiB, perPart: 6 * MiB, latency: 100 }],
    ["small files", { capacity: 10 * MiB, perPart: 6 * MiB, latency: 100, length: () => 64 * 1024 }],
    [
      "files of 500 MB among small ones",
      {
        capacity: 24 * MiB,
        perPart: 3 * MiB,
        latency: 100,
        length: (n) => (n % 7 === 0 ? 32 * MiB : lengths(0, 4)(n)),
      },
    ],
    ["a storage for 1 part", { capacity: 100 * MiB, perPart: 6 * MiB, latency: 50, slots: 1 }],
    ["a storage for 3 parts", { capacity: 100 * MiB, perPart: 6 * MiB, latency: 50, slots: 3, length: lengths(1, 8) }],
    ["a storage for 9 parts", { capacity: 100 * MiB, perPart: 6 * MiB, latency: 50, slots: 9, length: lengths(1, 8) }],
    ["a router that congests", { capacity: 24 * MiB, perPart: 3 * MiB, latency: 50, knee: 8, penalty: 0.05 }],
  ]

  it.each(links)(
    "reach the throughput of the best fixed number to a fifth over %s",
    (_, link) => {
      const seconds = 200
      let best = 0
      for (let n = 1; n <= most; n++) best = Math.max(best, run(link, seconds, n).throughput)
      const { refused, throughput } = run(link, seconds)
      assert.isAtLeast(throughput, best * 0.8)
      // An overload once a hold, not once a round trip.
      assert.isAtMost(refused, 40)
    },
    patient,
  )

  const needs: ReadonlyArray<readonly [string, Link, number]> = [
    ["one part of a link of 10 MB/s", { capacity: 10 * MiB, perPart: 100 * MiB, latency: 5 }, 1.3],
    ["four parts of an LTE link", { capacity: 4 * MiB, perPart: MiB, latency: 80, length: lengths(1, 8) }, 4.8],
    ["ten parts of 1 Gbit/s", { capacity: 100 * MiB, perPart: 10 * MiB, latency: 100 }, 12],
  ]

  it.each(needs)(
    "need hardly more than %s, even if its capacity varies by 30 % a second",
    (_, link, parts) => {
      const varying = (second: number) => link.capacity * (0.7 + lengths(0, 0.6)(Math.floor(second)) / MiB)
      const seconds = 600
      for (const [capacityAt, more] of [
        [undefined, 1],
        [varying, 1.25],
      ] as const) {
        const best = Math.max(...[1, 2, 4, 8, 16].map((n) => run(link, seconds, n, capacityAt).throughput))
        const { limits, throughput } = run(link, seconds, undefined, capacityAt)
        assert.isAtLeast(throughput, best * 0.9)
        assert.isAtMost(limits.reduce((sum, limit) => sum + limit, 0) / limits.length, parts * more)
      }
    },
    patient,
  )

  it("reach 16 over a long fat link within the first 31 parts", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    let begun = 0
    while (parts.limit < most) {
      begun += parts.limit
      groups(parts, at, 1, (limit) => limit * 10_000)
    }
    assert.isAtMost(begun + most, 31)
  })

  it(
    "follow a link whose capacity falls to a tenth and recovers",
    () => {
      const link: Link = { capacity: 60 * MiB, perPart: 6 * MiB, latency: 50, length: lengths(1, 4) }
      const capacityAt = (second: number) => (second > 100 && second < 200 ? 6 * MiB : 60 * MiB)
      const best = Math.max(...[4, 8, 10, 12, 16].map((n) => run(link, 400, n, capacityAt).throughput))
      assert.isAtLeast(run(link, 400, undefined, capacityAt).throughput, best * 0.8)
    },
    patient,
  )
})
