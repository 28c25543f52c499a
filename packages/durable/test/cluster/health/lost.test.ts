import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { RunnerAddress, RunnerHealth } from "effect/cluster"
import { TestClock } from "effect/testing"
import * as Lost from "../../../src/internal/cluster/health/lost.ts"
import type { Finding } from "../../../src/internal/cluster/health/probe.ts"

const address = RunnerAddress.make("10.0.0.1", 1)

/** A probe that finds these in turn, and then the last one again and again. */
const script = (...findings: ReadonlyArray<Finding>) => {
  let probes = 0
  return {
    probe: () => Effect.sync((): Finding => findings[probes++] ?? findings.at(-1) ?? "silent"),
    probes: () => probes,
  }
}

/** Decides about the runner, with a ping that answers or not. Also returns the number of pings. */
const check = (script_: ReturnType<typeof script>, answersPing: boolean) =>
  Effect.gen(function* () {
    let pings = 0
    const ping = RunnerHealth.RunnerHealth.of({
      isAlive: () =>
        Effect.sync(() => {
          pings++
          return answersPing
        }),
    })
    const fiber = yield* Effect.forkChild(Lost.health(script_.probe, ping).isAlive(address))
    yield* TestClock.adjust("1 second")
    return { isAlive: yield* Fiber.join(fiber), pings }
  })

describe("the health check of a runner", () => {
  it.effect("reports a runner whose port is closed after three probes", () =>
    Effect.gen(function* () {
      const refused = script("refused")
      assert.deepStrictEqual(yield* check(refused, true), { isAlive: false, pings: 0 })
      assert.strictEqual(refused.probes(), 3)
    }),
  )

  it.effect("takes a runner for alive whose port is closed for a moment only", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check(script("refused", "refused", "open"), false), { isAlive: true, pings: 0 })
    }),
  )

  it.effect("does not ping a runner whose port is open, because a busy or suspended one would not answer in time", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check(script("open"), false), { isAlive: true, pings: 0 })
    }),
  )

  it.effect("leaves a runner whose machine does not answer to the ping", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* check(script("silent"), true), { isAlive: true, pings: 1 })
      assert.deepStrictEqual(yield* check(script("refused", "silent"), false), { isAlive: false, pings: 1 })
    }),
  )
})
