import { assert, describe, it } from "@effect/vitest"
import { type Connectivity, type Gate, Verdict } from "@holdfast/core"
import * as Connecting from "@holdfast/core/Connectivity"
import * as Origins from "@holdfast/core/Origins"
import { Clock, Data, Duration, Effect, Exit, Fiber, Random, Scope, SubscriptionRef } from "effect"
import { TestClock } from "effect/testing"

class Failed extends Data.TaggedError("Failed")<{
  readonly kind: "unsent" | "lost" | "refused" | "local"
  readonly probeAfter?: Duration.Duration
}> {
  readonly verdict =
    this.kind === "unsent" || this.kind === "lost"
      ? Verdict.withHint(Verdict.always({ closes: "connectivity" }), this.probeAfter, false)
      : Verdict.once()
}

const judge: Origins.Judge<Failed> = {
  answered: ({ kind }) => kind === "refused",
  unsent: ({ kind }) => kind === "unsent",
}

/** Pins each wait to the top of its range: 0.5, 1, 2, 4 … s. */
const noJitter = Effect.provideService(Random.Random, { nextDoubleUnsafe: () => 1, nextIntUnsafe: () => 0 })

const s3 = "https://s3.example/parts/1?X-Amz-Signature=canary"

type Answer = "ok" | Failed["kind"]

/** A scripted storage, and a log of its requests: the second and the caller of each. */
const storage = (answer: (n: number) => Answer | Effect.Effect<Answer>) => {
  const sent: Array<readonly [at: number, name: string]> = []
  const send = (name: string) =>
    Effect.gen(function* () {
      const n = sent.push([(yield* Clock.currentTimeMillis) / 1000, name])
      const said = answer(n)
      const kind = typeof said === "string" ? said : yield* said
      return kind === "ok" ? n : yield* new Failed({ kind })
    })
  return { sent, send }
}

describe("Origins", () => {
  it.effect(
    "sends one waiting call as a probe after each backoff delay, and admits all calls when a probe succeeds",
    () =>
      Effect.gen(function* () {
        const origins = yield* Origins.make()
        const gate = yield* origins.of(s3)
        const { send, sent } = storage((n) => (n <= 5 ? "unsent" : "ok"))
        const first = yield* Effect.forkChild(Effect.exit(gate.pass(send("a"), judge)))
        yield* TestClock.adjust(0)
        assert.isTrue(Exit.isFailure(yield* Fiber.join(first)))
        const others = yield* Effect.forkChild(
          Effect.all(
            ["b", "c", "d"].map((name) => gate.pass(send(name), judge)),
            { concurrency: "unbounded" },
          ),
        )
        yield* TestClock.adjust("60 seconds")
        yield* Fiber.join(others)
        assert.deepStrictEqual(
          sent.map(([at]) => at),
          [0, 0.5, 1.5, 3.5, 7.5, 15.5, 15.5, 15.6],
        )
      }).pipe(Effect.scoped, noJitter),
  )

  it.effect.each([
    ["20 seconds", [0, 20, 21, 23]],
    ["100 millis", [0, 0.5, 1.5, 3.5]],
    ["1 hour", [0, 32, 33, 35]],
  ] as const)("delays only the first probe by a hint of %s, up to 32 s", ([hint, times]) =>
    Effect.gen(function* () {
      const origins = yield* Origins.make()
      const gate = yield* origins.of(s3)
      const { send, sent } = storage((n) => (n === 1 ? "lost" : n <= 3 ? "unsent" : "ok"))
      const probeAfter = Duration.fromInputUnsafe(hint)
      const hinted = (name: string) => Effect.mapError(send(name), ({ kind }) => new Failed({ kind, probeAfter }))
      yield* Effect.flip(gate.pass(hinted("a"), judge))
      yield* TestClock.adjust(0)
      const [state] = yield* SubscriptionRef.get(origins.waiting)
      assert.strictEqual(state?.nextProbeAt, times[1] * 1000)
      const next = yield* Effect.forkChild(gate.pass(hinted("b"), judge))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(next)
      assert.deepStrictEqual(
        sent.map(([at]) => at),
        [...times],
      )
    }).pipe(Effect.scoped, noJitter),
  )

  it.effect(
    "does not count a probe that could not be sent as an attempt, and returns every other failure to the caller",
    () =>
      Effect.gen(function* () {
        const origins = yield* Origins.make()
        const gate = yield* origins.of(s3)
        const { send, sent } = storage((n) => (["lost", "unsent", "unsent", "lost"] as const)[n - 1] ?? "ok")
        assert.isTrue(Exit.isFailure(yield* Effect.exit(gate.pass(send("a"), judge))))
        const probe = yield* Effect.forkChild(Effect.flip(gate.pass(send("a"), judge)))
        yield* TestClock.adjust("3500 millis")
        assert.strictEqual((yield* Fiber.join(probe)).kind, "lost")
        assert.isFalse(gate.gate.isOpen())
        const last = yield* Effect.forkChild(gate.pass(send("a"), judge))
        yield* TestClock.adjust("4 seconds")
        yield* Fiber.join(last)
        assert.deepStrictEqual(
          sent.map(([at]) => at),
          [0, 0.5, 1.5, 3.5, 7.5],
        )
        assert.isTrue(gate.gate.isOpen())
      }).pipe(Effect.scoped, noJitter),
  )

  it.effect("ends a probe that fails permanently, even if the request did not reach the service", () =>
    Effect.gen(function* () {
      class Misdirected extends Data.TaggedError("Misdirected")<{ readonly verdict: Verdict.Verdict }> {}
      const origins = yield* Origins.make()
      const gate = yield* origins.of(s3)
      const everywhere: Origins.Judge<Misdirected> = { answered: () => false, unsent: () => true }
      const offline = new Misdirected({ verdict: Verdict.always({ closes: "connectivity" }) })
      yield* Effect.exit(gate.pass(Effect.fail(offline), everywhere))
      for (const verdict of [Verdict.never({ change: "plan" }), Verdict.once()]) {
        const probe = yield* Effect.forkChild(
          Effect.flip(gate.pass(Effect.fail(new Misdirected({ verdict })), everywhere)),
        )
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* Fiber.join(probe)).verdict, verdict)
      }
    }).pipe(Effect.scoped, noJitter, Effect.timeout("1 hour")),
  )

  it.effect("opens after any response from the service, but not after a failure on the caller's side", () =>
    Effect.gen(function* () {
      const origins = yield* Origins.make()
      for (const [kind, opens] of [
        ["refused", true],
        ["local", false],
      ] as const) {
        const gate = yield* origins.of(`https://${kind}.example`)
        const { send } = storage((n) => (n === 1 ? "lost" : kind))
        yield* Effect.exit(gate.pass(send("a"), judge))
        assert.isFalse(gate.gate.isOpen())
        const probe = yield* Effect.forkChild(Effect.exit(gate.pass(send("a"), judge)))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(probe)
        assert.strictEqual(gate.gate.isOpen(), opens)
      }
    }).pipe(Effect.scoped, noJitter),
  )

  it.effect("opens when a call that was sent before the outage succeeds", () =>
    Effect.gen(function* () {
      const origins = yield* Origins.make()
      const gate = yield* origins.of(s3)
      const { send, sent } = storage((n) =>
        n === 1 ? Effect.as(Effect.sleep("200 millis"), "ok" as const) : n === 2 ? "lost" : "ok",
      )
      const slow = yield* Effect.forkChild(gate.pass(send("a"), judge))
      yield* TestClock.adjust(0)
      yield* Effect.exit(gate.pass(send("b"), judge))
      const waiting = yield* Effect.forkChild(gate.pass(send("b"), judge))
      yield* TestClock.adjust("200 millis")
      yield* Fiber.join(slow)
      yield* Fiber.join(waiting)
      assert.deepStrictEqual(
        sent.map(([at]) => at),
        [0, 0, 0.2],
      )
      assert.deepStrictEqual(yield* SubscriptionRef.get(origins.waiting), [])
    }).pipe(Effect.scoped, noJitter),
  )

  it.effect("passes the probe to another call when the probing call is interrupted", () =>
    Effect.gen(function* () {
      const origins = yield* Origins.make()
      const gate = yield* origins.of(s3)
      const { send, sent } = storage((n) => (n === 1 ? "lost" : n === 2 ? Effect.never : "ok"))
      yield* Effect.exit(gate.pass(send("a"), judge))
      const hung = yield* Effect.forkChild(gate.pass(send("b"), judge))
      const next = yield* Effect.forkChild(gate.pass(send("c"), judge))
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(sent, 2)
      yield* Fiber.interrupt(hung)
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(next)
      assert.deepStrictEqual(sent, [
        [0, "a"],
        [0.5, "b"],
        [11, "c"],
      ])
    }).pipe(Effect.scoped, noJitter),
  )

  it.effect("does not block calls to another origin", () =>
    Effect.gen(function* () {
      const origins = yield* Origins.make()
      const { send } = storage((n) => (n === 1 ? "lost" : "ok"))
      yield* Effect.exit(Effect.flatMap(origins.of(s3), (gate) => gate.pass(send("a"), judge)))
      assert.isFalse((yield* origins.of("https://s3.example/parts/2")).gate.isOpen())
      for (const other of ["https://s3.example:8443/", "http://s3.example/", "https://other.example/"]) {
        assert.isTrue((yield* origins.of(other)).gate.isOpen(), other)
      }
    }).pipe(Effect.scoped),
  )

  it.effect(
    "lists each unreachable origin with the reason, the start of the outage and the time of the next probe",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1000)
        const origins = yield* Origins.make()
        const gate = yield* origins.of(s3)
        const { send } = storage((n) => (n <= 2 ? "lost" : "ok"))
        yield* Effect.exit(gate.pass(send("a"), judge))
        yield* TestClock.adjust(0)
        const closed = { origin: "https://s3.example", reason: "Failed", since: 1000 }
        assert.deepStrictEqual(yield* SubscriptionRef.get(origins.waiting), [{ ...closed, nextProbeAt: 1500 }])
        const probe = yield* Effect.forkChild(Effect.exit(gate.pass(send("a"), judge)))
        yield* TestClock.adjust("500 millis")
        yield* Fiber.join(probe)
        yield* TestClock.adjust(0)
        assert.deepStrictEqual(yield* SubscriptionRef.get(origins.waiting), [{ ...closed, nextProbeAt: 2500 }])
        yield* Effect.forkChild(gate.pass(send("a"), judge))
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* SubscriptionRef.get(origins.waiting), [])
      }).pipe(Effect.scoped, noJitter),
  )

  it.effect("lets the health service control the gate of its origin", () =>
    Effect.gen(function* () {
      let healthy = true
      const check = Effect.suspend(() => (healthy ? Effect.void : Effect.fail("away" as const)))
      const connectivity: Connectivity["Service"] = {
        ...(yield* Connecting.make(check)),
        origin: "https://api.example",
      }
      yield* TestClock.adjust(0)
      const origins = yield* Origins.make([connectivity])
      const gate = yield* origins.of("https://api.example/parts/1")
      assert.strictEqual(gate.gate, connectivity.gate as Gate.Gate)
      const { send, sent } = storage((n) => (n === 1 ? "lost" : "ok"))
      healthy = false
      yield* Effect.exit(gate.pass(send("a"), judge))
      const waiting = yield* Effect.forkChild(gate.pass(send("a"), judge))
      yield* TestClock.adjust("100 seconds")
      assert.lengthOf(sent, 1)
      healthy = true
      yield* TestClock.adjust("32 seconds")
      yield* Fiber.join(waiting)
    }).pipe(Effect.scoped),
  )

  it.effect("keeps a limited number of gates, and evicts only open gates without waiters", () =>
    Effect.gen(function* () {
      const origins = yield* Origins.make()
      const closed = yield* origins.of(s3)
      yield* Effect.exit(closed.pass(storage(() => "lost").send("a"), judge))
      const idle = yield* origins.of("https://idle.example")
      for (let n = 0; n < Origins.most; n++) yield* origins.of(`https://s${n}.example`)
      assert.strictEqual(yield* origins.of(s3), closed)
      assert.notStrictEqual(yield* origins.of("https://idle.example"), idle)
    }).pipe(Effect.scoped),
  )

  it.effect("interrupts its probes when its scope closes", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const origins = yield* Scope.provide(Origins.make(), scope)
      const gate = yield* origins.of(s3)
      const { send, sent } = storage((n) => (n === 1 ? "lost" : "ok"))
      yield* Effect.exit(gate.pass(send("a"), judge))
      const waiting = yield* Effect.forkChild(gate.pass(send("a"), judge))
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("1 hour")
      assert.lengthOf(sent, 1)
      yield* Fiber.interrupt(waiting)
    }),
  )

  it("rejects an unknown option, and suggests the option with the most similar name", () => {
    assert.throws(() => Origins.layerWith({ backof: {} } as never), /backof.*backoff/)
    assert.throws(() => Connecting.layerWith({ timeouts: 1 } as never), /timeouts.*timeout/)
    assert.throws(() => Connecting.layerWith({ timeout: 0 }), /timeout/)
  })
})
