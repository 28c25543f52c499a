import { assert, describe, it } from "@effect/vitest"
import * as Deadline from "@holdfast/core/Deadline"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Throttle from "@holdfast/core/Throttle"
import { AttemptTimedOut } from "@holdfast/core/Timeouts"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Exit, Fiber, Random, Schema } from "effect"
import { TestClock } from "effect/testing"
import { guardText } from "../../support/guardText.ts"

const started = { startImmediately: true }
const failure = (verdict: Verdict.Verdict) => ({ _tag: "Failed", verdict })
const refused = Effect.fail(failure(Verdict.always()))

/** Pins every random number to this value. */
const pinned = (random: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => random, nextIntUnsafe: () => 0 })

/** A throttle that has counted this many accepted calls and this many failures. */
const seen = Effect.fnUntraced(function* (accepts: number, failures: number, options: Throttle.Options = {}) {
  const throttle = yield* Throttle.make({ ...options, maxRejection: 0 })
  for (let n = 0; n < accepts; n++) yield* Throttle.protect(Effect.void, throttle)
  for (let n = 0; n < failures; n++) yield* Effect.exit(Throttle.protect(refused, throttle))
  yield* Throttle.reload(throttle, options)
  return throttle
})

describe("Throttle", () => {
  it.effect("does not reject requests while the service accepts at least one in K requests", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Throttle.stats(yield* seen(50, 50))).probability, 0)
      assert.strictEqual((yield* Throttle.stats(yield* seen(50, 51))).probability, 1 / 102)
      assert.strictEqual((yield* Throttle.stats(yield* seen(50, 0, { k: 1 }))).probability, 0)
      assert.strictEqual((yield* Throttle.stats(yield* seen(50, 1, { k: 1 }))).probability, 1 / 52)
    }),
  )

  it.effect("rejects requests with the computed probability, up to maxRejection", () =>
    Effect.gen(function* () {
      const throttle = yield* seen(20, 60)
      const probability = (80 - 2 * 20) / 81
      assert.deepStrictEqual(yield* Throttle.stats(throttle), { requests: 80, accepts: 20, probability })
      const through = Effect.exit(Throttle.protect(Effect.interrupt, throttle))
      yield* through.pipe(pinned(probability))
      assert.strictEqual((yield* Throttle.stats(throttle)).requests, 80)
      const error = yield* Throttle.protect(Effect.void, throttle).pipe(Effect.flip, pinned(probability - 1e-9))
      assert.instanceOf(error, Throttle.Throttled)
      assert.deepStrictEqual([error.requests, error.accepts, error.probability], [80, 20, probability])
      assert.strictEqual(
        error.message,
        "throttle: 20 of 80 recent requests were accepted; 49.38 % of new requests are rejected",
      )
      assert.deepStrictEqual(error.verdict, Verdict.always({ pace: "throttled", outcome: "ignored", applied: "no" }))
      assert.strictEqual((yield* Throttle.stats(throttle)).requests, 81)
      assert.strictEqual((yield* Throttle.stats(yield* seen(0, 1000))).probability, 0.9)
      assert.strictEqual((yield* Throttle.stats(yield* seen(0, 1000, { maxRejection: 0.5 }))).probability, 0.5)
    }),
  )

  it.effect("does not reject requests until the minimum number of requests is reached", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Throttle.stats(yield* seen(0, 9))).probability, 0)
      assert.strictEqual((yield* Throttle.stats(yield* seen(0, 10))).probability, 0.9)
      assert.strictEqual((yield* Throttle.stats(yield* seen(0, 2, { minimum: 2 }))).probability, 2 / 3)
    }),
  )

  it.effect("discards old requests based on elapsed time, not on the number of calls", () =>
    Effect.gen(function* () {
      const throttle = yield* seen(0, 30)
      yield* TestClock.adjust("114 seconds")
      assert.strictEqual((yield* Throttle.stats(throttle)).requests, 30)
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual(yield* Throttle.stats(throttle), { requests: 0, accepts: 0, probability: 0 })
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* Throttle.protect(Effect.succeed("sent"), throttle).pipe(pinned(0)), "sent")
      assert.deepStrictEqual(yield* Throttle.stats(throttle), { requests: 1, accepts: 1, probability: 0 })
    }),
  )

  it.effect("discards old requests based on elapsed time even if no other stage of the pipeline reads the clock", () =>
    Effect.gen(function* () {
      const throttle = yield* Throttle.make({ minimum: 1 })
      const pipeline = yield* Pipeline.make(Pipeline.limits(throttle))
      yield* Pipeline.run(pipeline, Effect.void)
      for (let n = 0; n < 3; n++) yield* Effect.exit(Pipeline.run(pipeline, refused))
      assert.strictEqual((yield* Throttle.stats(throttle)).requests, 4)
      yield* TestClock.adjust("2 minutes")
      yield* Pipeline.run(pipeline, Effect.void).pipe(pinned(0))
      assert.deepStrictEqual(yield* Throttle.stats(throttle), { requests: 1, accepts: 1, probability: 0 })
    }),
  )

  it.effect(
    "sends requests at about K times the accepted rate during an overload, and sends all requests afterward",
    () =>
      Effect.gen(function* () {
        const throttle = yield* Throttle.make()
        let sent = 0
        /** Sends 100 calls a second for ten seconds. The service accepts the first `taken` of each second. */
        const tenSeconds = Effect.fnUntraced(function* (taken: number) {
          sent = 0
          for (let second = 0; second < 10; second++) {
            let left = taken
            const call = Effect.suspend(() => {
              sent++
              return left-- > 0 ? Effect.void : refused
            })
            for (let n = 0; n < 100; n++) yield* Effect.exit(Throttle.protect(call, throttle))
            yield* TestClock.adjust("1 second")
          }
          return sent / 10
        })
        assert.strictEqual(yield* tenSeconds(100), 100)
        for (let n = 0; n < 20; n++) yield* tenSeconds(15)
        const rate = yield* tenSeconds(15)
        assert.isAtLeast(rate, 26)
        assert.isAtMost(rate, 36)
        for (let n = 0; n < 13; n++) yield* tenSeconds(0)
        const probing = yield* tenSeconds(0)
        assert.isAtLeast(probing, 7)
        assert.isAtMost(probing, 13)
        const back: Array<number> = []
        while (back.at(-1) !== 100 && back.length < 100) back.push(yield* tenSeconds(100))
        assert.isAtMost(back.length, 30, `${back}: all of it again two windows and a half after an outage`)
      }).pipe(Random.withSeed("overload")),
  )

  it.effect("counts every response as accepted except failures of the service", () =>
    Effect.gen(function* () {
      const counted = Effect.fnUntraced(function* (
        call: Effect.Effect<unknown, Verdict.Classified>,
        deadline?: number,
      ) {
        const throttle = yield* Throttle.make()
        const fiber = yield* Throttle.protect(call, throttle).pipe(
          Effect.provideService(Deadline.Current, deadline === undefined ? undefined : { at: deadline, limit: 1 }),
          Effect.forkChild(started),
        )
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
        const { accepts, requests } = yield* Throttle.stats(throttle)
        return `${accepts} of ${requests}`
      })
      const fails = (verdict: Verdict.Verdict) => counted(Effect.fail(failure(verdict)))
      assert.strictEqual(yield* counted(Effect.void), "1 of 1")
      assert.strictEqual(yield* fails(Verdict.never()), "1 of 1")
      assert.strictEqual(yield* fails(Verdict.always({ closes: "authorization" })), "1 of 1")
      assert.strictEqual(yield* fails(Verdict.always()), "0 of 1")
      assert.strictEqual(yield* fails(Verdict.once()), "0 of 1")
      assert.strictEqual(yield* fails(Verdict.never({ pace: "throttled" })), "0 of 1")
      assert.strictEqual(yield* fails(Verdict.always({ closes: "connectivity" })), "0 of 1")
      assert.strictEqual(yield* counted(Effect.fail(new AttemptTimedOut(10))), "0 of 1")
      assert.strictEqual(yield* counted(Effect.never, 1000), "0 of 1")
      assert.strictEqual(yield* counted(Effect.never, 1_000_000), "0 of 0")
      assert.strictEqual(yield* counted(Effect.never), "0 of 0")
      assert.strictEqual(yield* counted(Effect.die("bug")), "0 of 0")
    }),
  )

  it.effect("counts a request once, even if the throttle rejects it several times before it is sent", () =>
    Effect.gen(function* () {
      const throttle = yield* seen(0, 100)
      const pipeline = yield* Pipeline.make(Pipeline.retry({ attempts: 5 }), Pipeline.limits(throttle))
      let draws = 0
      // Rejected three times, then admitted. Every other random number is for the backoff.
      const random = { nextDoubleUnsafe: () => (draws++ < 6 ? 0 : 0.95), nextIntUnsafe: () => 0 }
      const fiber = yield* Pipeline.run(pipeline, Effect.succeed("sent")).pipe(
        Effect.provideService(Random.Random, random),
        Effect.forkChild(started),
      )
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "sent")
      assert.strictEqual(draws, 7)
      const { accepts, requests } = yield* Throttle.stats(throttle)
      assert.deepStrictEqual([requests, accepts], [101, 1])
    }),
  )

  it.effect("counts a request that is sent twice as two requests", () =>
    Effect.gen(function* () {
      const throttle = yield* Throttle.make()
      const pipeline = yield* Pipeline.make(Pipeline.retry({ attempts: 2 }), Pipeline.limits(throttle))
      const fiber = yield* Effect.forkChild(Effect.exit(Pipeline.run(pipeline, refused)), started)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.strictEqual((yield* Throttle.stats(throttle)).requests, 2)
    }),
  )

  it.effect("does not count a request that an inner limit rejects", () =>
    Effect.gen(function* () {
      const throttle = yield* Throttle.make()
      const closed = yield* seen(0, 100)
      const pipeline = yield* Pipeline.make(Pipeline.limits(throttle, closed))
      const error = yield* Pipeline.run(pipeline, Effect.void).pipe(Effect.flip, pinned(0))
      assert.strictEqual(error._tag, "Throttled")
      assert.strictEqual((yield* Throttle.stats(throttle)).requests, 0)
    }),
  )

  it.effect("keeps the counts within the new window after a reload", () =>
    Effect.gen(function* () {
      const throttle = yield* seen(0, 40)
      const counted = Effect.map(Throttle.stats(throttle), ({ requests }) => requests)
      yield* TestClock.adjust("60 seconds")
      yield* Effect.exit(Throttle.protect(refused, throttle)).pipe(pinned(0.95))
      yield* Throttle.reload(throttle, { window: "4 minutes" })
      assert.strictEqual(yield* counted, 41)
      yield* TestClock.adjust("30 seconds")
      yield* Throttle.reload(throttle, { window: "1 minute" })
      assert.strictEqual(yield* counted, 1)
      const error = yield* Effect.flip(Throttle.reload(throttle, { k: 0.5 }))
      assert.strictEqual(error.message, "Throttle: k must be a number >= 1 (got 0.5)")
      assert.deepStrictEqual(throttle.check({ k: 0.5 }), error)
      assert.strictEqual(guardText(throttle), "throttle K 2 over 60 s, ≤ 90 % rejected")
      assert.strictEqual(throttle.longestWait(), 0)
    }),
  )

  it.effect.prop(
    "accepts every option value in range and rejects all others",
    { k: Schema.Number, minimum: Schema.Number, maxRejection: Schema.Number, window: Schema.Number },
    ({ k, maxRejection, minimum, window }) =>
      Effect.gen(function* () {
        const built = (options: Throttle.Options) => Effect.map(Effect.exit(Throttle.make(options)), Exit.isSuccess)
        assert.strictEqual(yield* built({ k }), Number.isFinite(k) && k >= 1)
        assert.strictEqual(yield* built({ minimum }), Number.isSafeInteger(minimum) && minimum >= 0)
        assert.strictEqual(yield* built({ maxRejection }), maxRejection >= 0 && maxRejection <= 1)
        assert.strictEqual(yield* built({ window }), Number.isFinite(window) && window >= 1000)
      }),
    { arbitrary: { runs: 100, seed: 9 }, timeout: 60_000 },
  )

  it.prop(
    "counts exactly the requests within the window, regardless of the intervals between them",
    {
      path: Schema.Array(
        Schema.Tuple([Schema.Boolean, Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 }))]),
      ).check(Schema.isMinLength(100)),
    },
    ({ path }) => {
      const throttle = Throttle.makeUnsafe({ window: 24_000, maxRejection: 0 })
      const all: Array<{ readonly slice: number; readonly accepted: boolean }> = []
      let now = 0
      for (const [accepted, wait] of path) {
        now += wait * wait
        const call = { number: 0, deadline: Infinity, options: {} }
        const ticket = throttle.enter(call as never, now)!
        call.number++
        const error = accepted ? undefined : failure(Verdict.always())
        throttle.exit(call as never, ticket, now, now, accepted ? "success" : "failure", error)
        all.push({ slice: Math.floor(now / 1000), accepted })
        const recent = all.filter(({ slice }) => slice > Math.floor(now / 1000) - 24)
        const accepts = recent.filter((one) => one.accepted).length
        const held = throttle.recent.requests === recent.length && throttle.recent.accepts === accepts
        const probability = throttle.probability(now)
        assert.isTrue(held && probability >= 0 && probability <= 1, `${accepts} of ${recent.length}`)
      }
    },
    { arbitrary: { runs: 50, seed: 10 }, timeout: 60_000 },
  )
})
