import { assert, describe, it } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Retry from "@holdfast/core/Retry"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, Exit, Schema } from "effect"
import { CircuitBreakerStore, layerStoreMemory } from "effect/persistence/CircuitBreaker"
import { numbers, World } from "../../support/virtual.ts"

const kinds = ["always", "once", "overload", "hint", "bug", "hang", "ok"] as const

/** The outcome of one attempt. */
const attempt = (kind: (typeof kinds)[number]): Effect.Effect<string, Classified> => {
  switch (kind) {
    case "ok":
      return Effect.succeed("ok")
    case "hang":
      return Effect.never
    case "bug":
      return Effect.die(new Error("bug"))
    case "hint":
      return failing(Verdict.always({ pace: "throttled", retryAfter: Duration.seconds(20) }))
    case "overload":
      return failing(Verdict.always({ outcome: "overload" }))
    default:
      return failing(kind === "once" ? Verdict.once() : Verdict.always())
  }
}

const failing = (verdict: Verdict.Verdict) => Effect.fail<Classified>({ _tag: "Failed", verdict })

const Kinds = Schema.Array(Schema.Literals(kinds)).check(Schema.isMaxLength(8))

/** Runs one call with the default retry. Returns whether the breaker then admits another call. */
const admitsAnother = (seed: number, answers: ReadonlyArray<(typeof kinds)[number]>, shared: boolean): boolean => {
  const world = new World({ random: numbers(seed) })
  const send = ({ number }: Pipeline.Attempt) => attempt(answers[number - 1] ?? "always")
  const program = Effect.gen(function* () {
    const breaker: CircuitBreaker.CircuitBreaker | SharedCircuitBreaker.SharedCircuitBreaker = shared
      ? yield* SharedCircuitBreaker.make(yield* CircuitBreakerStore)
      : yield* CircuitBreaker.make()
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.retry({ defects: "once" }),
      Pipeline.breaker(breaker as CircuitBreaker.CircuitBreaker),
      Pipeline.timeout("15 seconds"),
    )
    yield* Effect.exit(Pipeline.run(pipeline, send))
    return yield* Pipeline.run(
      Pipeline.makeUnsafe(Pipeline.breaker(breaker as CircuitBreaker.CircuitBreaker)),
      Effect.succeed("in"),
    )
  })
  let exit: Exit.Exit<string, unknown> | undefined
  world.start(Effect.provide(program, layerStoreMemory())).addObserver((ended) => (exit = ended))
  world.end()
  return exit !== undefined && Exit.isSuccess(exit)
}

describe("one call with the default retry", () => {
  for (const shared of [false, true]) {
    const which = shared ? "shared" : "local"
    it.effect.prop(
      `one call with the default retry never opens a ${which} breaker with the default threshold, regardless of the outcomes`,
      { seed: Schema.Int, answers: Kinds },
      ({ answers, seed }) =>
        Effect.sync(() => {
          assert.isTrue(admitsAnother(seed, answers, shared))
        }),
    )

    it(`leaves a ${which} circuit closed after one call has failed eight times`, () => {
      assert.isTrue(admitsAnother(1, [], shared))
    })
  }

  it("makes fewer attempts than a breaker's default threshold, and each attempt counts toward an explicit threshold", () => {
    assert.isBelow(Retry.defaultAttempts, CircuitBreaker.makeUnsafe().machine.settings.consecutive)
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 3, open: "10 minutes", maxOpen: "10 minutes" })
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 3 }), Pipeline.breaker(breaker))
    world.start(Effect.exit(Pipeline.run(pipeline, attempt("always"))))
    world.end()
    assert.strictEqual(breaker.machine.phase, "Open")
  })
})
