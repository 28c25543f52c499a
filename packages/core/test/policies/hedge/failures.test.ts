import { assert, describe, it } from "@effect/vitest"
import * as Hedge from "@holdfast/core/Hedge"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import { Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { Busy, SlowDown, Refused, Overloaded, Wrong, busy, service, fixed, timed, first } from "../../support/hedge.ts"

describe("Hedge", () => {
  describe("failures", () => {
    it.effect("fails immediately, without sending a copy, if the call fails before the delay elapses", () =>
      Effect.gen(function* () {
        const { log, send } = service([
          [100, busy],
          [1, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, fixed(200)))), [busy, 100])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, ["0 sent 1", "100 failed 1"])
      }),
    )

    it.effect("waits for the copy if the call fails first", () =>
      Effect.gen(function* () {
        const { send } = service([
          [250, busy],
          [100, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["second", 300])
      }),
    )

    it.effect("waits for the call if the copy fails first", () =>
      Effect.gen(function* () {
        const { send } = service([
          [400, "first"],
          [50, busy],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, fixed(200))), ["first", 400])
      }),
    )

    it.effect("sends the next copy immediately after a failure if afterFailure is enabled", () =>
      Effect.gen(function* () {
        const early = fixed(200, { afterFailure: true, max: 2 })
        const { log, send } = service([
          [100, busy],
          [50, busy],
          [10, "third"],
        ])
        assert.deepStrictEqual(yield* timed(Hedge.protect(send, early)), ["third", 160])
        yield* TestClock.adjust("1 hour")
        assert.deepStrictEqual(log, [
          "0 sent 1",
          "100 failed 1",
          "100 sent 2",
          "150 failed 2",
          "150 sent 3",
          "160 answered 3",
        ])
        assert.strictEqual(early.describe(), "hedge 2 copies, each after 200 ms or a failure")
      }),
    )

    it.effect("sends at most `max` copies in total, whether the timer or a failure triggers them", () =>
      Effect.gen(function* () {
        const last = new Busy()
        const { log, send } = service([
          [100, busy],
          [1_000, last],
          [1, "third"],
        ])
        const early = fixed(200, { afterFailure: true })
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, early))), [last, 1_100])
        assert.deepStrictEqual(log, ["0 sent 1", "100 failed 1", "100 sent 2", "1100 failed 2"])
      }),
    )

    it.effect("does not send a copy after a failure that requires fewer requests or closes a gate", () =>
      Effect.gen(function* () {
        const overloaded = new Overloaded()
        for (const error of [new SlowDown(), new Refused(), overloaded]) {
          const { log, send } = service([
            [100, error],
            [1, "second"],
          ])
          const early = fixed(200, { afterFailure: true })
          assert.strictEqual(yield* first(timed(Effect.flip(Hedge.protect(send, early)))), error)
          assert.lengthOf(log, 2)
        }
      }),
    )

    it.effect("does not send a copy after a failure if the budget cannot cover it", () =>
      Effect.gen(function* () {
        const budget = RetryBudget.makeUnsafe({ kind: "tokenBucket", capacity: 14, cost: 14 })
        budget.charge(0, undefined)
        const { log, send } = service([
          [100, busy],
          [1, "second"],
        ])
        const early = fixed(200, { afterFailure: true, budget })
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, early))), [busy, 100])
        assert.lengthOf(log, 2)
      }),
    )

    it.effect(
      "fails with the last error once the call and all its copies have failed, and does not send another copy",
      () =>
        Effect.gen(function* () {
          const last = new Busy()
          const { log, send } = service([
            [400, last],
            [50, busy],
          ])
          assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, fixed(300, { max: 5 })))), [last, 400])
          yield* TestClock.adjust("1 hour")
          assert.strictEqual(log.length, 4)
        }),
    )

    it.effect("prefers an error that requires fewer requests or closes a gate over the last error", () =>
      Effect.gen(function* () {
        const errors = [busy, new SlowDown(), new Refused()]
        for (const [before, after] of [
          [1, 0],
          [2, 0],
          [2, 1],
        ] as const) {
          for (const order of [
            [before, after],
            [after, before],
          ] as const) {
            const { send } = service([
              [300, errors[order[0]]!],
              [200, errors[order[1]]!],
            ])
            assert.strictEqual(yield* first(timed(Effect.flip(Hedge.protect(send, fixed(200))))), errors[before])
          }
        }
      }),
    )

    it.effect("fails immediately if the call or a copy fails with an error whose verdict is `never`", () =>
      Effect.gen(function* () {
        const wrong = new Wrong()
        const { log, send } = service([
          [1_000, "first"],
          [50, wrong],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(send, fixed(200)))), [wrong, 250])
        assert.strictEqual(log.at(-1), "250 interrupted 1")
        const other = service([
          [250, wrong],
          [1_000, "second"],
        ])
        assert.deepStrictEqual(yield* timed(Effect.flip(Hedge.protect(other.send, fixed(200)))), [wrong, 250])
      }),
    )

    it.effect("fails after an error whose verdict is `never`, even if an earlier error requires fewer requests", () =>
      Effect.gen(function* () {
        const wrong = new Wrong()
        const { send } = service([
          [250, new SlowDown()],
          [100, wrong],
        ])
        assert.strictEqual(yield* first(timed(Effect.flip(Hedge.protect(send, fixed(200))))), wrong)
      }),
    )

    it.effect("fails immediately if a copy dies with a defect", () =>
      Effect.gen(function* () {
        let sends = 0
        const call = Effect.suspend(() => (++sends === 1 ? Effect.sleep("1 second") : Effect.die("bug")))
        const [exit, at] = yield* timed(Effect.exit(Hedge.protect(call, fixed(200))))
        assert.deepStrictEqual(exit, Exit.die("bug"))
        assert.strictEqual(at, 200)
      }),
    )

    it.effect("fails immediately if a copy interrupts itself", () =>
      Effect.gen(function* () {
        let sends = 0
        const call = Effect.suspend(() => (++sends === 1 ? Effect.sleep("1 second") : Effect.interrupt))
        const [exit, at] = yield* timed(Effect.exit(Hedge.protect(call, fixed(200))))
        assert.isTrue(Exit.hasInterrupts(exit))
        assert.strictEqual(at, 200)
      }),
    )
  })
})
