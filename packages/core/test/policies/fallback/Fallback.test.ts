import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import { type Classified, Pipeline, Timeline, Verdict } from "@holdfast/core"
import * as Fallback from "@holdfast/core/Fallback"
import { type Event, Observer } from "@holdfast/core/Observer"
import { Context, Data, Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"

describe("Fallback", () => {
  describe("to", () => {
    it.effect("does not run the fallback after a success", () =>
      Effect.gen(function* () {
        let used = 0
        const fallback = Fallback.to(() => Effect.sync(() => ++used))
        assert.strictEqual(yield* Fallback.protect(Effect.succeed("answer"), fallback), "answer")
        assert.strictEqual(used, 0)
      }),
    )

    it.effect("runs the alternative for any error, and passes that error to it", () =>
      Effect.gen(function* () {
        const fallback = Fallback.to((error: Busy | Gone) => Effect.succeed(`instead of ${error._tag}`))
        assert.strictEqual(yield* Fallback.protect(new Busy(), fallback), "instead of Busy")
        assert.strictEqual(yield* new Gone().pipe(Fallback.protect(fallback)), "instead of Gone")
      }),
    )

    it.effect("returns a fixed fallback value for any error", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* Fallback.protect(new Busy(), Fallback.value([])), [])
        assert.strictEqual(yield* Fallback.protect(Effect.fail(undefined), Fallback.value(1)), 1)
        assert.strictEqual(yield* Fallback.protect(Effect.fail(null), Fallback.value(2)), 2)
      }),
    )

    it.effect("fails with the error that the alternative returns", () =>
      Effect.gen(function* () {
        const gone = new Gone()
        const fallback = Fallback.to(() => Effect.fail(gone))
        assert.strictEqual(yield* Effect.flip(Fallback.protect(new Busy(), fallback)), gone)
      }),
    )

    it.effect("turns an exception thrown by the fallback function into a defect", () =>
      Effect.gen(function* () {
        const fallback = Fallback.to((): Effect.Effect<number> => {
          throw new RangeError("bug")
        })
        assert.deepStrictEqual(
          yield* Effect.exit(Fallback.protect(new Busy(), fallback)),
          Exit.die(new RangeError("bug")),
        )
      }),
    )
  })

  describe("outcomes without a fallback", () => {
    it.effect("does not fall back after an interruption", () =>
      Effect.gen(function* () {
        let used = 0
        const fallback = Fallback.to(() => Effect.sync(() => ++used))
        const fiber = yield* Effect.forkChild(Fallback.protect(Effect.never, fallback), { startImmediately: true })
        yield* Fiber.interrupt(fiber)
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)))
        assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(Fallback.protect(Effect.interrupt, fallback))))
        assert.strictEqual(used, 0)
      }),
    )

    it.effect("does not fall back if an error is accompanied by an interruption", () =>
      Effect.gen(function* () {
        const both = Effect.fail(new Busy()).pipe(Effect.ensuring(Effect.interrupt))
        assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(Fallback.protect(both, Fallback.value(1)))))
      }),
    )

    it.effect("does not fall back after a defect", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          yield* Effect.exit(Fallback.protect(Effect.die("bug"), Fallback.value(1))),
          Exit.die("bug"),
        )
      }),
    )

    it.effect("does not try the next alternative if the current one is interrupted", () =>
      Effect.gen(function* () {
        const fallback = Fallback.chain(
          Fallback.to(() => Effect.interrupt),
          Fallback.value(1),
        )
        assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(Fallback.protect(new Busy(), fallback))))
      }),
    )
  })

  describe("when", () => {
    it.effect("applies only to errors with the listed tags", () =>
      Effect.gen(function* () {
        const one = Fallback.when("Busy", (error: Busy) => Effect.succeed(error.verdict.retry))
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Busy()), one), "always")
        assert.instanceOf(yield* Effect.flip(Fallback.protect(busyOrGone(new Gone()), one)), Gone)
        const two = Fallback.when(["Busy", "Gone"], (error) => Effect.succeed(error._tag))
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Busy()), two), "Busy")
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Gone()), two), "Gone")
      }),
    )

    it.effect("does not apply to errors without a tag if tags are listed", () =>
      Effect.gen(function* () {
        const fallback = Fallback.when("Busy", () => Effect.succeed(1))
        for (const error of ["Busy", null, undefined, { tag: "Busy" }]) {
          assert.strictEqual(yield* Effect.flip(Fallback.protect(Effect.fail(error), fallback)), error)
        }
      }),
    )

    it.effect("applies only to errors that a refinement or predicate accepts", () =>
      Effect.gen(function* () {
        const isBusy = (error: Busy | Gone): error is Busy => error._tag === "Busy"
        const refined = Fallback.when(isBusy, (error) => Effect.succeed(error._tag))
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Busy()), refined), "Busy")
        assert.instanceOf(yield* Effect.flip(Fallback.protect(busyOrGone(new Gone()), refined)), Gone)
        const passing = Fallback.when(
          (error: Classified) => error.verdict.retry === "always",
          () => Effect.succeed("instead"),
        )
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Busy()), passing), "instead")
        assert.instanceOf(yield* Effect.flip(Fallback.protect(busyOrGone(new Gone()), passing)), Gone)
      }),
    )
  })

  describe("chain", () => {
    it.effect("passes the error of each failed alternative to the next one", () =>
      Effect.gen(function* () {
        const seen: Array<string> = []
        const failing = (next: Busy | Gone | Full) => (error: Classified) =>
          Effect.suspend(() => {
            seen.push(error._tag)
            return Effect.fail(next)
          })
        const chain = Fallback.chain(
          Fallback.to(failing(new Gone())),
          Fallback.to(failing(new Full())),
          Fallback.to((error: Classified) => Effect.succeed(error._tag)),
          Fallback.to(failing(new Busy())),
        )
        assert.strictEqual(yield* Fallback.protect(new Busy(), chain), "Full")
        assert.deepStrictEqual(seen, ["Busy", "Gone"])
      }),
    )

    it.effect("skips alternatives that do not apply to the error", () =>
      Effect.gen(function* () {
        const chain = Fallback.chain(
          Fallback.when("Busy", () => Effect.succeed("a")),
          Fallback.when("Gone", () => Effect.succeed("b")),
        )
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Gone()), chain), "b")
        assert.strictEqual(yield* Fallback.protect(busyOrGone(new Busy()), chain), "a")
      }),
    )

    it.effect("treats a chain with one alternative like the alternative itself", () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* Fallback.protect(new Busy(), Fallback.chain(Fallback.value("one"))), "one")
      }),
    )

    it("describes its alternatives in order", () => {
      const chain = Fallback.chain(
        Fallback.when(["Busy", "Gone"], () => Effect.void),
        Fallback.when(
          (error: unknown) => error !== undefined,
          () => Effect.void,
        ),
        Fallback.value(1),
      )
      assert.strictEqual(
        Fallback.describe(chain),
        "fallback for Busy or Gone, then for some errors, then for any error",
      )
    })
  })

  describe("the timeline", () => {
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 2, backoff: { base: "1 second", jitter: "none" } }))
    const failing = (error: Busy | Gone): Effect.Effect<never, Busy | Gone> => Pipeline.run(pipeline, busyOrGone(error))
    const ended = <A, E>(effect: Effect.Effect<A, E>) =>
      Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(Effect.flip(effect), { startImmediately: true })
        yield* TestClock.adjust("1 minute")
        return yield* Fiber.join(fiber)
      })

    it.effect("lists the attempts of the call before those of the alternatives in the timeline of the last error", () =>
      Effect.gen(function* () {
        const chain = Fallback.chain(
          Fallback.to(() => Effect.andThen(Effect.sleep("1 second"), failing(new Gone()))),
          Fallback.to(() => Effect.fail(new Full())),
        )
        const last = yield* ended(Fallback.protect(failing(new Busy()), chain))
        assert.deepStrictEqual(
          Timeline.of(last).map(({ error, startedAt }) => [error._tag, startedAt]),
          [
            ["Busy", 0],
            ["Busy", 1_000],
            ["Gone", 2_000],
          ],
        )
      }),
    )

    it.effect("does not extend the timeline if the alternative fails with the same error", () =>
      Effect.gen(function* () {
        const last = yield* ended(
          Fallback.protect(
            failing(new Busy()),
            Fallback.to((error: Classified) => Effect.fail(error)),
          ),
        )
        assert.strictEqual(Timeline.of(last).length, 2)
      }),
    )

    it.effect("adds the attempts of an alternative to the timeline", () =>
      Effect.gen(function* () {
        const last = yield* ended(
          Fallback.protect(
            failing(new Busy()),
            Fallback.to(() => failing(new Gone())),
          ),
        )
        assert.deepStrictEqual(
          Timeline.of(last).map(({ error }) => error._tag),
          ["Busy", "Busy", "Gone"],
        )
      }),
    )

    it.effect("keeps the timeline of the alternative's error if the call's error has none", () =>
      Effect.gen(function* () {
        const earlier = yield* ended(failing(new Busy()))
        const last = yield* ended(
          Fallback.protect(
            new Full(),
            Fallback.to(() => Effect.fail(earlier)),
          ),
        )
        assert.strictEqual(Timeline.of(last).length, 2)
      }),
    )

    it.effect("discards the timeline if the alternative fails with a value that cannot carry one", () =>
      Effect.gen(function* () {
        for (const error of ["text", null, undefined]) {
          const fallback = Fallback.to(() => Effect.fail(error))
          assert.strictEqual(yield* ended(Fallback.protect(failing(new Busy()), fallback)), error)
        }
      }),
    )

    it.effect("does not extend the timeline of an error object shared by several calls", () =>
      Effect.gen(function* () {
        const constant = new Full()
        const fallback = Fallback.to(() => Effect.fail(constant))
        for (let call = 0; call < 3; call++) {
          yield* ended(Fallback.protect(failing(new Busy()), fallback))
          assert.strictEqual(Timeline.of(constant).length, 2)
          yield* TestClock.adjust("1 minute")
        }
      }),
    )
  })

  describe("a fallback in a pipeline", () => {
    const retry = Pipeline.retry({ attempts: 2, backoff: { base: "1 second", jitter: "none" } })

    it.effect("runs the fallback after the last retry, and passes it the timeline of the attempts", () =>
      Effect.gen(function* () {
        const fallback = Fallback.when("Busy", (error: Busy) => Effect.succeed(Timeline.of(error).length))
        const pipeline = yield* Pipeline.make(Pipeline.fallback(fallback), retry)
        const fiber = yield* Effect.forkChild(Pipeline.run(pipeline, busyOrGone(new Busy())), {
          startImmediately: true,
        })
        yield* TestClock.adjust(999)
        assert.strictEqual(fiber.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* Fiber.join(fiber), 2)
        assert.instanceOf(yield* Effect.flip(Pipeline.run(pipeline, busyOrGone(new Gone()))), Gone)
      }),
    )

    it.effect("runs the fallback after the deadline has passed, without a time limit", () =>
      Effect.gen(function* () {
        const slow = Effect.as(Effect.sleep("1 hour"), "from the archive")
        const pipeline = yield* Pipeline.make(
          Pipeline.fallback(Fallback.when("DeadlineExceeded", () => slow)),
          Pipeline.deadline("5 seconds"),
        )
        const fiber = yield* Effect.forkChild(Pipeline.run(pipeline, Effect.never), { startImmediately: true })
        yield* TestClock.adjust("2 hours")
        assert.strictEqual(yield* Fiber.join(fiber), "from the archive")
      }),
    )

    it("describes a fallback at its position in the pipeline, and does not add it to the worst case", () => {
      const pipeline = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.value(1)), Pipeline.timeout("1 second"))
      assert.strictEqual(Pipeline.describe(pipeline), "fallback for any error › timeout 1 s › send")
      assert.strictEqual(Pipeline.worstCase(pipeline).text, "≤ 1 attempt, ≤ 1 s, ≤ 1× load")
    })

    it("infers exact success and error types", () => {
      const fallback = Fallback.chain(
        Fallback.when("DeadlineExceeded", () => Effect.succeed("late")),
        Fallback.when("Busy", (error: Busy) => Effect.fail(error.verdict)),
      )
      const pipeline = Pipeline.makeUnsafe(Pipeline.fallback(fallback), Pipeline.deadline("5 seconds"), retry)
      const call = Pipeline.run(pipeline, Effect.as(busyOrGone(new Busy()), 1))
      type Answer = Effect.Success<typeof call>
      type Failed = Effect.Error<typeof call>
      expectTypeOf<Answer>().toEqualTypeOf<number | string>()
      expectTypeOf<Failed>().toEqualTypeOf<Gone | Verdict.Verdict>()
      const busyOnly = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.to((error: Busy) => Effect.succeed(error))))
      // @ts-expect-error -- Gone may come too
      void Pipeline.run(busyOnly, busyOrGone(new Gone()))
      const late = Pipeline.deadline("5 seconds")
      // @ts-expect-error -- a fallback stands outside of the deadline
      assert.throws(() => Pipeline.makeUnsafe(late, Pipeline.fallback(fallback)), /fallback/)
    })
  })

  it.effect("reports each alternative to the observer, with the error that triggered it", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const watch = {
        event: (event: Event) =>
          Effect.sync(() => {
            if (event._tag === "FallbackUsed") told.push(event.error._tag)
          }),
      }
      const chain = Fallback.chain(
        Fallback.when("Full", () => Effect.succeed("never")),
        Fallback.to(() => Effect.fail(new Gone())),
        Fallback.to(() => Effect.sync(() => told.push("after"))),
      )
      yield* Fallback.protect(new Busy(), chain).pipe(Effect.provideService(Observer, watch))
      assert.deepStrictEqual(told, ["Busy", "Gone", "after"])
      yield* Fallback.protect(Effect.fail("text"), chain).pipe(Effect.provideService(Observer, watch))
      assert.deepStrictEqual(told.slice(3), ["Gone", "after"])
    }),
  )

  describe("types", () => {
    class Mirror extends Context.Service<Mirror, string>()("test/Mirror") {}
    /** A value of a type for type tests; it is never called. */
    const typed = <F>(): F => (() => Effect.void) as F
    const call = Effect.succeed(1) as Effect.Effect<number, Busy | Gone>

    it("removes the handled errors from a call's type, and adds the success, errors and services of the alternative", () => {
      const mirror = Fallback.to(typed<(error: Classified) => Effect.Effect<string, Full, Mirror>>())
      expectTypeOf(Fallback.protect(call, mirror)).toEqualTypeOf<Effect.Effect<number | string, Full, Mirror>>()
      expectTypeOf(call.pipe(Fallback.protect(mirror))).toEqualTypeOf<Effect.Effect<number | string, Full, Mirror>>()
      expectTypeOf(Fallback.protect(call, Fallback.value("x"))).toEqualTypeOf<Effect.Effect<number | string>>()
      const busy = Fallback.when("Busy", typed<(error: Busy) => Effect.Effect<never, Full>>())
      expectTypeOf(Fallback.protect(call, busy)).toEqualTypeOf<Effect.Effect<number, Gone | Full>>()
      const both = Fallback.when(["Busy", "Gone"], typed<(error: Busy | Gone) => Effect.Effect<string>>())
      expectTypeOf(Fallback.protect(call, both)).toEqualTypeOf<Effect.Effect<number | string>>()
    })

    it("keeps all errors in a call's type after a predicate, but removes the refined errors after a refinement", () => {
      const some = Fallback.when(
        (error: Classified) => error._tag === "Busy",
        () => Effect.succeed("x"),
      )
      expectTypeOf(Fallback.protect(call, some)).toEqualTypeOf<Effect.Effect<number | string, Busy | Gone>>()
      const isBusy = (error: Classified): error is Busy => error._tag === "Busy"
      const refined = Fallback.when(isBusy, () => Effect.succeed("x"))
      expectTypeOf(Fallback.protect(call, refined)).toEqualTypeOf<Effect.Effect<number | string, Gone>>()
    })

    it("types a chain by applying its alternatives in order", () => {
      const chain = Fallback.chain(
        Fallback.when("Busy", typed<(error: Busy) => Effect.Effect<never, Full>>()),
        Fallback.when("Full", typed<(error: Full) => Effect.Effect<string>>()),
        Fallback.when("Gone", typed<(error: Gone) => Effect.Effect<string, Full, Mirror>>()),
      )
      expectTypeOf(Fallback.protect(call, chain)).toEqualTypeOf<Effect.Effect<number | string, Full, Mirror>>()
      expectTypeOf(Fallback.protect(call, Fallback.chain(chain, Fallback.value(true)))).toEqualTypeOf<
        Effect.Effect<number | string | boolean, never, Mirror>
      >()
    })

    it("does not compile if an alternative does not accept an error that may reach it", () => {
      const busyOnly = Fallback.to((error: Busy) => Effect.succeed(error.verdict))
      // @ts-expect-error -- Gone may come too
      void Fallback.protect(call, busyOnly)
      // @ts-expect-error -- the same in a pipe
      call.pipe(Fallback.protect(busyOnly))
      const other = Fallback.when("Busy", (error: Busy & { readonly port: number }) => Effect.succeed(error.port))
      // @ts-expect-error -- this Busy has no port
      void Fallback.protect(call, other)
      const second = Fallback.chain(
        Fallback.to(typed<(error: Classified) => Effect.Effect<never, Full>>()),
        Fallback.to(typed<(error: Busy) => Effect.Effect<void>>()),
      )
      // @ts-expect-error -- Full comes to the second
      void Fallback.protect(call, second)
      // @ts-expect-error -- a name that is none
      Fallback.when([], () => Effect.void)
      // @ts-expect-error -- a chain of nothing
      Fallback.chain()
      // An alternative that is never used may require any service.
      void Fallback.protect(Effect.succeed(1), busyOnly)
    })
  })
})

class Busy extends Data.TaggedError("Busy") {
  readonly verdict = Verdict.always()
}
class Gone extends Data.TaggedError("Gone") {
  readonly verdict = Verdict.never()
}
class Full extends Data.TaggedError("Full") {
  readonly verdict = Verdict.once()
}

const busyOrGone = (error: Busy | Gone): Effect.Effect<never, Busy | Gone> => Effect.fail(error)
