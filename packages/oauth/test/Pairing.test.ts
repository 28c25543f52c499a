import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Pairing, TokenStore } from "@holdfast/oauth"
import { answer, codeAnswer, device, refuses, reveal, scripted, type Step, tokenAnswer } from "./support.ts"

const pair = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const log: Array<string> = []
    const fiber = yield* Effect.gen(function* () {
      const result = yield* Effect.result(
        Pairing.run((code) =>
          Effect.sync(() => void log.push(`${code.userCode} after ${script.arrived.length} request`)),
        ),
      )
      return { result, stored: yield* TokenStore.use((store) => store.load) }
    }).pipe(Effect.provide(Layer.merge(device(script), Layer.fresh(TokenStore.layerMemory))), Effect.forkChild)
    yield* TestClock.adjust("5 minutes")
    return { ...script, log, ...(yield* Fiber.join(fiber)) }
  })

describe("Pairing", () => {
  it.effect("shows the code before it polls, and has the tokens in the store when it ends", () =>
    Effect.gen(function* () {
      const { log, result, stored, times } = yield* pair([
        answer(200, codeAnswer),
        refuses("authorization_pending"),
        answer(200, tokenAnswer(1)),
      ])
      assert.deepStrictEqual(log, ["CHQH-WSTZ after 1 request"])
      assert.deepStrictEqual(times(), [0, 5, 10])
      assert.strictEqual(result._tag, "Success")
      assert.deepStrictEqual(reveal(stored), ["access-1", "refresh-1"])
    }),
  )

  it.effect("asks for no second code by itself when the first one expires", () =>
    Effect.gen(function* () {
      const { log, result, stored } = yield* pair([answer(200, codeAnswer), refuses("expired_token")])
      assert.strictEqual(result._tag === "Failure" && result.failure._tag, "ExpiredToken")
      assert.strictEqual(log.length, 1)
      assert.isUndefined(stored)
    }),
  )
})
