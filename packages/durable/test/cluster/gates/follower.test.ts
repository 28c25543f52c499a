import { assert, describe, it } from "@effect/vitest"
import { Clock, Deferred, Effect, Queue } from "effect"
import { TestClock } from "effect/testing"
import { pinned } from "../../../../core/test/support/pipeline.ts"
import type { GateState } from "../../../src/internal/cluster/gates/entity.ts"
import * as Follower from "../../../src/internal/cluster/gates/follower.ts"

const state = (state: GateState["state"], closings: number, activation = "a"): GateState => ({
  activation,
  closings,
  state,
  reason: state,
})

/** A gate whose keeper answers what the test puts into the queue, and the probes that the runner sends by itself. */
const following = (report: Follower.Options["report"]) =>
  Effect.gen(function* () {
    const answers = yield* Queue.make<GateState>()
    const probes: Array<number> = []
    const vendor = { down: false }
    const { gate, report: fail } = yield* Follower.make({
      origin: "https://api.example",
      follow: () => Queue.take(answers),
      report,
      check: Effect.flatMap(Clock.currentTimeMillis, (now) => {
        probes.push(now)
        return vendor.down ? Effect.fail("down") : Effect.void
      }),
      probe: {},
    })
    const say = (now: GateState) => Effect.andThen(Queue.offer(answers, now), TestClock.adjust(0))
    return { gate, fail, say, probes, vendor }
  })

describe("the gate of a runner", () => {
  it.effect("is not opened by a state from before its own report", () =>
    Effect.gen(function* () {
      const reported = yield* Deferred.make<GateState>()
      const { fail, gate, say } = yield* following(() => Deferred.await(reported))
      yield* say(state("open", 0))
      assert.isTrue(gate.isOpen())
      yield* fail("Reset")
      yield* say(state("open", 0))
      assert.isFalse(gate.isOpen())
      yield* Deferred.succeed(reported, state("closed", 1))
      yield* TestClock.adjust(0)
      yield* say(state("open", 0))
      assert.isFalse(gate.isOpen())
      yield* say(state("open", 1))
      assert.isTrue(gate.isOpen())
    }).pipe(pinned),
  )

  it.effect("opens if the vendor was back before the answer to its report arrived", () =>
    Effect.gen(function* () {
      const reported = yield* Deferred.make<GateState>()
      const { fail, gate, say } = yield* following(() => Deferred.await(reported))
      yield* say(state("open", 0))
      yield* fail("Reset")
      yield* say(state("open", 1))
      assert.isFalse(gate.isOpen())
      yield* Deferred.succeed(reported, state("closed", 1))
      yield* TestClock.adjust(0)
      assert.isTrue(gate.isOpen())
    }).pipe(pinned),
  )

  it.effect("stays open while a new keeper does not know the state, and follows that keeper", () =>
    Effect.gen(function* () {
      const { fail, gate, say } = yield* following(() => Effect.succeed(state("closed", 8)))
      yield* say(state("open", 7))
      yield* say(state("unknown", 0, "b"))
      assert.isTrue(gate.isOpen())
      yield* fail("Reset")
      yield* TestClock.adjust(0)
      assert.isFalse(gate.isOpen())
      yield* say(state("open", 0, "b"))
      assert.isTrue(gate.isOpen())
    }).pipe(pinned),
  )

  it.effect("opens by its own probes within 20 s if the keeper does not answer", () =>
    Effect.gen(function* () {
      const { gate, probes } = yield* following(() => Effect.never)
      yield* TestClock.adjust("20 seconds")
      assert.isTrue(gate.isOpen())
      assert.strictEqual(probes.length, 1)
    }).pipe(pinned),
  )

  it.effect("leaves the probing to the keeper as soon as it answers again", () =>
    Effect.gen(function* () {
      const { gate, probes, say, vendor } = yield* following(() => Effect.never)
      vendor.down = true
      yield* TestClock.adjust("60 seconds")
      const sent = probes.length
      assert.isAbove(sent, 3)
      yield* say(state("closed", 1))
      yield* Effect.repeat(Effect.andThen(TestClock.adjust("5 seconds"), say(state("closed", 1))), { times: 20 })
      assert.strictEqual(probes.length, sent)
      assert.isFalse(gate.isOpen())
      yield* say(state("open", 1))
      assert.isTrue(gate.isOpen())
    }).pipe(pinned),
  )

  it.effect("probes at once after a failure if the keeper has not answered since the last outage", () =>
    Effect.gen(function* () {
      const { fail, gate, probes, vendor } = yield* following(() => Effect.never)
      yield* TestClock.adjust("20 seconds")
      assert.isTrue(gate.isOpen())
      probes.length = 0
      vendor.down = true
      yield* fail("Reset")
      yield* TestClock.adjust("1 second")
      assert.isAbove(probes.length, 1)
      vendor.down = false
      yield* TestClock.adjust("2 seconds")
      assert.isTrue(gate.isOpen())
    }).pipe(pinned),
  )
})
