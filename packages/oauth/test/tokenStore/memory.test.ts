import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Redacted, Stream } from "effect"
import { TokenStore } from "@holdfast/oauth"
import { reveal, tokens } from "../support/server.ts"

describe("TokenStore", () => {
  describe("layerMemory", () => {
    it.effect("stores and removes tokens, and emits each saved pair", () =>
      Effect.gen(function* () {
        const store = yield* TokenStore
        assert.isUndefined(yield* store.load)
        const seen = yield* store.changes.pipe(
          Stream.take(2),
          Stream.runCollect,
          Effect.forkChild({ startImmediately: true }),
        )
        yield* store.save(tokens(1))
        yield* store.save(tokens(2))
        assert.deepStrictEqual(reveal(yield* store.load), ["access-2", "refresh-2"])
        assert.deepStrictEqual((yield* Fiber.join(seen)).map(reveal), [
          ["access-1", "refresh-1"],
          ["access-2", "refresh-2"],
        ])
        yield* store.clear
        assert.isUndefined(yield* store.load)
      }).pipe(Effect.provide(TokenStore.layerMemory)),
    )
  })

  it("hides the tokens when a pair is printed", () => {
    const text = `${JSON.stringify(tokens(1))} ${String(tokens(1).accessToken)} ${Redacted.make("x")}`
    assert.notInclude(text, "access-1")
    assert.notInclude(text, "refresh-1")
  })
})
