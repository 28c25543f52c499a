import { assert, describe, it } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import * as Throttle from "@holdfast/core/Throttle"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Exit } from "effect"
import { CircuitBreakerStore, layerStoreMemory } from "effect/persistence/CircuitBreaker"
import { World } from "../../support/virtual.ts"

const failure = (verdict: Verdict.Verdict): Classified => ({ _tag: "Failed", verdict })

/** The only error of an effect, run to its end in its own world. */
const errorOf = (effect: Effect.Effect<unknown, unknown>, world = new World()): unknown => {
  let exit: Exit.Exit<unknown, unknown> | undefined
  world.start(Effect.flip(effect)).addObserver((ended) => (exit = ended))
  world.end()
  return exit !== undefined && Exit.isSuccess(exit) ? exit.value : undefined
}

/** Runs an effect several times in a row, and ignores its results. */
const run = (world: World, times: number, effect: Effect.Effect<unknown, unknown>): void => {
  for (let n = 0; n < times; n++) {
    world.start(Effect.exit(effect))
    world.until(world.now + 10_000)
  }
}

/** Hides from the types that an effect is a call of a pipeline. */
const hidden = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> => effect

const phaseOf = (breaker: CircuitBreaker.CircuitBreaker): string => breaker.machine.phase

const deadline = Pipeline.deadline("1 second")
const hanging = Pipeline.run(Pipeline.makeUnsafe(deadline), Effect.never)

describe("an attempt that is in flight when its deadline passes", () => {
  it("counts a deadline that passes during an attempt as a failure in the pipeline's breaker", () => {
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 5 })
    run(world, 4, Pipeline.run(Pipeline.makeUnsafe(deadline, Pipeline.breaker(breaker)), Effect.never))
    assert.strictEqual(phaseOf(breaker), "Closed")
    run(world, 1, Pipeline.run(Pipeline.makeUnsafe(deadline, Pipeline.breaker(breaker)), Effect.never))
    assert.strictEqual(phaseOf(breaker), "Open")
  })

  it("counts a deadline that passes during an attempt as a failure in a windowed breaker inside the retries", () => {
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ window: { calls: 4, failureRate: 1 } })
    const pipeline = Pipeline.makeUnsafe(
      deadline,
      Pipeline.retry(),
      Pipeline.breaker(breaker),
      Pipeline.timeout("5 seconds"),
    )
    run(world, 4, Pipeline.run(pipeline, Effect.never))
    assert.strictEqual(phaseOf(breaker), "Open")
  })

  it("counts a deadline that passes during an attempt as a failure in a breaker around or inside the pipeline", () => {
    const world = new World()
    const around = CircuitBreaker.makeUnsafe({ consecutive: 3 })
    run(world, 3, CircuitBreaker.protect(hanging, around))
    assert.strictEqual(phaseOf(around), "Open")
    const inside = CircuitBreaker.makeUnsafe({ consecutive: 3 })
    const send: Effect.Effect<never, Classified> = CircuitBreaker.protect(Effect.never, inside)
    run(world, 3, Pipeline.run(Pipeline.makeUnsafe(deadline), send))
    assert.strictEqual(phaseOf(inside), "Open")
    const nested = CircuitBreaker.makeUnsafe({ consecutive: 3 })
    const inner = Pipeline.makeUnsafe(Pipeline.deadline("5 seconds"), Pipeline.breaker(nested))
    run(world, 3, Pipeline.run(Pipeline.makeUnsafe(deadline), hidden(Pipeline.run(inner, Effect.never))))
    assert.strictEqual(phaseOf(nested), "Open")
  })

  it("counts a deadline that passes during an attempt as a failure in a shared breaker", () => {
    const program = Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* CircuitBreakerStore, { consecutive: 3 })
      const pipeline = Pipeline.makeUnsafe(deadline, Pipeline.breaker(breaker))
      const tags: Array<string> = []
      for (let n = 0; n < 4; n++) tags.push((yield* Effect.flip(Pipeline.run(pipeline, Effect.never)))._tag)
      return yield* Effect.fail(tags)
    })
    const tags = errorOf(Effect.provide(program, layerStoreMemory()))
    assert.deepStrictEqual(tags, ["DeadlineExceeded", "DeadlineExceeded", "DeadlineExceeded", "CircuitOpen"])
  })

  it("fails a half-open probe that is in flight when its deadline passes", () => {
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "5 seconds", maxOpen: "1 minute" })
    run(world, 2, Pipeline.run(Pipeline.makeUnsafe(deadline, Pipeline.breaker(breaker)), Effect.never))
    const { counters, openTimes, probes } = breaker.machine
    assert.deepStrictEqual([counters.failures, openTimes.openings, probes.size], [2, 2, 0])
  })

  it("lowers an adaptive limit when the deadline passes, and does not count the request as accepted in a throttle", () => {
    for (const call of [
      (limit: AdaptiveLimit.AdaptiveLimit) =>
        Pipeline.run(Pipeline.makeUnsafe(deadline, Pipeline.limits(limit)), Effect.never),
      (limit: AdaptiveLimit.AdaptiveLimit) => AdaptiveLimit.protect(hanging, limit),
    ]) {
      const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
      run(new World(), 1, call(limit))
      assert.strictEqual(limit.algorithm.limit, 9)
    }
    for (const call of [
      (throttle: Throttle.Throttle) =>
        Pipeline.run(Pipeline.makeUnsafe(deadline, Pipeline.limits(throttle)), Effect.never),
      (throttle: Throttle.Throttle) => Throttle.protect(hanging, throttle),
    ]) {
      const throttle = Throttle.makeUnsafe()
      run(new World(), 1, call(throttle))
      assert.deepStrictEqual([throttle.recent.requests, throttle.recent.accepts], [1, 0])
    }
  })

  it("reports the call as in flight in the deadline error even if a hedge copy is still queued", () => {
    const hedge = Pipeline.hedge(Hedge.makeUnsafe({ delay: "100 millis" }))
    const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 1 })
    const pipeline = Pipeline.makeUnsafe(deadline, hedge, Pipeline.limits(bulkhead))
    const error = errorOf(Pipeline.run(pipeline, Effect.never, { repeatable: true }))
    assert.instanceOf(error, Deadline.DeadlineExceeded)
    assert.isTrue(error.inFlight)
  })

  it("reports to observers that an attempt in flight at the deadline failed with DeadlineExceeded", () => {
    const world = new World()
    const events: Array<unknown> = []
    const watch: Observer.Watch = {
      event: (event) => {
        if (event._tag === "AttemptEnded" || event._tag === "CallEnded")
          events.push([event._tag, event.outcome, event.error?._tag])
        return undefined
      },
    }
    run(world, 1, Observer.observe(watch)(hanging))
    assert.deepStrictEqual(events, [
      ["AttemptEnded", "failure", "DeadlineExceeded"],
      ["CallEnded", "failure", "DeadlineExceeded"],
    ])
  })

  it("sets `applied` to `maybe` in the verdict of the deadline error", () => {
    const error = errorOf(hanging)
    assert.instanceOf(error, Deadline.DeadlineExceeded)
    assert.deepInclude(error.verdict, { retry: "never", outcome: "failure", applied: "maybe", overdue: true })
  })
})

describe("a call that ends with no attempt in flight", () => {
  const closed = Effect.map(Gate.make("network", { initial: { _tag: "Closed", reason: "gone", since: 0 } }), (gate) =>
    Pipeline.makeUnsafe(deadline, Pipeline.gates({ others: [gate] })),
  )
  const busy = failure(Verdict.always({ applied: "no" }))
  const retry = Pipeline.retry({
    attempts: 9,
    backoff: { base: "400 millis", factor: 1, cap: "400 millis", jitter: "none" },
  })
  const elsewhere: Readonly<Record<string, Effect.Effect<unknown, Classified>>> = {
    "a call that ended while waiting at a gate": Effect.flatMap(closed, (pipeline) =>
      Pipeline.run(pipeline, Effect.never),
    ),
    "a call that ended while waiting in a queue": Effect.suspend(() => {
      const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 1 })
      const pipeline = Pipeline.makeUnsafe(deadline, Pipeline.limits(bulkhead))
      return Effect.andThen(
        Effect.forkChild(Bulkhead.protect(Effect.sleep(5000), bulkhead), { startImmediately: true }),
        Pipeline.run(pipeline, Effect.never),
      )
    }),
    "a call that ended during a backoff": Pipeline.run(Pipeline.makeUnsafe(deadline, retry), Effect.fail(busy)),
  }
  for (const [where, call] of Object.entries(elsewhere)) {
    it(`does not count the deadline as a service failure for ${where}`, () => {
      const error = errorOf(call)
      assert.instanceOf(error, Deadline.DeadlineExceeded)
      assert.deepInclude(error.verdict, { retry: "never", outcome: "ignored", applied: "no" })
      assert.isFalse(error.inFlight)
      const world = new World()
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1 })
      const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
      const throttle = Throttle.makeUnsafe()
      run(
        world,
        3,
        call.pipe(CircuitBreaker.protect(breaker), AdaptiveLimit.protect(limit), Throttle.protect(throttle)),
      )
      assert.deepStrictEqual([phaseOf(breaker), limit.algorithm.limit, throttle.recent.requests], ["Closed", 10, 0])
    })
  }

  it("does not count a call interrupted by its caller as a service failure", () => {
    const world = new World()
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1 })
    const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
    const pipeline = Pipeline.makeUnsafe(deadline, Pipeline.limits(limit), Pipeline.breaker(breaker))
    run(world, 3, Effect.timeoutOption(Pipeline.run(pipeline, Effect.never), 500))
    assert.deepStrictEqual(
      [phaseOf(breaker), limit.algorithm.limit, breaker.machine.counters.ignored],
      ["Closed", 10, 3],
    )
  })
})

describe("a late response", () => {
  const late: Readonly<Record<string, Effect.Effect<unknown, Classified>>> = {
    "by a pipeline's timeout": Pipeline.run(Pipeline.makeUnsafe(Pipeline.timeout("1 second")), Effect.never),
    "by the caller's own timeout error": Pipeline.run(Pipeline.makeUnsafe(Pipeline.timeout("1 second")), Effect.never, {
      timedOut: () => failure(Verdict.always()),
    }),
    "by an error with an overdue verdict": Effect.fail(failure(Verdict.always({ overdue: true }))),
    "by the status 408": Effect.fail(failure(Verdict.withStatus(Verdict.always(), 408))),
  }
  for (const [how, call] of Object.entries(late)) {
    it(`counts a response that is marked as late ${how} as a drop in limits and throttles`, () => {
      const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
      const throttle = Throttle.makeUnsafe()
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 2 })
      run(
        new World(),
        2,
        call.pipe(CircuitBreaker.protect(breaker), AdaptiveLimit.protect(limit), Throttle.protect(throttle)),
      )
      assert.strictEqual(limit.algorithm.limit, 8.1)
      assert.deepStrictEqual([throttle.recent.requests, throttle.recent.accepts], [2, 0])
      assert.strictEqual(phaseOf(breaker), "Open")
    })
  }
})

describe("the outcome of an error", () => {
  const notFound = failure(Verdict.once({ outcome: "ignored" }))
  const slowDown = failure(Verdict.always({ outcome: "overload" }))
  const broken = failure(Verdict.never({ outcome: "failure" }))

  it("uses the outcome of an error in all policies, regardless of the error's retry verdict", () => {
    const after = (error: Classified) => {
      const limit = AdaptiveLimit.makeUnsafe({ algorithm: "aimd", initial: 10 })
      const throttle = Throttle.makeUnsafe()
      const breaker = CircuitBreaker.makeUnsafe({ consecutive: 5 })
      run(
        new World(),
        5,
        Effect.fail(error).pipe(
          CircuitBreaker.protect(breaker),
          AdaptiveLimit.protect(limit),
          Throttle.protect(throttle),
        ),
      )
      return [phaseOf(breaker), limit.algorithm.limit < 10, throttle.recent.accepts]
    }
    assert.deepStrictEqual(after(notFound), ["Closed", false, 5])
    assert.deepStrictEqual(after(slowDown), ["Open", true, 0])
    assert.deepStrictEqual(after(broken), ["Open", false, 0])
  })

  it("ends a hedge immediately after a request error, but lets a copy respond after a service error", () => {
    const call = (error: Classified) => {
      const world = new World()
      const hedge = Hedge.makeUnsafe({ delay: "100 millis" })
      const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(hedge))
      const send = ({ number }: Pipeline.Attempt): Effect.Effect<string, Classified> =>
        number === 1 ? Effect.delay(Effect.fail(error), 200) : Effect.delay(Effect.succeed("copy"), 1000)
      let ended: unknown
      world.start(Effect.exit(Pipeline.run(pipeline, send, { repeatable: true }))).addObserver((exit) => {
        ended = Exit.isSuccess(exit) ? [exit.value._tag, world.now] : undefined
      })
      world.end()
      return ended
    }
    assert.deepStrictEqual(call(notFound), ["Failure", 200])
    assert.deepStrictEqual(call(failure(Verdict.always({ outcome: "ignored" }))), ["Failure", 200])
    assert.deepStrictEqual(call(broken), ["Success", 1100])
    assert.deepStrictEqual(call(slowDown), ["Success", 1100])
  })
})
