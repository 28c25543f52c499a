import { assert, describe, it } from "@effect/vitest"
import { type Classified, Connectivity, Health } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Gate from "@holdfast/core/Gate"
import * as Hedge from "@holdfast/core/Hedge"
import * as Pipeline from "@holdfast/core/Pipeline"
import * as Verdict from "@holdfast/core/Verdict"
import { Effect, Layer } from "effect"
import { numbers, World } from "../../support/virtual.ts"
import { down, wrong, start, stateOf } from "../../support/defects.ts"

/** A circuit that has just become half-open. */
const halfOpen = (options: CircuitBreaker.Options = {}) => {
  const world = new World()
  const breaker = CircuitBreaker.makeUnsafe({ consecutive: 1, open: 1000, ...options })
  world.start(Effect.exit(CircuitBreaker.protect(Effect.fail(down), breaker)))
  world.until(1000)
  return { breaker, world }
}

describe("lost probes", () => {
  const ways: ReadonlyArray<readonly [string, Effect.Effect<unknown, Classified>]> = [
    ["the circuit closes after a probe that was interrupted", Effect.interrupt],
    ["the circuit closes after a probe whose error was ignored", Effect.fail(wrong)],
    [
      "the circuit closes after a probe whose own deadline passed",
      Pipeline.run(Pipeline.makeUnsafe(Pipeline.deadline(10)), Effect.never),
    ],
  ]
  for (const [title, lost] of ways) {
    it(title, () => {
      const { breaker, world } = halfOpen()
      world.start(Effect.exit(CircuitBreaker.protect(lost, breaker)))
      world.end()
      assert.notStrictEqual(stateOf(world, breaker)._tag, "Closed")
      // Another success, at most one open time later, closes it.
      world.until(world.now + 1000)
      world.start(CircuitBreaker.protect(Effect.void, breaker))
      assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
    })
  }

  it("the circuit can close again after the lease of a hanging probe has expired", () => {
    const { breaker, world } = halfOpen({ probeLease: 5000 })
    world.start(CircuitBreaker.protect(Effect.never, breaker))
    world.until(1000 + 4999)
    assert.strictEqual(stateOf(world, breaker)._tag, "HalfOpen")
    // The hung probe counts as failed at 6000. The circuit is open for 1 s and then admits another probe.
    world.until(6500)
    assert.strictEqual(stateOf(world, breaker)._tag, "Open")
    world.until(7000)
    world.start(CircuitBreaker.protect(Effect.void, breaker))
    assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
  })

  it("a probe that is interrupted by the pipeline's deadline counts as failed, and the circuit can close later", () => {
    const { breaker, world } = halfOpen({ open: "2 seconds" })
    const pipeline = Pipeline.makeUnsafe(Pipeline.deadline(500), Pipeline.breaker(breaker))
    world.start(Effect.exit(Pipeline.run(pipeline, Effect.never)))
    world.end()
    assert.strictEqual(stateOf(world, breaker)._tag, "Open")
    world.until(world.now + 2000)
    world.start(Pipeline.run(pipeline, Effect.void))
    assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
  })

  it("the circuit can close after a probe loses to its hedged copy or is cancelled by its caller", () => {
    const { breaker, world } = halfOpen({ probes: 2 })
    const pipeline = Pipeline.makeUnsafe(Pipeline.hedge(Hedge.makeUnsafe({ delay: 100 })), Pipeline.breaker(breaker))
    const cut = Effect.timeoutOption(Pipeline.run(pipeline, Effect.never, { repeatable: true }), 500)
    world.start(cut)
    world.end()
    const state = stateOf(world, breaker)
    assert.deepStrictEqual([state._tag, state._tag === "HalfOpen" && state.probing], ["HalfOpen", 0])
    const call = ({ number }: Pipeline.Attempt) => (number === 1 ? Effect.never : Effect.void)
    world.start(Pipeline.run(pipeline, call, { repeatable: true }))
    world.end()
    assert.strictEqual(stateOf(world, breaker)._tag, "Closed")
  })
})

describe("a service that recovers", () => {
  it("a thousand callers send no more probes than `probes` allows", () => {
    for (const probes of [1, 3]) {
      const { breaker, world } = halfOpen({ probes, successThreshold: probes })
      let sent = 0
      const probe = Effect.suspend(() => {
        sent++
        return Effect.sleep(100)
      })
      for (let n = 0; n < 1000; n++) world.start(Effect.exit(CircuitBreaker.protect(probe, breaker)))
      world.settle()
      assert.strictEqual(sent, probes)
      world.end()
    }
  })

  it("the breaker admits a growing share of the calls after the circuit has closed", () => {
    const { breaker, world } = halfOpen({ ramp: { over: 10_000, from: 0.5 } })
    world.start(CircuitBreaker.protect(Effect.void, breaker))
    const shares = Array.from({ length: 5 }, () => {
      let sent = 0
      const call = Effect.sync(() => void sent++)
      for (let n = 0; n < 1000; n++) world.start(Effect.exit(CircuitBreaker.protect(call, breaker)))
      world.until(world.now + 2500)
      return sent
    })
    // With a tolerance of one call, since fractions of a call carry over.
    for (const [n, share] of [500, 625, 750, 875, 1000].entries()) assert.closeTo(shares[n] ?? 0, share, 1)
  })

  it("a gate admits waiting calls in waves of 1, 2, 4, 8 and so on", () => {
    const world = new World()
    const gate = Effect.runSync(Gate.make("door", { ramp: 100 }))
    world.start(gate.close("shut"))
    const times: Array<number> = []
    const pipeline = Pipeline.makeUnsafe(Pipeline.gates({ others: [gate] }))
    for (let n = 0; n < 31; n++)
      world.start(
        Pipeline.run(
          pipeline,
          Effect.sync(() => void times.push(world.now)),
        ),
      )
    world.until(500)
    world.start(gate.open)
    world.end()
    const waves = [...new Set(times)].map((at) => [at, times.filter((time) => time === at).length])
    assert.deepStrictEqual(waves, [
      [500, 1],
      [600, 2],
      [700, 4],
      [800, 8],
      [900, 16],
    ])
  })
})

describe("a lost network", () => {
  it("a flapping gate admits every call, but never while it is closed", () => {
    const random = numbers(9)
    const world = new World({ random })
    const gate = Effect.runSync(Gate.make("door", { ramp: 5 }))
    let shut = false
    let through = 0
    const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ others: [gate] }))
    const send = Effect.sync(() => {
      assert.isFalse(shut)
      through++
    })
    for (let at = 0, n = 0; n < 200; n++) {
      at += 1 + Math.floor(random() * 50)
      world.at(at, () => {
        shut = !shut
        world.start(shut ? gate.close("flap") : gate.open)
      })
    }
    for (let n = 0; n < 500; n++) {
      world.at(n * 7 + 0.5, () => void world.start(Pipeline.run(pipeline, send)))
    }
    world.end()
    assert.deepStrictEqual([shut, through], [false, 500])
  })

  it("a flapping network is probed until it recovers, and then all calls succeed", () => {
    const random = numbers(90)
    const world = new World({ random })
    const lost: Classified = { _tag: "Lost", verdict: Verdict.always({ closes: "connectivity" }) }
    const outages = Array.from({ length: 20 }, (_, n) => [n * 60_000 + 20_000, n * 60_000 + 20_000 + random() * 39_000])
    const isDown = () => outages.some(([from = 0, to = 0]) => world.now >= from && world.now < to)
    const reach = Effect.suspend(() => (isDown() ? Effect.fail(lost) : Effect.void))
    let through = 0
    const program = Effect.gen(function* () {
      const connectivity = yield* Connectivity
      const pipeline = Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ connectivity }))
      yield* Effect.forEach(
        Array.from({ length: 400 }, (_, n) => n),
        (n) =>
          Effect.sleep(n * 3000).pipe(
            Effect.andThen(Pipeline.run(pipeline, reach)),
            Effect.andThen(Effect.sync(() => void through++)),
          ),
        { concurrency: "unbounded" },
      )
      return connectivity.gate.isOpen()
    })
    const health = Layer.succeed(Health, { check: reach })
    const call = start(world, Effect.provide(program, Connectivity.layer.pipe(Layer.provide(health))))
    world.until(3_600_000)
    assert.deepStrictEqual([call.exit?._tag === "Success" && call.exit.value, through], [true, 400])
  })
})
