import { assert, describe, it } from "@effect/vitest"
import { initial, most, PartsInFlight } from "../../src/internal/queue/partsInFlight.ts"
import { type Link, run } from "../support/link.ts"

const MiB = 1024 * 1024

/** How long a simulation may take on a busy machine, in milliseconds. */
const patient = 30_000

/** Lengths that differ, from a seed. */
const lengths = (least: number, range: number) => (n: number) =>
  Math.round((least + range * ((Math.imul(n + 1, 2_654_435_761) >>> 0) / 2 ** 32)) * MiB)

/** Runs a round at the limit, with the given throughput in bytes per millisecond. Returns the new limit. */
const round = (parts: PartsInFlight, at: { now: number }, throughput: number, isBinding = true): number => {
  const attempts = Array.from({ length: parts.limit }, () => parts.started(at.now))
  at.now += (attempts.length * (8 * MiB + 256 * 1024)) / throughput
  for (const attempt of attempts) parts.ended(attempt, "confirmed", 8 * MiB, at.now, isBinding)
  return parts.limit
}

describe("the parts in flight", () => {
  it("rise by one after each round, up to 16, while the throughput does not fall", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    const limits = Array.from({ length: 14 }, () => round(parts, at, 1000))
    assert.deepStrictEqual(limits, [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 16, 16, 16])
  })

  it("return to the earlier limit if the throughput falls, and probe one more after eight rounds", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    const limits = Array.from({ length: 20 }, () => round(parts, at, parts.limit > 6 ? 800 : 1000))
    assert.deepStrictEqual(limits, [6, 7, 6, 6, 6, 6, 6, 6, 6, 6, 7, 6, 6, 6, 6, 6, 6, 6, 6, 6])
  })

  it("stay the same while too few parts wait or a bandwidth limit holds them", () => {
    const parts = new PartsInFlight()
    const at = { now: 0 }
    for (let n = 0; n < 50; n++) assert.strictEqual(round(parts, at, 1000 + n * 100, false), initial)
  })

  it("halve once for all overloads of one round trip, and again for an attempt that started later", () => {
    const parts = new PartsInFlight()
    const attempts = Array.from({ length: 5 }, () => parts.started(0))
    const limits = attempts.map((attempt, n) => {
      parts.ended(attempt, "overload", MiB, 10 + n, true)
      return parts.limit
    })
    assert.deepStrictEqual(limits, [2, 2, 2, 2, 2])
    parts.ended(parts.started(20), "overload", MiB, 30, true)
    assert.strictEqual(parts.limit, 1)
    parts.ended(parts.started(40), "overload", MiB, 50, true)
    assert.strictEqual(parts.limit, 1)
  })

  it("ignore client errors and interruptions", () => {
    const parts = new PartsInFlight()
    for (let n = 0; n < 100; n++) parts.ended(parts.started(n), "ignored", MiB, n + 1, true)
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
