import { assert, describe, it } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as AdaptiveLimit from "@holdfast/core/AdaptiveLimit"
import * as Bulkhead from "@holdfast/core/Bulkhead"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Deadline from "@holdfast/core/Deadline"
import * as Fallback from "@holdfast/core/Fallback"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Observer from "@holdfast/core/Observer"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as RetryBudget from "@holdfast/core/RetryBudget"
import * as Throttle from "@holdfast/core/Throttle"
import * as Timeline from "@holdfast/core/Timeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Data, Duration, Effect, Exit, Schedule } from "effect"
import { World } from "../support/virtual.ts"

const hour = 3_600_000

class Down extends Data.TaggedError("Down") {
  readonly verdict = Verdict.always()
}

const down: Effect.Effect<never, Classified> = Effect.suspend(() => Effect.fail(new Down()))
const failing = (ms: number) => Effect.delay(down, ms)
const answering = (ms: number) => Effect.delay(Effect.succeed("ok"), ms)
const retry = (attempts: number) =>
  Pipeline.retry({ attempts, backoff: { base: 1000, factor: 2, cap: 8000, jitter: "none" } })

/** A scenario. It notes lines, each with the elapsed time. */
type Scenario = (note: (line: string) => void, world: World) => void

/** Starts an effect and notes how it ends. */
const noted = (world: World, note: (line: string) => void, effect: Effect.Effect<unknown, unknown>): void => {
  world.start(effect).addObserver((exit) => {
    if (Exit.isSuccess(exit)) return note(`success ${JSON.stringify(exit.value)}`)
    const [reason] = exit.cause.reasons
    const error = reason?._tag === "Fail" ? reason.error : undefined
    note(
      [
        (error as Classified | undefined)?._tag ?? reason?._tag,
        error instanceof Deadline.DeadlineExceeded ? JSON.stringify(error.spent) : "",
        error instanceof CircuitBreaker.CircuitOpen ? error.retryAfterMs : "",
        Timeline.chart(Timeline.of(error)),
        Timeline.render(Timeline.of(error)),
      ].join(" "),
    )
  })
}

const scenarios: Readonly<Record<string, Scenario>> = {
  "a deadline that ends an attempt": (note, world) =>
    noted(world, note, Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline("5 seconds")), answering(60_000))),

  "a deadline that leaves no time for a wait": (note, world) =>
    noted(world, note, Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"), retry(8)), failing(500))),

  "a deadline inside of another": (note, world) => {
    const inner = Pipeline.makeUnsafe(Pipeline.deadline("8 seconds"), retry(8))
    const left = Effect.map(Deadline.remaining, (time) => note(`left ${Duration.toMillis(time)}`))
    const call = Pipeline.run(inner, Effect.andThen(left, failing(900)))
    noted(
      world,
      note,
      Pipeline.run(
        Pipeline.makeUnsafe(Pipeline.deadline("6 seconds")),
        Effect.mapError(call, () => new Down()),
      ),
    )
  },

  "a deadline from a request": (note, world) =>
    noted(
      world,
      note,
      Effect.flatMap(Deadline.after(7000), (deadline) =>
        Effect.provideService(Pipeline.run(Pipeline.makeUnsafe(retry(8)), failing(500)), Deadline.Current, deadline),
      ),
    ),

  "an attempt's timeout": (note, world) =>
    noted(world, note, Pipeline.run(Pipeline.makeUnsafe(retry(3), Pipeline.timeout("4 seconds")), answering(60_000))),

  "a schedule that ends with time": (note, world) =>
    noted(
      world,
      note,
      Pipeline.run(
        Pipeline.makeUnsafe(Pipeline.retry(Schedule.max([Schedule.spaced("1 second"), Schedule.during("6 seconds")]))),
        failing(100),
      ),
    ),

  "waits in a bulkhead": (note, world) => {
    const bulkhead = Bulkhead.makeUnsafe({ permits: 1, queue: 5, maxWait: "5 seconds" })
    for (let n = 0; n < 4; n++) noted(world, note, Bulkhead.protect(answering(2000), bulkhead))
  },

  "waits in an adaptive limit": (note, world) => {
    const limit = AdaptiveLimit.makeUnsafe({ initial: 1, max: 1, queue: 5, maxWait: "5 seconds", algorithm: "aimd" })
    for (let n = 0; n < 4; n++) noted(world, note, AdaptiveLimit.protect(answering(2000), limit))
  },

  "an open circuit and its probe": (note, world) => {
    const breaker = CircuitBreaker.makeUnsafe({
      consecutive: 2,
      open: { base: "6 seconds" },
      ramp: { over: "4 seconds", from: 0.5 },
    })
    for (let n = 0; n < 20; n++) {
      noted(
        world,
        note,
        Effect.delay(CircuitBreaker.protect(n < 3 || n === 8 ? down : answering(0), breaker), n * 1000),
      )
    }
  },

  "a probe that hangs": (note, world) => {
    const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: "2 seconds", probeLease: "5 seconds" })
    noted(world, note, CircuitBreaker.protect(down, breaker))
    noted(world, note, Effect.delay(CircuitBreaker.protect(answering(60_000), breaker), 2000))
    for (let n = 3; n < 20; n++)
      noted(world, note, Effect.delay(CircuitBreaker.protect(answering(0), breaker), n * 1000))
  },

  "a window of time": (note, world) => {
    const breaker = CircuitBreaker.makeUnsafe({
      window: { duration: "5 seconds", minimumCalls: 3, slowCall: { over: "1 second", rate: 1 } },
    })
    for (let n = 0; n < 20; n++) {
      noted(
        world,
        note,
        Effect.delay(CircuitBreaker.protect(n % 4 === 0 ? failing(1200) : answering(300), breaker), n * 700),
      )
    }
  },

  "a throttle": (note, world) => {
    const throttle = Throttle.makeUnsafe({ window: "10 seconds", minimum: 2 })
    const look = Effect.map(Throttle.stats(throttle), (stats) => note(JSON.stringify(stats)))
    for (let n = 0; n < 15; n++)
      noted(world, note, Effect.delay(Throttle.protect(n < 4 ? down : answering(0), throttle), n * 1000))
    for (let n = 0; n < 15; n++) world.start(Effect.delay(look, n * 1000 + 500))
  },

  "a budget by ratio": (note, world) => {
    const budget = RetryBudget.ratioUnsafe({ kind: "ratio", window: "10 seconds", percent: 50, floor: 0 })
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.retry({ attempts: 3, backoff: { base: 500, factor: 1, cap: 500, jitter: "none" }, budget }),
    )
    for (let n = 0; n < 15; n++) noted(world, note, Effect.delay(Pipeline.run(pipeline, down), n * 1000))
    world.start(
      Effect.delay(
        Effect.map(RetryBudget.balance(budget), (left) => note(`${left} left`)),
        20_000,
      ),
    )
  },

  "a hedge": (note, world) => {
    const hedge = Hedge.makeUnsafe({
      delay: { percentile: 0.5, initial: "2 seconds", max: "5 seconds", window: "4 seconds" },
    })
    for (let n = 0; n < 15; n++)
      noted(world, note, Effect.delay(Hedge.protect(answering(500 + 200 * n), hedge), n * 1000))
  },

  "a closed gate": (note, world) => {
    const call = Effect.gen(function* () {
      const gate = yield* Gate.make("network", { initial: { _tag: "Closed", reason: "gone", since: 0 } })
      const pipeline = yield* Pipeline.make(Pipeline.deadline("9 seconds"), Pipeline.gates({ others: [gate] }))
      yield* Effect.forkChild(Effect.delay(gate.open, "4 seconds"))
      const exit = yield* Effect.exit(Pipeline.run(pipeline, answering(60_000)))
      note(JSON.stringify(yield* gate.stats))
      return yield* exit
    })
    noted(world, note, call)
  },

  "a fallback after retries": (note, world) => {
    const other = Pipeline.run(Pipeline.makeUnsafe(retry(3)), failing(300))
    const pipeline = Pipeline.makeUnsafe(Pipeline.fallback(Fallback.to(() => other)), retry(3))
    noted(
      world,
      note,
      Effect.tapError(Pipeline.run(pipeline, failing(300)), (error) =>
        Effect.sync(() => note(`${Timeline.of(error).length} attempts`)),
      ),
    )
  },

  "what an observer sees": (note, world) => {
    const pipeline = Pipeline.makeUnsafe(
      Pipeline.deadline("30 seconds"),
      retry(4),
      Pipeline.limits(Bulkhead.makeUnsafe({ permits: 1, queue: 3 })),
    )
    const watch: Observer.Watch = { event: (event) => void note(JSON.stringify(event)) }
    noted(world, note, Observer.observe(watch)(Pipeline.run(pipeline, failing(1500))))
    noted(world, note, Observer.observe(watch)(Pipeline.run(pipeline, answering(2500))))
  },
}

/** Plays a scenario, with one step of the wall clock. */
const played = (scenario: Scenario, at: number, by: number): ReadonlyArray<string> => {
  const world = new World()
  // Starts after 1970, so that a step back remains after the epoch.
  world.ahead = 1_700_000_000_000
  const lines: Array<string> = []
  scenario((line) => lines.push(`${world.now} ${line}`), world)
  world.until(at)
  world.ahead += by
  world.end()
  return lines
}

describe("a step of the wall clock", () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    it(`does not let a wall-clock step affect ${name}`, () => {
      const expected = played(scenario, 0, 0)
      assert.isAbove(expected.length, 0)
      for (const by of [-hour, 24 * hour]) {
        for (const at of [100, 1600, 3300, 5700, 9100]) {
          assert.deepStrictEqual(played(scenario, at, by), expected, `${by} ms at ${at} ms`)
        }
      }
    })
  }
})
