import { assert, describe, it } from "@effect/vitest"
import { make as makeOrigins } from "@holdfast/core/Origins"
import { Verdict } from "@holdfast/core"
import { Clock, Effect, Fiber, Layer } from "effect"
import { TestRunner } from "effect/cluster"
import { pinned } from "../../../../core/test/support/pipeline.ts"
import * as SharedGate from "../../../src/cluster/gates/SharedGate.ts"
import { pass } from "../../support/cluster/machines.ts"

const url = "https://s3.example/part"
const judge = { answered: () => false, unsent: () => true }

/** A storage that is down or up, with the times of the parts that were sent to it. */
const makeStorage = () => {
  const storage = { down: false, sent: [] as Array<number> }
  const part = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    storage.sent.push(now)
    return storage.down
      ? Effect.fail({ _tag: "Unreachable", verdict: Verdict.always({ closes: "connectivity" }) } as const)
      : Effect.succeed("stored")
  }).pipe(Effect.delay("100 millis"))
  return Object.assign(storage, { part })
}

const runner = Effect.flatMap(makeOrigins(), SharedGate.origins)

describe("the storage gates of runners", () => {
  it.effect(
    "send one probe at a time for three runners, at the waits of one gate, and all open after it succeeds",
    () => {
      const storage = makeStorage()
      return Effect.gen(function* () {
        const runners = yield* Effect.all([runner, runner, runner])
        const gates = yield* Effect.forEach(runners, ({ of }) => of(url))
        storage.down = true
        const failed = yield* Effect.forEach(gates, (gate) =>
          Effect.forkChild(Effect.exit(gate.pass(storage.part, judge))),
        )
        yield* pass(1)
        yield* Fiber.joinAll(failed)
        assert.strictEqual(storage.sent.length, 3)
        assert.isTrue(gates.every(({ gate }) => !gate.isOpen()))
        storage.sent.length = 0
        const parts = yield* Effect.forEach(gates, (gate) =>
          Effect.replicateEffect(Effect.forkChild(gate.pass(storage.part, judge)), 5),
        )
        yield* pass(120)
        // Without turns, each of the three gates would send as many.
        const waits = storage.sent.slice(1).map((at, index) => at - (storage.sent[index] ?? 0))
        const least = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 32_000]
        assert.strictEqual(storage.sent.length, 9, JSON.stringify(waits))
        assert.isTrue(
          waits.every((wait, index) => wait >= (least[index] ?? Infinity)),
          JSON.stringify(waits),
        )
        storage.down = false
        storage.sent.length = 0
        yield* pass(70)
        const answers = yield* Fiber.joinAll(parts.flat())
        assert.deepStrictEqual(new Set(answers), new Set(["stored"]))
        assert.strictEqual(storage.sent.length, 15)
      }).pipe(Effect.provide(SharedGate.turns.pipe(Layer.provideMerge(TestRunner.layer))), pinned)
    },
  )
})
