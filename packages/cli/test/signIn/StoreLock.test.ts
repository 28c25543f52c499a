import { assert, describe, it } from "@effect/vitest"
import { TokenStore } from "@holdfast/oauth/TokenStore"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Output } from "holdfast/Output"
import * as StoreLock from "../../src/signIn/StoreLock.ts"

/**
 * Runs an effect under the lock while another caller holds it for this many seconds. Returns the result and the printed
 * lines.
 */
const behind = (seconds: number, effect: Effect.Effect<string>) =>
  Effect.gen(function* () {
    const lines = { stdout: [], stderr: [] as Array<string> }
    const store = yield* TokenStore
    const held = yield* Deferred.make<void>()
    yield* Effect.forkChild(store.exclusive(Deferred.await(held)), { startImmediately: true })
    const fiber = yield* Effect.forkChild(
      StoreLock.exclusive(store, effect).pipe(Effect.provide(Output.layerMemory(lines))),
      { startImmediately: true },
    )
    yield* TestClock.adjust(`${seconds} seconds`)
    yield* Deferred.succeed(held, undefined)
    yield* TestClock.adjust("1 minute")
    return { result: yield* Fiber.join(fiber), said: lines.stderr }
  }).pipe(Effect.provide(TokenStore.layerMemory))

describe("the lock of the token store", () => {
  it.effect("prints a message for the user while the command waits for the lock", () =>
    Effect.gen(function* () {
      const { result, said } = yield* behind(4, Effect.succeed("done"))
      assert.strictEqual(result, "done")
      assert.deepStrictEqual(said, [
        "holdfast: another process is using the saved sign-in; waiting up to 5 min for that process to release it",
      ])
    }),
  )

  it.effect(
    "prints nothing if the wait for the lock is short, regardless of how long the work under the lock takes",
    () =>
      Effect.gen(function* () {
        const { said } = yield* behind(1, Effect.as(Effect.sleep("30 seconds"), "done"))
        assert.deepStrictEqual(said, [])
      }),
  )
})
