import { assert, describe, it } from "@effect/vitest"
import { CircuitBreaker, Connectivity, Health, Pipeline, Timeline, Verdict } from "@holdfast/core"
import { Clock, Data, Duration, Effect, Fiber, Layer, Random } from "effect"
import { TestClock } from "effect/testing"

class Unavailable extends Data.TaggedError("Unavailable") {
  readonly verdict = Verdict.always()
}

class Offline extends Data.TaggedError("Offline") {
  readonly verdict = Verdict.always({ closes: "connectivity" })
}

class RateLimited extends Data.TaggedError("RateLimited") {
  readonly verdict = Verdict.always({ pace: "throttled", retryAfter: Duration.seconds(20) })
}

class NoSuchReel extends Data.TaggedError("NoSuchReel") {
  readonly verdict = Verdict.never()
}

type Failure = Unavailable | Offline | RateLimited | NoSuchReel

/** A service that fails with these errors, one after the other, and then answers. It keeps the time of each request in ms. */
const serviceOf = (...failures: Array<Failure>) => {
  const times: Array<number> = []
  const send = Effect.gen(function* () {
    times.push(yield* Clock.currentTimeMillis)
    const failure = failures.shift()
    return failure === undefined ? "42 clips" : yield* failure
  })
  return { send, times }
}

/** Jitter draws from Random. A draw of 0 makes every wait the shortest: half of its delay. */
const shortestWaits = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 0, nextIntUnsafe: () => 0 })

/** Runs an effect while the test clock advances by this time, and returns its exit. */
const during = <A, E, R>(time: Duration.Input, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust(time)
    return yield* Fiber.join(fiber)
  })

describe("a call with retries", () => {
  const pipeline = Pipeline.makeUnsafe(Pipeline.retry({ attempts: 4 }))

  it.effect("is sent again after 0.25 s, 0.5 s and 1 s", () =>
    Effect.gen(function* () {
      const { send, times } = serviceOf(new Unavailable(), new Unavailable(), new Unavailable())
      const answer = yield* during("1 minute", Pipeline.run(pipeline, send))
      assert.strictEqual(answer, "42 clips")
      assert.deepStrictEqual(times, [0, 250, 750, 1750])
    }).pipe(shortestWaits),
  )

  it.effect("waits as long as the server asks", () =>
    Effect.gen(function* () {
      const { send, times } = serviceOf(new RateLimited())
      yield* during("1 minute", Pipeline.run(pipeline, send))
      assert.deepStrictEqual(times, [0, 20_000])
    }).pipe(shortestWaits),
  )

  it.effect("fails with the last error after four attempts", () =>
    Effect.gen(function* () {
      const { send, times } = serviceOf(...Array.from({ length: 9 }, () => new Unavailable()))
      const error = yield* during("1 minute", Effect.flip(Pipeline.run(pipeline, send)))
      assert.strictEqual(error._tag, "Unavailable")
      assert.strictEqual(times.length, 4)
      assert.deepStrictEqual(
        Timeline.of(error).map(({ startedAt }) => startedAt),
        times,
      )
    }).pipe(shortestWaits),
  )

  it.effect("is sent once if the error says that a retry cannot help", () =>
    Effect.gen(function* () {
      const { send, times } = serviceOf(new NoSuchReel())
      const error = yield* Effect.flip(Pipeline.run(pipeline, send))
      assert.strictEqual(error._tag, "NoSuchReel")
      assert.deepStrictEqual(times, [0])
    }),
  )
})

describe("a call with a breaker", () => {
  it.effect("is rejected after two failures in a row, and sent again after 30 s", () =>
    Effect.gen(function* () {
      // A breaker has state: each test makes its own.
      const breaker = yield* CircuitBreaker.make({ consecutive: 2, open: "30 seconds" })
      const pipeline = yield* Pipeline.make(Pipeline.breaker(breaker))
      const { send, times } = serviceOf(new Unavailable(), new Unavailable())
      const tag = Pipeline.run(pipeline, send).pipe(
        Effect.match({ onFailure: ({ _tag }) => _tag, onSuccess: (answer) => answer }),
      )

      assert.deepStrictEqual([yield* tag, yield* tag, yield* tag], ["Unavailable", "Unavailable", "CircuitOpen"])
      yield* TestClock.adjust("29 seconds")
      assert.strictEqual(yield* tag, "CircuitOpen")
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* tag, "42 clips")
      assert.strictEqual((yield* CircuitBreaker.state(breaker))._tag, "Closed")
      assert.deepStrictEqual(times, [0, 0, 30_000])
    }),
  )
})

describe("a call with a deadline", () => {
  const pipeline = Pipeline.makeUnsafe(Pipeline.deadline("10 seconds"), Pipeline.retry(), Pipeline.timeout("4 seconds"))

  it.effect("ends after 10 s if the service never answers", () =>
    Effect.gen(function* () {
      const call = Effect.flip(Pipeline.run(pipeline, Effect.never))
      const timed = Effect.zip(
        call,
        Effect.suspend(() => Clock.currentTimeMillis),
      )
      const [error, endedAt] = yield* during("1 minute", timed)
      assert.strictEqual(error._tag, "DeadlineExceeded")
      assert.strictEqual(endedAt, 10_000)
    }).pipe(shortestWaits),
  )
})

describe("a call with a connectivity gate", () => {
  it.effect("waits while the network is gone, without spending attempts", () =>
    Effect.gen(function* () {
      let online = true
      const check = Effect.suspend(() => (online ? Effect.void : Effect.fail(new Offline())))
      const gates = Connectivity.layer.pipe(Layer.provide(Layer.succeed(Health, { check })))

      yield* Effect.gen(function* () {
        const connectivity = yield* Connectivity
        const pipeline = yield* Pipeline.make(Pipeline.retry({ attempts: 2 }), Pipeline.gates({ connectivity }))
        const { send, times } = serviceOf(new Offline())
        yield* connectivity.gate.awaitOpen

        online = false
        const call = yield* Effect.forkChild(Pipeline.run(pipeline, send))
        yield* TestClock.adjust("5 minutes")
        assert.isFalse(connectivity.gate.isOpen())
        assert.deepStrictEqual(times, [0])

        online = true
        yield* TestClock.adjust("32 seconds") // the longest time between two probes
        assert.strictEqual(yield* Fiber.join(call), "42 clips")
        assert.strictEqual(times.length, 2)
      }).pipe(Effect.provide(gates))
    }).pipe(shortestWaits),
  )
})
