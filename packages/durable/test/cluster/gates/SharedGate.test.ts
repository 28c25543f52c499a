import { assert, describe, it } from "@effect/vitest"
import { Connectivity, Health, Pipeline, Verdict } from "@holdfast/core"
import { Clock, Context, Effect, Fiber, Layer, SubscriptionRef } from "effect"
import { TestRunner } from "effect/cluster"
import { pinned } from "../../../../core/test/support/pipeline.ts"
import * as SharedGate from "../../../src/cluster/gates/SharedGate.ts"
import { pass } from "../../support/cluster/machines.ts"

const origin = "https://api.example"

/** A vendor that is down or up, with the times of the probes and the number of attempts that it got. */
const makeVendor = () => {
  const vendor = { down: false, probes: [] as Array<number>, attempts: 0 }
  const check = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    vendor.probes.push(now)
    return vendor.down ? Effect.fail("down") : Effect.void
  })
  const send = Effect.suspend(() => {
    vendor.attempts++
    return vendor.down
      ? Effect.fail({ _tag: "Unreachable", verdict: Verdict.always({ closes: "connectivity" }) } as const)
      : Effect.succeed("ok")
  }).pipe(Effect.delay("100 millis"))
  return Object.assign(vendor, { check, send })
}

/** One more runner, whose own probes must not be used. */
const runner = Effect.map(
  Layer.build(
    Layer.fresh(
      SharedGate.connectivity().pipe(
        Layer.provide(Layer.succeed(Health, { check: Effect.die("the runner probed by itself"), origin })),
      ),
    ),
  ),
  (context) => Context.get(context, Connectivity),
)

const call = (connectivity: Connectivity["Service"], send: ReturnType<typeof makeVendor>["send"]) =>
  Effect.forkChild(Pipeline.run(Pipeline.makeUnsafe(Pipeline.retry(), Pipeline.gates({ connectivity })), () => send))

const cluster = ({ check }: ReturnType<typeof makeVendor>) =>
  SharedGate.layer({ check: () => check }).pipe(Layer.provideMerge(TestRunner.layer))

describe("a gate that runners share", () => {
  it.effect(
    "sends one probe for three runners with sixty calls, which use up no attempts while the vendor is down",
    () => {
      const vendor = makeVendor()
      return Effect.gen(function* () {
        const runners = yield* Effect.all([runner, runner, runner])
        yield* pass(2)
        assert.deepStrictEqual(
          runners.map(({ gate }) => gate.isOpen()),
          [true, true, true],
        )
        vendor.down = true
        vendor.probes.length = 0
        const failing = (yield* Clock.currentTimeMillis) + 100
        const begun = yield* Effect.forEach(runners, (one) => Effect.replicateEffect(call(one, vendor.send), 10))
        yield* pass(2)
        const later = yield* Effect.forEach(runners, (one) => Effect.replicateEffect(call(one, vendor.send), 10))
        yield* pass(100)
        assert.strictEqual(vendor.attempts, 30)
        assert.deepStrictEqual(
          vendor.probes.map((at) => at - failing),
          [0, 500, 1500, 3500, 7500, 15_500, 31_500, 63_500, 95_500],
        )
        assert.isTrue(runners.every(({ gate }) => !gate.isOpen()))
        vendor.down = false
        yield* pass(40)
        const answers = yield* Fiber.joinAll([...begun.flat(), ...later.flat()])
        assert.deepStrictEqual(new Set(answers), new Set(["ok"]))
        assert.strictEqual(vendor.attempts, 30 + 60)
        assert.strictEqual(vendor.probes.length, 10)
      }).pipe(Effect.provide(cluster(vendor)), pinned)
    },
  )

  it.effect("closes for the other runners too, although their calls have not failed", () => {
    const vendor = makeVendor()
    return Effect.gen(function* () {
      const [here, there] = yield* Effect.all([runner, runner])
      yield* pass(2)
      vendor.down = true
      yield* here.report("ConnectionReset")
      assert.isFalse(here.gate.isOpen())
      yield* pass(1)
      const state = yield* SubscriptionRef.get(there.gate.state)
      assert.strictEqual(state._tag === "Closed" && state.reason, "ConnectionReset")
      assert.isDefined(yield* SubscriptionRef.get(there.nextProbeAt))
    }).pipe(Effect.provide(cluster(vendor)), pinned)
  })

  it.effect("opens for a runner that joins during an outage when the vendor is back", () => {
    const vendor = makeVendor()
    vendor.down = true
    return Effect.gen(function* () {
      const first = yield* runner
      yield* pass(20)
      const second = yield* runner
      yield* pass(20)
      assert.isFalse(first.gate.isOpen() || second.gate.isOpen())
      vendor.down = false
      yield* pass(40)
      assert.isTrue(first.gate.isOpen() && second.gate.isOpen())
    }).pipe(Effect.provide(cluster(vendor)), pinned)
  })
})
