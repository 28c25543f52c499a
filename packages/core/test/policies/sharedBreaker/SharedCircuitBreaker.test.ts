import { assert, describe, it } from "@effect/vitest"
import { InvalidPolicy } from "@holdfast/core/InvalidPolicy"
import { Observer, type Event } from "@holdfast/core/Observer"
import * as SharedCircuitBreaker from "@holdfast/core/SharedCircuitBreaker"
import { Cause, Duration, Effect, Exit, Fiber, Layer, Logger } from "effect"
import * as Store from "effect/persistence/CircuitBreaker"
import { TestClock } from "effect/testing"
import { type Down, down, outcome, wrong } from "../../support/breaker/calls.ts"
import { guardText } from "../../support/guardText.ts"

type Breaker = SharedCircuitBreaker.SharedCircuitBreaker

const send = (breaker: Breaker, calls: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(calls, (call) =>
    outcome(SharedCircuitBreaker.protect(call === "f" ? Effect.fail(down()) : Effect.succeed("ok"), breaker)),
  )

const start = (breaker: Breaker, call: Effect.Effect<unknown, Down>) =>
  call.pipe(SharedCircuitBreaker.protect(breaker), outcome, Effect.forkChild({ startImmediately: true }))

const rejection = (breaker: Breaker) =>
  Effect.die("it was sent").pipe(SharedCircuitBreaker.protect(breaker), Effect.flip)

const memory = Store.layerStoreMemory()

/** The memory store with some of its functions replaced. */
const changed = (
  change: (store: Store.CircuitBreakerStore["Service"]) => Partial<Store.CircuitBreakerStore["Service"]>,
): Layer.Layer<Store.CircuitBreakerStore> =>
  Layer.effect(
    Store.CircuitBreakerStore,
    Effect.map(Store.CircuitBreakerStore, (store) => Store.CircuitBreakerStore.of({ ...store, ...change(store) })),
  ).pipe(Layer.provide(memory))

const failed = Effect.fail(
  new Store.CircuitBreakerError({ reason: new Store.CircuitBreakerStoreError({ message: "connection reset" }) }),
)

describe("SharedCircuitBreaker", () => {
  it.effect("opens for all breakers that share a key, and closes for all of them after a successful probe", () =>
    Effect.gen(function* () {
      const options = { key: "payments", consecutive: 2, open: "10 seconds" } as const
      const here = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { name: "here", ...options })
      const there = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { name: "there", ...options })
      const elsewhere = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
        ...options,
        key: "refunds",
      })
      assert.deepStrictEqual(yield* send(here, "f"), ["Down"])
      assert.deepStrictEqual(yield* send(there, "fs"), ["Down", "CircuitOpen"])
      yield* TestClock.adjust("4 seconds")
      const rejected = yield* rejection(here)
      assert(rejected instanceof SharedCircuitBreaker.CircuitOpen)
      assert.deepStrictEqual([rejected.breaker, rejected.reason], ["here", "too many calls failed"])
      assert.strictEqual(Duration.toMillis(rejected.retryAfter), 6000)
      assert.deepStrictEqual(yield* send(elsewhere, "s"), ["ok"])
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual(yield* send(there, "s"), ["ok"])
      assert.deepStrictEqual(yield* send(here, "s"), ["ok"])
    }).pipe(Effect.provide(memory)),
  )

  it.effect(
    "rejects calls with a retry delay of one second while a probe runs, and releases the lease of an interrupted probe",
    () =>
      Effect.gen(function* () {
        const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
          consecutive: 1,
          open: 1000,
        })
        yield* send(breaker, "f")
        yield* TestClock.adjust(1000)
        const probe = yield* start(breaker, Effect.never)
        const rejected = yield* rejection(breaker)
        assert(rejected instanceof SharedCircuitBreaker.CircuitOpen)
        assert.deepStrictEqual([rejected.breaker, rejected.reason], ["breaker", "a probe is in flight"])
        assert.strictEqual(Duration.toMillis(rejected.retryAfter), 1000)
        yield* Fiber.interrupt(probe)
        assert.deepStrictEqual(yield* send(breaker, "ss"), ["ok", "ok"])
      }).pipe(Effect.provide(memory)),
  )

  it.effect("releases the lease of a probe if a callback throws, and reports the thrown error", () =>
    Effect.gen(function* () {
      const broken = () => {
        throw new Error("no such column")
      }
      const causeOf = (breaker: Breaker) =>
        Effect.fail(down()).pipe(
          SharedCircuitBreaker.protect(breaker),
          Effect.exit,
          Effect.map((exit) => (Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "")),
        )
      const options = { consecutive: 1, open: 1000 } as const
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, options)
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      yield* SharedCircuitBreaker.reload(breaker, { ...options, classify: broken })
      assert.include(yield* causeOf(breaker), "no such column")
      // An ignored probe releases its lease. The next probe fails, and the circuit opens for the default time.
      yield* SharedCircuitBreaker.reload(breaker, { consecutive: 1, classify: () => "failure", open: broken })
      assert.include(yield* causeOf(breaker), "no such column")
      yield* SharedCircuitBreaker.reload(breaker, { ...options, classify: () => "failure" })
      yield* TestClock.adjust("29999 millis")
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* send(breaker, "ss"), ["ok", "ok"])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("opens when the failure rate of the last calls reaches the threshold", () =>
    Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
        window: { calls: 4, failureRate: 0.5, minimumCalls: 3 },
      })
      assert.deepStrictEqual(yield* send(breaker, "sfss"), ["ok", "Down", "ok", "ok"])
      assert.deepStrictEqual(yield* send(breaker, "fs"), ["Down", "CircuitOpen"])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("ignores interruptions and request errors, unless `classify` counts them", () =>
    Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { consecutive: 1 })
      const fail = outcome(SharedCircuitBreaker.protect(Effect.fail(wrong()), breaker))
      yield* Fiber.interrupt(yield* start(breaker, Effect.never))
      assert.strictEqual(yield* fail, "Wrong")
      assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
      yield* SharedCircuitBreaker.reload(breaker, { consecutive: 1, classify: () => "failure" })
      assert.strictEqual(yield* fail, "Wrong")
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("stays open longer after each opening, but at least as long as the server's hint, up to `maxOpen`", () =>
    Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
        consecutive: 1,
        open: { base: 1000 },
        maxOpen: "1 minute",
      })
      const times: Array<number> = []
      for (const seconds of [0, 0, 30, 86_400]) {
        const retryAfter = Duration.seconds(seconds)
        yield* outcome(SharedCircuitBreaker.protect(Effect.fail(down({ retryAfter })), breaker))
        const rejected = yield* rejection(breaker)
        times.push(rejected._tag === "CircuitOpen" ? Duration.toMillis(rejected.retryAfter) : -1)
        yield* TestClock.adjust(times.at(-1) ?? 0)
      }
      assert.deepStrictEqual(times, [1000, 2000, 30_000, 60_000])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("reports its transitions and rejections to the observer", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const event = (event: Event) => {
        if (event._tag === "CircuitChanged") events.push(`${event.breaker}: ${event.from} > ${event.to}`)
        if (event._tag === "Rejected") events.push(`${event.policy}: ${event.error._tag}`)
        return undefined
      }
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
        name: "payments",
        consecutive: 1,
        open: 1000,
      })
      const watched = (calls: string) => Effect.provideService(send(breaker, calls), Observer, { event })
      yield* watched("fs")
      yield* TestClock.adjust(1000)
      yield* watched("s")
      assert.deepStrictEqual(events, [
        "payments: Closed > Open",
        "payments: CircuitOpen",
        "payments: Open > HalfOpen",
        "payments: HalfOpen > Closed",
      ])
    }).pipe(Effect.provide(memory)),
  )

  it.effect("does not mistake a slow observer for an unresponsive store", () =>
    Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
        consecutive: 1,
        open: 1000,
        storeTimeout: 1000,
      })
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      const event = ({ _tag }: Event) => (_tag === "CircuitChanged" ? Effect.sleep(5000) : undefined)
      const call = Effect.provideService(send(breaker, "s"), Observer, { event })
      const fiber = yield* Effect.forkChild(call, { startImmediately: true })
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* Fiber.join(fiber), ["ok"])
    }).pipe(Effect.provide(memory)),
  )

  describe("a store that fails", () => {
    const logged = Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.make<unknown, void>(({ message }) => {
        lines.push(String(Array.isArray(message) ? message[0] : message))
      })
      return { lines, quietly: Effect.provide(Logger.layer([logger])) }
    })

    it.effect("sends the call without recording it, and logs a message, if the store fails", () =>
      Effect.gen(function* () {
        const { lines, quietly } = yield* logged
        const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { consecutive: 1 })
        assert.deepStrictEqual(yield* quietly(send(breaker, "ff")), ["Down", "Down"])
        const line = "the state of circuit breaker is unknown; the call is sent without a check"
        assert.deepStrictEqual(lines, [line, line])
      }).pipe(Effect.provide(changed(() => ({ admit: () => failed })))),
    )

    it.effect("rejects the call if the store fails and `onStoreError` is `reject`", () =>
      Effect.gen(function* () {
        const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { onStoreError: "reject" })
        const rejected = yield* rejection(breaker)
        assert(rejected instanceof SharedCircuitBreaker.CircuitStoreFailed)
        assert.strictEqual(rejected.message, "the store of circuit breaker failed")
        assert.strictEqual(String((rejected.cause as Error).message), "connection reset")
        assert.strictEqual(rejected.verdict.retry, "always")
      }).pipe(Effect.provide(changed(() => ({ admit: () => failed })))),
    )

    it.effect("waits at most `storeTimeout` for the store", () =>
      Effect.gen(function* () {
        const { quietly } = yield* logged
        const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { storeTimeout: 200 })
        assert.strictEqual(breaker.longestWait(), 200)
        const call = yield* Effect.forkChild(quietly(send(breaker, "s")), { startImmediately: true })
        yield* TestClock.adjust(199)
        assert.strictEqual(call.pollUnsafe(), undefined)
        yield* TestClock.adjust(1)
        assert.deepStrictEqual(yield* Fiber.join(call), ["ok"])
        yield* SharedCircuitBreaker.reload(breaker, { storeTimeout: 100, onStoreError: "reject" })
        const rejected = yield* Effect.forkChild(rejection(breaker), { startImmediately: true })
        yield* TestClock.adjust(100)
        assert.strictEqual((yield* Fiber.join(rejected)).message, "the store of circuit breaker does not respond")
      }).pipe(Effect.provide(changed(() => ({ admit: () => Effect.never })))),
    )

    it.effect("returns the result of the call even if the store cannot record it", () =>
      Effect.gen(function* () {
        const { lines, quietly } = yield* logged
        const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore)
        assert.deepStrictEqual(yield* quietly(send(breaker, "s")), ["ok"])
        assert.deepStrictEqual(lines, ["an outcome of circuit breaker was not stored"])
      }).pipe(Effect.provide(changed(() => ({ record: () => failed })))),
    )

    it.effect("returns the result of the call after `storeTimeout` if the store hangs", () =>
      Effect.gen(function* () {
        const { lines, quietly } = yield* logged
        const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, { storeTimeout: 200 })
        const call = yield* Effect.forkChild(quietly(send(breaker, "s")), { startImmediately: true })
        yield* TestClock.adjust(200)
        assert.deepStrictEqual(yield* Fiber.join(call), ["ok"])
        assert.deepStrictEqual(lines, ["an outcome of circuit breaker was not stored: the store did not respond"])
      }).pipe(Effect.provide(changed(() => ({ record: () => Effect.never })))),
    )
  })

  describe("a lost probe", () => {
    /** A store that answers a request for admission half a second late. */
    const late = changed((store) => ({
      admit: (key) => Effect.tap(store.admit(key), () => Effect.sleep(500)),
    }))

    const halfOpen = Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, {
        consecutive: 1,
        open: 1000,
        storeTimeout: 600,
      })
      const call = yield* start(breaker, Effect.fail(down()))
      yield* TestClock.adjust(500)
      yield* Fiber.join(call)
      yield* TestClock.adjust(1000)
      return breaker
    })

    it.effect("releases the lease of a call that is interrupted before the store responds", () =>
      Effect.gen(function* () {
        const breaker = yield* halfOpen
        const probe = yield* start(breaker, Effect.never)
        yield* Fiber.interrupt(probe)
        yield* TestClock.adjust(500)
        const state = yield* Effect.flatMap(Store.CircuitBreakerStore, (store) => store.state("breaker"))
        assert.deepInclude(state, { _tag: "HalfOpen", probing: false })
      }).pipe(Effect.provide(late)),
    )

    it.effect("releases a lease that is granted after its call has stopped waiting", () =>
      Effect.gen(function* () {
        const breaker = yield* halfOpen
        yield* SharedCircuitBreaker.reload(breaker, { consecutive: 1, storeTimeout: 100, onStoreError: "reject" })
        const probe = yield* start(breaker, Effect.die("it was sent"))
        yield* TestClock.adjust(100)
        assert.strictEqual(yield* Fiber.join(probe), "CircuitStoreFailed")
        yield* TestClock.adjust(400)
        const state = yield* Effect.flatMap(Store.CircuitBreakerStore, (store) => store.state("breaker"))
        assert.deepInclude(state, { _tag: "HalfOpen", probing: false })
      }).pipe(Effect.provide(late)),
    )
  })

  it.effect("describes its settings, and rejects invalid or contradictory options", () =>
    Effect.gen(function* () {
      const breaker = yield* SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore)
      assert.strictEqual(guardText(breaker), "breaker 10 in a row, open 30 s, shared")
      assert.deepStrictEqual([breaker.kind, breaker.name, breaker.longestWait()], ["breaker", "breaker", 1000])
      const refused: ReadonlyArray<readonly [options: unknown, option: string]> = [
        [{ consecutive: 3, window: { calls: 5 } }, "consecutive"],
        [{ consecutive: 0 }, "consecutive"],
        [{ onStoreError: "ignore" }, "onStoreError"],
        [{ storeTimeout: 0 }, "storeTimeout"],
      ]
      for (const [options, option] of refused) {
        const given = options as SharedCircuitBreaker.Options
        const invalid = yield* Effect.flip(SharedCircuitBreaker.make(yield* Store.CircuitBreakerStore, given))
        assert.instanceOf(invalid, InvalidPolicy)
        assert.strictEqual(invalid.option, option)
        assert.deepStrictEqual(breaker.check(given), invalid)
        assert.deepStrictEqual(yield* Effect.flip(SharedCircuitBreaker.reload(breaker, given)), invalid)
      }
      assert.strictEqual(breaker.check({}), undefined)
    }).pipe(Effect.provide(memory)),
  )
})
