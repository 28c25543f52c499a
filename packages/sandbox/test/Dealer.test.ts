import { Dealer, Fault, FaultPlan, Route } from "@holdfast/sandbox"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

/**
 * Deals faults to `requests` requests for each of 24 chunks in the given order, and returns the faults of each chunk.
 */
const play = (
  plan: FaultPlan.FaultPlan,
  seed: number,
  requests: number,
  order: (chunks: Array<number>) => Array<number>,
) =>
  Effect.gen(function* () {
    const cards = Dealer.make(plan, seed)
    const met: Record<number, Array<Fault.FaultKind | "-">> = {}
    for (let round = 0; round < requests; round++) {
      for (const chunk of order(Array.from({ length: 24 }, (_, index) => index + 1))) {
        const { fault } = yield* cards.next({ route: "chunk", resource: "clip.mp4", chunk, chunks: 24 })
        ;(met[chunk] ??= []).push(fault?.kind ?? "-")
      }
    }
    return met
  })

const inOrder = (chunks: Array<number>) => chunks
const backwards = (chunks: Array<number>) => chunks.reverse()
// Without its outage a plan does not depend on time.
const storm = { ...FaultPlan.named.storm, outages: [] }

describe("Dealer", () => {
  it.effect(
    "deals the same faults for the same seed, whatever the order of requests, and different faults for another seed",
    () =>
      Effect.gen(function* () {
        for (const seed of [1, 2, 3]) {
          assert.deepStrictEqual(yield* play(storm, seed, 5, inOrder), yield* play(storm, seed, 5, backwards))
        }
        assert.notDeepEqual(yield* play(storm, 1, 5, inOrder), yield* play(storm, 2, 5, inOrder))
        const chances: FaultPlan.FaultPlan = {
          name: "p",
          rules: [{ route: "chunk", chance: 0.5, fault: { kind: "reset-before" } }],
        }
        assert.deepStrictEqual(yield* play(chances, 9, 5, inOrder), yield* play(chances, 9, 5, backwards))
      }),
  )

  it.effect("deals every fault in the storm plan's hands within 24 chunks", () =>
    Effect.gen(function* () {
      const met = yield* play(storm, 7, 5, inOrder)
      const kinds = new Set(Object.values(met).flat())
      for (const kind of storm.deals?.[0]?.hands.flat() ?? []) assert.isTrue(kinds.has(kind.kind), kind.kind)
    }),
  )

  it.effect("lets a client that follows the rules survive every predefined plan except paused", () =>
    Effect.gen(function* () {
      for (const name of FaultPlan.names.filter((name) => name !== "paused")) {
        for (let seed = 0; seed < 25; seed++) {
          const cards = Dealer.make(FaultPlan.named[name], seed)
          for (const route of Route.names) {
            const chunks = route === "chunk" ? Array.from({ length: 24 }, (_, index) => index + 1) : [0]
            for (const chunk of chunks) {
              const met: Array<Fault.FaultKind | undefined> = []
              for (let request = 0; request < 8; request++) {
                met.push((yield* cards.next({ route, resource: "clip.mp4", chunk, chunks: 24 })).fault?.kind)
              }
              const costly = met.filter((kind) => kind !== undefined && Fault.isCostly(kind, route))
              assert.isAtMost(costly.length, 1)
              assert.isAtMost(longestRow(met), 3)
              assert.notMatch(met.join(" "), /token-expired token-expired/)
              assert.isFalse(met.some((kind) => kind !== undefined && Fault.isFatal(kind, route)))
            }
          }
        }
      }
    }),
  )

  it.effect('gives a rule for chunks: "one" to one chunk of each file, drawn with the seed', () =>
    Effect.gen(function* () {
      const plan: FaultPlan.FaultPlan = {
        name: "p",
        rules: [{ route: "chunk", requests: [1], chunks: "one", fault: { kind: "url-expired" } }],
      }
      const hit = new Set<string>()
      for (let seed = 0; seed < 40; seed++) {
        const met = yield* play(plan, seed, 2, inOrder)
        const chunks = Object.keys(met).filter((chunk) => met[Number(chunk)]?.includes("url-expired"))
        assert.strictEqual(chunks.length, 1)
        hit.add(chunks[0] ?? "")
      }
      assert.isAbove(hit.size, 10)
    }),
  )

  it.effect(
    "deals a fault at most once if a client may retry it only once, and never deals two expired tokens in a row",
    () =>
      Effect.gen(function* () {
        const met = (kind: Fault.FaultKind) =>
          Effect.gen(function* () {
            const cards = Dealer.make({ name: "p", rules: [{ route: "assets", fault: { kind } }] }, 1)
            const next = cards.next({ route: "assets", resource: "clip.mp4" })
            return (yield* Effect.replicateEffect(next, 4)).map(({ fault }) => fault !== undefined)
          })
        assert.deepStrictEqual(yield* met("internal-error"), [true, false, false, false])
        assert.deepStrictEqual(yield* met("token-expired"), [true, false, true, false])
        assert.deepStrictEqual(yield* met("slow-down"), [true, true, true, false])
      }),
  )

  it.effect("deals the whole plan even if an outage interrupts it", () =>
    Effect.gen(function* () {
      const cards = Dealer.make(
        {
          name: "p",
          rules: [{ route: "chunk", requests: [1], fault: { kind: "s3-slow-down" } }],
          outages: [{ afterChunks: [1, 1], seconds: 4, routes: ["chunk"] }],
        },
        1,
      )
      const next = Effect.map(cards.next({ route: "chunk", resource: "clip.mp4", chunk: 1 }), ({ fault, request }) => [
        request,
        fault?.kind,
      ])
      assert.deepStrictEqual(yield* next, [1, "reset-before"])
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(yield* next, [2, "s3-slow-down"])
      assert.deepStrictEqual(yield* next, [3, undefined])
    }),
  )

  it.effect("deals faults that no client can survive if survivable is false", () =>
    Effect.gen(function* () {
      const rules = [{ route: "chunk", fault: { kind: "reset-before" } }] as const
      const kinds = (survivable: boolean) =>
        Effect.map(play({ name: "p", survivable, rules }, 1, 5, inOrder), (met) => met[1]?.map((kind) => kind !== "-"))
      assert.deepStrictEqual(yield* kinds(true), [true, true, true, false, true])
      assert.deepStrictEqual(yield* kinds(false), [true, true, true, true, true])
    }),
  )
})

const longestRow = (met: ReadonlyArray<Fault.FaultKind | undefined>): number => {
  let row = 0
  return met.reduce((longest, kind) => Math.max(longest, (row = kind === undefined ? 0 : row + 1)), 0)
}
