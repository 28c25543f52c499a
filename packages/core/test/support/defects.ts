/**
 * Set-up for the tests in `pipeline/defects`. Each covers a class of defects that recurs in resilience libraries.
 */
import { assert } from "@effect/vitest"
import type { Classified } from "@holdfast/core"
import * as CircuitBreaker from "@holdfast/core/CircuitBreaker"
import * as Verdict from "@holdfast/core/Verdict"
import { Duration, Effect, type Exit } from "effect"
import { World } from "./virtual.ts"

export const down: Classified = { _tag: "Down", verdict: Verdict.always() }

export const wrong: Classified = { _tag: "Wrong", verdict: Verdict.never() }

/** An error whose response carries a hint. */
export const asked = (retryAfter: Duration.Input): Classified => ({
  _tag: "Asked",
  verdict: Verdict.always({ pace: "throttled", retryAfter: Duration.fromInputUnsafe(retryAfter) }),
})

export const failing = (ms: number, error = down) => Effect.andThen(Effect.sleep(ms), Effect.fail(error))

export const steady = { base: 200, factor: 1, cap: 200, jitter: "none" } as const

/** Starts an effect, and records how and when it ended. */
export const start = <A, E>(world: World, effect: Effect.Effect<A, E>) => {
  const call: { at: number; exit: Exit.Exit<A, E> | undefined; interrupt: () => void } = {
    at: -1,
    exit: undefined,
    interrupt: () => fiber.interruptUnsafe(),
  }
  const fiber = world.start(effect)
  fiber.addObserver((exit) => {
    call.at = world.now
    call.exit = exit
  })
  return call
}

/** The error of an effect, and when it ends. */
export const fails = (effect: Effect.Effect<unknown, unknown>, world = new World()) => {
  const call = start(world, Effect.flip(effect))
  world.end()
  assert.strictEqual(call.exit?._tag, "Success")
  return { at: call.at, error: call.exit?._tag === "Success" ? (call.exit.value as Classified) : down }
}

export const stateOf = (world: World, breaker: CircuitBreaker.CircuitBreaker) =>
  Effect.runSyncWith(world.context)(CircuitBreaker.state(breaker))
