import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { reveal, tokens } from "../support/server.ts"
import { inFolder } from "../support/tokenFolder.ts"

describe("TokenStore", () => {
  describe("layerFile", () => {
    it.effect("loads the tokens that an earlier program saved", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const first = yield* open()
          assert.isUndefined(yield* first.load)
          yield* first.save({ ...tokens(1), scope: "offline" })
          const next = yield* open()
          const loaded = yield* next.load
          assert.deepStrictEqual(reveal(loaded), ["access-1", "refresh-1"])
          assert.strictEqual(loaded?.scope, "offline")
          assert.strictEqual(loaded?.expiresAt, 28_800_000)
          yield* next.clear
          assert.isUndefined(yield* first.load)
          yield* next.clear
        }),
      ),
    )

    it.effect("saves a pair without a refresh token", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          yield* store.save({ ...tokens(1), refreshToken: undefined })
          assert.deepStrictEqual(reveal(yield* store.load), ["access-1", undefined])
        }),
      ),
    )

    it.effect("emits each pair that this program saves", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          const seen = yield* store.changes.pipe(
            Stream.take(1),
            Stream.runCollect,
            Effect.forkChild({ startImmediately: true }),
          )
          yield* store.save(tokens(1))
          assert.deepStrictEqual((yield* Fiber.join(seen)).map(reveal), [["access-1", "refresh-1"]])
        }),
      ),
    )

    it.effect("completes a save even if the caller is interrupted", () =>
      inFolder(({ open }) =>
        Effect.gen(function* () {
          const store = yield* open()
          const fiber = yield* Effect.forkChild(store.save(tokens(1)), { startImmediately: true })
          yield* Fiber.interrupt(fiber)
          assert.deepStrictEqual(reveal(yield* store.load), ["access-1", "refresh-1"])
        }),
      ),
    )
  })
})
