import { assert, describe, it } from "@effect/vitest"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, Exit, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { hold, queueOf } from "../../support/bulkhead.ts"
import { guardText } from "../../support/guardText.ts"

describe("Bulkhead", () => {
  describe("without a queue", () => {
    it.effect("runs as many calls at once as it has permits, and rejects the next call", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 2 })
        yield* hold(bulkhead, 100)
        yield* hold(bulkhead, 100)
        const error = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.instanceOf(error, Bulkhead.BulkheadFull)
        assert.strictEqual(error.reason, "full")
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 2, queued: 0, permits: 2 })
        yield* TestClock.adjust("100 millis")
        assert.strictEqual(yield* Effect.succeed("through").pipe(Bulkhead.protect(bulkhead)), "through")
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 0, queued: 0, permits: 2 })
      }),
    )

    it.effect("releases the permit regardless of how the call ends", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 1 })
        const endings = [
          Effect.fail({ _tag: "No", verdict: Verdict.never() }),
          Effect.die("bug"),
          Effect.interrupt,
          Effect.void,
        ]
        for (const ending of endings) {
          yield* Effect.exit(Bulkhead.protect(ending, bulkhead))
          assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
        }
        const running = yield* hold(bulkhead, 100)
        yield* Fiber.interrupt(running)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).inFlight, 0)
      }),
    )

    it.effect("reports the expected wait in the rejection error after it has measured the duration of a call", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ name: "parts", permits: 2 })
        yield* hold(bulkhead, 100)
        yield* hold(bulkhead, 100)
        const before = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.deepStrictEqual(before.verdict, Verdict.always({ pace: "throttled", outcome: "ignored", applied: "no" }))
        assert.strictEqual(before.expectedWait, undefined)
        assert.strictEqual(before.message, "parts full: 2 running, 0 queued")
        yield* TestClock.adjust("100 millis")
        yield* hold(bulkhead, 100)
        yield* hold(bulkhead, 100)
        const error = yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))
        assert.strictEqual(error.expectedWait, 50)
        assert.deepStrictEqual(error.verdict.retryAfter, Duration.millis(50))
        assert.strictEqual(error.message, "parts full: 2 running, 0 queued; a permit is expected in 50 ms")
        assert.strictEqual(error.stack, `BulkheadFull: ${error.message}`)
      }),
    )
  })

  describe("reload", () => {
    it.effect("admits waiters immediately when a reload adds permits", () =>
      Effect.gen(function* () {
        const { admitted, bulkhead, join } = yield* queueOf({ permits: 1, queue: 10 })
        yield* hold(bulkhead, 1000)
        for (const name of ["a", "b", "c"]) yield* join(name)
        yield* Bulkhead.reload(bulkhead, { permits: 3, queue: 10 })
        assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 3, queued: 1, permits: 3 })
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(admitted, ["a", "b"])
      }),
    )

    it.effect(
      "lets running calls finish when a reload removes permits, and does not admit queued calls until enough calls have ended",
      () =>
        Effect.gen(function* () {
          const { admitted, bulkhead, join } = yield* queueOf({ permits: 3, queue: 10 })
          for (const ms of [100, 200, 300]) yield* hold(bulkhead, ms)
          yield* join("a")
          yield* Bulkhead.reload(bulkhead, { permits: 1, queue: 10 })
          assert.deepStrictEqual(yield* Bulkhead.stats(bulkhead), { inFlight: 3, queued: 1, permits: 1 })
          yield* TestClock.adjust("250 millis")
          assert.deepStrictEqual(admitted, [])
          yield* TestClock.adjust("50 millis")
          assert.deepStrictEqual(admitted, ["a"])
        }),
    )

    it.effect("keeps queued calls and their original `maxWait` when a reload shortens the queue", () =>
      Effect.gen(function* () {
        const { bulkhead, join } = yield* queueOf({ permits: 1, queue: 3, maxWait: "1 second" })
        yield* hold(bulkhead, 10_000)
        const waiters = [yield* join("a"), yield* join("b"), yield* join("c")]
        yield* Bulkhead.reload(bulkhead, { permits: 1 })
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).queued, 3)
        assert.strictEqual((yield* Effect.flip(Bulkhead.protect(Effect.void, bulkhead))).reason, "full")
        yield* TestClock.adjust("1 second")
        for (const waiter of waiters) assert.strictEqual((yield* Effect.flip(Fiber.join(waiter))).reason, "maxWait")
      }),
    )

    it.effect("keeps its settings when the new options are invalid", () =>
      Effect.gen(function* () {
        const bulkhead = yield* Bulkhead.make({ permits: 2, queue: 1 })
        const error = yield* Effect.flip(Bulkhead.reload(bulkhead, { permits: 5, queue: -1 }))
        assert.strictEqual(error.message, "Bulkhead: queue must be an integer >= 0 (got -1)")
        assert.deepStrictEqual(bulkhead.check({ permits: 5, queue: -1 }), error)
        assert.strictEqual(bulkhead.check({ permits: 5 }), undefined)
        assert.strictEqual((yield* Bulkhead.stats(bulkhead)).permits, 2)
        assert.strictEqual(guardText(bulkhead), "bulkhead 2, queue 1")
      }),
    )
  })

  it("describes its settings and reports the longest possible wait", () => {
    const described = (options: Bulkhead.Options) => {
      const bulkhead = Bulkhead.makeUnsafe(options)
      return [guardText(bulkhead), bulkhead.longestWait()]
    }
    assert.deepStrictEqual(described({ permits: 4 }), ["bulkhead 4", 0])
    assert.deepStrictEqual(described({ permits: 4, queue: 9 }), ["bulkhead 4, queue 9", Infinity])
    const all = described({ permits: 4, queue: 9, maxWait: "2 seconds" })
    assert.deepStrictEqual(all, ["bulkhead 4, queue 9, wait ≤ 2 s", 2000])
  })

  it.effect("rejects missing and invalid options, and names the option in the error", () =>
    Effect.gen(function* () {
      const refused = (options: unknown) =>
        Effect.map(Effect.flip(Bulkhead.make(options as Bulkhead.Options)), ({ message }) => message)
      assert.deepStrictEqual(
        [
          yield* refused({}),
          yield* refused({ permits: 0 }),
          yield* refused({ permits: "4" }),
          yield* refused({ permits: 1, queue: 1, maxWait: 0 }),
          yield* refused({ permits: 1, queue: 1, maxWait: "soon" }),
          yield* refused({ permits: 1, maxWait: "1 second" }),
          yield* refused({ permits: 1, name: "" }),
        ],
        [
          "Bulkhead: permits must be an integer >= 1 (got undefined)",
          "Bulkhead: permits must be an integer >= 1 (got 0)",
          'Bulkhead: permits must be an integer >= 1 (got "4")',
          "Bulkhead: maxWait must be a duration > 0 ms (got 0)",
          'Bulkhead: maxWait must be a duration > 0 ms (got "soon")',
          'Bulkhead: maxWait must be absent without a queue (got "1 second")',
          'Bulkhead: name must be a non-empty string (got "")',
        ],
      )
    }),
  )

  it.effect.prop(
    "accepts every number in the valid range and rejects all other numbers",
    { permits: Schema.Number, queue: Schema.Number, maxWait: Schema.Number },
    ({ maxWait, permits, queue }) =>
      Effect.gen(function* () {
        const built = (options: Bulkhead.Options) => Effect.map(Effect.exit(Bulkhead.make(options)), Exit.isSuccess)
        const whole = Number.isSafeInteger
        assert.strictEqual(yield* built({ permits }), whole(permits) && permits >= 1)
        assert.strictEqual(yield* built({ permits: 1, queue }), whole(queue) && queue >= 0)
        assert.strictEqual(yield* built({ permits: 1, queue: 1, maxWait }), Number.isFinite(maxWait) && maxWait > 0)
      }),
    { arbitrary: { runs: 100, seed: 4 }, timeout: 60_000 },
  )
})
