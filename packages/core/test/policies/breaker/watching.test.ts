import { assert, describe, it } from "@effect/vitest"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import { Observer, type Event } from "@holdfast/core/Observer"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { counts, down, hang, outcome, rejection, retryAfter, send, start, tag } from "../../support/breaker/calls.ts"

/** The later changes of a breaker, as `from > to at`, and their reasons. */
const changesOf = (breaker: CircuitBreaker.CircuitBreaker, reasons: Array<string> = []): Array<string> => {
  const seen: Array<string> = []
  breaker.listeners.add(({ at, from, reason, to }) => {
    seen.push(`${from} > ${to} at ${at}`)
    reasons.push(reason)
  })
  return seen
}

const opened = (options: CircuitBreaker.Options = {}) =>
  Effect.tap(CircuitBreaker.make({ consecutive: 1, open: 1000, ...options }), (breaker) => send(breaker, "f"))

describe("the state of a breaker", () => {
  it.effect("reports the phase, when it began, and the counts", () =>
    Effect.gen(function* () {
      const slowCall = { over: 100, rate: 1 }
      const breaker = yield* CircuitBreaker.make({ consecutive: 2, window: { calls: 9, slowCall }, open: 1000 })
      yield* TestClock.adjust(10)
      yield* Fiber.interrupt(yield* hang(breaker))
      yield* send(breaker, "ssf")
      const window = { calls: 3, failures: 1, slow: 0 }
      const seen = { successes: 2, failures: 1, slow: 0, ignored: 1, late: 0, rejected: 0 }
      assert.deepStrictEqual(yield* CircuitBreaker.state(breaker), {
        _tag: "Closed",
        since: 0,
        counts: { ...seen, streak: 1, window, openings: 0 },
      })
      yield* start(breaker, 500)
      yield* send(breaker, "fss")
      yield* TestClock.adjust(500)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), {
        _tag: "Open",
        since: 10,
        reason: "2 failures in a row",
      })
      assert.deepStrictEqual(yield* counts(breaker), {
        ...seen,
        failures: 2,
        late: 1,
        rejected: 2,
        streak: 0,
        window: { calls: 0, failures: 0, slow: 0 },
        openings: 1,
      })
      yield* TestClock.adjust(500)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", since: 1010, probing: 0 })
      yield* start(breaker, 101)
      yield* TestClock.adjust(101)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Open", since: 1111, reason: "a probe failed" })
      assert.deepInclude(yield* counts(breaker), { successes: 3, slow: 1, openings: 2, rejected: 2 })
    }),
  )

  it.effect("includes the remaining open time in the state of an open breaker", () =>
    Effect.gen(function* () {
      const breaker = yield* opened()
      yield* TestClock.adjust(300)
      const state = yield* CircuitBreaker.state(breaker)
      assert.strictEqual(state._tag === "Open" && state.retryAfter.toString(), "700 millis")
    }),
  )
})

describe("a breaker with listeners", () => {
  it.effect(
    "reports each transition once to every listener, and includes the time at which the transition was due",
    () =>
      Effect.gen(function* () {
        const ramp = { over: 500, from: 0.5 }
        const breaker = yield* CircuitBreaker.make({
          name: "payments",
          consecutive: 1,
          open: 1000,
          probeLease: 100,
          ramp,
        })
        const listen = (n: number) =>
          Effect.forkChild(Stream.runCollect(Stream.take(CircuitBreaker.transitions(breaker), n)), {
            startImmediately: true,
          })
        const [one, two] = [yield* listen(6), yield* listen(1)]
        yield* TestClock.adjust(5)
        yield* send(breaker, "f")
        yield* TestClock.adjust(2000)
        yield* hang(breaker)
        yield* TestClock.adjust(2000)
        yield* send(breaker, "s")
        yield* TestClock.adjust(2000)
        yield* tag(breaker)
        const told = { breaker: "payments" }
        const opens = { ...told, from: "Closed", to: "Open", at: 5, reason: "a failure" }
        assert.deepStrictEqual(yield* Fiber.join(one), [
          opens,
          { ...told, from: "Open", to: "HalfOpen", at: 1005, reason: "the open time has ended" },
          { ...told, from: "HalfOpen", to: "Open", at: 2105, reason: "a probe did not finish within its lease" },
          { ...told, from: "Open", to: "HalfOpen", at: 3105, reason: "the open time has ended" },
          { ...told, from: "HalfOpen", to: "Recovering", at: 4005, reason: "the probes succeeded" },
          { ...told, from: "Recovering", to: "Closed", at: 4505, reason: "the ramp has ended" },
        ] as ReadonlyArray<CircuitBreaker.Transition>)
        assert.deepStrictEqual(yield* Fiber.join(two), [opens as CircuitBreaker.Transition])
        // No listener is left, and the breaker keeps no data for them.
        assert.strictEqual(breaker.listeners.size, 0)
      }),
  )
})

describe("the observer of a call", () => {
  const observed = Effect.sync(() => {
    const events: Array<string> = []
    const event = (event: Event) => {
      if (event._tag === "Rejected") events.push(`${event.policy} rejected${event.dryRun === true ? " not" : ""}`)
      else if (event._tag === "CircuitChanged") events.push(`${event.breaker}: ${event.from} > ${event.to}`)
      else return undefined
      return Effect.sync(() => void events.push("run"))
    }
    return { events, watch: Effect.provideService(Observer, { event }) }
  })

  it.effect("notifies the observer of every state change and rejection, and runs each returned effect once", () =>
    Effect.gen(function* () {
      const { events, watch } = yield* observed
      const breaker = yield* CircuitBreaker.make({ consecutive: 1, open: 1000 })
      yield* watch(send(breaker, "fs"))
      assert.deepStrictEqual(events.splice(0), ["breaker: Closed > Open", "run", "breaker rejected", "run"])
      yield* TestClock.adjust(1000)
      yield* watch(send(breaker, "s"))
      const closed = ["breaker: Open > HalfOpen", "breaker: HalfOpen > Closed", "run", "run"]
      assert.deepStrictEqual(events.splice(0), closed)
      yield* watch(send(breaker, "s"))
      assert.deepStrictEqual(events, [])
    }),
  )

  it.effect("a rejected call notifies the observer that the lease of a probe has expired", () =>
    Effect.gen(function* () {
      const { events, watch } = yield* observed
      const breaker = yield* opened({ probeLease: 500 })
      yield* TestClock.adjust(1000)
      yield* hang(breaker)
      yield* TestClock.adjust(500)
      yield* watch(send(breaker, "s"))
      assert.deepStrictEqual(events, ["breaker: HalfOpen > Open", "run", "breaker rejected", "run"])
    }),
  )

  it.effect("notifies the observer when an operator isolates or releases the breaker", () =>
    Effect.gen(function* () {
      const { events, watch } = yield* observed
      const breaker = yield* CircuitBreaker.make()
      const { release } = yield* watch(CircuitBreaker.isolate(breaker, "maintenance"))
      yield* watch(release)
      assert.deepStrictEqual(events, ["breaker: Closed > Isolated", "run", "breaker: Isolated > Closed", "run"])
    }),
  )

  it.effect("notifies the observer of calls that would be rejected outside a dry run", () =>
    Effect.gen(function* () {
      const { events, watch } = yield* observed
      const breaker = yield* opened({ dryRun: true })
      yield* watch(send(breaker, "ss"))
      assert.deepStrictEqual(events, ["breaker rejected not", "run", "breaker rejected not", "run"])
    }),
  )
})

describe("a dry run", () => {
  it.effect(
    "sends calls that would be rejected outside a dry run, counts them as rejected, and ignores their outcomes",
    () =>
      Effect.gen(function* () {
        const breaker = yield* opened({ dryRun: true })
        assert.deepStrictEqual(yield* send(breaker, "sff"), ["ok", "Down", "Down"])
        assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Open" })
        assert.deepInclude(yield* counts(breaker), { rejected: 3, successes: 0, failures: 1, late: 0 })
        yield* TestClock.adjust(1000)
        const probe = yield* start(breaker, 10)
        assert.deepStrictEqual(yield* send(breaker, "f"), ["Down"])
        assert.strictEqual(yield* tag(breaker), "HalfOpen")
        yield* TestClock.adjust(10)
        assert.strictEqual(yield* Fiber.join(probe), "ok")
        assert.strictEqual(yield* tag(breaker), "Closed")
      }),
  )
})

describe("an isolated breaker", () => {
  it.effect(
    "rejects every call until all isolations are released, and reports the reason of the oldest remaining isolation",
    () =>
      Effect.gen(function* () {
        const breaker = yield* CircuitBreaker.make({ open: 7000 })
        const reasons: Array<string> = []
        const changes = changesOf(breaker, reasons)
        const one = yield* CircuitBreaker.isolate(breaker, "maintenance")
        yield* TestClock.adjust(5)
        const two = yield* CircuitBreaker.isolate(breaker, "wrong price")
        assert.strictEqual(one.reason, "maintenance")
        assert.strictEqual((yield* rejection(breaker)).reason, "isolated: maintenance")
        assert.strictEqual(yield* retryAfter(breaker), 7000)
        yield* one.release
        yield* one.release
        const state = yield* CircuitBreaker.state(breaker)
        assert.deepInclude(state, { _tag: "Isolated", reason: "wrong price", since: 5 })
        assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
        yield* two.release
        assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
        assert.deepStrictEqual(changes, ["Closed > Isolated at 0", "Isolated > Closed at 5"])
        assert.deepStrictEqual(reasons, ["maintenance", "released"])
      }),
  )

  it.effect("resumes after an isolation in the state that the circuit has reached in the meantime", () =>
    Effect.gen(function* () {
      const breaker = yield* opened()
      const changes = changesOf(breaker)
      const { release } = yield* CircuitBreaker.isolate(breaker, "maintenance")
      yield* TestClock.adjust(600)
      yield* release
      assert.strictEqual(yield* retryAfter(breaker), 400)
      const again = yield* CircuitBreaker.isolate(breaker, "maintenance")
      yield* TestClock.adjust(600)
      assert.strictEqual(yield* tag(breaker), "Isolated")
      yield* again.release
      const goneOn = [
        "Open > Isolated at 0",
        "Isolated > Open at 600",
        "Open > Isolated at 600",
        "Isolated > HalfOpen at 1200",
      ]
      assert.deepStrictEqual(changes, goneOn)
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "HalfOpen", since: 1000 })
    }),
  )

  it.effect("ignores the outcomes of calls that began before the isolation", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 1 })
      const [during, after] = [yield* start(breaker, 10, down()), yield* start(breaker, 20, down())]
      const { release } = yield* CircuitBreaker.isolate(breaker, "maintenance")
      yield* TestClock.adjust(10)
      yield* release
      yield* TestClock.adjust(10)
      assert.deepStrictEqual([yield* Fiber.join(during), yield* Fiber.join(after)], ["Down", "Down"])
      assert.strictEqual(yield* tag(breaker), "Closed")
      assert.strictEqual((yield* counts(breaker)).late, 2)
    }),
  )

  it.effect("releases an isolation when its scope closes", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make()
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* CircuitBreaker.isolateScoped(breaker, "maintenance")
          assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
        }),
      )
      assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
    }),
  )
})

describe("a reset", () => {
  it.effect("closes the circuit and clears its window, but keeps the total counts", () =>
    Effect.gen(function* () {
      const breaker = yield* CircuitBreaker.make({ consecutive: 2, open: { base: 1000 }, window: { calls: 9 } })
      const late = yield* start(breaker, 10, down())
      yield* send(breaker, "ff")
      yield* CircuitBreaker.reset(breaker)
      yield* TestClock.adjust(10)
      yield* Fiber.join(late)
      const empty = { streak: 0, openings: 0, window: { calls: 0, failures: 0, slow: 0 } }
      assert.deepInclude(yield* counts(breaker), { ...empty, failures: 2, late: 1 })
      yield* send(breaker, "f")
      yield* CircuitBreaker.reset(breaker)
      assert.deepInclude(yield* counts(breaker), empty)
      yield* send(breaker, "ff")
      assert.strictEqual(yield* retryAfter(breaker), 1000)
    }),
  )

  it.effect("reports a reset as a transition if the reset changes the state", () =>
    Effect.gen(function* () {
      const breaker = yield* opened()
      const reasons: Array<string> = []
      const changes = changesOf(breaker, reasons)
      yield* TestClock.adjust(1500)
      yield* CircuitBreaker.reset(breaker)
      yield* CircuitBreaker.reset(breaker)
      assert.deepStrictEqual(changes, ["Open > HalfOpen at 1000", "HalfOpen > Closed at 1500"])
      assert.deepStrictEqual(reasons, ["the open time has ended", "reset"])
      assert.deepInclude(yield* CircuitBreaker.state(breaker), { _tag: "Closed", since: 1500 })
    }),
  )

  it.effect("does not release isolations when the breaker is reset", () =>
    Effect.gen(function* () {
      const breaker = yield* opened()
      const changes = changesOf(breaker)
      const { release } = yield* CircuitBreaker.isolate(breaker, "maintenance")
      yield* CircuitBreaker.reset(breaker)
      assert.deepStrictEqual(yield* send(breaker, "s"), ["CircuitOpen"])
      yield* release
      assert.deepStrictEqual(yield* send(breaker, "s"), ["ok"])
      assert.deepStrictEqual(changes, ["Open > Isolated at 0", "Isolated > Closed at 0"])
    }),
  )
})

describe("a keyed breaker", () => {
  it.effect("keeps a separate circuit for each key, and includes the key in the name of the circuit", () =>
    Effect.gen(function* () {
      const hosts = yield* CircuitBreaker.keyed({ name: "hosts", consecutive: 1 })
      const one = yield* CircuitBreaker.at(hosts, "one.example")
      yield* send(one, "f")
      assert.strictEqual((yield* rejection(one)).breaker, "hosts/one.example")
      assert.deepStrictEqual(yield* send(yield* CircuitBreaker.at(hosts, "two.example"), "s"), ["ok"])
      assert.strictEqual(yield* CircuitBreaker.at(hosts, "one.example"), one)
      assert.strictEqual((yield* CircuitBreaker.at(yield* CircuitBreaker.keyed(), "key")).name, "breaker/key")
    }),
  )

  const at = CircuitBreaker.at
  /** The keys that are kept. */
  const kept = (keyed: CircuitBreaker.Keyed) => [...keyed.breakers].map(([key]) => key)

  it.effect("keeps a thousand keys by default", () =>
    Effect.gen(function* () {
      const keyed = yield* CircuitBreaker.keyed()
      yield* Effect.forEach(
        Array.from({ length: 1001 }, (_, n) => String(n)),
        (key) => at(keyed, key),
      )
      assert.strictEqual(keyed.breakers.size, 1000)
      assert.isFalse(keyed.breakers.has("0"))
      assert.strictEqual((yield* Effect.flip(CircuitBreaker.keyed({ capacity: 0 }))).option, "capacity")
      assert.strictEqual((yield* Effect.flip(CircuitBreaker.keyed({ capacity: 1e7 }))).value, "10000000")
    }),
  )

  it.effect("evicts the least recently used key whose circuit has no state", () =>
    Effect.gen(function* () {
      const keyed = yield* CircuitBreaker.keyed({ consecutive: 2, window: { duration: "10 seconds" }, capacity: 6 })
      yield* send(yield* at(keyed, "failed once"), "f")
      yield* send(yield* at(keyed, "open"), "ff")
      yield* send(yield* at(keyed, "in its window"), "s")
      yield* CircuitBreaker.isolate(yield* at(keyed, "isolated"), "maintenance")
      yield* at(keyed, "used again")
      yield* at(keyed, "fresh")
      yield* at(keyed, "used again")
      yield* at(keyed, "next")
      assert.deepStrictEqual(kept(keyed), ["failed once", "open", "in its window", "used again", "isolated", "next"])
      yield* TestClock.adjust("10 seconds")
      yield* at(keyed, "later")
      assert.deepStrictEqual(kept(keyed), ["failed once", "open", "used again", "isolated", "next", "later"])
    }),
  )

  it.effect("keeps the key of a closed circuit while its past openings still affect the open time", () =>
    Effect.gen(function* () {
      const keyed = yield* CircuitBreaker.keyed({ consecutive: 1, open: 1000, capacity: 2 })
      const breaker = yield* at(keyed, "closed")
      yield* send(breaker, "f")
      yield* TestClock.adjust(1000)
      yield* send(breaker, "s")
      yield* at(keyed, "a")
      yield* TestClock.adjust(999)
      yield* at(keyed, "b")
      assert.deepStrictEqual(kept(keyed), ["closed", "b"])
      yield* TestClock.adjust(1)
      yield* at(keyed, "c")
      assert.deepStrictEqual(kept(keyed), ["b", "c"])
    }),
  )

  it.effect("evicts a key in constant time, regardless of how many circuits have state", () =>
    Effect.gen(function* () {
      let looks = 0
      const keyed = yield* CircuitBreaker.keyed({ consecutive: 2, capacity: 2000 })
      const add = (n: number) =>
        Effect.gen(function* () {
          const breaker = yield* at(keyed, `${n}`)
          const { machine } = breaker
          const pristine = machine.pristine.bind(machine)
          machine.pristine = (now) => {
            looks++
            return pristine(now)
          }
          yield* send(breaker, "f")
        })
      for (let n = 0; n < 2000; n++) yield* add(n)
      assert.strictEqual(looks, 0)
      for (let n = 2000; n < 2100; n++) yield* add(n)
      assert.isAtMost(looks, 100 * 16)
      assert.strictEqual(keyed.breakers.size, 2000)
    }),
  )

  it.effect("evicts a closed circuit before an open one", () =>
    Effect.gen(function* () {
      const keyed = yield* CircuitBreaker.keyed({ consecutive: 2, capacity: 2 })
      yield* send(yield* at(keyed, "open"), "ff")
      yield* send(yield* at(keyed, "failed once"), "f")
      yield* at(keyed, "next")
      assert.deepStrictEqual(kept(keyed), ["open", "next"])
    }),
  )

  it.effect("evicts a key with state if all keys have state, but never evicts an isolated key", () =>
    Effect.gen(function* () {
      const keyed = yield* CircuitBreaker.keyed({ consecutive: 2, capacity: 2 })
      yield* CircuitBreaker.isolate(yield* at(keyed, "isolated"), "maintenance")
      yield* send(yield* at(keyed, "failed"), "f")
      const next = yield* at(keyed, "next")
      assert.deepStrictEqual(kept(keyed), ["isolated", "next"])
      yield* CircuitBreaker.isolate(next, "maintenance")
      yield* at(keyed, "more")
      assert.deepStrictEqual(kept(keyed), ["isolated", "next", "more"])
      yield* outcome(CircuitBreaker.protect(Effect.void, yield* at(keyed, "last")))
      assert.deepStrictEqual(kept(keyed), ["next", "isolated", "last"])
    }),
  )
})
