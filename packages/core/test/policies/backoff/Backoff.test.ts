import { assert, describe, it } from "@effect/vitest"
import { Backoff } from "@holdfast/core"
import { Cause, Duration, Effect, Random, Schedule, Schema } from "effect"

describe("Backoff", () => {
  describe("delay", () => {
    it("doubles the delay from 0.5 s up to the cap of 32 s", () => {
      const delays = Array.from({ length: 9 }, (_, n) => Backoff.delay(Backoff.guide, n))
      assert.deepStrictEqual(delays, [500, 1000, 2000, 4000, 8000, 16000, 32000, 32000, 32000])
    })

    it("produces seven waits that add up to 63.5 s", () => {
      const sum = Array.from({ length: 7 }, (_, n) => Backoff.delay(Backoff.guide, n)).reduce((a, b) => a + b)
      assert.strictEqual(sum, 63_500)
    })

    it("stays at the cap when the exponential delay overflows", () => {
      assert.strictEqual(Backoff.delay(Backoff.guide, 5000), 32_000)
    })
  })

  describe("jitters", () => {
    it.effect("equal jitter waits for the full delay if the random number is at its maximum", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* waits(Backoff.standard, 8, 1), [500, 1000, 2000, 4000, 8000, 16000, 32000, 32000])
      }),
    )

    it.effect("equal jitter waits for half the delay if the random number is at its minimum", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* waits(Backoff.standard, 7, 0), [250, 500, 1000, 2000, 4000, 8000, 16000])
      }),
    )

    it.effect("computes the wait for each jitter formula at the midpoint of the random range", () =>
      Effect.gen(function* () {
        const first = (schedule: Schedule.Schedule<unknown>) => Effect.map(waits(schedule, 1, 0.5), (w) => w[0])
        const options = { base: "1 second", factor: 2, cap: "10 seconds" } as const
        assert.strictEqual(yield* first(Backoff.capped(options)), 1000)
        assert.strictEqual(yield* first(Backoff.equalJitter(options)), 750)
        assert.strictEqual(yield* first(Backoff.fullJitter(options)), 500)
        assert.strictEqual(yield* first(Backoff.proportionalJitter(options)), 1000)
        assert.strictEqual(yield* first(Backoff.additiveJitter(options)), 1250)
        assert.strictEqual(yield* first(Backoff.decorrelatedJitter(options)), 2000)
      }),
    )

    it.effect("accepts a schedule instead of options", () =>
      Effect.gen(function* () {
        const piped = Backoff.capped(Backoff.guide).pipe(Backoff.equalJitter)
        assert.deepStrictEqual(yield* waits(piped, 4, 0.5), yield* waits(Backoff.equalJitter(Backoff.guide), 4, 0.5))
        assert.deepStrictEqual(yield* waits(Schedule.spaced("2 seconds").pipe(Backoff.fullJitter), 2, 0.25), [500, 500])
      }),
    )

    it.effect.prop(
      "keeps all jittered waits within the cap, and spreads them below the cap",
      { seed: Schema.Int },
      ({ seed }) =>
        Effect.gen(function* () {
          for (const schedule of [
            Backoff.standard,
            Backoff.fullJitter(Backoff.guide),
            Backoff.decorrelatedJitter(Backoff.guide),
          ]) {
            const all = yield* seeded(schedule, 20, seed)
            assert.isTrue(
              all.every((wait) => wait >= 0 && wait <= 32_000),
              `waits ${all}`,
            )
          }
          const saturated = (yield* seeded(Backoff.standard, 40, seed)).slice(7)
          assert.isTrue(saturated.every((wait) => wait >= 16_000))
          assert.isTrue(new Set(saturated).size > 30, "no two clients retry together")
        }),
      { arbitrary: { runs: 50, seed: 1 } },
    )

    it.effect("exceeds the cap only if the jitter formula documents it, and then by at most one half", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* waits(Backoff.additiveJitter(Backoff.guide), 8, 1))[7], 48_000)
        assert.strictEqual((yield* waits(Backoff.proportionalJitter(Backoff.guide), 8, 1))[7], 48_000)
      }),
    )

    it.effect("restarts from the first delay each time the same schedule is used", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* waits(Backoff.standard, 3, 1), yield* waits(Backoff.standard, 3, 1))
      }),
    )
  })
})

describe("Backoff.waits", () => {
  const of = (jitter: Backoff.JitterName) => Backoff.waits({ base: 100, factor: 3, cap: "1 second", jitter })

  it("calculates the minimum and maximum wait for every jitter formula", () => {
    const bands = (jitter: Backoff.JitterName) => [0, 1, 2, 3].map((n) => of(jitter).band(n))
    assert.deepStrictEqual(bands("none"), [
      [100, 100],
      [300, 300],
      [900, 900],
      [1000, 1000],
    ])
    assert.deepStrictEqual(bands("equal"), [
      [50, 100],
      [150, 300],
      [450, 900],
      [500, 1000],
    ])
    assert.deepStrictEqual(bands("full"), [
      [0, 100],
      [0, 300],
      [0, 900],
      [0, 1000],
    ])
    assert.deepStrictEqual(bands("proportional"), [
      [50, 150],
      [150, 450],
      [450, 1350],
      [500, 1500],
    ])
    assert.deepStrictEqual(bands("additive"), [
      [100, 150],
      [300, 450],
      [900, 1350],
      [1000, 1500],
    ])
    assert.deepStrictEqual(bands("decorrelated"), [
      [100, 300],
      [100, 900],
      [100, 1000],
      [100, 1000],
    ])
  })

  it("chooses a wait within the bounds according to the random number", () => {
    const waited = (jitter: Backoff.JitterName) => [0, 0.5].map((random) => of(jitter).wait(1, 200, random))
    assert.deepStrictEqual(waited("none"), [300, 300])
    assert.deepStrictEqual(waited("equal"), [150, 225])
    assert.deepStrictEqual(waited("full"), [0, 150])
    assert.deepStrictEqual(waited("proportional"), [150, 300])
    assert.deepStrictEqual(waited("additive"), [300, 375])
    assert.deepStrictEqual(waited("decorrelated"), [100, 350])
    assert.strictEqual(of("equal").delay(1), 300)
    assert.strictEqual(of("decorrelated").delay(0), 300)
  })

  it("uses the documented default delays with equal jitter if no options are given", () => {
    const { base, cap, factor, jitter } = Backoff.waits()
    assert.deepStrictEqual({ base, cap, factor, jitter }, { base: 500, cap: 32_000, factor: 2, jitter: "equal" })
  })

  it.each([
    [{ base: 0 }, "Backoff: base must be a duration > 0 ms (got 0)"],
    [{ base: Number.NaN }, "Backoff: base must be a duration > 0 ms (got NaN)"],
    [{ factor: 0.5 }, "Backoff: factor must be a number >= 1 (got 0.5)"],
    [{ factor: Infinity }, "Backoff: factor must be a number >= 1 (got Infinity)"],
    [{ base: "2 seconds", cap: "1 second" }, 'Backoff: cap must be a duration >= 2000 ms (got "1 second")'],
    [
      { jitter: "some" as "none" },
      'Backoff: jitter must be "none" or "equal" or "full" or "proportional" or "additive" or "decorrelated" (got "some")',
    ],
  ] as ReadonlyArray<readonly [Backoff.Settings, string]>)("rejects the options %j", (settings, message) => {
    assert.throws(() => Backoff.waits(settings), message)
    assert.throws(() => Backoff.schedule(settings), message)
  })

  it.effect("converts the backoff to a schedule with the same delays", () =>
    Effect.gen(function* () {
      const schedule = Backoff.schedule({ base: 100, factor: 3, cap: "1 second", jitter: "none" })
      assert.deepStrictEqual(yield* waits(schedule, 4, 0), [100, 300, 900, 1000])
    }),
  )
})

/** The first waits of a schedule in milliseconds, computed without sleeping and with the random number pinned. */
const waits = (schedule: Schedule.Schedule<unknown>, count: number, random: number) =>
  collect(schedule, count).pipe(
    Effect.provideService(Random.Random, { nextDoubleUnsafe: () => random, nextIntUnsafe: () => 0 }),
  )

const seeded = (schedule: Schedule.Schedule<unknown>, count: number, seed: number) =>
  collect(schedule, count).pipe(Random.withSeed(seed))

const collect = (schedule: Schedule.Schedule<unknown>, count: number) =>
  Effect.gen(function* () {
    const step = yield* Schedule.toStep(schedule)
    const all: Array<number> = []
    while (all.length < count) {
      const [, wait] = yield* step(0, undefined).pipe(Effect.catchCause((cause) => Effect.die(Cause.pretty(cause))))
      all.push(Duration.toMillis(wait))
    }
    return all
  })
