import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Verdict } from "@holdfast/core"
import { Pairing, TokensLocked, TokenStore, TokensUnusable } from "@holdfast/oauth"
import { answer, codeAnswer, device, refuses, reveal, scripted, type Step, tokenAnswer } from "./support/server.ts"

const pair = (
  steps: ReadonlyArray<Step>,
  change: (store: TokenStore["Service"]) => Partial<TokenStore["Service"]> = () => ({}),
) =>
  Effect.gen(function* () {
    const script = scripted(...steps)
    const log: Array<string> = []
    const store = Layer.effect(
      TokenStore,
      Effect.map(TokenStore, (memory) => ({ ...memory, ...change(memory) })),
    ).pipe(Layer.provide(Layer.fresh(TokenStore.layerMemory)))
    const fiber = yield* Effect.gen(function* () {
      const result = yield* Effect.result(
        Pairing.run((code) =>
          Effect.sync(() => void log.push(`${code.userCode} after ${script.arrived.length} request`)),
        ),
      )
      return { result, stored: yield* TokenStore.use((store) => store.load) }
    }).pipe(Effect.provide(Layer.merge(device(script), store)), Effect.forkChild)
    yield* TestClock.adjust("5 minutes")
    return { ...script, log, ...(yield* Fiber.join(fiber)) }
  })

describe("Pairing", () => {
  it.effect("shows the code before it polls, and saves the tokens before it ends", () =>
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

  it.effect("does not request a second code when the first one expires", () =>
    Effect.gen(function* () {
      const { log, result, stored } = yield* pair([answer(200, codeAnswer), refuses("expired_token")])
      assert.strictEqual(result._tag === "Failure" && result.failure._tag, "ExpiredToken")
      assert.strictEqual(log.length, 1)
      assert.isUndefined(stored)
    }),
  )

  const refuse = new TokensUnusable({
    path: "/t",
    detail: "the path is a folder",
    action: "move it",
    verdict: Verdict.never(),
  })
  const locked = new TokensLocked({ path: "/t", detail: "held", action: "wait", verdict: Verdict.always() })

  it.effect("does not request a code if the tokens could not be saved", () =>
    Effect.gen(function* () {
      const { arrived, result } = yield* pair([answer(200, codeAnswer)], () => ({
        exclusive: () => Effect.fail(refuse),
      }))
      assert.strictEqual(result._tag === "Failure" && result.failure, refuse)
      assert.strictEqual(arrived.length, 0)
    }),
  )

  it.effect("saves the tokens while no other process can refresh the old tokens", () =>
    Effect.gen(function* () {
      let inside = false
      const saved: Array<boolean> = []
      const { stored } = yield* pair([answer(200, codeAnswer), answer(200, tokenAnswer(1))], (store) => ({
        exclusive: (effect) =>
          Effect.suspend(() => {
            inside = true
            return Effect.ensuring(
              effect,
              Effect.sync(() => (inside = false)),
            )
          }),
        save: (tokens) =>
          Effect.suspend(() => {
            saved.push(inside)
            return store.save(tokens)
          }),
      }))
      assert.deepStrictEqual(saved, [true])
      assert.deepStrictEqual(reveal(stored), ["access-1", "refresh-1"])
    }),
  )

  it.effect("saves approved tokens even if another process holds the lock", () =>
    Effect.gen(function* () {
      let visits = 0
      const { result, stored } = yield* pair([answer(200, codeAnswer), answer(200, tokenAnswer(1))], (store) => ({
        exclusive: (effect) => (++visits === 1 ? store.exclusive(effect) : Effect.fail(locked)),
      }))
      assert.strictEqual(result._tag, "Success")
      assert.deepStrictEqual(reveal(stored), ["access-1", "refresh-1"])
    }),
  )
})
