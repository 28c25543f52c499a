import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Effect, Schema } from "effect"

const capacities = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 6 }))

const keys = Schema.Array(Schema.Literals(["a", "b", "c", "d", "e", "f", "g", "h"]))

/** The keys that remain if the least recently used key is evicted. */
const model = (capacity: number, uses: ReadonlyArray<string>): ReadonlyArray<string> => {
  const kept = new Set<string>()
  for (const key of uses) {
    if (!kept.delete(key) && kept.size >= capacity) kept.delete([...kept][0] ?? "")
    kept.add(key)
  }
  return [...kept]
}

describe("a keyed breaker whose circuits have no state", () => {
  it.prop("keeps the most recently used keys, in the order of their use", [capacities, keys], ([capacity, uses]) => {
    const keyed = Effect.runSync(CircuitBreaker.keyed({ capacity }))
    for (const key of uses) Effect.runSync(CircuitBreaker.at(keyed, key))
    assert.deepStrictEqual(
      [...keyed.breakers].map(([key]) => key),
      model(capacity, uses),
    )
  })
})
