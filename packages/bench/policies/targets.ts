/** What the policies must reach, each beside a peer with the same stages. */
import type { Quantity } from "./Planned.ts"

/** A target: a ratio to a peer or, if there is none, a figure. Times are of CPU. */
export interface Target {
  readonly what: string
  readonly quantity: Quantity
  readonly ours: string
  /** The divisor of our figure. */
  readonly against?: string
  /** A value that is subtracted from our figure first. */
  readonly floor?: string
  /** A value that is subtracted from the divisor first. */
  readonly floorAgainst?: string
  readonly atMost: number
}

const adds = (what: string, ours: string, against: string, atMost: number): Target => ({
  what: `what a ${what} adds`,
  quantity: "time",
  ours,
  floor: "bare.effect",
  against,
  floorAgainst: "bare.await",
  atMost,
})

const equal = (what: string, ours: string, theirs: string, atMost: number): Target => ({
  what: `retry + breaker + bulkhead, ${what}`,
  quantity: "time",
  ours: `holdfastEqual.${ours}`,
  against: `cockatielEqual.${theirs}`,
  atMost,
})

export const targets: ReadonlyArray<Target> = [
  equal("no timeout, sync, inside a fiber", "fiber-plain-sync-1", "promise-plain-sync-1", 0.9),
  equal("promise program, async", "promise-plain-async-1", "promise-plain-async-1", 0.9),
  equal("promise program, async, 1 000 at once", "promise-plain-async-1000", "promise-plain-async-1000", 0.9),
  equal("timeout, async, inside a fiber", "fiber-kept-async-1", "promise-kept-async-1", 1.2),
  adds("retry", "holdfast.retry", "cockatiel.retry", 1.2),
  adds("breaker", "holdfast.breaker", "cockatiel.consecutive", 1.7),
  adds("bulkhead", "holdfast.bulkhead", "cockatiel.bulkhead", 3),
  { what: "50 % failures, retry", quantity: "time", ours: "holdfast.failing", against: "effect.failing", atMost: 0.3 },
  {
    what: "rejection by an open breaker",
    quantity: "time",
    ours: "holdfast.rejection",
    against: "cockatiel.rejection",
    atMost: 0.05,
  },
  {
    what: "bytes a call in flight: retry, breaker, bulkhead, budget",
    quantity: "hold",
    ours: "holdfast.all-budget",
    against: "cockatiel.wrap",
    atMost: 0.15,
  },
  { what: "bytes a pipeline made and kept", quantity: "hold", ours: "holdfast.made", atMost: 4000 },
  {
    what: "new key of a keyed breaker in an outage, 50 000 keys",
    quantity: "time",
    ours: "holdfast.keyed",
    atMost: 5000,
  },
  {
    what: "gzip of `Pipeline` with retry, breaker, bulkhead, timeout over a floor that sleeps and times out",
    quantity: "size",
    ours: "holdfast",
    floor: "floorTimeout",
    atMost: 9000,
  },
  {
    what: "gzip of `Pipeline` with retry and timeout over the same floor",
    quantity: "size",
    ours: "holdfastRetry",
    floor: "floorTimeout",
    atMost: 3000,
  },
]
