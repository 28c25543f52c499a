import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import { Clock, Deferred, Effect, Exit, Fiber, Scheduler, Schema } from "effect"
import { TestClock } from "effect/testing"
import { started, until } from "../../support/bulkhead.ts"

/** Long enough to fill and empty a queue several times; generated arrays have at most 10 items by default. */
const pathOf = <A>(step: Schema.Schema<A>) => Schema.Array(step).check(Schema.isMinLength(100))

const small = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 }))

const operations = ["call", "call", "call", "hurried", "end", "end", "interrupt", "reload", "wait"] as const

/** One call of the property: when it arrived, and its state. */
interface Caller {
  readonly number: number
  readonly priority: number
  readonly fiber: Fiber.Fiber<void, Bulkhead.BulkheadFull>
  readonly done: Deferred.Deferred<void>
  /** The length of the queue and the number of permits granted when it arrived. */
  readonly ahead: number
  readonly given: number
}

/** Runs all fibers until none can continue, including those that yield at every step. */
const rest = Effect.andThen(
  Effect.forEach(Array.from({ length: 30 }), () => Effect.yieldNow),
  TestClock.adjust(0),
)

type Path = ReadonlyArray<readonly [(typeof operations)[number], number, number, boolean]>

/**
 * Runs the operations and checks the invariants after each, and at the end checks that nothing is left.
 *
 * With `pauses`, all fibers are run after each operation until none can continue, and every call with a permit has begun: only
 * then is the order visible from outside.
 */
const walk = Effect.fnUntraced(function* (path: Path, pauses: boolean) {
  // Only a call that had room to wait can starve.
  const rooms = pauses ? 10 : 1
  let options = { permits: 2, queue: 3 * rooms }
  const bulkhead = yield* Bulkhead.make(options)
  const running = new Set<number>()
  const callers = new Map<number, Caller>()
  const startedBy = new Map<number, number>()
  let given = 0
  let allowed = options.permits
  let longest = options.queue
  const unfair: Array<string> = []

  const call = Effect.fnUntraced(function* (priority: number, within: number | undefined) {
    const number = callers.size
    const done = yield* Deferred.make<void>()
    const { queued } = yield* Bulkhead.stats(bulkhead)
    const now = yield* Clock.currentTimeMillis
    const begin = Effect.suspend(() => {
      running.add(number)
      given++
      const caller = callers.get(number)
      if ((startedBy.get(priority) ?? -1) > number) unfair.push(`${number} after a later one of its priority`)
      if (caller !== undefined && given - caller.given > 9 * (caller.ahead + 1)) {
        unfair.push(`${number} had its place after ${given - caller.given} others, ${caller.ahead} were before it`)
      }
      startedBy.set(priority, number)
      return Deferred.await(done)
    })
    const body = Effect.ensuring(
      begin,
      Effect.sync(() => running.delete(number)),
    )
    const fiber = yield* Bulkhead.protect(body, bulkhead, { priority }).pipe(
      // A fiber may be suspended between any two steps.
      Effect.provideService(Scheduler.MaxOpsBeforeYield, pauses ? 2048 : 3),
      until(within === undefined ? undefined : now + within),
      Effect.forkChild(started),
    )
    callers.set(number, { number, priority, fiber, done, ahead: queued, given })
  })

  const alive = () => [...callers.values()].filter(({ fiber }) => fiber.pollUnsafe() === undefined)

  const check = Effect.fnUntraced(function* (settled: boolean) {
    const { inFlight, permits, queued } = yield* Bulkhead.stats(bulkhead)
    allowed = Math.max(permits, Math.min(allowed, inFlight))
    longest = Math.max(options.queue, Math.min(longest, queued))
    assert.isAtMost(inFlight, allowed, "never more calls in flight than permits, except for those from before a reload")
    assert.isAtMost(queued, longest, "the queue is bounded")
    assert.isTrue(queued === 0 || inFlight >= permits, "no call waits while a permit is free")
    assert.isAtMost(running.size, inFlight)
    if (settled) {
      assert.strictEqual(running.size, inFlight, "every permit is held by a running call")
      assert.strictEqual(alive().length, inFlight + queued, "every call that has no permit and does not wait has ended")
    }
  })

  for (const [operation, first, second, settle] of path) {
    const those = alive()
    const one = those[(first * 7 + second) % Math.max(those.length, 1)]
    switch (operation) {
      case "call":
        yield* call(Math.min(first, 2), undefined)
        break
      case "hurried":
        yield* call(Math.min(first, 2), 1 + second)
        break
      case "end": {
        const [number] = running
        if (number !== undefined) Deferred.doneUnsafe(callers.get(number)!.done, Exit.void)
        break
      }
      case "interrupt":
        one?.fiber.interruptUnsafe()
        break
      case "reload":
        options = { permits: 1 + (first % 4), queue: second * rooms }
        yield* Bulkhead.reload(bulkhead, options)
        break
      case "wait":
        yield* TestClock.adjust(first)
    }
    if (pauses) yield* TestClock.adjust(0)
    else if (settle) yield* rest
    yield* check(pauses || settle)
    if (pauses) assert.deepStrictEqual(unfair, [])
  }

  for (const { done } of callers.values()) Deferred.doneUnsafe(done, Exit.void)
  yield* rest
  yield* Effect.forEach(callers.values(), ({ fiber }) => Fiber.await(fiber))
  const { inFlight, queued } = yield* Bulkhead.stats(bulkhead)
  assert.deepStrictEqual([inFlight, queued, running.size], [0, 0, 0])
})

describe("Bulkhead", () => {
  const path = pathOf(Schema.Tuple([Schema.Literals(operations), small, small, Schema.Boolean]))

  it.effect.prop(
    "does not lose permits, regardless of the order of arrivals, completions, interruptions and option changes",
    { path },
    ({ path }) => walk(path, false),
    { arbitrary: { runs: 30, seed: 5 }, timeout: 60_000 },
  )

  it.effect.prop(
    "preserves the order of arrival within a priority, and starves no call",
    { path },
    ({ path }) => walk(path, true),
    {
      arbitrary: { runs: 30, seed: 6 },
      timeout: 60_000,
    },
  )
})
